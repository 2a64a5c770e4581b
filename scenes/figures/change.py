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
"""Between the numbers and the pin on their right, in frame units; the one before may be as near as
half of it."""


class Change(Figure):
    """The probability of response ``i`` ``before``, an arrow, and the one it has come to.

    It stands over the bars of the response, left of its pin; where the next pin is too near for
    that, over the pin as well. Its number is the probability ``now``.

    Raises :class:`FigureError` for a probability outside 0 to 1.

    Example
    -------
    >>> change = Change(DARK, bars, i=5, before=PROMPT.reference[5], reward=PROMPT.reward[5])
    >>> scene.play(bars.to(policy=PROMPT.greedy()), change.to(now=1))
    """

    def __init__(
        self, theme: Theme, bars: Distribution, i: int, before: float, reward: float
    ) -> None:
        super().__init__(theme, bars.room)
        self.bars, self.i, self.before, self.reward = bars, i, before, reward
        self.em = theme.type.label
        self.widest = float(self.words(self._text(1.0), self.em, (0.0, 0.0)).width)
        self.between_pins = self.widest + 1.5 * CLEAR < bars.pitch
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
        bars, middle = self.bars, self.bars.middle(self.i)
        heights = [bars.height_of("policy", now), bars.height_of("reference", self.before)]
        if self.between_pins:
            right = middle + PIN_AT * bars.pitch - CLEAR
        else:
            right = min(middle + self.widest / 2, self.room.right)
            heights.append(bars.height_of("reward", self.reward) + PIN_HEAD)
        return right, bars.baseline + max(heights) + ABOVE * self.em
