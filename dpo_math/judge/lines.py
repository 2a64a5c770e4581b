"""Which line of the derivation a formula is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from dpo_math import notation as n
from dpo_math.derivation import LINES, Kind, Line
from dpo_math.judge.forms import Form, form


@dataclass(frozen=True)
class Place:
    """A line by its number, counted from one.

    ``part`` says which part of it, "" for all of it; ``otherwise`` that it is written another way.
    """

    number: int
    line: Line
    part: str = ""
    otherwise: bool = False

    def __str__(self) -> str:
        kind = "" if self.line.kind is Kind.CLAIM else f", a {self.line.kind}"
        whole = f"line {self.number} of the derivation ({self.line.id}{kind})"
        return " ".join(filter(None, (self.part, whole))) + ", written another way" * self.otherwise


def same_line(relation: n.Relation) -> Place | None:
    """The line that says what ``relation`` says, brackets and order aside."""
    return _by_relation().get(form(relation))


def like_line(relation: n.Relation) -> Place | None:
    """The line nearest to ``relation`` of those with which it shares a side.

    Where the relation holds, it says what that line says, written another way.
    """
    sides = {form(relation.left), form(relation.right)} - {"0", "1", form(n.Model("*"))}
    return nearest(relation, lambda line: bool(sides & _sides(line)))


def nearest(relation: n.Relation, fits: Callable[[Line], bool]) -> Place | None:
    """Of the lines that fit, the one most like ``relation``."""
    words = _words(form(relation))

    def likeness(place: Place) -> float:
        return _shared(words, _words(form(place.line.tree)))

    ranked = sorted(_places(), key=likeness, reverse=True)
    found = next((place for place in ranked if fits(place.line)), None)
    return found and replace(found, otherwise=True)


def part_of_line(expression: n.Node) -> Place | None:
    """The line of which ``expression`` is a side, or stands within one."""
    wanted = form(expression)
    for place in _places():
        if wanted in _sides(place.line):
            return replace(place, part="a side of")
    for place in _places():
        parts = (node for node in place.line.tree.walk() if is_compound(node))
        if any(form(node) == wanted for node in parts):
            return replace(place, part="part of")
    return None


def is_compound(node: n.Node) -> bool:
    """Whether ``node`` is more than a name: something that is calculated."""
    return isinstance(
        node,
        n.Sum | n.Product | n.Quotient | n.Log | n.Exp | n.Sigmoid | n.Expectation | n.KL | n.BigSum
        | n.Extremum | n.Gradient | n.Power | n.Group | n.Ranged | n.Derivative,
    )  # fmt: skip


@cache
def _places() -> tuple[Place, ...]:
    return tuple(Place(number, line) for number, line in enumerate(LINES, start=1))


@cache
def _by_relation() -> dict[Form, Place]:
    return {form(place.line.tree): place for place in reversed(_places())}


def _sides(line: Line) -> set[Form]:
    return {form(line.tree.left), form(line.tree.right)}


def _words(text: Form) -> frozenset[str]:
    return frozenset(re.findall(r"[^\s()\[\]',|~]+", text))


def _shared(words: frozenset[str], others: frozenset[str]) -> float:
    return len(words & others) / len(words | others)
