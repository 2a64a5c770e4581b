"""What every figure is: a picture drawn from numbers, in a room of the layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from manim import Animation, Mobject, VGroup, VMobject
from manim.utils.rate_functions import linear
from numpy.typing import ArrayLike

from dpo_math import notation as n
from scenes.equation import Equation
from scenes.furniture import Anchor, Words
from scenes.layout import Point, Room
from scenes.paths import Floats, ease
from scenes.shapes import RoundedBox
from scenes.theme import Role, Theme

F = TypeVar("F")
Text = TypeVar("Text", bound=VGroup)
P = ParamSpec("P")
Path = Callable[[float], ArrayLike]
"""The number to show when a change has come so far, from 0 to 1."""


class FigureError(ValueError):
    """A number that a figure cannot show."""


class Figure(VGroup):
    """A picture of numbers: what is shown follows from ``numbers`` and from nothing else.

    A subclass says in :meth:`check` which numbers it can show, and draws them in :meth:`redraw`.

    Raises :class:`FigureError` for a number that it cannot show, naming it and what to do.
    """

    def __init__(self, theme: Theme, room: Room) -> None:
        super().__init__()
        self.theme, self.room = theme, room
        self.numbers: dict[str, Floats] = {}
        self.grown: dict[str, float] = {}
        """How far what is new has come up, from 0 to 1."""
        self.laid_over: Figure | None = None
        """The figure whose shapes those of this one are meant to lie on, if there is one."""

    def check(self, name: str, value: Floats) -> None:
        """Raise :class:`FigureError` unless ``value`` can be shown as ``name``."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Make the picture that of ``numbers``."""
        raise NotImplementedError

    def draw(self, **numbers: ArrayLike) -> None:
        """Show these numbers; what is not named stays as it is."""
        values = {name: np.asarray(value, dtype=np.float64) for name, value in numbers.items()}
        for name, value in values.items():
            if not np.isfinite(value).all():
                raise FigureError(f"{name} must be finite to be drawn, is {value}")
            self.check(name, value)
        self.numbers |= values
        self.redraw()

    def to(self, **numbers: ArrayLike) -> Redraw:
        """Go straight to these numbers; what was not shown yet grows up to them."""
        ends = {name: np.asarray(value, dtype=np.float64) for name, value in numbers.items()}

        def between(along: float, start: Mapping[str, Floats]) -> Mapping[str, ArrayLike]:
            return {
                name: (1 - along) * start.get(name, end) + along * end for name, end in ends.items()
            }

        return Redraw(self, between, self.theme.durations.move)

    def along(self, **paths: Path) -> Redraw:
        """Go along these paths, each drawn exactly where it is at every frame."""
        return Redraw(
            self,
            lambda along, _: {name: path(along) for name, path in paths.items()},
            self.theme.durations.sweep,
        )

    @property
    def texts(self) -> list[Equation | Words]:
        """Everything in the picture that is read."""
        return [part for part in self.get_family() if isinstance(part, Equation | Words)]

    @property
    def shapes(self) -> list[VMobject]:
        """Every mark of the picture that is not read."""
        read = {id(mark) for text in self.texts for mark in text}
        family = (part for part in self.get_family() if isinstance(part, VMobject))
        return [part for part in family if part.has_points() and id(part) not in read]

    def words(
        self,
        text: str,
        em: float,
        at: Point,
        anchor: Anchor = "left",
        role: Role = Role.INK,
        **symbols: n.Node,
    ) -> Words:
        """A text of the figure, standing on the baseline ``at``."""
        return Words(text, self.theme, em, role, at, anchor, symbols=symbols)

    def rewrite(self, old: VGroup | None, new: Text) -> Text:
        """Put a text, or a formula, in the place of another, in the middle of an animation too."""
        if old is None:
            self.add(new)
            return new
        self.submobjects[self.submobjects.index(old)] = new
        for mark in old:
            mark.clear_points()  # Manim draws what was there when an animation began
        return new

    def formula(self, tree: n.Node, em: float, at: Point, anchor: Anchor = "left") -> Equation:
        """A formula of the figure, in its roles' colours, standing on the baseline ``at``."""
        equation = Equation(tree, self.theme, em)
        along = {"left": 0.0, "centre": 0.5, "right": 1.0}[anchor]
        left, width = float(equation.get_left()[0]), float(equation.width)
        equation.shift(np.array([at[0] - left - along * width, at[1] - equation.baseline, 0.0]))
        return equation


def when_changed(
    draw: Callable[Concatenate[F, P], None],
) -> Callable[Concatenate[F, P], None]:
    """A method that draws from what it is given, and the same not twice in a row.

    A figure draws all of itself at every frame, and most of it has not changed.
    """
    drawn_from = f"_{draw.__name__}_from"

    @wraps(draw)
    def drawn(figure: F, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if getattr(figure, drawn_from, None) != (args, kwargs):
            draw(figure, *args, **kwargs)
            setattr(figure, drawn_from, (args, kwargs))

    return drawn


class Placed:
    """Marks made around the origin, to be put at one place after another.

    Each time they are as if made there. To move them on from where they are would add up what is
    rounded on the way, so that a picture would follow from how it was come to.
    """

    def __init__(self, *mobjects: VMobject) -> None:
        family = (part for mobject in mobjects for part in mobject.get_family())
        self._homes = [(part, part.points.copy()) for part in family if part.has_points()]

    def put(self, at: Point) -> None:
        """Put the origin ``at`` a place."""
        for mark, home in self._homes:
            mark.points = home + np.array([*at, 0.0])


class Fading(VGroup):
    """Marks that come and go together, each keeping its share of opacity."""

    def __init__(self, *mobjects: VMobject) -> None:
        super().__init__(*mobjects)
        self._whole = [
            (mark, mark.get_fill_opacity(), mark.get_stroke_opacity())
            for mark in self.get_family()
            if mark.has_points()
        ]

    @when_changed
    def reveal(self, share: float) -> None:
        """Show as much of the marks' opacity, from 0 to 1."""
        for mark, fill, stroke in self._whole:
            mark.set_fill(opacity=share * fill, family=False)
            mark.set_stroke(opacity=share * stroke, family=False)


CORNER = 0.1
"""The radius of a plate's corners, in frame units."""


class Plate(RoundedBox):
    """A shape that carries words: it knows which, and they may stand on it."""

    def __init__(self, room: Room, words: Iterable[Words], **style: Any) -> None:
        super().__init__(room, CORNER, **style)
        self.around = VGroup(*(mark for text in words for mark in text))


class Redraw(Animation):
    """A figure drawn anew at every frame, from the numbers that ``path`` gives. Eased.

    ``path`` is given how far the change has come and the numbers it started from.
    """

    def __init__(
        self,
        figure: Figure,
        path: Callable[[float, Mapping[str, Floats]], Mapping[str, ArrayLike]],
        run_time: float,
        **kwargs: Any,
    ) -> None:
        self.figure, self.path = figure, path
        self.start: Mapping[str, Floats] = {}
        super().__init__(figure, run_time=run_time, rate_func=linear, **kwargs)

    def begin(self) -> None:
        self.start = dict(self.figure.numbers)
        super().begin()

    def create_starting_mobject(self) -> Mobject:
        return self.figure  # the numbers are the start; a copy would cost and say nothing

    def interpolate_mobject(self, alpha: float) -> None:
        along = float(ease(np.asarray(alpha)))
        numbers = self.path(along, self.start)
        self.figure.grown = {name: along for name in numbers if name not in self.start}
        self.figure.draw(**numbers)
