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
    ledger: tuple[Point, ...]
    """Centres of the earlier lines' places, the latest last."""
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
    upper_stage: Point
    """Centre of the line in force where a picture stands under it."""
    upper_move: Point
    """What ``move`` is to ``stage``, for a line over a picture."""
    picture: Room
    key: Room
    """Beside the picture: what its shapes stand for. Under it, a dial and a gauge."""
    dial: Room
    gauge: Room
    halves: tuple[Room, Room]
    """Left and right (or upper and lower), where two figures share a stage without a line."""

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
    ledger=((0.0, 2.28), (0.0, 1.47)),
    stage=(0.0, -0.42),
    stage_width=13.0,
    move=(0.0, -2.1),
    aside=(0.0, -2.35),
    aside_left=(-2.9, -2.05),
    aside_right=(3.7, -2.05),
    aside_label=(3.7, -2.6),
    upper_stage=(0.0, 1.95),
    upper_move=(0.0, 1.2),
    picture=Room(-6.5, -2.95, 3.1, 1.0),
    key=Room(4.0, -0.6, 6.61, 0.75),
    dial=Room(4.0, -1.6, 6.61, -0.75),
    gauge=Room(4.0, -2.565, 6.61, -1.95),
    halves=(Room(-6.3, -2.8, -0.6, 2.1), Room(0.6, -2.8, 6.3, 2.1)),
)
LAYOUTS = {layout.name: layout for layout in (WIDE,)}
