"""A picture of mobjects over a ground, kept up to date instead of drawn anew.

Only the places are drawn where a mark is new, gone or changed, with every mark that touches one of
them: two thirds of the time that drawing all marks takes. The order of marks is kept, and each is
drawn whole, so every pixel comes out as from drawing everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from manim import Camera, VMobject

from pipeline.drawing.marks import Look, Mark, look, mark_out
from pipeline.drawing.pen import Pen
from pipeline.drawing.regions import Box, as_boxes, joined, touched

Pixels = npt.NDArray[Any]


class Sight(NamedTuple):
    """What there is to see of mobjects at a moment: marks in their order, and for each its place
    among those of the sight before, or -1 if it is new."""

    marks: list[Mark]
    places: list[int]

    @property
    def new(self) -> list[Mark]:
        """The marks that were not in the sight before."""
        return [mark for mark, place in zip(self.marks, self.places, strict=True) if place < 0]


class Layer:
    """What a camera sees of mobjects over a ground, in ``pixels``: RGBA, (height, width, 4).

    Mobjects are looked at, which notes all that drawing them takes, and the sight is shown, then
    or later; sights in the order in which they were had.
    """

    def __init__(self, camera: Camera, pixels: Pixels) -> None:
        self.pixels = pixels
        self.sight = Sight([], [])
        """The last that was had."""
        self._camera = camera
        self._pen: Pen | None = None
        self._shown: list[Mark] = []

    def look(self, mobjects: Sequence[VMobject]) -> Sight:
        """What there is to see of ``mobjects``."""
        self.sight = self._compared(mobjects)
        if new := self.sight.new:
            # Manim fixes what its camera sees when it first draws, so not before.
            self._pen = self._pen or Pen(self._camera, self.pixels)
            mark_out(new, self._pen.view)
        return self.sight

    def show(self, sight: Sight, ground: Pixels, stale: Iterable[Box]) -> list[Box]:
        """Make ``pixels`` show a sight over ``ground``, and say where they may have changed.

        ``stale`` is where the ground is not what it was when one was last shown.
        """
        before, self._shown = self._shown, sight.marks
        new = [mark for mark in self._shown if mark.due]
        staying = {id(mark) for mark in self._shown}
        gone = [mark for mark in before if id(mark) not in staying]
        changed = [*stale, *_places(gone, new)]
        if changed:
            _restore(self.pixels, ground, [*changed, *self._touched(changed)])
            self._draw()  # what was only touched comes out as it was where nothing has changed
        return changed

    def _compared(self, mobjects: Sequence[VMobject]) -> Sight:
        """A mark for every mobject: the one it had, or that of another that looked like it, or a
        new one where its look has changed.

        Where marks have changed places among each other, some of them count as new.
        """
        before = self.sight.marks
        places = {id(mark.mobject): place for place, mark in enumerate(before)}
        looks: dict[Look | None, int] = {}
        marks, found, last = [], [], -1
        for mobject in mobjects:
            seen, place = look(mobject), places.get(id(mobject), -1)
            if place < 0:
                looks = looks or {mark.look: place for place, mark in enumerate(before)}
                place = looks.get(seen, -1)
            if seen is not None and place > last and before[place].look == seen:
                before[place].mobject = mobject
                marks.append(before[place])
                found.append(place)
                last = place
            else:
                marks.append(Mark(mobject, seen))
                found.append(-1)
        return Sight(marks, found)

    def _touched(self, changed: Sequence[Box]) -> list[Box]:
        """Let marks that touch what has changed be drawn again, and say where they are."""
        standing = [(mark, mark.box) for mark in self._shown if mark.box and not mark.due]
        boxes = [box for _, box in standing]
        hit = np.flatnonzero(touched(as_boxes(changed), as_boxes(boxes))).tolist()
        for number in hit:
            standing[number][0].due = True
        return [boxes[number] for number in hit]

    def _draw(self) -> None:
        for mark in self._shown:
            if mark.due and mark.box and self._pen:
                self._pen.draw(mark)
            mark.due = False


def _places(gone: Iterable[Mark], new: Iterable[Mark]) -> Iterator[Box]:
    """Where marks were and are; in one box where that is no more than both."""
    left = {id(mark.mobject): mark.box for mark in gone if mark.box}
    for mark in new:
        if mark.box and (was := left.pop(id(mark.mobject), None)):
            yield from joined(was, mark.box)
        elif mark.box:
            yield mark.box
    yield from left.values()


def _restore(pixels: Pixels, ground: Pixels, boxes: Iterable[Box]) -> None:
    """Copy the ground into these boxes; a pixel at a time, which is four bytes."""
    to, of = pixels.view(np.uint32)[..., 0], ground.view(np.uint32)[..., 0]
    for left, top, right, bottom in set(boxes):
        to[top:bottom, left:right] = of[top:bottom, left:right]
