"""How a language writes its numbers: the one place that turns a number into text."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from dpo_math.printers.typst import NumberSigns

MINUS = "−"


@dataclass(frozen=True)
class Numerals:
    """A language's signs in a number: ``point`` before its decimals, ``group`` between its
    thousands, ``percent`` after it."""

    point: str = "."
    group: str = ","
    percent: str = "%"

    @property
    def signs(self) -> NumberSigns:
        """Those that numbers in formulas have."""
        return NumberSigns(self.point, self.group)

    def __call__(self, number: float, spec: str = "") -> str:
        """``number`` by Python's format specification ``spec``, in this language's signs.

        >>> Numerals(point=",", group=" ")(-1234.5, ",.2f")
        '−1 234,50'
        """
        signs = {".": self.point, ",": self.group, "%": self.percent, "-": MINUS}
        return format(number, spec).translate({ord(sign): own for sign, own in signs.items()})


class NumberFormatter(Formatter):
    """``str.format`` that writes numbers in a language's signs."""

    def __init__(self, numerals: Numerals) -> None:
        self._numerals = numerals

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float):
            return self._numerals(value, format_spec)
        return format(value, format_spec)
