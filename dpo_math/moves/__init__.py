"""Algebraic moves: from one line of a derivation to the next, saying where each term came from.

A move takes a keyed :class:`~dpo_math.notation.Relation` and returns a :class:`Step`: the next
line, the origin of every term that is new in it, and the fate of every term that is gone. What a
film animates is that record; nothing is matched by shape afterwards. A move that does not apply
raises :class:`MoveError`.
"""

from dpo_math.moves.expectations import (
    constant_out_of_expectation,
    expectation_as_kl,
    factor_out_of_expectation,
    kl_as_expectation,
    one_expectation,
)
from dpo_math.moves.exponentials import (
    exp_of_sum,
    factor_out_of_sum,
    sum_of_probabilities,
)
from dpo_math.moves.fractions import (
    cancel_fraction,
    divide_through,
    fraction_as_factor,
    quotient_of_exps,
    reduce_fraction,
)
from dpo_math.moves.gradients import (
    drop_zero_gradient,
    gradient_inside,
    gradient_of_log_sigmoid,
    gradient_of_multiple,
    gradient_of_sum,
    take_gradients,
)
from dpo_math.moves.logarithms import (
    absorb_log,
    as_log_of_exp,
    combine_logs,
    complete,
    exp_of_log,
    log_of_exp,
    log_of_product,
    log_of_quotient,
    take_logs,
)
from dpo_math.moves.objectives import (
    divide_objective,
    drop_constant,
    least_divergence,
    negate_objective,
)
from dpo_math.moves.sides import (
    cancel_factor,
    distribute,
    factor_out,
    isolate,
    multiply_both_sides,
    subtract_line,
    swap_sides,
)
from dpo_math.moves.signs import (
    cancel,
    distribute_sign,
    reorder,
    turn_difference,
    turned_difference,
)
from dpo_math.moves.step import (
    Gone,
    MoveError,
    Origin,
    Source,
    Step,
    is_positive,
)
from dpo_math.moves.substitution import (
    evaluate,
    recognise,
    rename,
    replace_policy,
    substitute,
)

__all__ = [
    "Gone",
    "MoveError",
    "Origin",
    "Source",
    "Step",
    "absorb_log",
    "as_log_of_exp",
    "cancel",
    "cancel_factor",
    "cancel_fraction",
    "combine_logs",
    "complete",
    "constant_out_of_expectation",
    "distribute",
    "distribute_sign",
    "divide_objective",
    "divide_through",
    "drop_constant",
    "drop_zero_gradient",
    "evaluate",
    "exp_of_log",
    "exp_of_sum",
    "expectation_as_kl",
    "factor_out",
    "factor_out_of_expectation",
    "factor_out_of_sum",
    "fraction_as_factor",
    "gradient_inside",
    "gradient_of_log_sigmoid",
    "gradient_of_multiple",
    "gradient_of_sum",
    "is_positive",
    "isolate",
    "kl_as_expectation",
    "least_divergence",
    "log_of_exp",
    "log_of_product",
    "log_of_quotient",
    "multiply_both_sides",
    "negate_objective",
    "one_expectation",
    "quotient_of_exps",
    "recognise",
    "reduce_fraction",
    "rename",
    "reorder",
    "replace_policy",
    "substitute",
    "subtract_line",
    "sum_of_probabilities",
    "swap_sides",
    "take_gradients",
    "take_logs",
    "turn_difference",
    "turned_difference",
]
