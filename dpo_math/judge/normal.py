"""Formulas in the derivation's own letters, with nothing left unsaid.

Each pass undoes one habit of authors; none changes what a formula claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from dpo_math import notation as n
from dpo_math.judge import letters, unsaid

PASSES: tuple[Callable[[n.Node], n.Node], ...] = (
    letters.any_distributions,
    letters.contestants,
    letters.responses_and_prompts,
    letters.ranked_letters,
    letters.numbered,
    unsaid.rewards,
    unsaid.extrema,
    unsaid.rankings,
    unsaid.draws,
    unsaid.open_sums,
    unsaid.ranges,
    unsaid.policies_in_values,
    unsaid.derivatives_of_sigmoid,
)


def normalised(sides: Sequence[n.Node]) -> tuple[n.Node, ...]:
    """The sides of one formula, read with the same letters."""
    tree: n.Node = n.Call("sides", tuple(sides))
    for one in PASSES:
        tree = one(tree)
    return cast(n.Call, tree).arguments
