"""Step 4: Bradley-Terry sees a difference of rewards, and Z(x) cancels in it (eq. 6)."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.inversion import INVERTIBLE
from dpo_math.derivation.lines import Derivation, Kind
from dpo_math.derivation.vocabulary import (
    CHOSEN,
    REJECTED,
    X,
    difference,
    log_partition,
    reward,
)
from dpo_math.moves import Step

REWARDS = difference(reward(CHOSEN), reward(REJECTED))


def write(lines: Derivation) -> None:
    lines.state(
        "bradley_terry",
        n.Relation(n.Preference(CHOSEN, REJECTED, X), "=", n.Sigmoid(REWARDS)),
        4,
        "eq. (1), section 5",
        Kind.DEFINITION,
        (A.BRADLEY_TERRY,),
        note="A model of how people choose, assumed and not derived.",
    )
    inverted = lines["inversion"].tree
    lines.move(
        "bradley_terry",
        "chosen_inserted",
        lambda t: moves.evaluate(t, inverted, REWARDS, reward(CHOSEN)),
        "section 5",
        INVERTIBLE,
    )
    lines.move(
        "chosen_inserted",
        "rejected_inserted",
        lambda t: moves.substitute(t, inverted, reward(REJECTED), "right"),
        "section 5",
        (*INVERTIBLE, A.SAME_PROMPT),
    )
    lines.move("rejected_inserted", "sign_distributed", moves.distribute_sign, "section 5")
    lines.move(
        "sign_distributed",
        "cancelled",
        lambda t: moves.cancel(t, log_partition()),
        "section 5",
        (A.BETA_POSITIVE, A.SUPPORT, A.SAME_PROMPT),
        note="Nothing is needed of Z(x) but that it is the same number in both terms.",
    )
    lines.move(
        "sign_distributed",
        "other_prompt",
        _rejected_under_another_prompt,
        "counter-example",
        INVERTIBLE,
        note="Under different prompts the two partition functions differ, and both stay.",
    )
    cancelled = lines["cancelled"].tree
    lines.move(
        "bradley_terry",
        "preference",
        lambda t: moves.substitute(t, cancelled, REWARDS),
        "eq. (6)",
        (A.BETA_POSITIVE, A.SUPPORT, A.SAME_PROMPT, A.BRADLEY_TERRY),
    )


def _rejected_under_another_prompt(line: n.Relation) -> Step:
    """The same difference where the rejected response answers x′."""
    _, minus_reward = n.terms_of(line.left)
    second_copy = n.terms_of(line.right)[2:]
    return moves.rename(line, {"x": "x'"}, (minus_reward, *second_copy))
