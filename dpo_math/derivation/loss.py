"""Step 5: maximum likelihood, π* replaced by a policy to train, and the loss (eq. 7)."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import Derivation, Kind, Line
from dpo_math.derivation.vocabulary import (
    CHOSEN,
    EPSILON,
    ONE,
    REJECTED,
    X,
    difference,
    loss_of,
    minus,
    over_pairs,
    plus,
    reward,
    times,
)

IMPLICIT = (reward(CHOSEN, name="hat"), reward(REJECTED, name="hat"))
PREFERENCE = n.Preference(CHOSEN, REJECTED, X)


def write(lines: Derivation) -> None:
    lines.state(
        "likelihood",
        n.Relation(loss_of("*"), "=", plus(minus(over_pairs(n.Log(PREFERENCE))))),
        5,
        "eq. (2), with the preference as eq. (6) has it",
        Kind.DEFINITION,
        note="Minus the mean log-probability of the labels in the data, in nats.",
    )
    preference = lines["preference"].tree
    lines.move(
        "likelihood",
        "likelihood_of_policy",
        lambda t: moves.substitute(t, preference, PREFERENCE),
        "section 4",
        (A.BETA_POSITIVE, A.SUPPORT, A.SAME_PROMPT, A.BRADLEY_TERRY),
    )
    lines.move(
        "likelihood_of_policy",
        "loss",
        lambda t: moves.replace_policy(t, "*", "theta"),
        "eq. (7)",
        (A.SUPPORT,),
        kind=Kind.CHOICE,
        note="π* is unknown. That a policy π_θ with parameters stands in its place, and is fitted "
        "to the data, is a choice and follows from nothing above.",
    )
    chosen_first = n.Log(n.Sigmoid(difference(*IMPLICIT)))
    rejected_first = n.Log(n.Sigmoid(difference(*reversed(IMPLICIT))))
    keep, flip = n.Group(plus(ONE, minus(EPSILON))), EPSILON
    mixed = plus(times(keep, chosen_first), times(flip, rejected_first))
    lines.state(
        "conservative",
        n.Relation(loss_of("theta", EPSILON), "=", plus(minus(over_pairs(mixed)))),
        0,
        "Mitchell 2023, A note on DPO with noisy preferences",
        Kind.DEFINITION,
        (A.SUPPORT,),
        note="The loss where a label is taken to be wrong with probability ε (label smoothing).",
    )


def per_pair(line: Line) -> n.Node:
    """The loss of one labelled pair: what stands under minus the mean over the data."""
    match line.tree.right:
        case n.Sum(terms=(n.Signed(negative=True, body=n.Expectation(body=body)),)):
            return plus(minus(n.Group(body) if isinstance(body, n.Sum) else body))
    raise ValueError(f"{line.id} is not minus a mean over the data")
