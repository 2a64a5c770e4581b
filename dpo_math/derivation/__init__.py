"""The derivation of DPO as data: each line, the move that made it, what it assumes, its source.

One file a chapter, in the lesson's order; :data:`LINES` has them all.
"""

from dpo_math.assumptions import Assumption
from dpo_math.derivation import cancellation, inversion, loss, optimum
from dpo_math.derivation.lines import Derivation, Kind, Line
from dpo_math.derivation.loss import per_pair
from dpo_math.derivation.vocabulary import (
    BETA,
    CHOSEN,
    REJECTED,
    X_OTHER,
    X,
    Y,
    difference,
    log_partition,
    policy,
    reward,
)

__all__ = [
    "BETA",
    "CHOSEN",
    "LINES",
    "REJECTED",
    "X_OTHER",
    "Assumption",
    "Derivation",
    "Kind",
    "Line",
    "X",
    "Y",
    "build",
    "difference",
    "log_partition",
    "per_pair",
    "policy",
    "reward",
]

CHAPTERS = (optimum, inversion, cancellation, loss)


def build() -> Derivation:
    """The derivation. Building it runs every move."""
    lines = Derivation()
    for chapter in CHAPTERS:
        chapter.write(lines)
    return lines


LINES = build()
"""The derivation of this lesson."""
