"""The nouns of the pictures: each figure is drawn from numbers, in a room of the layout."""

from scenes.figures.advantages import Advantages
from scenes.figures.bound import Bound, Graph
from scenes.figures.change import Change
from scenes.figures.convergence import Convergence, Track
from scenes.figures.count import Count
from scenes.figures.curve import Curve, Marker
from scenes.figures.distribution import Distribution
from scenes.figures.factors import Factors
from scenes.figures.figure import Figure, FigureError, Plate
from scenes.figures.gauge import Dial, Gauge
from scenes.figures.key import Key
from scenes.figures.loop import Loop
from scenes.figures.marked import MarkedGauge
from scenes.figures.models import Model, Models
from scenes.figures.pair import Pair
from scenes.figures.ratios import Ratios
from scenes.figures.split import Split
from scenes.figures.stack import Stack
from scenes.figures.table import DataTable

__all__ = [
    "Advantages",
    "Bound",
    "Change",
    "Convergence",
    "Count",
    "Curve",
    "DataTable",
    "Dial",
    "Distribution",
    "Factors",
    "Figure",
    "FigureError",
    "Gauge",
    "Graph",
    "Key",
    "Loop",
    "MarkedGauge",
    "Marker",
    "Model",
    "Models",
    "Pair",
    "Plate",
    "Ratios",
    "Split",
    "Stack",
    "Track",
]
