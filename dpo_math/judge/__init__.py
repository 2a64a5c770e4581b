"""The judge: what a formula found in the wild claims of the derivation, and whether it is so.

A formula is brought into the derivation's letters, its names are read as the page or convention has
them, and what it then claims is put to the same checker that verifies the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dpo_math import notation as n
from dpo_math.judge import claims
from dpo_math.judge.names import Atom, atom_of
from dpo_math.judge.normal import letters_back, normalised
from dpo_math.judge.readings import Definitions
from dpo_math.judge.values import value_nodes
from dpo_math.judge.verdicts import Edit, Finding, Judgement, Numbers, respelled, together
from dpo_math.reader import Statement

__all__ = ["Edit", "Finding", "Judge", "Judgement", "Numbers"]

CONDITIONS = frozenset(["for all", "if", "when", "subject to", "s.t.", "st", "st."])
"""Words before a formula that restricts another one and claims nothing itself."""

CONSTRAINTS = frozenset(["subject to", "s.t.", "st", "st."])
EXPLANATIONS = frozenset(["where", "with"])


class Judge:
    """Judges the formulas of one page in reading order: later ones may use what is said earlier."""

    def __init__(self) -> None:
        self._page = Definitions()
        self._last: dict[bool, n.Node] = {}

    def judge(self, statements: Sequence[Statement], *, display: bool = True) -> Judgement:
        """The verdict on the formulas of one display, taken together."""
        explained = sorted(statements, key=lambda one: one.lead not in EXPLANATIONS)
        found = [one for statement in explained for one in self._statement(statement, display)]
        constrained = self._constrained(statements)
        return together([*found, constrained] if constrained else found)

    def _statement(self, statement: Statement, display: bool) -> list[Judgement]:
        written = [side for side in statement.sides if side is not None]
        sides = normalised(written)
        if statement.lead in CONDITIONS:
            return [Judgement(Finding.NO_CLAIM, "a condition")]
        signs = statement.signs
        found: list[Judgement] = []
        if statement.sides[0] is None:
            found.append(self._carried_on(signs[0], sides[0], display))
            signs = signs[1:]
        elif not signs:
            found.append(claims.expression(sides[0], self._page, display))
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            found.append(claims.relation(n.Relation(left, sign, right), self._page))
            if found[-1].finding is Finding.OTHER and len(found) == 1:
                break
        self._last[isinstance(sides[-1], n.Extremum)] = sides[-1]
        back = letters_back(written, sides)
        return [respelled(one, back) for one in found]

    def _carried_on(self, sign: n.RelationSign, right: n.Node, display: bool) -> Judgement:
        """= b, which carries on from the last formula of its sort."""
        left = self._last.get(isinstance(right, n.Extremum))
        if left is not None and not _names(right) - _names(left):
            found = claims.relation(n.Relation(left, sign, right), self._page)
            told = found.numbers is None or found.numbers.finite
            if told and found.finding not in (Finding.OTHER, Finding.NO_CLAIM):
                return found
        return claims.expression(right, self._page, display)

    def _constrained(self, statements: Sequence[Statement]) -> Judgement | None:
        for first, second in pairwise(statements):
            sides = first.sides[0], second.sides[0]
            if second.lead in CONSTRAINTS and sides[0] is not None and sides[1] is not None:
                best, bound = normalised((sides[0], sides[1]))
                return claims.constrained(best, bound, self._page)
        return None


def _names(tree: n.Node) -> set[Atom]:
    """The names in ``tree`` that need a reading."""
    return {atom for node in value_nodes(tree) if (atom := atom_of(node)) and atom[0] == "symbol"}
