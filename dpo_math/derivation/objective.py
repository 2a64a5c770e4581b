"""Step 1: reward, on a leash: what RLHF maximises (eq. 3)."""

from dpo_math import notation as n
from dpo_math.derivation.lines import Derivation, Kind
from dpo_math.derivation.vocabulary import (
    BETA,
    DATA,
    X,
    Y,
    expected,
    minus,
    plus,
    policy,
    reward,
    times,
)

BEST = n.Model("*")
ANY = n.Model("")


def best(kind: str, body: n.Node) -> n.Relation:
    """π* = arg max (or arg min) over π of the mean of ``body`` over prompts."""
    extremum = n.Extremum(kind, ANY, expected(X, DATA, body))  # type: ignore[arg-type]
    return n.Relation(BEST, "=", extremum)


MEAN_REWARD = expected(Y, policy(""), reward())
DIVERGENCE = n.KL(policy(""), policy("ref"))
PENALTY = minus(times(BETA, DIVERGENCE))
OBJECTIVE = best("argmax", plus(MEAN_REWARD, PENALTY))


def write(lines: Derivation) -> None:
    lines.state(
        "objective",
        OBJECTIVE,
        1,
        "eq. (3)",
        Kind.DEFINITION,
        note="π* is by definition the policy with the most reward, less β for every nat that it is "
        "away from the reference. Eq. (3) and the lesson page put the mean over prompts x on the "
        "reward alone; it belongs on both terms, since there is one divergence for every x. "
        "The page counts three models; to maximise this by PPO takes a fourth, a value network.",
    )
