"""The small change that would make a false formula true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from dpo_math import notation as n
from dpo_math.judge.decisions import equal, holds
from dpo_math.judge.objectives import is_the_objective
from dpo_math.judge.verdicts import Edit
from dpo_math.mutants import Mutant, mutants
from dpo_math.printers import tex

MAX_TRIES = 800
"""The most changes of one formula that are tried."""


def mended(relations: list[n.Relation]) -> Edit | None:
    """A change of one side that makes one of ``relations``, readings of one formula, true."""
    rights: dict[n.Node, list[n.Relation]] = {one.right: [] for one in relations}
    lefts: dict[n.Node, list[n.Relation]] = {one.left: [] for one in relations}
    for relation in relations:
        rights[relation.right].append(relation)
        lefts[relation.left].append(relation)

    def tried() -> Iterator[Edit | None]:
        for right, same in rights.items():
            for mutant in mutants(right):
                good = any(holds(one.left, one.sign, mutant.tree) for one in same)
                yield _edit(mutant) if good else None
        for left, same in lefts.items():
            for mutant in mutants(left):
                good = any(holds(mutant.tree, one.sign, one.right) for one in same)
                yield _edit(mutant) if good else None

    return _first(tried())


def mended_expression(expression: n.Node, known: Iterable[n.Node]) -> Edit | None:
    """A change that makes ``expression`` one of what is ``known``."""
    wanted = list(known)
    return _first(
        _edit(mutant) if any(equal(one, mutant.tree) for one in wanted) else None
        for mutant in mutants(expression)
    )


def mended_objective(best: n.Extremum) -> Edit | None:
    """A change that makes ``best`` the objective of the derivation."""

    def good(changed: n.Node) -> bool:
        return isinstance(changed, n.Extremum) and is_the_objective(changed)

    return _first(_edit(mutant) if good(mutant.tree) else None for mutant in mutants(best))


def _first(tried: Iterable[Edit | None]) -> Edit | None:
    return next((edit for edit in islice(tried, MAX_TRIES) if edit is not None), None)


def _edit(mutant: Mutant) -> Edit:
    return Edit(mutant.change, tex(mutant.tree))
