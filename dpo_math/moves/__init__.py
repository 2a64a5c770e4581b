"""Algebraic moves: from one line of a derivation to the next, saying where each term came from.

A move takes a keyed :class:`~dpo_math.notation.Relation` and returns a :class:`Step`: the next
line, the origin of every term that is new in it, and the fate of every term that is gone. What a
film animates is that record; nothing is matched by shape afterwards. A move that does not apply
raises :class:`MoveError`.
"""

from dpo_math.moves.logarithms import (
    combine_logs,
    log_of_exp,
    log_of_product,
    log_of_quotient,
    take_logs,
)
from dpo_math.moves.sides import (
    cancel_factor,
    distribute,
    isolate,
    multiply_both_sides,
    swap_sides,
)
from dpo_math.moves.signs import cancel, distribute_sign
from dpo_math.moves.step import Gone, MoveError, Origin, Source, Step, is_positive
from dpo_math.moves.substitution import evaluate, rename, replace_policy, substitute

__all__ = [
    "Gone",
    "MoveError",
    "Origin",
    "Source",
    "Step",
    "cancel",
    "cancel_factor",
    "combine_logs",
    "distribute",
    "distribute_sign",
    "evaluate",
    "is_positive",
    "isolate",
    "log_of_exp",
    "log_of_product",
    "log_of_quotient",
    "multiply_both_sides",
    "rename",
    "replace_policy",
    "substitute",
    "swap_sides",
    "take_logs",
]
