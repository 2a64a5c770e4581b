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


def mended(relations: Iterable[n.Relation]) -> Edit | None:
    """A change of one side that makes one of ``relations``, readings of one formula, true."""
    return _first(_mended_relations(list(relations)))


def _mended_relations(relations: list[n.Relation]) -> Iterator[Edit | None]:
    for relation in relations:
        for mutant in mutants(relation.right):
            good = holds(relation.left, relation.sign, mutant.tree)
            yield _edit(mutant) if good else None
    for relation in relations:
        for mutant in mutants(relation.left):
            good = holds(mutant.tree, relation.sign, relation.right)
            yield _edit(mutant) if good else None


def mended_expression(expression: n.Node, known: Iterable[n.Node]) -> Edit | None:
    """A change that makes ``expression`` one of what is ``known``."""
    wanted = list(known)
    return _first(
        _edit(mutant) if any(equal(one, mutant.tree) for one in wanted) else None
        for mutant in mutants(expression)
    )


def mended_objective(best: n.Extremum) -> Edit | None:
    """A change that makes ``best`` the objective of the derivation."""

    def good(body: n.Node) -> bool:
        return is_the_objective(n.Extremum(best.kind, best.over, body))

    return _first(_edit(mutant) if good(mutant.tree) else None for mutant in mutants(best.body))


def _first(tried: Iterable[Edit | None]) -> Edit | None:
    return next((edit for edit in islice(tried, MAX_TRIES) if edit is not None), None)


def _edit(mutant: Mutant) -> Edit:
    return Edit(mutant.change, tex(mutant.tree))
