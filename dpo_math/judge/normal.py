"""Formulas in the derivation's own letters, with nothing left unsaid.

Each pass undoes one habit of authors; none changes what a formula claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from dpo_math import notation as n
from dpo_math.judge import letters, unsaid
from dpo_math.printers import tex

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


def letters_back(before: Sequence[n.Node], after: Sequence[n.Node]) -> dict[str, str]:
    """For each letter of a normalised formula that was another one before, which."""
    pairs = zip(_letters(before), _letters(after), strict=False)
    back = {new: old for old, new in pairs if old != new}
    return back if len(set(back.values())) == len(back) else {}


def _letters(sides: Sequence[n.Node]) -> list[str]:
    """The responses and prompts of a formula, in reading order."""
    found: list[str] = []
    for node in n.Call("sides", tuple(sides)).walk():
        slots: tuple[n.Node, ...] = ()
        if isinstance(node, n.Policy | n.Reward):
            slots = (node.response, node.prompt)
        elif isinstance(node, n.Preference):
            slots = (node.chosen, node.rejected, node.prompt)
        found += [tex(slot) for slot in slots if isinstance(slot, n.Symbol)]
    return found


def normalised(sides: Sequence[n.Node]) -> tuple[n.Node, ...]:
    """The sides of one formula, read with the same letters."""
    tree: n.Node = n.Call("sides", tuple(sides))
    for one in PASSES:
        tree = one(tree)
    return cast(n.Call, tree).arguments
