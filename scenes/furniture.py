"""What stands around an equation: words, the title, the dots, a verdict, a box around a term."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import ClassVar, Literal

import numpy as np
from manim import LEFT, RIGHT, Circle, VGroup, VMobject

from dpo_math import notation as n
from dpo_math.paper import Paper
from dpo_math.printers import typst
from dpo_math.verify import Verdict
from scenes import typesetting
from scenes.equation import SCRIPT_SIZES, Outline, script_depth
from scenes.layout import Layout, Room
from scenes.paths import Floats, box
from scenes.shapes import RoundedBox, double_arrow, rectangle, turned
from scenes.theme import Role, Theme

Anchor = Literal["left", "centre", "right"]
_BEFORE: Mapping[Anchor, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}
"""The share of a text that is left of where it stands."""


class Words(VGroup):
    """A line of text, standing on the baseline ``at``.

    ``{name}`` in ``text`` is set as the formula ``symbols[name]``. A phrase of ``phrases`` has the
    colour of its own role.
    """

    def __init__(
        self,
        text: str,
        theme: Theme,
        em: float,
        role: Role = Role.INK,
        at: tuple[float, float] = (0.0, 0.0),
        anchor: Anchor = "left",
        small_capitals: bool = False,
        symbols: Mapping[str, n.Node] | None = None,
        phrases: Mapping[str, Role] | None = None,
    ) -> None:
        super().__init__()
        self.text, self.theme, self.em = text, theme, em
        phrases = phrases or {}
        setting = typesetting.words(_markup(text, symbols or {}, small_capitals, phrases, theme))
        self._setting, self._before = setting, _BEFORE[anchor] * setting.width
        colours = [theme.colour(shown) for shown in (role, *phrases.values())]
        self.add(*(Outline(mark.points, colours[mark.label]) for mark in setting.marks))
        self.place(at)
        depths = (script_depth(tree) for tree in (symbols or {}).values())
        self.smallest_em = em * SCRIPT_SIZES[max(depths, default=0)]

    def place(self, at: tuple[float, float]) -> None:
        """Let it stand at ``at``, as if it had from the start."""
        marks = self._setting.marks
        shift = np.array([at[0] - self.em * self._before, at[1] - self.em * marks[0].baseline, 0.0])
        for outline, mark in zip(self, marks, strict=True):
            outline.points = self.em * mark.points + shift

    def strike(self) -> Outline:
        """A line through the words, in their colour."""
        left, right = (float(self.get_edge_center(side)[0]) for side in (LEFT, RIGHT))
        y, half = float(self.get_y()), 0.035 * self.em
        over = 0.15 * self.em
        bar = rectangle(left - over, y - half, right + over, y + half)
        return Outline(bar, self[0].fill_color.to_hex())


LETTERS: Mapping[str, n.Node] = {
    "β": n.Symbol("beta"),
    "σ": n.Symbol("sigma"),
    "π*": n.Model("*"),
    "Z": n.Symbol("Z"),
}
"""The letters of formulas that words speak of, as they are written there."""
_LETTER = re.compile(rf"\b(?:{'|'.join(map(re.escape, LETTERS))})(?!\w)")


def lettered(text: str) -> tuple[str, dict[str, n.Node]]:
    """``text`` and ``symbols`` for :class:`Words`, with letters set as in formulas."""
    found = dict.fromkeys(_LETTER.findall(text))
    return _LETTER.sub(r"{\g<0>}", text), {letter: LETTERS[letter] for letter in found}


def _markup(
    text: str,
    symbols: Mapping[str, n.Node],
    small_capitals: bool,
    phrases: Iterable[str],
    theme: Theme,
) -> str:
    content = "#" + json.dumps(text.upper() if small_capitals else text, ensure_ascii=False)
    for number, phrase in enumerate(phrases, 1):
        quoted = json.dumps(phrase, ensure_ascii=False)
        content = content.replace(phrase, f'"#mark({number}, {quoted})#"')
    for name, tree in symbols.items():
        placeholder = "{" + (name.upper() if small_capitals else name) + "}"
        content = content.replace(placeholder, f'"${typst(tree, signs=theme.numerals.signs)}$#"')
    return f"#text(tracking: 0.12em)[{content}]" if small_capitals else content


class Heading(VGroup):
    """The scene's title under a small line that says which step this is."""

    def __init__(self, eyebrow: str, title: str, theme: Theme, layout: Layout) -> None:
        sizes = theme.type
        super().__init__(
            Words(eyebrow, theme, sizes.eyebrow, Role.DIM, layout.eyebrow, small_capitals=True),
            Words(title, theme, sizes.title, Role.INK, layout.title),
        )


class Dots(VGroup):
    """Where the lesson is: one dot a step, the present one lit."""

    def __init__(self, step: int, steps: int, theme: Theme, layout: Layout) -> None:
        x, y = layout.dots
        gap, radius = 0.26, 0.05
        dots = [
            Circle(
                radius=radius,
                stroke_width=0,
                fill_opacity=1,
                fill_color=theme.colour(Role.INK) if i == step else theme.line,
            ).move_to((x - radius - gap * (steps - i), y + radius, 0.0))
            for i in range(1, steps + 1)
        ]
        super().__init__(*dots)


class Citation(VGroup):
    """A paper: its title, with two models in the colours of theirs, and who wrote it where."""

    MODELS: ClassVar = {"Language Model": Role.POLICY, "Reward Model": Role.REWARD}

    def __init__(self, paper: Paper, theme: Theme, layout: Layout) -> None:
        super().__init__()
        authors, where = ", ".join(paper.surnames), f"{paper.venue} · arXiv {paper.arxiv}"
        sizes, foot = theme.type, 0.0
        for text, em, role, leading in (
            (f"{paper.title}:", sizes.stage, Role.INK, 1.0),
            (paper.subtitle, sizes.stage, Role.INK, 1.4),
            (authors, sizes.move, Role.INK, 2.6),
            (where, sizes.label, Role.DIM, 1.8),
        ):
            foot -= leading * em
            for part in filled(text, theme, em, layout.stage_width):
                phrases = {phrase: own for phrase, own in self.MODELS.items() if phrase in part}
                self.add(Words(part, theme, em, role, (0.0, foot), "centre", phrases=phrases))
                foot -= 1.4 * em
            foot += 1.4 * em
        self.move_to((layout.stage[0], (layout.ledger.bottom + layout.bottom) / 2, 0.0))


def filled(text: str, theme: Theme, em: float, width: float) -> list[str]:
    """``text`` in as few lines as ``width`` holds, all about as long."""
    breaks = [textwrap.wrap(text, length) for length in range(len(text), 0, -1)]
    fitting = next(
        lines for lines in breaks if all(Words(line, theme, em).width <= width for line in lines)
    )
    even = [lines for lines in breaks if len(lines) == len(fitting)]
    return min(even, key=lambda lines: max(map(len, lines)))


class Paragraph(VGroup):
    """Sentences in the middle of ``room``, each in as few lines as it holds, set left.

    A line break in ``text`` stays one.
    """

    def __init__(
        self, text: str, theme: Theme, em: float, room: Room, role: Role = Role.INK
    ) -> None:
        super().__init__()
        sentences = (filled(sentence, theme, em, room.width) for sentence in text.splitlines())
        for i, line in enumerate(chain.from_iterable(sentences)):
            self.add(Words(line, theme, em, role, (room.left, -1.45 * em * i)))
        self.set_y(room.centre[1])


Stroke = tuple[tuple[float, float], ...]
SIGNS: Mapping[Verdict, tuple[Stroke, ...]] = {
    Verdict.PROVED: (((0.0, 0.45), (0.32, 0.1), (0.9, 0.95)),),
    Verdict.DEFINITION: (
        ((0.06, 0.82), (0.06, 0.66)),
        ((0.06, 0.34), (0.06, 0.18)),
        ((0.3, 0.74), (0.95, 0.74)),
        ((0.3, 0.26), (0.95, 0.26)),
    ),
    Verdict.ASSUMPTION: (((0.05, 0.05), (0.85, 0.05), (0.45, 0.9), (0.05, 0.05), (0.85, 0.05)),),
    Verdict.CHOICE: (
        ((0.45, 0.0), (0.82, 0.5), (0.45, 1.0), (0.08, 0.5), (0.45, 0.0), (0.82, 0.5)),
    ),
    Verdict.NUMERIC_ONLY: (((0.0, 0.4), (0.3, 0.6), (0.6, 0.4), (0.9, 0.6)),),
}
"""The sign of each verdict, as strokes in an em square: a tick, a colon and an equals sign, a
triangle, a diamond, a wave; the page has the same. A refuted line is never drawn."""


class VerdictMark(VGroup):
    """A verdict: its sign and its word, from ``at`` to the right, or around it if centred.

    What is proved ``given`` how people are assumed to choose has the sign of that after it.
    """

    def __init__(
        self,
        verdict: Verdict,
        word: str,
        theme: Theme,
        em: float,
        at: tuple[float, float],
        anchor: Anchor = "centre",
        role: Role = Role.INK,
        given: bool = False,
    ) -> None:
        text = Words(word, theme, em, role, (1.25 * em, 0.0))
        super().__init__(_sign(verdict, theme.colour(role), em), text)
        if given:
            after = text.get_right() + 0.35 * em * RIGHT
            self.add(_sign(Verdict.ASSUMPTION, theme.colour(role), em).shift(after[0] * RIGHT))
        self.em = em
        left, right = 0.0, self.get_right()[0]
        start = {"left": left, "centre": (left + right) / 2, "right": right}[anchor]
        self.shift(np.array([at[0] - start, at[1], 0.0]))


def _sign(verdict: Verdict, colour: str, em: float) -> VMobject:
    sign = VMobject(stroke_color=colour, stroke_width=9 * em)
    for line in SIGNS[verdict]:
        start, *others = np.array([(x, 0.75 * y, 0.0) for x, y in line]) * em
        sign.start_new_path(start).add_points_as_corners(others)
    return sign


class TermBox(RoundedBox):
    """A tinted box around the marks of a term. It knows what it is around.

    It keeps clear of the other marks of the ``formula`` that the term is in.
    """

    BESIDE, ABOVE, CLEAR = 0.09, 0.09, 0.02

    def __init__(
        self,
        marks: Iterable[VMobject],
        theme: Theme,
        role: Role,
        formula: Iterable[VMobject] = (),
    ) -> None:
        self.around, self.role = VGroup(*marks), role
        colour = theme.colour(role)
        inside = {id(mark) for mark in self.around}
        others = [box(mark) for mark in formula if id(mark) not in inside]
        room = _around(self.around, others, self.BESIDE, self.ABOVE, self.CLEAR)
        super().__init__(
            room,
            min(0.1, (room[3] - room[1]) / 2),
            stroke_color=colour,
            stroke_width=2.0,
            fill_color=colour,
            # Ink is the strongest colour: half as much of it tints as well.
            fill_opacity=theme.tint / 2 if role is Role.INK else theme.tint,
        )


def _around(
    marks: VGroup, others: list[Floats], beside: float, above: float, clear: float
) -> Floats:
    """The box of ``marks`` with margins, or as near to the ``others`` as leaves them as much."""
    boxes = np.array([box(mark) for mark in marks])
    inner = np.array([*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)])
    outer: Floats = inner + np.array([-beside, -above, beside, above])
    for other in others:
        for low, high, across in ((0, 2, 1), (1, 3, 0)):
            if other[across] >= outer[across + 2] or other[across + 2] <= outer[across]:
                continue  # not level with it
            if other[low] >= inner[high]:
                middle = (inner[high] + other[low] - clear) / 2
                outer[high] = min(outer[high], max(inner[high], middle))
            elif other[high] <= inner[low]:
                middle = (inner[low] + other[high] + clear) / 2
                outer[low] = max(outer[low], min(inner[low], middle))
    return outer


class Between(VMobject):
    """An arrow with two heads from the lower edge of one box to the upper edge of another."""

    APART, HEAD = 0.05, 0.07
    """Between a tip and its box, and half the length of a head, in frame units."""

    def __init__(self, upper: VMobject, lower: VMobject, theme: Theme, role: Role) -> None:
        super().__init__(stroke_width=0, fill_color=theme.colour(role), fill_opacity=1)
        start, end = upper.get_bottom(), lower.get_top()
        across, up, _ = end - start
        length = math.hypot(across, up) - 2 * self.APART
        width = 0.01 * theme.strokes.outline  # Manim's widths of strokes are hundredths
        arrow = double_arrow(length, width, self.HEAD)
        self.points = turned(arrow, math.atan2(up, across)) + (start + end) / 2
