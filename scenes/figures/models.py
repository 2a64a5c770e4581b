"""The models that training keeps in memory, as slabs under each other in a frame.

A model that learns is filled, one that is frozen is an outline: as their bars are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manim import RoundedRectangle, VMobject

from scenes.figures.figure import CORNER, Fading, Figure, FigureError, Plate, Redraw
from scenes.layout import Room
from scenes.paths import Floats
from scenes.theme import Role, Theme

SLAB = 0.75
"""A slab's height, of the distance from one to the next."""
RING = 0.08
"""From a slab to the ring around it while it is in use, in frame units, where there is room."""
HEADING = 1.4
"""From the top of the heading to the frame, in ems."""
PADDING = 0.28
"""From the frame to a slab, and from a slab's edge to its words, in frame units."""


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
    together; the frame is as high as all that is in it, and in the middle of the room. The number
    ``used`` holds, for all models in order, how brightly the ring around each shines that says that
    it is in use.

    Raises :class:`FigureError` for a model that is not one of these, and a share outside 0 to 1.

    Example
    -------
    >>> policy = Model("policy", "policy", "learns", Role.POLICY, learns=True)
    >>> models = Models(DARK, WIDE.halves[0], [policy], heading="in memory")
    >>> scene.play(models.to(policy=1))
    >>> scene.play(models.use("policy"))
    """

    def __init__(self, theme: Theme, room: Room, models: Sequence[Model], heading: str) -> None:
        super().__init__(theme, room)
        if not models:
            raise FigureError("no models to show")
        self.models = {model.id: model for model in models}
        if len(self.models) < len(models):
            raise FigureError("two models have the same id")
        sizes = theme.type
        self.heading = self.words(heading, sizes.figure, (room.left, 0.0), role=Role.DIM)
        self.add(self.heading)
        inside = room.height - self._margins
        self.pitch = inside / _slots([model.size for model in models])
        self.frame = VMobject(stroke_color=theme.line, stroke_width=theme.strokes.outline)
        self.add(self.frame)
        self.slabs = {model.id: self._slab(model) for model in models}
        self.rings = {id_: self._ring(slab[0]) for id_, slab in self.slabs.items()}
        for id_ in self.models:
            self.slabs[id_].reveal(0)
            self.rings[id_].reveal(0)
            self.add(self.slabs[id_], self.rings[id_])
        self.draw(used=[0] * len(models))

    def use(self, *ids: str) -> Redraw:
        """Ring these models, and no others."""
        if strangers := set(ids) - self.models.keys():
            raise FigureError(f"no model is called {', '.join(sorted(strangers))}")
        return self.to(used=[float(id_ in ids) for id_ in self.models])

    def check(self, name: str, value: Floats) -> None:
        if name != "used" and name not in self.models:
            raise FigureError(f"no model is called {name}; known: {', '.join(self.models)}")
        shape = (len(self.models),) if name == "used" else ()
        if value.shape != shape or value.min() < 0 or value.max() > 1:
            raise FigureError(f"{name} must be from 0 to 1, with shape {shape}; is {value}")

    def redraw(self) -> None:
        shares = [
            float(self.numbers.get(id_, 0.0)) * self.grown.get(id_, 1.0) for id_ in self.models
        ]
        sizes = [model.size for model in self.models.values()]
        taken = [share * size for share, size in zip(shares, sizes, strict=True)]
        top = self._frame(max(sum(taken), 1.0))
        above = 0.0
        for i, (id_, share) in enumerate(zip(self.models, shares, strict=True)):
            middle = top - PADDING - self.pitch * (above + 0.5 * _slots([sizes[i]]))
            for part, opacity in (
                (self.slabs[id_], share),
                (self.rings[id_], share * float(self.numbers["used"][i])),
            ):
                part.shift((0.0, middle - float(part[0].get_y()), 0.0))
                part.reveal(opacity)
            above += taken[i]

    @property
    def _margins(self) -> float:
        """What the block needs above and below its slabs."""
        return HEADING * self.theme.type.figure + 2 * PADDING

    def _frame(self, slabs: float) -> float:
        """Draw the heading, and the frame around so many slabs; the y of the frame's top."""
        inside = self.pitch * _slots([slabs])
        x, y = self.room.centre
        block_top = y + (inside + self._margins) / 2
        self.heading.shift((0.0, block_top - float(self.heading.get_top()[1]), 0.0))
        top, height = block_top - HEADING * self.theme.type.figure, inside + 2 * PADDING
        box = RoundedRectangle(
            corner_radius=CORNER + PADDING / 2, width=self.room.width, height=height
        )
        self.frame.points = box.move_to((x, top - height / 2, 0.0)).points
        return top

    def _slab(self, model: Model) -> Fading:
        sizes, colour = self.theme.type, self.theme.colour(model.role)
        height = self.pitch * _slots([model.size])
        room = Room(self.room.left + PADDING, 0.0, self.room.right - PADDING, height)
        foot = 0.5 * height - 0.32 * sizes.figure
        left, right = (room.left + PADDING, foot), (room.right - PADDING, foot)
        name = self.words(model.name, sizes.figure, left, role=model.role)
        state = self.words(model.state, sizes.label, right, "right", model.role)
        if model.learns:
            name.set_fill(self.theme.background)
            state.set_fill(self.theme.background)
        plate = Plate(
            room,
            (name, state),
            stroke_color=colour,
            stroke_width=self.theme.strokes.outline,
            fill_color=colour,
            fill_opacity=float(model.learns),
        )
        return Fading(plate, name, state)

    def _ring(self, slab: VMobject) -> Fading:
        apart = min(RING, 0.35 * (1 - SLAB) * self.pitch)
        ring = RoundedRectangle(
            corner_radius=CORNER + apart,
            width=slab.width + 2 * apart,
            height=slab.height + 2 * apart,
            stroke_color=self.theme.colour(Role.INK),
            stroke_width=self.theme.strokes.outline,
        )
        return Fading(ring.move_to(slab))


def _slots(sizes: Sequence[float]) -> float:
    """What models of these sizes take up with the gaps between them, in distances of two slabs."""
    return sum(sizes) - 1 + SLAB
