"""Step 3: the reward, written with the policy that is optimal for it (eq. 5)."""

from dpo_math import moves
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import Derivation
from dpo_math.derivation.vocabulary import BETA, policy, reward

INVERTIBLE = (A.BETA_POSITIVE, A.SUPPORT, A.NORMALISED)
"""What a line needs that speaks of log π* as eq. (4) has it."""


def write(lines: Derivation) -> None:
    lines.move("closed_form", "logs", moves.take_logs, "section 4", INVERTIBLE, lesson_step=3)
    lines.move("logs", "log_product", moves.log_of_product, "section 4")
    lines.move("log_product", "log_partition", moves.log_of_quotient, "section 4")
    lines.move("log_partition", "log_exp", moves.log_of_exp, "section 4")
    lines.move("log_exp", "times_beta", lambda t: moves.multiply_both_sides(t, BETA), "section 4")
    lines.move("times_beta", "beta_spread", moves.distribute, "section 4")
    lines.move("beta_spread", "bare_reward", lambda t: moves.cancel_factor(t, BETA), "section 4")
    lines.move("bare_reward", "sides_swapped", moves.swap_sides, "section 4")
    lines.move("sides_swapped", "reward_alone", lambda t: moves.isolate(t, reward()), "section 4")
    lines.move(
        "reward_alone",
        "inversion",
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        "eq. (5)",
    )
