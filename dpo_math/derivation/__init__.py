"""The derivation of DPO as data: each line, the move that made it, what it assumes, its source.

One file a chapter, in the lesson's order; :data:`LINES` has them all.
"""

from dpo_math.assumptions import Assumption
from dpo_math.derivation import cancellation, gradient, inversion, lemmas, loss, objective, optimum
from dpo_math.derivation.descent import descent, forebears
from dpo_math.derivation.lines import Derivation, Kind, Line
from dpo_math.derivation.loss import per_pair
from dpo_math.derivation.vocabulary import (
    BETA,
    CHOSEN,
    PAIRS,
    REJECTED,
    X_OTHER,
    X,
    Y,
    difference,
    log_partition,
    policy,
    reward,
    weight,
)

__all__ = [
    "BETA",
    "CHOSEN",
    "LINES",
    "PAIRS",
    "REJECTED",
    "X_OTHER",
    "Assumption",
    "Derivation",
    "Kind",
    "Line",
    "X",
    "Y",
    "build",
    "descent",
    "difference",
    "forebears",
    "log_partition",
    "per_pair",
    "policy",
    "reward",
    "weight",
]

CHAPTERS = (objective, optimum, inversion, cancellation, loss, gradient, lemmas)


def build() -> Derivation:
    """The derivation. Building it runs every move."""
    lines = Derivation()
    for chapter in CHAPTERS:
        chapter.write(lines)
    return lines


LINES = build()
"""The derivation of this lesson."""
