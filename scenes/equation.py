"""An equation as a mobject whose marks are found by the key of their term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from copy import deepcopy
from enum import Enum
from functools import cache
from itertools import chain, combinations, pairwise
from types import NoneType, UnionType
from typing import Any, NamedTuple, Self

import numpy as np
from manim import RIGHT, UP, ManimColor, VGroup, VMobject

from dpo_math import notation as n
from dpo_math.printers import Rows, typst
from dpo_math.printers.typst import BRACKETS, Around, NumberSigns
from scenes import typesetting
from scenes.roles import roles_of
from scenes.shapes import Points
from scenes.theme import Role, Theme
from scenes.typesetting import Setting

PLAIN = (bool, int, float, str, Enum, ManimColor, NoneType)


class Outline(VMobject):
    """A filled outline: one glyph, or one fraction bar.

    Pictures with numbers make hundreds a second, so each takes over what Manim made of the first
    of its colour: 10 µs instead of 170. Motions and fades copy all marks, and what cannot change
    in itself is not copied.
    """

    def __init__(self, points: Points, colour: str) -> None:
        shared, own = _plain(colour)
        self.__dict__ |= shared
        self.__dict__ |= {name: value.copy() for name, value in own.items()}
        self.name, self.points = type(self).__name__, points

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        memo[id(self)] = new = type(self).__new__(type(self))
        for name, value in self.__dict__.items():
            if isinstance(value, np.ndarray):
                new.__dict__[name] = value.copy()
            else:
                new.__dict__[name] = value if isinstance(value, PLAIN) else deepcopy(value, memo)
        new.original_id = str(id(self))
        return new


@cache
def _plain(colour: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Manim makes of a mark in this colour: what cannot change in itself, and what can."""
    made = VMobject(fill_color=colour, fill_opacity=1.0, stroke_width=0.0).__dict__
    own = {name: value for name, value in made.items() if not isinstance(value, PLAIN)}
    return {name: value for name, value in made.items() if name not in own}, own


class Equation(VGroup):
    """A formula set from its tree.

    The centre of ``at`` is the middle of the first line's axis. A formula wider than ``width``
    breaks before signs of its sums, after the head of an arg max, before its relation or before a
    factor, into as few rows as hold it, and after the bracket of an expectation if it has to; or
    it is given its ``rows``. The nodes with keys in ``apart`` have air around them, at their sides
    as much as the rows have room for. It hangs lower than it would rather than go above ``top``.

    Raises :class:`ValueError` when a row cannot be made to fit.

    Example
    -------
    >>> line = Equation(LINES["inversion"].tree, DARK, em=DARK.type.stage)
    >>> line.marks_of(LINES["inversion"].tree.left)  # the glyphs of r(x, y)
    """

    def __init__(
        self,
        tree: n.Node,
        theme: Theme,
        em: float,
        width: float | None = None,
        at: tuple[float, float] = (0.0, 0.0),
        role: Role | None = None,
        apart: Set[str] = frozenset(),
        top: float = np.inf,
        rows: Rows | None = None,
    ) -> None:
        super().__init__()
        self.tree, self.theme, self.em, self.apart = tree, theme, em, frozenset(apart)
        self.top = top
        ems = None if width is None else width / em
        self.rows = fitting_rows(tree, ems) if rows is None else rows
        setting, keys = set_tree(tree, self.rows, theme.numerals.signs), mark_keys(tree)
        if apart:
            setting = _aired(tree, self.rows, theme.numerals.signs, self.apart, em, ems) or setting
        roles = {} if role else roles_of(tree)
        shift = np.array([*at, 0.0]) - em * _centre(setting, tree, self.rows)
        highest = em * max(float(mark.points[:, 1].max()) for mark in setting.marks)
        shift[1] = min(shift[1], top - highest)
        self.baseline = float(shift[1] + em * setting.marks[0].baseline)
        self._marks: dict[str, list[Outline]] = {key: [] for key in keys}
        for mark in setting.marks:
            key = keys[mark.label]
            colour = theme.colour(role or roles.get(key.removesuffix(BRACKETS), Role.INK))
            outline = Outline(em * mark.points + shift, colour)
            self._marks[key].append(outline)
        self.outlines = [outline for marks in self._marks.values() for outline in marks]
        self.add(*self.outlines)

    def stay_near(self, other: Equation, width: float) -> None:
        """Go to where most marks stand as they do in ``other``, another setting of the same tree.

        Sideways, the left end or the right end is then at the same place in both, or as near to
        that as the middle ``width`` of the frame allows. No mark goes above ``top``.
        """
        rises = np.array([mark.get_y() for mark in other.outlines])
        rises -= [mark.get_y() for mark in self.outlines]
        standing = [int((np.abs(rises - rise) < SAME).sum()) for rise in rises]
        rise, room = float(rises[np.argmax(standing)]), self.top - float(self.get_top()[1])
        self.shift(min(rise, room) * UP)
        theirs, ours = (
            np.array([mark.get_x() for mark in each.outlines]) for each in (other, self)
        )
        off = theirs - ours
        ends = off[[theirs.argmin(), theirs.argmax()]]
        standing = [int((np.abs(off - end) < SAME).sum()) for end in ends]
        shift = float(ends[np.argmax(standing)])
        least, most = -width / 2 - self.get_left()[0], width / 2 - self.get_right()[0]
        if least <= most:
            self.shift(min(max(shift, least), most) * RIGHT)

    @property
    def smallest_em(self) -> float:
        """The em of the smallest mark: that of the deepest script."""
        return self.em * SCRIPT_SIZES[script_depth(self.tree)]

    def own_marks(self, key: str) -> list[Outline]:
        """The marks of the node itself, not of a node below it; its brackets last."""
        return [*self._marks.get(key, ()), *self.brackets(key)]

    def brackets(self, key: str) -> list[Outline]:
        """The brackets that the node puts around what is below it."""
        return self._marks.get(key + BRACKETS, [])

    def marks_of(self, *nodes: n.Node) -> VGroup:
        """All marks of the nodes and of what is below them."""
        return VGroup(*(mark for node in nodes for mark in self._below(node)))

    def _below(self, node: n.Node) -> Iterator[Outline]:
        for part in node.walk():
            yield from self.own_marks(part.key)


SAME = 1e-3
"""Marks are at the same place if they are nearer than this, in frame units."""


def set_tree(
    tree: n.Node, rows: Rows, signs: NumberSigns | None = None, around: Around | None = None
) -> Setting:
    """Typeset ``tree``; a mark's label is the index of its key in :func:`mark_keys`."""
    numbers = {key: number for number, key in enumerate(mark_keys(tree))}

    def label(key: str, marks: str) -> str:
        return typesetting.label(numbers[key], marks)

    return typesetting.formula(typst(tree, label=label, rows=rows, signs=signs, around=around))


BESIDE, ABOVE = 0.19, 0.13
"""The air at the sides of terms, and above and below them, in frame units."""
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""How much of the air at its sides a term gets: the most for which there is room."""


def _aired(
    tree: n.Node, rows: Rows, signs: NumberSigns, apart: Set[str], em: float, ems: float | None
) -> Setting | None:
    """``tree`` with air around the terms with keys in ``apart``, if a row of ``ems`` holds it."""
    reaches = _reaches(tree, rows, signs, apart)
    for share in SHARES:

        def around(key: str, printed: str, beside: float = share * BESIDE / em) -> str:
            if key not in reaches:
                return printed
            above, below = (reach + ABOVE / em for reach in reaches[key])
            return typesetting.in_air(printed, beside, above, below)

        setting = set_tree(tree, rows, signs, around)
        if ems is None or setting.width <= ems:
            return setting
    return None


def _reaches(
    tree: n.Node, rows: Rows, signs: NumberSigns, apart: Set[str]
) -> dict[str, tuple[float, float]]:
    """How far above and below the line they stand on the terms with these keys reach, in ems.

    A full stop after each tells where that line is.
    """
    keys = mark_keys(tree)
    stops = {key: len(keys) + number for number, key in enumerate(sorted(apart))}

    def around(key: str, printed: str) -> str:
        return f"{printed} {typesetting.label(stops[key], '.')}" if key in stops else printed

    found: dict[str, tuple[float, float]] = {}
    marks = set_tree(tree, rows, signs, around).marks
    for key, stop in stops.items():
        line = next((mark.baseline for mark in marks if mark.label == stop), None)
        if line is None:  # it goes on in the next row
            continue
        below = {part.key for part in n.by_key(tree)[key].walk()}
        own = [mark for mark in marks if mark.label < len(keys)]
        own = [mark for mark in own if keys[mark.label].removesuffix(BRACKETS) in below]
        heights = np.concatenate([mark.points[:, 1] for mark in own])
        found[key] = float(heights.max() - line), float(line - heights.min())
    return found


def mark_keys(tree: n.Node) -> list[str]:
    """The keys that marks of ``tree`` can have: every node's own, then every node's brackets."""
    own = [node.key for node in tree.walk()]
    return [*own, *(key + BRACKETS for key in own)]


def fitting_rows(tree: n.Node, ems: float | None, outside: bool = False) -> Rows:
    """Breaks that make every row at most ``ems`` wide: none if it fits, else as few as can be.

    Where it takes no more of them, one of them is the outermost place if that is asked for.
    """
    if ems is None or set_tree(tree, Rows()).width <= ems:
        return Rows()
    fitting = (rows for rows in _break_choices(tree) if set_tree(tree, rows).width <= ems)
    first = next(fitting, None)
    if first is None:
        raise ValueError(f"no break makes this formula fit {ems:.1f} em: {typst(tree)}")
    if not outside or is_broken_outside(tree, first):
        return first
    others = (
        rows
        for rows in _break_choices(tree)
        if len(rows.breaks) <= len(first.breaks) and is_broken_outside(tree, rows)
    )
    return next((rows for rows in others if set_tree(tree, rows).width <= ems), first)


def is_broken_outside(tree: n.Node, rows: Rows) -> bool:
    """Whether the first row ends at the outermost place where ``tree`` may break."""
    return bool(rows.breaks & _outermost(tree))


def breaks_a_mean(tree: n.Node, rows: Rows) -> bool:
    """Whether a row ends after the opening bracket of an expectation."""
    means = {node.key for node in tree.walk() if isinstance(node, n.Expectation)}
    return bool(rows.breaks & means)


def _outermost(tree: n.Node) -> set[str]:
    """The place after the head of an arg max, else the one before the relation."""
    if not isinstance(tree, n.Relation):
        return set(_places(tree).heads)
    return set(_places(tree.right).heads) or {tree.key}


SUM_BREAKS = 2
"""In how many places sums break, at most, before a line does elsewhere."""


def _break_choices(tree: n.Node) -> Iterator[Rows]:
    """One break, then more, those that read best first: the relation stays with its left side as
    long as it can, and means in one row with what they are of."""
    sides = [tree.right, tree.left] if isinstance(tree, n.Relation) else [tree]
    relation = [tree.key] if isinstance(tree, n.Relation) else []
    sums, factors, heads, bare = zip(*map(_places, sides), strict=True)
    places = [*sums[0], *factors[0], *heads[0], *relation, *bare[0]]
    places += [key for kind in (sums, factors, heads, bare) for key in chain(*kind[1:])]
    means = [node.key for node in _in_the_open(sides[0]) if isinstance(node, n.Expectation)]
    choices = chain(
        _some(sums[0], range(1, SUM_BREAKS + 1)),
        _some(places, range(1, len(places) + 1)),
        (
            {*some, *_outermost(tree), means[-1]}
            for some in _some(places, range(len(places)))
            if means
        ),
    )
    totals = [node for node in _in_the_open(tree) if isinstance(node, n.Sum)]
    for breaks in map(frozenset, choices):
        if all(_rows_are_even(total, breaks) for total in totals if len(total.terms) > 1):
            yield Rows(breaks, columns=True)
        yield Rows(breaks, columns=False)


def _some(places: Sequence[str], many: Iterable[int]) -> Iterator[Iterable[str]]:
    return (some for number in many for some in combinations(places, number))


class Places(NamedTuple):
    """Where a side of a line may break."""

    sums: list[str]
    """Between factors that both hold sums, then before signs: outer ones before inner ones, and
    near the middle before elsewhere."""
    factors: list[str]
    """Before big factors in brackets."""
    heads: list[str]
    """After the head of an arg max."""
    bare: list[str]
    """Before big factors out of brackets."""


def _places(side: n.Node) -> Places:
    nodes = list(_in_the_open(side))
    pairs = [
        pair for node in nodes if isinstance(node, n.Product) for pair in pairwise(node.factors)
    ]
    between = [after.key for before, after in pairs if _holds_a_sum(before) and _holds_a_sum(after)]
    signs = (_signs_from_the_middle(node) for node in nodes if isinstance(node, n.Sum))
    out_of_brackets = {node.key for node in _in_the_open(side, WALLS | BRACKETED)}
    big = [after.key for _, after in pairs if _is_big(after) and after.key not in between]
    return Places(
        sums=[*between, *chain(*signs)],
        factors=[key for key in big if key not in out_of_brackets],
        heads=[node.key for node in nodes if isinstance(node, n.Extremum)],
        bare=[key for key in big if key in out_of_brackets],
    )


def _holds_a_sum(factor: n.Node) -> bool:
    return any(isinstance(node, n.Sum) and len(node.terms) > 1 for node in _in_the_open(factor))


WALLS = n.Quotient | n.Power | n.Draw
BRACKETED = n.Group | n.Exp | n.Sigmoid | n.Expectation


def _in_the_open(tree: n.Node, walls: UnionType = WALLS) -> Iterator[n.Node]:
    """The nodes that can have rows, outer ones first: none in a fraction or in a script."""
    level = [tree]
    while level:
        yield from level
        open_ones = (node for node in level if not isinstance(node, walls))
        level = [child for node in open_ones for child in node.children]


def _is_big(factor: n.Node) -> bool:
    """Whether a row may start with this factor: one in brackets, or with a head of its own."""
    return isinstance(factor, n.Group | n.Exp | n.Gradient)


def _signs_from_the_middle(total: n.Sum) -> list[str]:
    """The keys of a sum's terms but the first, by nearness to the middle, after it first."""
    signs = [term.key for term in total.terms[1:]]
    middle = (len(signs) - 1) / 2
    order = sorted(range(len(signs)), key=lambda i: (abs(i - middle), -i))
    return [signs[i] for i in order]


def _rows_are_even(total: n.Sum, breaks: frozenset[str]) -> bool:
    starts = [0, *(i for i, term in enumerate(total.terms) if term.key in breaks), len(total.terms)]
    return len({after - start for start, after in pairwise(starts)}) == 1


def _centre(setting: Setting, tree: n.Node, rows: Rows) -> Points:
    """The middle of a setting: across its width, and on its axis if it is one row with a sign."""
    middle = np.array([setting.width / 2, setting.height / 2, 0.0])
    signs = [mark for mark in setting.marks if mark.label == 0] if not rows else []
    if isinstance(tree, n.Relation) and signs:
        middle[1] = signs[0].points[:, 1].mean()
    return middle


SCRIPT_SIZES = (1.0, 0.73, 0.6)
"""New Computer Modern Math's sizes of text, of scripts, and of scripts of scripts, in ems."""


def script_depth(tree: n.Node) -> int:
    """How many scripts deep a formula's smallest mark is."""
    match tree:
        case n.Symbol(name=name):
            return int("_" in name or "'" in name)
        case n.Model(name=name):
            return int(bool(name))
        case n.Reward(name=name) if name:
            return 1
        case n.Power(base=base, exponent=exponent):
            return max(script_depth(base), 1 + script_depth(exponent))
        case n.BigSum(index=under, body=body) | n.Extremum(over=under, body=body):
            return max(1 + script_depth(under), script_depth(body))
        case n.Gradient(over=under, body=body):
            return max(1 + script_depth(under), script_depth(body))
        case n.Expectation(draws=draws, body=body):
            return max(*(1 + script_depth(draw) for draw in draws), script_depth(body))
    return min(2, max((script_depth(child) for child in tree.children), default=0))
