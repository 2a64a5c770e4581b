"""Finite worlds: a value for every probability, reward and weight that a formula speaks of.

A world has two prompts with ``size`` responses each. :class:`SymbolicWorld` gives sympy symbols, in
which an identity is proved for all values at once; :class:`NumericWorld` gives random numbers, in
which one difference refutes it. What is not given is computed from what is: Z and π̃ by eq. (4),
π* as the policy with the greatest objective (eq. 3), P by eq. (1).

An assumption is dropped by building the world without it. Then π* is still the policy with the
greatest objective, which is no longer the closed form.
"""

from __future__ import annotations

import copy
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterator
from functools import cache
from itertools import permutations
from typing import Any, NamedTuple, Self

import mpmath
import sympy

from dpo_math.assumptions import Assumption
from dpo_math.dual import Dual, value_of

Value = Any
"""A sympy expression, an mpmath number or a float; a :class:`~dpo_math.dual.Dual` of them where a
gradient is taken."""

Table = Callable[[int, int], Value]
"""A policy's probabilities, by prompt and response."""


class Place(NamedTuple):
    """A response to a prompt, by their numbers."""

    prompt: int
    response: int


REWARD_OF = {"*": "", "'": "'"}
"""The reward for which a policy is the optimal one: r for π*, r′ = r + f for π′."""


class World(ABC):
    """The values of the primitive symbols, and what follows from them."""

    prompts = 2

    def __init__(self, size: int, without: Collection[Assumption] = ()) -> None:
        self.size = size
        self.without = frozenset(without)
        self._tables: dict[str, Table] = {}
        self._scalars: dict[str, Value] = {}
        self._memo: dict[Hashable, Value] = {}

    # --- given ----------------------------------------------------------------------------------

    @property
    @abstractmethod
    def beta(self) -> Value: ...

    @abstractmethod
    def number(self, digits: str) -> Value:
        """A number written in decimals, exactly."""

    @abstractmethod
    def any_number(self, name: str) -> Value:
        """A real number, arbitrary; positive for u, between 0 and 1/2 for ε."""

    @abstractmethod
    def given(self, model: str, place: Place) -> Value:
        """A positive probability, arbitrary but for the sum."""

    @abstractmethod
    def score(self, family: str, place: Place) -> Value:
        """A real number, arbitrary."""

    @abstractmethod
    def prompt_weight(self, prompt: int) -> Value:
        """How often the prompt is drawn from the data."""

    @abstractmethod
    def pairs(self) -> Iterator[tuple[Value, int, int, int]]:
        """The labelled pairs of the data: weight, prompt, chosen, rejected."""

    @abstractmethod
    def _log(self, value: Value) -> Value: ...

    @abstractmethod
    def _exp(self, value: Value) -> Value: ...

    # --- changed --------------------------------------------------------------------------------

    def where(self, model: str, table: Table) -> Self:
        """This world, but with the policy ``model`` as ``table`` has it."""
        other = copy.copy(self)
        other._tables = {**self._tables, model: table}
        if model == "ref" or model in REWARD_OF:
            other._memo = {}
        return other

    def ruling_out(self, responses: Collection[int], model: str = "") -> Self:
        """This world, but with a policy that never gives these responses, and all others in the
        same proportions."""

        def table(prompt: int, response: int) -> Value:
            if response in responses:
                return 0
            kept = (Place(prompt, i) for i in range(self.size) if i not in responses)
            total = sum(self.probability(model, place) for place in kept)
            return self.quotient(self.probability(model, Place(prompt, response)), total)

        return self.where(model, table)

    def moving(self, model: str, base: str | None = None) -> Self:
        """This world with ``model`` on the way from ``base``, itself by default, along an arbitrary
        direction that keeps its sum: its probabilities are duals."""
        start = base or model

        def table(prompt: int, response: int) -> Dual:
            probability = self.probability(start, Place(prompt, response))
            return Dual(probability, probability * self._slope(start, Place(prompt, response)))

        return self.where(model, table)

    def scalar(self, name: str) -> Value:
        """The number that the letter ``name`` stands for."""
        return self._scalars[name] if name in self._scalars else self.any_number(name)

    def moving_scalar(self, name: str) -> Self:
        """This world with the number ``name`` on the way: a dual of slope 1."""
        other = copy.copy(self)
        other._scalars = {**self._scalars, name: Dual(self.scalar(name), 1)}
        return other

    def _slope(self, model: str, place: Place) -> Value:
        """The derivative of log π along the direction."""

        def mean() -> Value:
            each = (Place(place.prompt, i) for i in range(self.size))
            return sum(self.probability(model, one) * self.score("slope", one) for one in each)

        return self.score("slope", place) - self._once(("slope", model, place.prompt), mean)

    def _once(self, name: Hashable, compute: Callable[[], Value]) -> Value:
        known = self.precision, name
        if known not in self._memo:
            self._memo[known] = compute()
        return self._memo[known]

    @property
    def precision(self) -> int:
        """The bits that numbers are computed to now; what was computed to others is not used."""
        return 0

    # --- functions ------------------------------------------------------------------------------

    def log(self, value: Value) -> Value:
        if isinstance(value, Dual):
            return Dual(self._log(value.value), self.quotient(value.slope, value.value))
        return self._log(value)

    def exp(self, value: Value) -> Value:
        if isinstance(value, Dual):
            power = self._exp(value.value)
            return Dual(power, power * value.slope)
        return self._exp(value)

    def quotient(self, numerator: Value, denominator: Value) -> Value:
        return numerator / denominator

    def sigmoid(self, value: Value) -> Value:
        return 1 / (1 + self.exp(-value))

    # --- computed -------------------------------------------------------------------------------

    def probability(self, model: str, place: Place) -> Value:
        """π(response | prompt); "*" is optimal for r, "'" for r′, "tilde" is eq. (4)."""
        if model in self._tables:
            return self._tables[model](*place)
        if model in REWARD_OF:
            return self._once((model, place), lambda: self.optimum(REWARD_OF[model], place))
        if model == "tilde":
            return self.tilted("", place)
        return self._once(("given", model, place), lambda: self.given(model, place))

    def optimum(self, reward: str, place: Place) -> Value:
        """The policy that maximises E[reward] − β KL(π ‖ π_ref) under each prompt."""
        return self.tilted(reward, place)

    def tilted(self, reward: str, place: Place) -> Value:
        """π_ref(y | x) exp(reward / β), divided by its sum (eq. 4)."""
        return self.unnormalised(reward, place) / self.partition(place.prompt, reward)

    def unnormalised(self, reward: str, place: Place) -> Value:
        tilt = self.exp(self.reward(reward, place) / self.beta)
        return self.probability("ref", place) * tilt

    def partition(self, prompt: int, reward: str = "") -> Value:
        """Z(x) (eq. 4), or that of another reward."""

        def total() -> Value:
            return sum(self.unnormalised(reward, Place(prompt, i)) for i in range(self.size))

        return self._once(("partition", prompt, reward), total)

    def reward(self, name: str, place: Place) -> Value:
        """r; "hat" is the implicit reward r̂_θ, "'" is r + f, any other name a reward of its own."""
        match name:
            case "hat":
                return self.implicit_reward("theta", place)
            case "'":
                return self.score("", place) + self.shift(place.prompt)
            case "*":
                return self.score("", place)
        return self.score(name, place)

    def implicit_reward(self, model: str, place: Place, reference: str = "ref") -> Value:
        """β log(π / π_ref)."""

        def compute() -> Value:
            parts = (self.probability(policy, place) for policy in (model, reference))
            return self.beta * self.log(self.quotient(*parts))

        if model in self._tables or reference in self._tables:
            return compute()
        return self._once(("implicit", model, reference, place), compute)

    def shift(self, prompt: int) -> Value:
        """f(x)."""
        return self.score("shift", Place(prompt, 0))

    def preference(self, chosen: Place, rejected: Place) -> Value:
        """P(chosen ≻ rejected), by Bradley-Terry from r."""
        return self._bradley_terry(self.reward("", chosen), self.reward("", rejected))

    def _bradley_terry(self, chosen: Value, rejected: Value) -> Value:
        return self.exp(chosen) / (self.exp(chosen) + self.exp(rejected))

    def negative_log_likelihood(
        self, model: str, reference: str = "ref", flipped: Value = 0
    ) -> Value:
        """−E[log P] over the data, of which each label is ``flipped`` with this probability.

        P comes from r for π*, and for any other policy from its implicit reward.
        """
        total: Value = 0
        for weight, prompt, first, second in self.pairs():
            pair = Place(prompt, first), Place(self.rejected_prompt(prompt), second)
            surprise = self.log(self._likelihood(model, reference, *pair))
            if flipped != 0:
                other = self.log(self._likelihood(model, reference, *reversed(pair)))
                surprise = (1 - flipped) * surprise + flipped * other
            total = total - weight * surprise
        return total

    def _likelihood(self, model: str, reference: str, chosen: Place, rejected: Place) -> Value:
        if model == "*" and reference == "ref":
            return self.preference(chosen, rejected)
        rewards = (self.implicit_reward(model, place, reference) for place in (chosen, rejected))
        return self._bradley_terry(*rewards)

    def rejected_prompt(self, prompt: int) -> int:
        """The prompt that a rejected response answers: ``prompt``, or else another one."""
        if Assumption.SAME_PROMPT in self.without:
            return (prompt + 1) % self.prompts
        return prompt


class SymbolicWorld(World):
    """Every primitive is a sympy symbol that is declared positive or real, and no more.

    One prompt and one pair are drawn: what is linear in the weights, and the same for every prompt
    and pair, holds for any number of them when it holds for one. That the probabilities of a policy
    sum to one is not written into them; :func:`on_simplex` uses it.
    """

    prompts = 1

    def __init__(self, size: int) -> None:
        super().__init__(size)

    @property
    def beta(self) -> sympy.Symbol:
        return sympy.Symbol("beta", positive=True)

    def number(self, digits: str) -> sympy.Rational:
        return sympy.Rational(digits)

    def any_number(self, name: str) -> sympy.Symbol:
        if name in ("u", "epsilon"):
            return sympy.Symbol(name, positive=True)
        return sympy.Symbol(name, real=True)

    def given(self, model: str, place: Place) -> sympy.Symbol:
        return _response_symbol("π", model, place)

    def score(self, family: str, place: Place) -> sympy.Symbol:
        return _response_symbol("r", family, place)

    def _slope(self, model: str, place: Place) -> sympy.Symbol:
        return _response_symbol("g", model, place)

    def prompt_weight(self, prompt: int) -> sympy.Symbol:
        return sympy.Symbol(f"p_{prompt}", positive=True)

    def pairs(self) -> Iterator[tuple[sympy.Symbol, int, int, int]]:
        yield sympy.Symbol("d", positive=True), 0, 0, 1

    def _log(self, value: Value) -> sympy.Expr:
        return split_logs(sympy.log(value))

    def _exp(self, value: Value) -> sympy.Expr:
        return sympy.exp(split_logs(value))


def on_simplex(value: sympy.Expr, size: int) -> sympy.Expr:
    """``value`` where the ``size`` probabilities of every policy sum to one.

    That is used outside of logarithms, for the last probability of each policy and prompt.
    """
    logs = {log: sympy.Dummy() for log in value.atoms(sympy.log)}
    bare = value.xreplace(logs)
    last = {
        symbol: 1 - sympy.Add(*others) for symbol, others in _last_of(bare.free_symbols, "π", size)
    }
    return sympy.expand(bare.xreplace(last)).xreplace({dummy: log for log, dummy in logs.items()})


def on_tangent(value: sympy.Expr, size: int) -> sympy.Expr:
    """``value`` where the ``size`` slopes of every policy's probabilities sum to zero."""
    last = {}
    for slope, others in _last_of(value.free_symbols, "g", size):
        gains = [other * _renamed(other, "π") for other in others]
        last[slope] = -sympy.Add(*gains) / _renamed(slope, "π")
    return sympy.expand(value.xreplace(last))


def _response_symbol(family: str, model: str, place: Place) -> sympy.Symbol:
    name = f"{family}[{model}]_{place.prompt}_{place.response}"
    return sympy.Symbol(name, positive=True) if family == "π" else sympy.Symbol(name, real=True)


_RESPONSE_SYMBOL = re.compile(r"(.)\[(.*)\]_(\d+)_(\d+)")


def _last_of(
    symbols: Collection[sympy.Symbol], family: str, size: int
) -> Iterator[tuple[sympy.Symbol, list[sympy.Symbol]]]:
    """The symbols of a family that stand for the last response, each with those for the others."""
    for symbol in symbols:
        found = _RESPONSE_SYMBOL.fullmatch(symbol.name)
        if found and found[1] == family and int(found[4]) == size - 1:
            places = (Place(int(found[3]), i) for i in range(size - 1))
            yield symbol, [_response_symbol(family, found[2], place) for place in places]


def _renamed(symbol: sympy.Symbol, family: str) -> sympy.Symbol:
    found = _RESPONSE_SYMBOL.fullmatch(symbol.name)
    assert found
    return _response_symbol(family, found[2], Place(int(found[3]), int(found[4])))


def split_logs(value: Value) -> sympy.Expr:
    """Expand logarithms of products, as far as the symbols are known to be positive."""
    return _split_logs(sympy.sympify(value))


@cache
def _split_logs(value: sympy.Expr) -> sympy.Expr:
    split = sympy.expand(sympy.expand_log(value))
    sums = {log: _log_of_sum(log.args[0]) for log in split.atoms(sympy.log) if log.args[0].is_Add}
    return sympy.expand(split.xreplace(sums)) if sums else split


@cache
def _log_of_sum(total: sympy.Expr) -> sympy.Expr:
    """log of a sum, with the term drawn out that leaves the same rest whatever factor all share."""
    candidates = [(term, sympy.expand(sympy.powsimp(total / term))) for term in total.args]
    if not all(term.is_positive for term, _ in candidates):
        return sympy.log(total)
    term, rest = min(candidates, key=lambda pair: sympy.default_sort_key(pair[1]))
    return sympy.expand(sympy.expand_log(sympy.log(term))) + sympy.log(rest)


class NumericWorld(World):
    """Every primitive is a random number, the same for the same seed.

    ``exact`` numbers have mpmath's working precision; the others are floats, for a first look.
    """

    def __init__(
        self, size: int, seed: int, without: Collection[Assumption] = (), exact: bool = True
    ) -> None:
        super().__init__(size, without)
        self._seed = seed
        self.exact = exact
        self._context = mpmath.mp if exact else mpmath.fp

    @property
    def precision(self) -> int:
        return int(self._context.prec)

    def _draw(self, *name: object) -> Value:
        """A number between 0 and 1."""
        return self._once(("drawn", *name), lambda: self._drawn(*name))

    def _drawn(self, *name: object) -> Value:
        digits = random.Random(f"{self._seed}/{name}").randrange(10**60)
        return self._context.mpf(digits) / self._context.mpf(10**60)

    @property
    def beta(self) -> Value:
        size = self.number("0.2") + 2 * self._draw("beta")
        return -size if Assumption.BETA_POSITIVE in self.without else size

    def number(self, digits: str) -> Value:
        return self._context.mpf(digits)

    def any_number(self, name: str) -> Value:
        share = self._draw("scalar", name)
        match name:
            case "u":
                return 2 * share + self.number("0.01")
            case "epsilon":
                return share / 2
        return 4 * share - 2

    def given(self, model: str, place: Place) -> Value:
        if Assumption.NORMALISED in self.without:
            return self._weight(model, place) * self._draw("total", model, place.prompt) / 3

        def total() -> Value:
            return sum(self._weight(model, Place(place.prompt, i)) for i in range(self.size))

        return self._weight(model, place) / self._once(("total", model, place.prompt), total)

    def _weight(self, model: str, place: Place) -> Value:
        if model == "ref" and Assumption.SUPPORT in self.without and place.response % 2 == 0:
            return self.number("0")
        return self.number("0.05") + self._draw("weight", model, *place)

    def score(self, family: str, place: Place) -> Value:
        return 4 * self._draw("score", family, *place) - 2

    def prompt_weight(self, prompt: int) -> Value:
        weights = [self.number("0.1") + self._draw("prompt", i) for i in range(self.prompts)]
        return weights[prompt] / sum(weights)

    def pairs(self) -> Iterator[tuple[Value, int, int, int]]:
        responses = permutations(range(min(self.size, 3)), 2)
        labelled = [(prompt, *pair) for pair in responses for prompt in range(self.prompts)]
        weights = [self._draw("pair", *pair) for pair in labelled]
        for weight, pair in zip(weights, labelled, strict=True):
            yield weight / sum(weights), *pair

    def _log(self, value: Value) -> Value:
        if value > 0:
            return self._context.log(value)
        return self._context.mpf("-inf" if value == 0 else "nan")

    def _exp(self, value: Value) -> Value:
        try:
            return self._context.exp(value)
        except OverflowError:
            return self._context.inf

    def quotient(self, numerator: Value, denominator: Value) -> Value:
        """Infinite over zero, as in the limit; without a value for 0/0."""
        if value_of(denominator) != 0:
            return numerator / denominator
        top, nothing = value_of(numerator), self._context.mpf("nan")
        limit = nothing if top == 0 else top * self._context.inf
        return Dual(limit, nothing) if isinstance(numerator, Dual) else limit

    def optimum(self, reward: str, place: Place) -> Value:
        if Assumption.BETA_POSITIVE in self.without:
            return self._corner(reward, place)
        if Assumption.NORMALISED in self.without:
            return self.unnormalised(reward, place) * self.exp(self.number("-1"))
        return super().optimum(reward, place)

    def _corner(self, reward: str, place: Place) -> Value:
        """All probability on one response: with β < 0 the objective is convex."""

        def objective(response: int) -> Value:
            at = Place(place.prompt, response)
            return self.reward(reward, at) + self.beta * self.log(self.probability("ref", at))

        best = max(range(self.size), key=objective)
        return self.number("1" if place.response == best else "0")

    def preference(self, chosen: Place, rejected: Place) -> Value:
        if Assumption.BRADLEY_TERRY not in self.without:
            return super().preference(chosen, rejected)
        pair = sorted((chosen, rejected))
        share = self._draw("preference", *pair)
        return share if chosen == pair[0] else 1 - share
