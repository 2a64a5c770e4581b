"""A distribution over a handful of responses, as bars side by side.

Shape tells what a bar is before colour does: the reference is an outline, the policy is filled,
weights that need not sum to one are tinted, the optimum is a line across where the policy's bar
should end, and a reward is a pin beside the bar.
"""

from __future__ import annotations

from collections.abc import Sequence

from manim import Line

from dpo_math import notation as n
from scenes.figures.figure import Figure, FigureError
from scenes.figures.key import Key
from scenes.figures.series import SERIES, SeriesMark, Shape
from scenes.layout import Room
from scenes.paths import Floats
from scenes.roles import role_of
from scenes.theme import Role, Theme

FILL_WIDTH = 0.42
"""Of the room that a response has across."""
WIDTHS = {Shape.OUTLINE: 0.54, Shape.LEVEL: 0.62, Shape.TICK: 0.16}
PIN_AT = 0.38
"""How far right of its bar's middle a pin stands."""
REWARD_SHARE = 0.72
"""How far up the largest reward's pin reaches."""


class Distribution(Figure):
    """Responses y_1, y_2 … over a baseline, with any of the :data:`SERIES` as their heights.

    A height of ``top`` reaches the upper edge of the room; ``top`` is a number of the picture like
    the others. ``responses`` names the bars if they are not just numbered. Rewards, and the value
    they are compared with, have a scale of their own: the largest of ``rewards`` reaches
    :data:`REWARD_SHARE` of the height. A ``key`` names each series as it comes up.

    Raises :class:`FigureError` for heights that are too few or too many, negative, or above
    ``top``, and for a policy or reference that does not sum to one.

    Example
    -------
    >>> bars = Distribution(DARK, WIDE.picture, len(PROMPT), rewards=PROMPT.reward)
    >>> bars.draw(reference=PROMPT.reference, policy=PROMPT.optimum(BETA), reward=PROMPT.reward)
    >>> scene.add(bars)
    >>> scene.play(bars.to(policy=PROMPT.greedy()))
    """

    def __init__(
        self,
        theme: Theme,
        room: Room,
        size: int,
        *,
        rewards: Sequence[float] = (1.0,),
        top: float = 1.0,
        responses: Sequence[n.Node] = (),
        key: Key | None = None,
    ) -> None:
        super().__init__(theme, room)
        self.key = key
        if size < 1:
            raise FigureError(f"a distribution needs a response or more, has {size}")
        if max(rewards) <= 0:
            raise FigureError(f"no reward is above 0, so none can be drawn: {rewards}")
        names = responses or [n.Symbol(f"y_{i}") for i in range(1, size + 1)]
        if len(names) != size:
            raise FigureError(f"{size} responses need as many names, got {len(names)}")
        em = theme.type.figure
        self.size, self.reward_top = size, max(rewards) / REWARD_SHARE
        self.pitch = room.width / size
        self.baseline = room.bottom + 1.5 * em
        start, end = (room.left, self.baseline, 0.0), (room.right, self.baseline, 0.0)
        self.add(Line(start, end, stroke_width=theme.strokes.hairline, color=theme.line))
        for i, name in enumerate(names):
            at = (self.middle(i), room.bottom + 0.3 * em)
            role = role_of(name) or Role.DIM
            self.add(self.words("{y}", em, at, "centre", role, y=name))
        self.marks: dict[str, list[SeriesMark]] = {}
        if key is not None:
            self.add(key)
        self.draw(top=top)

    def middle(self, i: int) -> float:
        """Where the bars of response ``i`` stand: the x of their middle."""
        return self.room.left + (i + 0.5) * self.pitch

    def height_of(self, name: str, value: float) -> float:
        """How high ``value`` is drawn in the series ``name``, in frame units over the baseline."""
        return (self.room.top - self.baseline) * value / self._top(name)

    def _top(self, name: str) -> float:
        """The number that reaches the upper edge of the room."""
        return self.reward_top if SERIES[name].on_rewards else float(self.numbers["top"])

    def check(self, name: str, value: Floats) -> None:
        if name == "top":
            if value.shape != () or value <= 0:
                raise FigureError(f"top must be one number above 0, is {value}")
            return
        if name not in SERIES:
            raise FigureError(f"no series is called {name!r}; known: {', '.join(SERIES)}")
        if value.shape != (self.size,):
            raise FigureError(f"{name} must have {self.size} heights, has shape {value.shape}")
        if value.min() < 0:
            raise FigureError(f"{name} must not be below 0 to stand on the baseline: {value}")
        if SERIES[name].is_distribution and abs(value.sum() - 1) > 1e-6:
            told = f"{name} must sum to 1, sums to {value.sum():.6g}"
            raise FigureError(f"{told}; draw as weights what may have any sum")

    def redraw(self) -> None:
        for name, heights in self.numbers.items():
            if name == "top":
                continue
            self._check_fits(name, heights)
            if name not in self.marks:
                self._begin(name)
            risen = heights * self.grown.get(name, 1.0)
            for i, mark in enumerate(self.marks[name]):
                self._place(name, mark, i, self.height_of(name, float(risen[i])))
            if self.key is not None:
                self.key.draw(**{name: self.grown.get(name, 1.0)})

    def _check_fits(self, name: str, heights: Floats) -> None:
        top = self._top(name)
        if heights.max() > top * (1 + 1e-9):
            raise FigureError(f"{name} {heights.max():.3g} is above the picture's top, {top:.3g}")

    def _begin(self, name: str) -> None:
        """Bring in the marks of a series, between those behind it and those in front."""
        self.marks[name] = [SeriesMark(SERIES[name], self.theme) for _ in range(self.size)]
        in_order = [mark for known in SERIES for mark in self.marks.get(known, ())]
        self.remove(*in_order)
        self.add(*in_order)

    def _place(self, name: str, mark: SeriesMark, i: int, height: float) -> None:
        beside = PIN_AT * self.pitch if SERIES[name].on_rewards else 0.0
        width = self.pitch * WIDTHS.get(mark.shape, FILL_WIDTH)
        mark.place(self.middle(i) + beside, self.baseline, height, width)
