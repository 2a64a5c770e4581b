"""How far the probability of one response has come, in numbers over its bar."""

from __future__ import annotations

from scenes.figures.distribution import PIN_AT, Distribution
from scenes.figures.figure import Figure, FigureError
from scenes.figures.series import PIN_HEAD
from scenes.furniture import Words
from scenes.layout import Point
from scenes.paths import Floats
from scenes.theme import Theme

ABOVE = 0.6
"""From what the numbers stand over to their baseline, in ems."""
CLEAR = 0.14
"""Between the numbers and the pin on their right, in frame units."""


class Change(Figure):
    """The probability of response ``i`` ``before``, an arrow, and the one it has come to.

    It stands over the bars of the response, left of its pin, and smaller where it would reach to
    the pin before. Its number is the probability ``now``.

    Raises :class:`FigureError` for a probability outside 0 to 1, and where the numbers would have
    to be smaller than the theme's smallest.

    Example
    -------
    >>> change = Change(DARK, bars, i=5, before=PROMPT.reference[5])
    >>> scene.play(bars.to(policy=PROMPT.greedy()), change.to(now=1))
    """

    def __init__(self, theme: Theme, bars: Distribution, i: int, before: float) -> None:
        super().__init__(theme, bars.room)
        self.bars, self.i, self.before = bars, i, before
        widest = float(self.words(self._text(1.0), theme.type.label, (0.0, 0.0)).width)
        self.em = theme.type.label * min(1.0, (bars.pitch - CLEAR - 1.2 * PIN_HEAD) / widest)
        if self.em < theme.type.floor:
            raise FigureError(f"no room for {self._text(1.0)} between pins {bars.pitch:.2f} apart")
        self._written: Words | None = None
        self.draw(now=before)

    def check(self, name: str, value: Floats) -> None:
        if name != "now" or value.shape != () or not 0 <= value <= 1:
            raise FigureError(f"a change shows a probability, now; got {name} = {value}")

    @property
    def text(self) -> str:
        """Both probabilities as they are written; one, if they are written alike."""
        return self._text(float(self.numbers["now"]))

    def _text(self, now: float) -> str:
        before, after = (self.theme.numerals(share, ".0%") for share in (self.before, now))
        return f"{before} → {after}" if after != before else after

    def redraw(self) -> None:
        right, foot = self._place(float(self.numbers["now"]))
        if self._written is None or self._written.text != self.text:
            new = self.words(self.text, self.em, (right, foot), "right")
            self._written = self.rewrite(self._written, new)
        self._written.place((right, foot))

    def _place(self, now: float) -> Point:
        """The right end of the baseline."""
        bars = self.bars
        heights = bars.height_of("policy", now), bars.height_of("reference", self.before)
        right = bars.middle(self.i) + PIN_AT * bars.pitch - CLEAR
        return right, bars.baseline + max(heights) + ABOVE * self.em
