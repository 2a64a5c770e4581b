"""Dual numbers: a value with its slope along one direction, so that any formula differentiates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Scalar = Any
"""A sympy expression, an mpmath number or a float."""


@dataclass(frozen=True)
class Dual:
    """``value`` + ``slope`` ε, where ε² = 0."""

    value: Scalar
    slope: Scalar

    def __add__(self, other: Scalar) -> Dual:
        return Dual(self.value + value_of(other), self.slope + slope_of(other))

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Scalar) -> Dual:
        return self.__add__(-other)

    def __rsub__(self, other: Scalar) -> Dual:
        return (-self).__add__(other)

    def __mul__(self, other: Scalar) -> Dual:
        value, slope = value_of(other), slope_of(other)
        return Dual(self.value * value, self.slope * value + self.value * slope)

    __rmul__ = __mul__

    def inverse(self) -> Dual:
        return Dual(1 / self.value, -self.slope / (self.value * self.value))

    def __truediv__(self, other: Scalar) -> Dual:
        return self.__mul__(other.inverse() if isinstance(other, Dual) else 1 / other)

    def __rtruediv__(self, other: Scalar) -> Dual:
        return self.inverse().__mul__(other)

    def __pow__(self, exponent: int) -> Dual:
        power = self.value ** (exponent - 1)
        return Dual(power * self.value, exponent * power * self.slope)


def value_of(number: Scalar) -> Scalar:
    return number.value if isinstance(number, Dual) else number


def slope_of(number: Scalar) -> Scalar:
    return number.slope if isinstance(number, Dual) else 0
