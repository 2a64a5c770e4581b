"""By how much the probability of each response is multiplied, in numbers over its pin."""

from __future__ import annotations

from collections.abc import Sequence

from scenes.figures.change import ABOVE
from scenes.figures.distribution import FILL_WIDTH, WIDTHS, Distribution
from scenes.figures.figure import Figure, FigureError
from scenes.figures.series import PIN_HEAD, Shape
from scenes.furniture import Words
from scenes.paths import Floats
from scenes.theme import Role, Theme

BETWEEN = (FILL_WIDTH / 2 + 1 - WIDTHS[Shape.OUTLINE] / 2) / 2
"""From the middle of a bar to that of what is free on its right, of a response's room across."""
EXACT = 10
"""Below this a factor has a decimal."""


class Factors(Figure):
    """A factor over the pin of each response, between its bar and the next.

    Its numbers are ``factors``, in the order of the bars; ``reward`` says how high the pins are,
    and ``role`` what the factors belong to.

    Raises :class:`FigureError` for factors that are too few or too many, or not positive.

    Example
    -------
    >>> tilts = Factors(DARK, bars, PROMPT.reward)
    >>> tilts.draw(factors=np.exp(np.array(PROMPT.reward) / BETA))
    """

    def __init__(
        self,
        theme: Theme,
        bars: Distribution,
        reward: Sequence[float],
        role: Role = Role.REWARD,
    ) -> None:
        super().__init__(theme, bars.room)
        self.bars, self.reward, self.role = bars, reward, role
        self._written: list[Words | None] = [None] * bars.size

    def check(self, name: str, value: Floats) -> None:
        if name != "factors" or value.shape != (self.bars.size,) or value.min() <= 0:
            told = f"{self.bars.size} positive factors are shown, one a response"
            raise FigureError(f"{told}; got {name} = {value}")

    def redraw(self) -> None:
        for i, factor in enumerate(self.numbers["factors"]):
            new = self._words(i, float(factor))
            self._written[i] = self.rewrite(self._written[i], new)

    def _words(self, i: int, factor: float) -> Words:
        em, bars = self.theme.type.label, self.bars
        text = f"×{self.theme.numerals(factor, '.1f' if factor < EXACT else '.0f')}"
        pin = bars.baseline + bars.height_of("reward", self.reward[i]) + PIN_HEAD
        at = bars.middle(i) + BETWEEN * bars.pitch, pin + ABOVE * em
        words = self.words(text, em, at, "centre", self.role)
        over = max(0.0, float(words.get_right()[0]) - self.room.right)
        words.place((at[0] - over, at[1]))
        return words
