"""Step 4: Bradley-Terry sees a difference of rewards, and Z(x) cancels in it (eq. 6)."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.inversion import INVERTIBLE
from dpo_math.derivation.lines import Derivation, Kind
from dpo_math.derivation.vocabulary import (
    CHOSEN,
    ONE,
    REJECTED,
    T,
    X,
    difference,
    log_partition,
    minus,
    over,
    plus,
    reward,
)
from dpo_math.moves import Step

REWARDS = difference(reward(CHOSEN), reward(REJECTED))
SAME_PAIR = (A.BETA_POSITIVE, A.SUPPORT, A.SAME_PROMPT)
"""What a difference of rewards needs. That policies sum to one is not in it: without, both rewards
would be off by the same amount."""


def write(lines: Derivation) -> None:
    _bradley_terry(lines)
    _difference(lines)


def _bradley_terry(lines: Derivation) -> None:
    """From strengths that compete to the sigmoid of a difference."""
    where = "eq. (1), section 3"
    win, lose = (n.Exp(each) for each in (reward(CHOSEN), reward(REJECTED)))
    lines.state(
        "strengths",
        n.Relation(n.Preference(CHOSEN, REJECTED, X), "=", over(win, plus(win, lose))),
        4,
        where,
        Kind.ASSUMPTION,
        (A.BRADLEY_TERRY,),
        note="The Bradley-Terry model of how people choose: assumed and not derived.",
    )
    lines.move("strengths", "divided_through", moves.divide_through, where)
    lines.move("divided_through", "one_exponential", moves.quotient_of_exps, where)
    lines.move(
        "one_exponential",
        "minus_drawn_out",
        lambda t: moves.turn_difference(t, difference(reward(REJECTED), reward(CHOSEN))),
        where,
    )
    lines.state(
        "sigmoid",
        n.Relation(n.Sigmoid(T), "=", over(ONE, plus(ONE, n.Exp(plus(minus(T)))))),
        4,
        "section 3",
        Kind.DEFINITION,
        note="The logistic function.",
    )
    sigmoid = lines["sigmoid"].tree
    lines.move(
        "minus_drawn_out",
        "bradley_terry",
        lambda t: moves.recognise(t, sigmoid, t.right),
        "eq. (1), appendix A.2",
    )


def _difference(lines: Derivation) -> None:
    """The reward of each response inserted, and what is left of the difference."""
    inverted = lines["inversion"].tree
    lines.move(
        "bradley_terry",
        "chosen_inserted",
        lambda t: moves.evaluate(t, inverted, REWARDS, reward(CHOSEN)),
        "appendix A.2",
        INVERTIBLE,
    )
    lines.move(
        "chosen_inserted",
        "rejected_inserted",
        lambda t: moves.substitute(t, inverted, reward(REJECTED), "right"),
        "appendix A.2",
        SAME_PAIR,
    )
    lines.move("rejected_inserted", "sign_distributed", moves.distribute_sign, "appendix A.2")
    lines.move(
        "sign_distributed",
        "cancelled",
        lambda t: moves.cancel(t, log_partition()),
        "appendix A.2",
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
        (*SAME_PAIR, A.BRADLEY_TERRY),
    )


def _rejected_under_another_prompt(line: n.Relation) -> Step:
    """The same difference where the rejected response answers x′."""
    _, minus_reward = n.terms_of(line.left)
    second_copy = n.terms_of(line.right)[2:]
    return moves.rename(line, {"x": "x'"}, (minus_reward, *second_copy))
