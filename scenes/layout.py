"""Where things stand: the only file with coordinates.

Frame units, the origin in the middle of the frame. A slot is a place by name; a scene says the
name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]


class Room(NamedTuple):
    """The rectangle that a figure is drawn in."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(frozen=True)
class Layout:
    """The slots of one frame shape."""

    name: str
    width: float
    height: float
    pixels: tuple[int, int]
    """Width and height at the publishing quality."""
    margin: float
    """Kept free at the left, right and top."""
    caption_band: float
    """The share of the height that is kept free at the bottom, for captions."""
    eyebrow: Point
    """Left end of the baseline of the small line above the title."""
    title: Point
    dots: Point
    """Right end of the row of dots."""
    ledger: Room
    """Where earlier lines stand, the latest at its foot."""
    stage: Point
    """Centre of the line in force."""
    stage_width: float
    move: Point
    """Where the name of a move stands while it happens, and the verdict after it."""
    aside: Point
    """Centre of the place under the stage: a definition, a consequence, a count."""
    aside_left: Point
    aside_right: Point
    """Centres of the halves of that place."""
    aside_label: Point
    """Centre of the baseline of what is written under an aside."""
    names: Room
    """Where words stand in rows under the stage: the last one's baseline is its foot."""
    upper_stage: Point
    """Centre of the line in force where a picture stands under it."""
    upper_move: Point
    """What ``move`` is to ``stage``, for a line over a picture."""
    data: Room
    """Beside (or under) what is first there of the line in force: a table, its name over it."""
    picture: Room
    whole_picture: Room
    """The same where no line stands over it."""
    key: Room
    """Beside the picture: what its shapes stand for. Under it, a dial and a gauge."""
    dial: Room
    gauge: Room
    picture_key: Room
    """Across, in the picture, over bars that stay low on its left."""
    halves: tuple[Room, Room]
    """Left and right (or upper and lower), where two figures share a stage without a line."""
    memory: Room
    """For models, with room beside them for an arrow to one of them."""
    preference: Room
    """Beside (or under) the first of these models when most have gone. Below both, a question."""
    question: Room
    chart: Room
    chart_key: Room
    """Beside (or under) models: a picture, with its key across over it, and over that its name."""
    gauges: tuple[Room, Room, Room]
    """Three of them, under each other beside the picture; their name over them."""
    means: tuple[Room, Room, Room]
    """The same under a key of two entries."""
    panels: tuple[Room, Room]
    """Where one picture stands twice, each with a name over it, and a plot beside (or under) it.

    In the tall shape one stands under the other."""
    strip: Room
    """Under the panels: their key. Under the plot, a dial."""
    plot: Room
    plot_dial: Room
    under: Room
    """Under the line in force: a small picture, and beside (or under) it its key and a gauge."""
    under_key: Room
    under_gauge: Room
    bound: Room
    """Under a line that stands high: a function below another, and the centres of the lines that
    it explains."""
    bound_lines: tuple[Point, Point, Point, Point]
    split: Room
    """Under a line that stands high: what two share."""
    listing: Room
    """Where lines of the lesson stand together, each with its number and its verdict."""
    ledger_lines: int = 2
    """How many lines the ledger has, at most."""
    ledger_gap: float = 0.2
    """Between the lines of the ledger."""
    stage_gap: float = 0.2
    """Between the ledger and the line in force, at least."""

    @property
    def left(self) -> float:
        return -self.width / 2 + self.margin

    @property
    def right(self) -> float:
        return self.width / 2 - self.margin

    @property
    def top(self) -> float:
        return self.height / 2 - self.margin * 0.7

    @property
    def bottom(self) -> float:
        """The top of the caption band."""
        return -self.height / 2 + self.caption_band * self.height


WIDE = Layout(
    name="wide",
    width=128 / 9,
    height=8.0,
    pixels=(1920, 1080),
    margin=0.5,
    caption_band=0.12,
    eyebrow=(-6.61, 3.37),
    title=(-6.61, 2.95),
    dots=(6.61, 3.37),
    ledger=Room(-6.61, 1.08, 6.61, 2.9),
    stage=(0.0, -0.5),
    stage_width=13.0,
    move=(0.0, -2.15),
    aside=(0.0, -2.35),
    aside_left=(-2.9, -2.05),
    aside_right=(3.7, -2.05),
    aside_label=(3.7, -2.6),
    names=Room(-5.0, -2.94, 5.0, -2.5),
    upper_stage=(0.0, 1.95),
    upper_move=(0.0, 1.2),
    data=Room(-4.5, -2.7, -0.4, 0.3),
    picture=Room(-6.5, -2.95, 3.1, 1.0),
    whole_picture=Room(-6.5, -2.95, 3.1, 2.1),
    key=Room(4.0, -0.4, 6.61, 1.0),
    dial=Room(4.0, -1.45, 6.61, -0.6),
    gauge=Room(4.0, -2.565, 6.61, -1.95),
    picture_key=Room(-6.4, 0.25, 0.6, 0.65),
    halves=(Room(-6.61, -2.8, -1.0, 2.2), Room(0.2, -2.8, 6.61, 1.9)),
    memory=Room(-6.61, -2.8, -1.0, 2.2),
    preference=Room(0.2, 0.4, 6.61, 2.2),
    question=Room(-6.61, -2.8, 6.61, -0.9),
    chart=Room(0.2, -2.8, 6.61, 0.7),
    chart_key=Room(0.2, 0.9, 6.61, 1.77),
    panels=(Room(-6.61, -2.0, -2.45, 2.05), Room(-2.05, -2.0, 2.11, 2.05)),
    strip=Room(-6.3, -2.9, 1.8, -2.45),
    plot=Room(2.9, -1.62, 6.61, 2.05),
    plot_dial=Room(3.6, -2.9, 6.61, -2.2),
    gauges=(Room(4.1, 0.0, 6.61, 0.6), Room(4.1, -1.0, 6.61, -0.4), Room(4.1, -2.0, 6.61, -1.4)),
    means=(
        Room(4.0, -1.165, 6.61, -0.565),
        Room(4.0, -1.965, 6.61, -1.365),
        Room(4.0, -2.765, 6.61, -2.165),
    ),
    under=Room(-6.4, -2.95, -1.6, -1.7),
    under_key=Room(-1.1, -2.5, 1.4, -1.6),
    under_gauge=Room(2.9, -2.75, 6.2, -2.1),
    bound=Room(-6.4, -2.9, -1.0, 1.0),
    bound_lines=((2.98, 0.85), (2.98, -0.1), (2.98, -1.27), (2.98, -2.8)),
    split=Room(-4.2, -1.9, 4.2, -0.5),
    listing=Room(-6.61, -2.85, 6.61, 2.4),
)
SQUARE = Layout(
    name="square",
    width=32 / 3,
    height=32 / 3,
    pixels=(1080, 1080),
    margin=0.45,
    caption_band=0.12,
    eyebrow=(-4.88, 4.75),
    title=(-4.88, 4.32),
    dots=(4.88, 4.75),
    ledger=Room(-4.88, 2.0, 4.88, 4.1),
    stage=(0.0, 0.0),
    stage_width=9.7,
    move=(0.0, -1.8),
    aside=(0.0, -2.7),
    aside_left=(0.0, -1.95),
    aside_right=(0.0, -3.55),
    aside_label=(0.0, -3.98),
    names=Room(-4.4, -3.8, 4.4, -2.6),
    upper_stage=(0.0, 3.3),
    upper_move=(0.0, 2.2),
    data=Room(-4.5, -1.6, -0.4, 1.2),
    picture=Room(-4.88, -1.5, 4.88, 2.0),
    whole_picture=Room(-4.88, -1.5, 4.88, 3.6),
    key=Room(-4.88, -3.9, -0.8, -1.9),
    dial=Room(0.2, -2.75, 4.88, -1.95),
    gauge=Room(0.2, -3.95, 4.88, -3.3),
    picture_key=Room(-4.88, 1.25, 2.6, 1.65),
    halves=(Room(-4.88, 0.3, 4.88, 3.8), Room(-4.88, -3.9, 4.88, -0.1)),
    memory=Room(-4.88, 0.3, 4.2, 3.8),
    preference=Room(-4.88, -0.9, 4.88, 0.7),
    question=Room(-4.88, -3.9, 4.88, -1.3),
    chart=Room(-4.88, -3.9, 4.88, -1.1),
    chart_key=Room(-4.88, -1.0, 4.88, -0.55),
    panels=(Room(-4.88, 0.5, -0.25, 3.4), Room(0.25, 0.5, 4.88, 3.4)),
    strip=Room(-4.88, -0.35, 4.88, 0.1),
    plot=Room(-4.88, -3.95, 0.6, -1.2),
    plot_dial=Room(1.4, -2.8, 4.88, -2.1),
    gauges=(
        Room(-4.88, -3.6, -2.1, -3.0),
        Room(-1.39, -3.6, 1.39, -3.0),
        Room(2.1, -3.6, 4.88, -3.0),
    ),
    means=(
        Room(0.2, -2.65, 4.88, -2.05),
        Room(0.2, -3.3, 4.88, -2.7),
        Room(0.2, -3.95, 4.88, -3.35),
    ),
    under=Room(-4.8, -3.95, 0.4, -2.45),
    under_key=Room(1.3, -2.9, 4.8, -2.45),
    under_gauge=Room(1.3, -3.95, 4.8, -3.3),
    bound=Room(-4.8, -1.3, 0.6, 1.6),
    bound_lines=((2.9, 1.3), (2.9, 0.0), (0.0, -2.1), (0.0, -3.3)),
    split=Room(-4.2, -0.9, 4.2, 0.5),
    listing=Room(-4.88, -4.0, 4.88, 3.9),
    stage_gap=0.5,
)
TALL = Layout(
    name="tall",
    width=9.0,
    height=16.0,
    pixels=(1080, 1920),
    margin=0.4,
    caption_band=0.12,
    eyebrow=(-4.1, 7.42),
    title=(-4.1, 6.97),
    dots=(4.1, 7.42),
    ledger=Room(-4.1, 3.3, 4.1, 6.6),
    stage=(0.0, 0.5),
    stage_width=8.2,
    move=(0.0, -2.0),
    aside=(0.0, -3.8),
    aside_left=(0.0, -3.2),
    aside_right=(0.0, -5.0),
    aside_label=(0.0, -5.6),
    names=Room(-3.9, -5.0, 3.9, -3.0),
    upper_stage=(0.0, 5.0),
    upper_move=(0.0, 3.2),
    data=Room(-2.6, -3.8, 2.6, -1.1),
    picture=Room(-4.1, -2.2, 4.1, 2.7),
    whole_picture=Room(-4.1, -2.2, 4.1, 4.6),
    key=Room(-4.1, -5.9, -0.6, -2.8),
    dial=Room(0.0, -3.8, 4.1, -3.0),
    gauge=Room(0.0, -5.3, 4.1, -4.6),
    picture_key=Room(-4.1, 1.7, 2.2, 2.1),
    halves=(Room(-4.1, 0.6, 4.1, 6.3), Room(-4.1, -5.9, 4.1, -0.2)),
    memory=Room(-4.1, 0.6, 3.4, 6.3),
    preference=Room(-4.1, -0.4, 4.1, 1.8),
    question=Room(-4.1, -5.0, 4.1, -1.0),
    chart=Room(-4.1, -5.9, 4.1, -1.7),
    chart_key=Room(-4.1, -1.5, 4.1, -0.6),
    panels=(Room(-4.1, 3.3, 4.1, 6.0), Room(-4.1, -0.35, 4.1, 2.35)),
    strip=Room(-4.1, -1.15, 4.1, -0.7),
    plot=Room(-4.1, -4.6, 4.1, -2.05),
    plot_dial=Room(-2.2, -5.9, 2.2, -5.2),
    gauges=(Room(-3.0, -3.8, 3.0, -3.2), Room(-3.0, -4.7, 3.0, -4.1), Room(-3.0, -5.6, 3.0, -5.0)),
    means=(Room(0.0, -3.7, 4.1, -3.1), Room(0.0, -4.5, 4.1, -3.9), Room(0.0, -5.3, 4.1, -4.7)),
    under=Room(-4.1, -4.3, 4.1, -2.4),
    under_key=Room(-4.1, -5.6, -0.6, -4.7),
    under_gauge=Room(0.4, -5.7, 4.1, -5.0),
    bound=Room(-4.0, -1.4, 4.1, 2.5),
    bound_lines=((0.0, -1.9), (0.0, -2.9), (0.0, -4.1), (0.0, -5.5)),
    split=Room(-3.9, -0.5, 3.9, 0.9),
    listing=Room(-4.1, -5.9, 4.1, 6.4),
    stage_gap=0.5,
)
LAYOUTS = {layout.name: layout for layout in (WIDE, SQUARE, TALL)}


@dataclass(frozen=True)
class CardLayout:
    """The slots of the picture by which a link to the lesson is known."""

    width: float
    height: float
    pixels: tuple[int, int]
    title: Point
    subtitle: Point
    stage: Point
    stage_width: float
    source: Point


CARD = CardLayout(
    width=12.0,
    height=6.3,
    pixels=(1200, 630),
    title=(-5.3, 1.95),
    subtitle=(-5.3, 1.28),
    stage=(0.0, -0.5),
    stage_width=10.7,
    source=(-5.3, -2.45),
)
