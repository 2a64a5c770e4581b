"""What a tree means: its value in a finite world (see :mod:`dpo_math.worlds`).

One lowering serves all worlds. Nothing here knows of the moves, so a line is checked independently
of how it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce, singledispatch
from operator import add, mul

from dpo_math import notation as n
from dpo_math.dual import Dual, slope_of, value_of
from dpo_math.worlds import NumericWorld, Place, SymbolicWorld, Table, Value, World, split_logs

__all__ = [
    "MeaningError",
    "NumericWorld",
    "SymbolicWorld",
    "World",
    "at_optimum",
    "letters_in",
    "lower",
    "split_logs",
]

Letters = Mapping[str, int]
"""Which prompt or response each letter stands for, as its number."""


class MeaningError(ValueError):
    """A tree without a value in a finite world."""


def letters_in(world: World) -> Letters:
    """The free letters, read as prompts and as responses that differ as far as there are enough.

    No response is special in a world, so what holds for these holds for all.
    """
    size = world.size
    return {"x": 0, "x'": 1, "y_w": 0, "y_l": 1, "y": 2 % size, "y'": 3 % size}


def lower(node: n.Node, world: World, letters: Letters | None = None) -> Value:
    """The value of ``node``. Raises :class:`MeaningError` for what has none here."""
    return _value(node, _Scope(world, letters_in(world) if letters is None else letters))


@dataclass(frozen=True)
class _Scope:
    """Where a tree is read: the world, and what its letters stand for."""

    world: World
    letters: Letters

    def let(self, letter: str, number: int) -> _Scope:
        return replace(self, letters={**self.letters, letter: number})

    def number_of(self, letter: n.Node) -> int:
        if isinstance(letter, n.Symbol):
            index = letter.name.partition("_")[2]
            for name in (letter.name, index):
                if name in self.letters:
                    return self.letters[name]
        raise MeaningError(f"{_said(letter)} is not a prompt or a response")

    def place(self, prompt: n.Node, response: n.Node) -> Place:
        at = Place(self.number_of(prompt), self.number_of(response))
        if response == n.Symbol("y_l") and prompt == n.Symbol("x"):
            return at._replace(prompt=self.world.rejected_prompt(at.prompt))
        return at

    def responses(self, letter: str) -> Iterator[_Scope]:
        return (self.let(letter, i) for i in range(self.world.size))


def _said(node: n.Node) -> str:
    return node.name if isinstance(node, n.Symbol | n.Model | n.Call) else type(node).__name__


@singledispatch
def _value(node: n.Node, at: _Scope) -> Value:
    raise MeaningError(f"{type(node).__name__} has no value in a finite world")


@_value.register
def _(node: n.Number, at: _Scope) -> Value:
    return at.world.number(str(node.value))


@_value.register
def _(node: n.Decimal, at: _Scope) -> Value:
    return at.world.number(node.digits)


SCALARS = ("t", "u", "epsilon")
ANY = "any_"
"""What the name of a letter starts with that stands for any real number."""


def is_scalar(name: str) -> bool:
    """Whether a letter stands for a number of its own."""
    return name in SCALARS or name.startswith(ANY)


@_value.register
def _(node: n.Symbol, at: _Scope) -> Value:
    if node.name == "beta":
        return at.world.beta
    if is_scalar(node.name):
        return at.world.scalar(node.name)
    raise MeaningError(f"the letter {node.name} has no value of its own")


@_value.register
def _(node: n.Policy, at: _Scope) -> Value:
    return at.world.probability(node.model.name, at.place(node.prompt, node.response))


@_value.register
def _(node: n.Reward, at: _Scope) -> Value:
    return at.world.reward(node.name, at.place(node.prompt, node.response))


@_value.register
def _(node: n.Partition, at: _Scope) -> Value:
    return at.world.partition(at.number_of(node.prompt))


@_value.register
def _(node: n.Preference, at: _Scope) -> Value:
    chosen, rejected = (at.place(node.prompt, each) for each in (node.chosen, node.rejected))
    return at.world.preference(chosen, rejected)


@_value.register
def _(node: n.Call, at: _Scope) -> Value:
    match node:
        case n.Call(name="f", arguments=(prompt,)):
            return at.world.shift(at.number_of(prompt))
        case n.Call(name="L", arguments=(n.Model() as policy, n.Model() as reference, *flipped)):
            share = sum(_value(each, at) for each in flipped[:1])
            return at.world.negative_log_likelihood(policy.name, reference.name, share)
    raise MeaningError(f"the function {node.name} has no value in a finite world")


@_value.register
def _(node: n.Sum, at: _Scope) -> Value:
    return sum(_value(term, at) for term in node.terms)


@_value.register
def _(node: n.Signed, at: _Scope) -> Value:
    return -_value(node.body, at) if node.negative else _value(node.body, at)


@_value.register
def _(node: n.Product, at: _Scope) -> Value:
    total: Value = 1
    for factor in node.factors:
        total = total * _value(factor, at)
    return total


@_value.register
def _(node: n.Quotient, at: _Scope) -> Value:
    return at.world.quotient(_value(node.numerator, at), _value(node.denominator, at))


@_value.register
def _(node: n.Group, at: _Scope) -> Value:
    return _value(node.body, at)


@_value.register
def _(node: n.Power, at: _Scope) -> Value:
    base = _value(node.base, at)
    if isinstance(node.exponent, n.Number):
        return base**node.exponent.value
    return at.world.exp(_value(node.exponent, at) * at.world.log(base))


@_value.register
def _(node: n.Log, at: _Scope) -> Value:
    return at.world.log(_value(node.argument, at))


@_value.register
def _(node: n.Exp, at: _Scope) -> Value:
    return at.world.exp(_value(node.argument, at))


@_value.register
def _(node: n.Sigmoid, at: _Scope) -> Value:
    return at.world.sigmoid(_value(node.argument, at))


@_value.register
def _(node: n.BigSum, at: _Scope) -> Value:
    return sum(_value(node.body, each) for each in at.responses(node.index.name))


@_value.register
def _(node: n.KL, at: _Scope) -> Value:
    left, right = (_distribution(side, at) for side in (node.left, node.right))
    pairs = [(left(i), right(i)) for i in range(at.world.size)]
    return sum(p * at.world.log(at.world.quotient(p, q)) for p, q in pairs if not _never(p))


def _never(probability: Value) -> bool:
    """Whether this is the number zero: what is never drawn has no say, even where its log is −∞."""
    return bool(value_of(probability) == 0)


def _distribution(node: n.Node, at: _Scope) -> Callable[[int], Value]:
    """The probabilities by response of π(y | x), or of π under the prompt x."""
    match node:
        case n.Policy(model=model, prompt=prompt):
            given = at.number_of(prompt)
        case n.Model() as model:
            given = at.number_of(n.Symbol("x"))
        case _ if n.find(node, n.Symbol("y")):
            return lambda response: _value(node, at.let("y", response))
        case _:
            raise MeaningError(f"{_said(node)} is not a distribution over responses")
    return lambda response: at.world.probability(model.name, Place(given, response))


@_value.register
def _(node: n.Expectation, at: _Scope) -> Value:
    if not node.draws:
        raise MeaningError("an expectation that does not say what is drawn")
    total: Value = 0
    for weight, scope in _drawn(node.draws, at):
        total = total + weight * _value(node.body, scope)
    return total


def _drawn(draws: tuple[n.Draw, ...], at: _Scope) -> Iterator[tuple[Value, _Scope]]:
    """Every outcome of the draws, one after the other, with its weight, unless that is zero."""
    if not draws:
        yield 1, at
        return
    for weight, scope in _outcomes(draws[0], at):
        for other, inner in _drawn(draws[1:], scope):
            if not _never(weight * other):
                yield weight * other, inner


def _outcomes(draw: n.Draw, at: _Scope) -> Iterator[tuple[Value, _Scope]]:
    names = [variable.name for variable in draw.variables if isinstance(variable, n.Symbol)]
    prompts = [name for name in names if name.startswith("x")]
    responses = [name for name in names if name.startswith("y")]
    if len(prompts) + len(responses) != len(draw.variables):
        raise MeaningError("only prompts and responses are drawn")
    match draw.distribution, prompts, responses:
        case n.Symbol(name="D"), [prompt], []:
            yield from _prompts(prompt, at)
        case n.Symbol(name="D"), [prompt], [chosen, rejected]:
            for weight, number, first, second in at.world.pairs():
                scope = at.let(prompt, number).let(chosen, first).let(rejected, second)
                yield weight, scope
        case (n.Model() | n.Policy()) as source, [prompt], [*responses]:
            for weight, scope in _prompts(prompt, at):
                for other, inner in _independent(source, responses, scope):
                    yield weight * other, inner
        case (n.Model() | n.Policy()) as source, [], [*responses]:
            yield from _independent(source, responses, at)
        case _:
            raise MeaningError(f"no draw of {', '.join(names)} is known here")


@_value.register
def _(node: n.Ranged, at: _Scope) -> Value:
    if node.kind == "int":
        raise MeaningError("an integral has no value in a finite world")
    values = (_value(node.body, scope) for scope in _range(node, at))
    return reduce(mul if node.kind == "prod" else add, values)


def _range(node: n.Ranged, at: _Scope) -> Iterator[_Scope]:
    """The pairs of the data, or the places of a ranking from ``start`` to the last."""
    names = [variable.name for variable in node.variables if isinstance(variable, n.Symbol)]
    match names, node.start:
        case [prompt, chosen, rejected], None if node.domain == n.Symbol("D"):
            for _, number, first, second in at.world.pairs():
                yield at.let(prompt, number).let(chosen, first).let(rejected, second)
        case [index], n.Number(value=1):
            yield from (at.let(index, i) for i in range(at.world.size))
        case [index], n.Symbol(name=start) if start in at.letters:
            yield from (at.let(index, i) for i in range(at.letters[start], at.world.size))
        case _:
            raise MeaningError(f"no {node.kind} over {', '.join(names)} is known here")


def _prompts(letter: str, at: _Scope) -> Iterator[tuple[Value, _Scope]]:
    return ((at.world.prompt_weight(i), at.let(letter, i)) for i in range(at.world.prompts))


def _independent(source: n.Node, letters: list[str], at: _Scope) -> Iterator[tuple[Value, _Scope]]:
    """Each letter drawn from the same policy, independently."""
    if not letters:
        yield 1, at
        return
    probability = _distribution(source, at)
    for scope in at.responses(letters[0]):
        for weight, inner in _independent(source, letters[1:], scope):
            yield probability(scope.letters[letters[0]]) * weight, inner


@_value.register
def _(node: n.Gradient, at: _Scope) -> Value:
    """The derivative along an arbitrary direction, which stands for all of them."""
    return slope_of(_value(node.body, replace(at, world=_moving(node.over, at))))


@_value.register
def _(node: n.Derivative, at: _Scope) -> Value:
    return slope_of(_value(node.body, replace(at, world=_moving(node.by, at))))


def _moving(over: n.Node, at: _Scope) -> World:
    world = at.world
    match over:
        case n.Symbol(name="theta") | n.Model(name="theta"):
            return world.moving("theta")
        case n.Symbol(name=name) if is_scalar(name):
            return world.moving_scalar(name)
        case n.Policy(model=n.Model(name=name)):
            return world.where(name, _one_moving(name, at.place(over.prompt, over.response), world))
    raise MeaningError(f"no derivative by {_said(over)} is known here")


def _one_moving(model: str, place: Place, world: World) -> Table:
    """The policy ``model`` where one of its probabilities moves alone, whatever the sum."""

    def table(prompt: int, response: int) -> Dual:
        there = Place(prompt, response)
        return Dual(world.probability(model, there), int(there == place))

    return table


@_value.register
def _(node: n.Extremum, at: _Scope) -> Value:
    """The value at π*. That the extremum is there is for :mod:`dpo_math.verify` to show."""
    if node.kind in ("argmax", "argmin"):
        raise MeaningError(f"{node.kind} is a policy, not a number")
    return _value(at_optimum(node), at)


def at_optimum(extremum: n.Extremum) -> n.Node:
    """The body of ``extremum`` with π* in the place of the policy that varies."""
    over = extremum.over
    if not isinstance(over, n.Model):
        raise MeaningError(f"an extremum over {_said(over)} is not over policies")
    return n.rebuild(extremum.body, lambda node: n.Model("*") if node == over else None)
