"""Where lines are set: on the stage, in the ledger, beside a line, each with its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from manim import DL, LEFT, RIGHT, UP, UR, Group, Mobject, VGroup, VMobject

from dpo_math.derivation import LINES, Line
from dpo_math.moves import Step
from dpo_math.printers import Rows
from dpo_math.verify import report
from scenes.equation import Equation, breaks_a_mean, fitting_rows, is_broken_outside
from scenes.figures import Figure
from scenes.furniture import Anchor, VerdictMark, Words
from scenes.layout import Layout, Point, Room
from scenes.narration import Narration
from scenes.paths import box
from scenes.theme import Role, Theme

Shown = TypeVar("Shown", bound=Mobject)

CLEAR = 0.1
"""Between a verdict and what is shown near it, at least, in frame units."""
NAMES_LEADING = 1.8
"""From one row of names to the next, in ems."""


@dataclass
class Staged:
    """A line where it is seen: its equation, and its verdict once that is said."""

    line: Line
    equation: Equation
    verdict: VerdictMark | None = None
    arrived_by: Step | None = None
    before: Staged | None = None
    room: frozenset[str] = frozenset()
    """The keys of the terms around which it keeps room for boxes that come one after another."""
    awaited: frozenset[str] = frozenset()
    """Those of them that no box has come to yet."""

    @property
    def parts(self) -> list[Mobject]:
        return [self.equation, *([self.verdict] if self.verdict else [])]


@dataclass
class Filed(Staged):
    """A line in the ledger: it always wears its verdict."""

    verdict: VerdictMark


@dataclass(frozen=True)
class Staging:
    """Sets lines in their places, in the sizes of a theme."""

    theme: Theme
    layout: Layout
    say: Narration

    def on_stage(
        self, line: Line, *, over_picture: bool = False, apart: Set[str] = frozenset()
    ) -> Staged:
        """A line on the stage, clear of the ledger; or high, with room for a picture under it.

        The terms with keys in ``apart`` have air at their sides, where there is room for it.
        """
        layout = self.layout
        em, rows = self._set_on_stage(line, over_picture)
        at, top = layout.stage, layout.ledger.bottom - layout.stage_gap
        if over_picture:
            at, top = layout.upper_stage, np.inf
        width = layout.stage_width
        return Staged(
            line, Equation(line.tree, self.theme, em, width, at, apart=apart, top=top, rows=rows)
        )

    def _set_on_stage(self, line: Line, over_picture: bool = False) -> tuple[float, Rows]:
        """The size of a line on the stage, in which it fits, and its rows there."""
        sizes, width = self.theme.type, self.layout.stage_width
        ems = sizes.stage, sizes.upper_stage
        widths = tuple(width / em for em in ems)
        for em in ems[over_picture:-1]:
            with suppress(ValueError):  # too long a line takes the next size of the scale
                return em, _rows(line, width / em, widths)
        return ems[-1], _rows(line, width / ems[-1], widths)

    def note_at(self, *equations: Equation, over_picture: bool = False) -> Point:
        """Where the name of a move and the verdict stand: their place, or lower, clear of these."""
        x, y = self.layout.upper_move if over_picture else self.layout.move
        lowest = min(float(equation.get_bottom()[1]) for equation in equations)
        return x, min(y, lowest - 1.4 * self.theme.type.move)

    def verdict(
        self, line: Line, at: Point, anchor: Anchor = "centre", role: Role = Role.INK
    ) -> VerdictMark:
        """What the checker says of a line, in the language of the film."""
        found, em = report(line), self.theme.type.verdict
        word = self.say("verdicts", found.verdict.name.lower())
        return VerdictMark(found.verdict, word, self.theme, em, at, anchor, role, given=found.given)

    def in_ledger(self, line: Line) -> Filed:
        """A line as the ledger shows it, its verdict beside it, or under it if that is too wide."""
        sizes, room = self.theme.type, self.layout.ledger
        at, lift = room.centre, 0.3 * sizes.verdict
        _, before = self._set_on_stage(line)
        # What a mean is of would cross the rest of the line on its way to another row.
        rows = before if breaks_a_mean(line.tree, before) else None
        equation = Equation(
            line.tree, self.theme, sizes.ledger, room.width, at, Role.DIM, rows=rows
        )
        beside = (float(equation.get_right()[0]) + sizes.ledger, at[1] - lift)
        verdict = self.verdict(line, beside, "left", Role.DIM)
        if equation.width + sizes.ledger + verdict.width > room.width:
            verdict = self.verdict(line, under(equation, verdict.em), role=Role.DIM)
        over = max(0.0, float(verdict.get_right()[0]) - room.right)
        VGroup(equation, verdict).shift(over * LEFT)
        return Filed(line, equation, verdict)

    def stacked(self, lines: list[Line]) -> list[Filed]:
        """The last of ``lines`` in the ledger, from its foot up: as many as have room there."""
        room, foot = self.layout.ledger, self.layout.ledger.bottom
        risen: list[Filed] = []
        for line in reversed(lines[-self.layout.ledger_lines :]):
            staged = self.in_ledger(line)
            whole = Group(*staged.parts)
            if risen and foot + whole.height > room.top:
                break
            whole.shift((foot - float(whole.get_bottom()[1])) * UP)
            foot = float(whole.get_top()[1]) + self.layout.ledger_gap
            risen.insert(0, staged)
        return risen

    def names(self, roles: Mapping[str, Role]) -> list[Words]:
        """These texts under the stage, each in the colour of its role.

        They stand in a row as wide as their room, or in as many rows as leave gaps and have room
        under each other; smaller where the larger do not, and then in two rows if need be.
        """
        sizes, room = self.theme.type, self.layout.names
        most = 1 + int((room.height - sizes.aside) / (NAMES_LEADING * sizes.aside))
        choices = [(sizes.aside, count) for count in range(1, most + 1)]
        for em, count in (*choices, (sizes.label, 1), (sizes.label, 2)):
            words = [Words(text, self.theme, em, role) for text, role in roles.items()]
            each = -(-len(words) // count)
            rows = [words[first : first + each] for first in range(0, len(words), each)]
            left_over = (room.width - sum(word.width for word in row) for row in rows)
            gap = min(
                left / max(1, len(row) - 1) for left, row in zip(left_over, rows, strict=True)
            )
            if gap > 1.2 * em:
                break
        for number, row in enumerate(reversed(rows)):
            left = room.centre[0] - (sum(word.width for word in row) + gap * (len(row) - 1)) / 2
            foot = room.bottom + number * NAMES_LEADING * em
            for word in row:
                word.shift((left - float(word.get_left()[0])) * RIGHT + foot * UP)
                left += word.width + gap
        return words

    def explained(self, line: Line, at: Point) -> VGroup:
        """A line in the size of an aside, with its verdict under it, clear of the captions."""
        return self._with_verdict(
            line, Equation(line.tree, self.theme, self.theme.type.aside, at=at)
        )

    def beside_picture(self, line: Line, room: Room) -> VGroup:
        """A line in the size of a list's, in rows as the room asks for, its verdict under it."""
        equation = Equation(line.tree, self.theme, self.theme.type.listing, room.width)
        return self._with_verdict(line, equation).move_to((*room.centre, 0.0))

    def _with_verdict(self, line: Line, equation: Equation) -> VGroup:
        sizes = self.theme.type
        whole = VGroup(equation, self.verdict(line, under(equation, sizes.verdict)))
        return clear_of_captions(whole, self.layout)

    def with_verdict(self, line: Line, at: Point) -> VGroup:
        """One of several lines that stand under each other, its verdict beside it, or under it if
        that is too wide."""
        sizes = self.theme.type
        equation = Equation(line.tree, self.theme, sizes.listing, at=at)
        beside = float(equation.get_right()[0]) + sizes.listing, at[1] - 0.3 * sizes.verdict
        whole = VGroup(equation, self.verdict(line, beside, "left"))
        if whole.width > 2 * (self.layout.right - abs(at[0])):
            return VGroup(equation, self.verdict(line, under(equation, sizes.verdict)))
        return whole.shift((at[0] - float(whole.get_x())) * RIGHT)


def _rows(line: Line, ems: float, widths: tuple[float, ...]) -> Rows:
    """The rows of a line that are at most ``ems`` wide: broken outside if the line before it is, in
    the first of ``widths`` that holds that, and if it can be."""
    rows = fitting_rows(line.tree, ems)
    if not rows or is_broken_outside(line.tree, rows):
        return rows
    outside = line.follows is not None and _is_broken_outside(line.follows, widths)
    return fitting_rows(line.tree, ems, outside=True) if outside else rows


@cache
def _is_broken_outside(line_id: str, widths: tuple[float, ...]) -> bool:
    line = LINES[line_id]
    for ems in widths:
        with suppress(ValueError):
            return is_broken_outside(line.tree, _rows(line, ems, widths))
    return False


def clear_of_captions(shown: Shown, layout: Layout) -> Shown:
    """The same, as much higher as it has to be to stand over the captions."""
    return shown.shift(max(0.0, layout.bottom - float(shown.get_bottom()[1])) * UP)


def under(equation: Equation, em: float) -> Point:
    """The middle of the baseline of what is written in ``em`` under an equation."""
    return float(equation.get_x()), float(equation.get_bottom()[1]) - 1.3 * em


def takes_place(thing: Mobject, note: Mobject) -> bool:
    """Whether a mark of ``thing`` is where ``note`` stands, or nearer to it than :data:`CLEAR`; or
    whether the note stands in the room of a figure, whose marks may come there."""
    low, high = note.get_corner(DL)[:2] - CLEAR, note.get_corner(UR)[:2] + CLEAR
    family = (part for part in thing.get_family() if isinstance(part, VMobject))
    marks = np.array([box(mark) for mark in family if mark.has_points()])
    if ((marks[:, :2] < high) & (marks[:, 2:] > low)).all(axis=1).any():
        return True
    x, y, _ = note.get_center()
    rooms = [part.room for part in thing.get_family() if isinstance(part, Figure)]
    return any(r.left < x < r.right and r.bottom < y < r.top for r in rooms)
