"""The models that training keeps in memory, as slabs under each other in a frame.

A model that learns is filled, one that is frozen is an outline: as their bars are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import ManimColor, VMobject

from scenes.figures.figure import (
    CORNER,
    Fading,
    Figure,
    FigureError,
    Placed,
    Plate,
    Redraw,
    when_changed,
)
from scenes.figures.way import Way
from scenes.furniture import Words
from scenes.layout import Point, Room
from scenes.paths import Floats, box, ease
from scenes.shapes import RoundedBox, rounded
from scenes.theme import Role, Theme

SLAB = 0.75
"""A slab's height, of the distance from one to the next."""
RING = 0.08
"""From a slab to the ring around it while it is in use, in frame units, where there is room."""
HEADING = 1.4
"""From the top of the heading to the frame, in ems."""
PADDING = 0.28
"""From the frame to a slab, and from a slab's edge to its words, in frame units."""
ARRIVING = 0.08
"""From the head of an arrow to the frame, level with the model it goes to, in frame units."""
CORRIDOR = 0.32
"""How far inside the right edge of what it comes from an arrow goes up, in frame units."""
STATES = ("used", "off")
"""The numbers that hold one for each model."""


@dataclass(frozen=True)
class Model:
    """A model by the ``id`` that scenes use, with what is written on it.

    ``size`` is how much of the memory of a whole model it takes.
    """

    id: str
    name: str
    state: str
    role: Role
    learns: bool
    size: float = 1.0


class Models(Figure):
    """Slabs for models; the number of each, by its id, is how much of it is there, from 0 to 1.

    A model without a number is not in memory. Slabs stand under each other in order, close
    together, from the top of the room; the frame is as high as all that is in it. A model comes
    once there is room for it, and its room closes once it has gone. The number ``used`` holds, for
    all models in order, how brightly the ring around each shines that says that it is in use, and
    ``off`` how far each is switched off: there, but hollow and dim. ``fed`` is how far an arrow has
    come that :meth:`feed` sends.

    Slabs are as high as leaves room for all models, or for the sizes that are there ``at_once``.

    Raises :class:`FigureError` for a model that is not one of these, and a share outside 0 to 1.

    Example
    -------
    >>> policy = Model("policy", "policy", "learns", Role.POLICY, learns=True)
    >>> models = Models(DARK, WIDE.halves[0], [policy], heading="in memory")
    >>> scene.play(models.to(policy=1))
    >>> scene.play(models.use("policy"))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        models: Sequence[Model],
        heading: str,
        at_once: float | None = None,
    ) -> None:
        super().__init__(theme, room)
        if not models:
            raise FigureError("no models to show")
        self.models = {model.id: model for model in models}
        if len(self.models) < len(models):
            raise FigureError("two models have the same id")
        sizes = theme.type
        self.heading = self.words(heading, sizes.figure, (room.left, 0.0), role=Role.DIM)
        self.heading.shift((0.0, room.top - float(self.heading.get_top()[1]), 0.0))
        self.add(self.heading)
        inside = room.height - self._margins
        self.pitch = inside / _slots([at_once] if at_once else [model.size for model in models])
        self.frame = VMobject(stroke_color=theme.line, stroke_width=theme.strokes.outline)
        self.add(self.frame)
        self.slabs = {model.id: self._slab(model) for model in models}
        self.rings = {id_: self._ring(slab[0]) for id_, slab in self.slabs.items()}
        for id_ in self.models:
            self.slabs[id_].reveal(0)
            self.rings[id_].reveal(0)
            self.add(self.slabs[id_], self.rings[id_])
        self._placed = {id_: Placed(self.slabs[id_], self.rings[id_]) for id_ in self.models}
        self.way = Way(theme)
        self._feeding: tuple[str, Room] | None = None
        self.add(self.way)
        self.draw(used=[0] * len(models), off=[0] * len(models))

    def use(self, *ids: str) -> Redraw:
        """Ring these models, and no others."""
        return self.to(used=self._among(ids))

    def switch_off(self, *ids: str) -> Redraw:
        """Switch these models off, and no others."""
        return self.to(off=self._among(ids))

    @property
    def below(self) -> Point:
        """Where a line of words stands under the frame: the middle of its baseline."""
        return self.room.centre[0], float(self.frame.get_bottom()[1]) - 1.6 * self.theme.type.figure

    def _among(self, ids: Sequence[str]) -> list[float]:
        """1 for each model that is one of ``ids``, else 0."""
        if strangers := set(ids) - self.models.keys():
            raise FigureError(f"no model is called {', '.join(sorted(strangers))}")
        return [float(id_ in ids) for id_ in self.models]

    def feed(self, id_: str, source: Room) -> Redraw:
        """Send an arrow to a model from ``source``, beside the models or under them."""
        self._among([id_])
        self._feeding = id_, source
        return self.to(fed=1.0)

    def check(self, name: str, value: Floats) -> None:
        if name not in (*STATES, "fed") and name not in self.models:
            raise FigureError(f"no model is called {name}; known: {', '.join(self.models)}")
        shape = (len(self.models),) if name in STATES else ()
        if value.shape != shape or value.min() < 0 or value.max() > 1:
            raise FigureError(f"{name} must be from 0 to 1, with shape {shape}; is {value}")

    def redraw(self) -> None:
        shares = [
            float(self.numbers.get(id_, 0.0)) * self.grown.get(id_, 1.0) for id_ in self.models
        ]
        room, seen = [room_of(share) for share in shares], [seen_of(share) for share in shares]
        sizes = [model.size for model in self.models.values()]
        taken = [share * size for share, size in zip(room, sizes, strict=True)]
        top = self._frame(max(sum(taken), 1.0))
        above = 0.0
        for i, id_ in enumerate(self.models):
            foot = top - PADDING - self.pitch * (above + _slots([sizes[i]]))
            self._placed[id_].put((0.0, foot))
            self.slabs[id_].appear(seen[i], float(self.numbers["off"][i]))
            self.rings[id_].reveal(seen[i] * float(self.numbers["used"][i]))
            above += taken[i]
        if self._feeding:
            fed = float(self.numbers.get("fed", 0.0)) * self.grown.get("fed", 1.0)
            self.way.draw(self._corners(*self._feeding), fed)

    def _corners(self, id_: str, source: Room) -> list[Point]:
        """The corners of an arrow's way to a model: straight across, or up and then across."""
        end = self.room.right + ARRIVING, float(self.slabs[id_][0].get_y())
        if source.bottom < end[1] < source.top:
            return [(source.left - ARRIVING, end[1]), end]
        beside = source.right - CORRIDOR
        return [(beside, source.top + ARRIVING), (beside, end[1]), end]

    @property
    def _margins(self) -> float:
        """What the block needs above and below its slabs."""
        return HEADING * self.theme.type.figure + 2 * PADDING

    def _frame(self, slabs: float) -> float:
        """Draw the frame around so many slabs; the y of its top."""
        inside = self.pitch * _slots([slabs])
        top, height = self.room.top - HEADING * self.theme.type.figure, inside + 2 * PADDING
        framed = Room(self.room.left, top - height, self.room.right, top)
        self._enclose(framed)
        return top

    @when_changed
    def _enclose(self, room: Room) -> None:
        self.frame.points = rounded(room, CORNER + PADDING / 2)

    def _slab(self, model: Model) -> Slab:
        sizes, colour = self.theme.type, self.theme.colour(model.role)
        height = self.pitch * _slots([model.size])
        room = Room(self.room.left + PADDING, 0.0, self.room.right - PADDING, height)
        foot = 0.5 * height - 0.32 * sizes.figure
        left, right = (room.left + PADDING, foot), (room.right - PADDING, foot)
        name = self.words(model.name, sizes.figure, left, role=model.role)
        state = self.words(model.state, sizes.label, right, "right", model.role)
        plate = Plate(
            room,
            (name, state),
            stroke_color=colour,
            stroke_width=self.theme.strokes.outline,
            fill_color=colour,
            fill_opacity=float(model.learns),
        )
        return Slab(model, self.theme, plate, name, state)

    def _ring(self, slab: VMobject) -> Fading:
        apart = min(RING, 0.35 * (1 - SLAB) * self.pitch)
        left, bottom, right, top = box(slab)
        ring = RoundedBox(
            (left - apart, bottom - apart, right + apart, top + apart),
            CORNER + apart,
            stroke_color=self.theme.colour(Role.INK),
            stroke_width=self.theme.strokes.outline,
        )
        return Fading(ring)


class Slab(Fading):
    """A model: a plate with its name and its state on it."""

    def __init__(self, model: Model, theme: Theme, plate: Plate, name: Words, state: Words) -> None:
        dim, own = ManimColor(theme.colour(Role.DIM)), ManimColor(theme.colour(model.role))
        written = ManimColor(theme.background) if model.learns else own
        for text in (name, state):
            text.set_fill(written)
        super().__init__(plate, name, state)
        self.plate, self.texts, self.learns = plate, (name, state), model.learns
        self._colours = own, written, dim

    @when_changed
    def appear(self, seen: float, off: float) -> None:
        """Show as much of the slab; emptied as far as it is switched ``off``, with a name that can
        be read on the ground, and no state. Both are from 0 to 1."""
        own, written, dim = self._colours
        self.reveal(seen)
        self.plate.set_fill(opacity=float(self.learns) * seen * (1 - off))
        self.plate.set_stroke(own.interpolate(dim, off))
        name, state = self.texts
        name.set_fill(written.interpolate(dim, off))
        state.set_fill(opacity=seen * (1 - off))


def room_of(share: float) -> float:
    """How much of its room there is for a model of which ``share`` is there: first the room."""
    return float(ease(np.asarray(2 * share)))


def seen_of(share: float) -> float:
    """How much is seen of a model of which ``share`` is there."""
    return float(ease(np.asarray(2 * share - 1)))


def _slots(sizes: Sequence[float]) -> float:
    """What models of these sizes take up with the gaps between them, in distances of two slabs."""
    return sum(sizes) - 1 + SLAB
