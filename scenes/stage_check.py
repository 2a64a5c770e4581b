"""The stage check: is a picture fit to be looked at?

At a rest nothing may be outside the safe frame or in the caption band, no two things may overlap
that should not, no text may be under the scale's floor, and every mark keeps its contrast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
from manim import Mobject, VGroup, VMobject

from scenes.equation import Equation
from scenes.figures import Figure, Plate
from scenes.furniture import TermBox, Words
from scenes.layout import Layout
from scenes.lesson_scene import LessonScene
from scenes.paths import Floats, box
from scenes.theme import Theme

CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
TOUCH = 0.02
"""Boxes that overlap by less than this, in frame units, only touch."""


class Rule(StrEnum):
    """What a picture must keep."""

    SAFE_FRAME = "outside the safe frame"
    CAPTION_BAND = "in the caption band"
    OVERLAP = "overlap"
    SMALL_TEXT = "text under the floor"
    CONTRAST = "contrast too low"


@dataclass(frozen=True)
class Violation:
    """A rule that a picture breaks, and by what."""

    beat: str
    rule: Rule
    what: str


def check_rests(scene: LessonScene) -> list[Violation]:
    """Run ``scene`` without drawing it, and check the picture at every beat's rest."""
    found: list[Violation] = []
    scene.on_rest = lambda beat: found.extend(check_picture(scene, beat))
    scene.setup()
    scene.construct()
    return found


def check_picture(scene: LessonScene, beat: str) -> list[Violation]:
    """What is wrong with the picture as it stands."""
    things = list(_things(scene.mobjects))
    broken = [
        *_outside(things, scene.layout),
        *_overlapping(things),
        *_too_small(things, scene.theme),
        *_too_faint(things, scene.theme),
    ]
    return [Violation(beat, rule, what) for rule, what in broken]


Broken = Iterator[tuple[Rule, str]]


class Shapes(VGroup):
    """The shapes of a figure, and of those laid over it, which may lie over each other: one
    thing."""


def _things(mobjects: list[Any]) -> Iterator[Mobject]:
    """What is seen on the stage, each as one thing: a formula, a line of words, a box, a shape."""
    return (thing for thing in _parts(mobjects) if _marks(thing))


def _parts(mobjects: list[Any]) -> Iterator[Mobject]:
    for mobject in mobjects:
        if isinstance(mobject, Figure):
            yield from mobject.texts
            if mobject.laid_over in mobjects:
                continue
            over = (other for other in mobjects if getattr(other, "laid_over", None) is mobject)
            shapes = [*mobject.shapes, *(shape for figure in over for shape in figure.shapes)]
            yield from (shape for shape in shapes if isinstance(shape, Plate))
            yield Shapes(*(shape for shape in shapes if not isinstance(shape, Plate)))
        elif isinstance(mobject, Equation | Words | TermBox) or mobject.has_points():
            yield mobject
        else:
            yield from _parts(mobject.submobjects)


def _name(thing: Mobject) -> str:
    if isinstance(thing, Words):
        return f"“{thing.text}”"
    return f"{type(thing).__name__} at ({thing.get_x():.1f}, {thing.get_y():.1f})"


def _marks(thing: Mobject) -> list[VMobject]:
    family = thing.get_family()
    return [mark for mark in family if isinstance(mark, VMobject) and _is_seen(mark)]


def _is_seen(mark: VMobject) -> bool:
    stroke = mark.get_stroke_width() > 0 and mark.get_stroke_opacity() > 0
    return bool(mark.has_points() and (mark.get_fill_opacity() > 0 or stroke))


def _outside(things: list[Mobject], layout: Layout) -> Broken:
    for thing in things:
        left, bottom, right, top = _extent(_marks(thing))
        if left < layout.left - TOUCH or right > layout.right + TOUCH or top > layout.top + TOUCH:
            yield Rule.SAFE_FRAME, _name(thing)
        if bottom < layout.bottom - TOUCH:
            yield Rule.CAPTION_BAND, _name(thing)


def _extent(marks: list[VMobject]) -> Floats:
    boxes = np.array([box(mark) for mark in marks])
    return np.array([*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)])


def _overlapping(things: list[Mobject]) -> Broken:
    for one, other in combinations(things, 2):
        if _belong_together(one, other):
            continue
        if _boxes_meet(_marks(one), _marks(other)):
            yield Rule.OVERLAP, f"{_name(one)} and {_name(other)}"


def _belong_together(one: Mobject, other: Mobject) -> bool:
    """A box may lie over the text it is around, if over nothing else and no mark sticks out."""
    for frame, text in ((one, other), (other, one)):
        if isinstance(frame, TermBox | Plate) and isinstance(text, Equation | Words):
            around = {id(mark) for mark in frame.around}
            inside = [mark for mark in _marks(text) if id(mark) in around]
            rest = [mark for mark in _marks(text) if id(mark) not in around]
            own = bool(inside) and _holds(frame, inside)
            return own and not _boxes_meet([frame], rest)
    return False


def _holds(frame: VMobject, marks: list[VMobject]) -> bool:
    left, bottom, right, top = _extent(marks) - box(frame)
    return bool(left >= 0 and bottom >= 0 and right <= 0 and top <= 0)


def _boxes_meet(some: Sequence[VMobject], others: Sequence[VMobject]) -> bool:
    if not some or not others:
        return False
    a, b = (np.concatenate([_footprint(mark) for mark in marks]) for marks in (some, others))
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return bool(((high - low) > TOUCH).all(axis=-1).any())


PIECES = 8
"""Into how many boxes each stretch of a line is put."""


def _footprint(mark: VMobject) -> Floats:
    """Boxes that cover a mark, shape (k, 4): one if it is filled, and many along a bare line."""
    if mark.get_fill_opacity() > 0:
        return box(mark)[None]
    steps = np.linspace(0, 1, PIECES + 1)[:, None]
    start, leave, arrive, end = (mark.points[i::4, None, :2] for i in range(4))
    back = 1 - steps
    line = back**3 * start + 3 * back**2 * steps * leave + 3 * back * steps**2 * arrive
    line = line + steps**3 * end
    pair = np.stack([line[:, :-1], line[:, 1:]])
    half = mark.get_stroke_width() / 200  # Manim's widths are hundredths of a frame unit
    boxes = np.concatenate([pair.min(axis=0) - half, pair.max(axis=0) + half], axis=-1)
    return np.asarray(boxes.reshape(-1, 4))


def _too_small(things: list[Mobject], theme: Theme) -> Broken:
    for thing in things:
        if isinstance(thing, Equation | Words) and thing.smallest_em < theme.type.floor:
            yield Rule.SMALL_TEXT, f"{_name(thing)}: {thing.smallest_em:.2f}"


def _too_faint(things: list[Mobject], theme: Theme) -> Broken:
    ground = rgb(theme.background)
    boxes = [thing for thing in things if isinstance(thing, TermBox | Plate)]
    for thing in things:
        if not isinstance(thing, Equation | Words):
            continue
        for mark in _marks(thing):
            behind = ground
            for frame in boxes:
                if any(mark is inside for inside in frame.around):
                    behind = over(frame.fill_rgbas[0], ground)
            ratio = contrast(over(mark.fill_rgbas[0], behind), behind)
            if ratio < CONTRAST:
                yield Rule.CONTRAST, f"{_name(thing)}: {ratio:.1f}"
                break


def rgb(colour: str) -> Floats:
    """A hexadecimal colour as three numbers from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def over(rgba: Floats, ground: Floats) -> Floats:
    """A colour with opacity, laid over another."""
    return np.asarray(rgba[3] * rgba[:3] + (1 - rgba[3]) * ground)


def contrast(one: Floats, other: Floats) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Floats) -> float:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
