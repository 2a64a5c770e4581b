"""What a tree means: its value in a finite world.

A world has a few prompts with ``size`` responses each, and a value for every probability and every
reward. One lowering serves both worlds: :class:`SymbolicWorld` gives sympy expressions, in which an
identity is proved for all values at once, and :class:`NumericWorld` gives mpmath numbers. Nothing
here knows of the moves, so a line is checked independently of how it was made.

In every world Z and π* are what eq. (4) defines and P is what eq. (1) assumes (Bradley-Terry).
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import mpmath
import sympy

from dpo_math import notation as n

Value = Any
"""A sympy expression or an mpmath number."""

Letters = Mapping[str, int]
"""Which prompt or response each free letter stands for, as its number."""


class MeaningError(ValueError):
    """A tree without a value in a world."""


class World(ABC):
    """A finite world: the values of the primitive symbols, and the functions of their kind."""

    def __init__(self, size: int) -> None:
        self.size = size

    @property
    @abstractmethod
    def beta(self) -> Value: ...

    @abstractmethod
    def weight(self, family: str, prompt: int, response: int) -> Value:
        """A positive number, arbitrary, for each policy, prompt and response."""

    @abstractmethod
    def score(self, family: str, prompt: int, response: int) -> Value:
        """A real number, arbitrary, for each reward, prompt and response."""

    @abstractmethod
    def log(self, value: Value) -> Value: ...

    @abstractmethod
    def exp(self, value: Value) -> Value: ...

    def probability(self, model: str, prompt: int, response: int) -> Value:
        """π(response | prompt); π* in closed form (eq. 4), any other policy arbitrary."""
        if model == "*":
            return self.unnormalised(prompt, response) / self.partition(prompt)
        total = sum(self.weight(model, prompt, i) for i in range(self.size))
        return self.weight(model, prompt, response) / total

    def unnormalised(self, prompt: int, response: int) -> Value:
        """π_ref(y | x) exp(r(x, y) / β)."""
        tilt = self.exp(self.reward("", prompt, response) / self.beta)
        return self.probability("ref", prompt, response) * tilt

    def partition(self, prompt: int) -> Value:
        """Z(x) (eq. 4)."""
        return sum(self.unnormalised(prompt, i) for i in range(self.size))

    def reward(self, name: str, prompt: int, response: int) -> Value:
        """r(x, y); the implicit reward r̂_θ = β log(π_θ / π_ref) for the name "hat"."""
        if name == "hat":
            ratio = [self.probability(model, prompt, response) for model in ("theta", "ref")]
            return self.beta * self.log(ratio[0] / ratio[1])
        return self.score("" if name == "*" else name, prompt, response)

    def sigmoid(self, value: Value) -> Value:
        return 1 / (1 + self.exp(-value))


class SymbolicWorld(World):
    """Every primitive is a sympy symbol that is declared positive or real, and no more."""

    @property
    def beta(self) -> sympy.Symbol:
        return sympy.Symbol("beta", positive=True)

    def weight(self, family: str, prompt: int, response: int) -> sympy.Symbol:
        return sympy.Symbol(f"w[{family}]_{prompt}_{response}", positive=True)

    def score(self, family: str, prompt: int, response: int) -> sympy.Symbol:
        return sympy.Symbol(f"r[{family}]_{prompt}_{response}", real=True)

    def log(self, value: Value) -> sympy.Expr:
        return split_logs(sympy.log(value))

    def exp(self, value: Value) -> sympy.Expr:
        return sympy.exp(split_logs(value))


def split_logs(value: sympy.Expr) -> sympy.Expr:
    """Expand logarithms of products, as far as the symbols are known to be positive."""
    return sympy.expand(sympy.expand_log(sympy.sympify(value)))


class NumericWorld(World):
    """Every primitive is a random number, the same for the same seed."""

    def __init__(self, size: int, seed: int) -> None:
        super().__init__(size)
        self._seed = seed
        self._draw = cache(self._drawn)

    def _drawn(self, *name: object) -> mpmath.mpf:
        digits = random.Random(f"{self._seed}/{name}").randrange(10**60)
        return mpmath.mpf(digits) / mpmath.mpf(10) ** 60

    @property
    def beta(self) -> mpmath.mpf:
        return mpmath.mpf("0.2") + 2 * self._draw("beta")

    def weight(self, family: str, prompt: int, response: int) -> mpmath.mpf:
        return mpmath.mpf("0.05") + self._draw("weight", family, prompt, response)

    def score(self, family: str, prompt: int, response: int) -> mpmath.mpf:
        return 4 * self._draw("score", family, prompt, response) - 2

    def log(self, value: Value) -> mpmath.mpf:
        return mpmath.log(value)

    def exp(self, value: Value) -> mpmath.mpf:
        return mpmath.exp(value)


LETTERS: Letters = {"x": 0, "x'": 1, "y": 0, "y_w": 0, "y_l": 1, "y'": 1}
"""Free letters read as distinct prompts and responses. No response is special in a world, so what
holds for these holds for all."""


def lower(node: n.Node, world: World, letters: Letters = LETTERS) -> Value:
    """The value of ``node``. Raises :class:`MeaningError` for what has none here."""
    match node:
        case n.Number(value=value):
            return sympy.Integer(value) if _symbolic(world) else mpmath.mpf(value)
        case n.Decimal(digits=digits):
            return sympy.Rational(digits) if _symbolic(world) else mpmath.mpf(digits)
        case n.Symbol(name="beta"):
            return world.beta
        case n.Policy(model=model, response=response, prompt=prompt):
            at = _place(prompt, response, letters)
            return world.probability(model.name, *at)
        case n.Reward(name=name, prompt=prompt, response=response):
            return world.reward(name, *_place(prompt, response, letters))
        case n.Partition(prompt=prompt):
            return world.partition(_letter(prompt, letters))
        case n.Preference(chosen=chosen, rejected=rejected, prompt=prompt):
            rewards = [
                world.reward("", *_place(prompt, response, letters))
                for response in (chosen, rejected)
            ]
            strengths = [world.exp(reward) for reward in rewards]
            return strengths[0] / (strengths[0] + strengths[1])
        case n.Sum(terms=terms):
            return sum(lower(term, world, letters) for term in terms)
        case n.Signed(negative=negative, body=body):
            return -lower(body, world, letters) if negative else lower(body, world, letters)
        case n.Product(factors=factors):
            return _product(lower(factor, world, letters) for factor in factors)
        case n.Quotient(numerator=top, denominator=bottom):
            return lower(top, world, letters) / lower(bottom, world, letters)
        case n.Group(body=body):
            return lower(body, world, letters)
        case n.Log(argument=argument):
            return world.log(lower(argument, world, letters))
        case n.Exp(argument=argument):
            return world.exp(lower(argument, world, letters))
        case n.Sigmoid(argument=argument):
            return world.sigmoid(lower(argument, world, letters))
        case n.BigSum(index=index, body=body):
            each = ({**letters, index.name: i} for i in range(world.size))
            return sum(lower(body, world, local) for local in each)
    raise MeaningError(f"{type(node).__name__} has no value in a finite world")


def _symbolic(world: World) -> bool:
    return isinstance(world, SymbolicWorld)


def _product(values: Iterable[Value]) -> Value:
    total: Value = 1
    for value in values:
        total = total * value
    return total


def _letter(node: n.Node, letters: Letters) -> int:
    if isinstance(node, n.Symbol) and node.name in letters:
        return letters[node.name]
    raise MeaningError(f"{node} is not a prompt or a response")


def _place(prompt: n.Node, response: n.Node, letters: Letters) -> tuple[int, int]:
    return _letter(prompt, letters), _letter(response, letters)
