"""The nouns of the pictures: each figure is drawn from numbers, in a room of the layout."""

from scenes.figures.distribution import Distribution
from scenes.figures.figure import Figure, FigureError, Plate
from scenes.figures.gauge import Dial, Gauge
from scenes.figures.key import Key

__all__ = ["Dial", "Distribution", "Figure", "FigureError", "Gauge", "Key", "Plate"]
