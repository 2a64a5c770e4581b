"""Colours, type scale and durations: the only file that has them.

A colour belongs to a role, the same in every scene, figure, page and stylesheet. Each theme is
designed for its own background; every role keeps a contrast of 4.5:1 on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scenes.numerals import Numerals


class Role(StrEnum):
    """What a colour stands for."""

    INK = "ink"
    DIM = "dim"
    POLICY = "policy"
    REFERENCE = "reference"
    REWARD = "reward"
    PARTITION = "partition"
    BETA = "beta"
    CHOSEN = "chosen"
    REJECTED = "rejected"


@dataclass(frozen=True)
class TypeScale:
    """Sizes of an em, in frame units (a frame is 8 high in the wide shape)."""

    stage: float = 0.48
    upper_stage: float = 0.42
    aside: float = 0.42
    ledger: float = 0.36
    listing: float = 0.33
    title: float = 0.36
    eyebrow: float = 0.22
    move: float = 0.31
    verdict: float = 0.26
    label: float = 0.26
    figure: float = 0.30
    """What stands in a figure: names of bars, numbers of gauges."""
    card_title: float = 0.74
    card_subtitle: float = 0.45
    card_formula: float = 0.50
    """On the card, which is seen small."""
    floor: float = 0.14
    """No mark may have a smaller em than this: a subscript of the smallest text."""


@dataclass(frozen=True)
class Strokes:
    """Widths of lines, in hundredths of a frame unit."""

    hairline: float = 1.5
    outline: float = 2.5
    curve: float = 4.0


@dataclass(frozen=True)
class Durations:
    """Seconds of the standard gestures."""

    move: float = 1.8
    substitution: float = 2.4
    lift: float = 0.8
    appear: float = 0.9
    leave: float = 0.6
    sweep: float = 2.0
    training: float = 3.0
    note: float = 0.2
    verdict: float = 0.8
    """The shortest time that a verdict stands whole."""
    shift: float = 0.3
    """A line making room for a box, or coming together again."""
    compare: float = 1.2
    """How long a number stands that is to be compared with the next."""
    settle: float = 0.6
    """The shortest rest at the end of a beat."""
    characters_per_second: float = 16.0


@dataclass(frozen=True)
class Theme:
    """A palette. ``colours`` maps every :class:`Role` to a hexadecimal RGB colour."""

    name: str
    background: str
    line: str
    """Hairlines and empty places: not text."""
    colours: dict[Role, str]
    tint: float
    """How much of a role's colour fills a box around its term."""
    type: TypeScale = field(default_factory=TypeScale)
    strokes: Strokes = field(default_factory=Strokes)
    durations: Durations = field(default_factory=Durations)
    numerals: Numerals = field(default_factory=Numerals)
    """How numbers are written in the picture."""

    def colour(self, role: Role) -> str:
        return self.colours[role]


DARK = Theme(
    name="dark",
    background="#10141C",
    line="#2B3342",
    tint=0.10,
    colours={
        Role.INK: "#ECE6DA",
        Role.DIM: "#8790A0",
        Role.POLICY: "#74B9FF",
        Role.REFERENCE: "#A9B4C2",
        Role.REWARD: "#FFC65C",
        Role.PARTITION: "#FF7F6E",
        Role.BETA: "#C8A2FF",
        Role.CHOSEN: "#7FDBA6",
        Role.REJECTED: "#FF9CC2",
    },
)
LIGHT = Theme(
    name="light",
    background="#FAF7F0",
    line="#DCD6C8",
    tint=0.06,
    colours={
        Role.INK: "#1D2430",
        Role.DIM: "#666E7B",
        Role.POLICY: "#1C6ABC",
        Role.REFERENCE: "#606A77",
        Role.REWARD: "#945E00",
        Role.PARTITION: "#BC3620",
        Role.BETA: "#7B45C9",
        Role.CHOSEN: "#187A48",
        Role.REJECTED: "#B53A78",
    },
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}
