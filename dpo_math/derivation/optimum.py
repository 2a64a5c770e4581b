"""Step 2: the policy with the greatest objective, in closed form (eq. 4, appendix A.1)."""

from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import Derivation, Kind
from dpo_math.derivation.vocabulary import ONE, X, Y, over, policy, tilt, times

PARTITION = n.Relation(n.Partition(X), "=", n.BigSum(Y, times(policy("ref"), tilt())))
CLOSED_FORM = n.Relation(policy("*"), "=", times(over(ONE, n.Partition(X)), policy("ref"), tilt()))


def write(lines: Derivation) -> None:
    lines.state("partition", PARTITION, 2, "eq. (4)", Kind.DEFINITION)
    lines.state(
        "closed_form",
        CLOSED_FORM,
        2,
        "eq. (4), appendix A.1",
        assumptions=(A.BETA_POSITIVE, A.NORMALISED),
    )
