"""Optima over policies: what is maximised, and whether two objectives are one."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple, cast

from dpo_math import notation as n
from dpo_math.brackets import minus
from dpo_math.derivation.objective import OBJECTIVE
from dpo_math.derivation.vocabulary import DATA, X, expected
from dpo_math.judge.decisions import SENSELESS
from dpo_math.judge.limits import is_small
from dpo_math.judge.unsaid import free_letters
from dpo_math.judge.verdicts import Numbers
from dpo_math.meaning import lower
from dpo_math.refute import is_close
from dpo_math.worlds import NumericWorld, Place, Table, Value

POLICIES = 4
"""Policies at which objectives are compared: two fix scale and shift, the others tell."""

SIZE, SEEDS = 4, (0, 1)
TOLERANCE = 1e-6
THE_OBJECTIVE = cast(n.Extremum, OBJECTIVE.right)


def over_prompts(body: n.Node) -> n.Node:
    """``body`` in the mean over prompts, where it speaks of one prompt or leaves the mean out."""
    inner = body.body if isinstance(body, n.Group) else body
    return expected(X, DATA, inner) if "x" in free_letters(inner) else inner


def optimum_claim(best: n.Extremum) -> n.Relation:
    """That π* is what ``best`` asks for."""
    kind: Literal["argmax", "argmin"] = "argmax" if best.kind.endswith("max") else "argmin"
    return n.Relation(n.Model("*"), "=", n.Extremum(kind, best.over, over_prompts(best.body)))


def is_over_policies(node: n.Node) -> bool:
    return isinstance(node, n.Extremum) and isinstance(node.over, n.Model)


def is_the_objective(best: n.Extremum) -> bool:
    """Whether ``best`` asks for what the derivation starts with."""
    return difference(THE_OBJECTIVE, best) is None


@cache
def difference(first: n.Extremum, second: n.Extremum) -> Numbers | str | None:
    """Numbers that tell two objectives apart, scale and a constant aside; None if they are one.

    A maximum and a minimum are one where their objectives have opposite signs. A text says that one
    of them has no value.
    """
    try:
        maps = [_affine(first, second, seed) for seed in SEEDS]
    except SENSELESS as error:
        return str(error) or "without a value"
    return next((one for one in maps if isinstance(one, Numbers)), None)


class Affine(NamedTuple):
    """second = ``scale`` · first + ``shift``, for every policy."""

    scale: Value
    shift: Value


def _affine(first: n.Extremum, second: n.Extremum, seed: int) -> Affine | Numbers:
    """How the second objective follows from the first, or numbers that show that it does not."""
    if not (is_small(first) and is_small(second)):
        raise ValueError("too much to calculate")
    sense = 1 if first.kind[-3:] == second.kind[-3:] else -1
    world = _world(seed)
    values, others = _values(first, seed), _values(second, seed)
    if is_close(values[0], values[1], world):
        raise ValueError("the same for every policy")
    scale = (others[1] - others[0]) / (values[1] - values[0])
    shift = others[0] - scale * values[0]
    if not sense * scale > 0:
        return Numbers.of(values[1] - values[0], others[1] - others[0])
    for value, other in zip(values, others, strict=True):
        if not is_close(scale * value + shift, other, world):
            return Numbers.of(scale * value + shift, other)
    return Affine(scale, shift)


def has_the_value_of(best: n.Extremum, line: n.Extremum) -> bool:
    """Whether two objectives are equal for every policy, not only up to scale and a constant."""
    try:
        found = [_affine(line, best, seed) for seed in SEEDS]
    except SENSELESS:
        return False
    return all(
        isinstance(one, Affine) and abs(one.scale - 1) < TOLERANCE and abs(one.shift) < TOLERANCE
        for one in found
    )


@cache
def _world(seed: int) -> NumericWorld:
    return NumericWorld(SIZE, seed, exact=False)


@cache
def _values(best: n.Extremum, seed: int) -> tuple[Value, ...]:
    """The objective at a few policies, which are the same for every objective."""
    world = _world(seed)
    name, body = cast(n.Model, best.over).name, over_prompts(best.body)
    worlds = (world.where(name, _table(world, i)) for i in range(POLICIES))
    values = tuple(lower(body, each) for each in worlds)
    if not all(abs(value) < float("inf") for value in values):
        raise ValueError("without a finite value")
    return values


def _table(world: NumericWorld, i: int) -> Table:
    return lambda prompt, response: world.probability(f"policy {i}", Place(prompt, response))


def lagrangian(best: n.Extremum, constraint: n.Node) -> n.Extremum:
    """``best`` less β times what its constraint bounds."""
    penalty = n.Product((n.Symbol("beta"), n.Group(constraint)))
    body = best.body.terms if isinstance(best.body, n.Sum) else (n.Signed(False, best.body),)
    return n.Extremum(best.kind, best.over, n.Sum((*body, n.Signed(True, penalty))))


def as_loss(best: n.Extremum) -> n.Node:
    """What is made small: the body of a minimum, minus that of a maximum, in the mean over data."""
    body = _over_data(best.body)
    return minus(body) if best.kind.endswith("max") else body


def _over_data(tree: n.Node) -> n.Node:
    """A sum over the data as the mean over it: the same up to the number of pairs."""

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.Ranged(kind="sum", variables=variables, domain=n.Symbol(name="D"), body=body):
                return n.Expectation((n.Draw(variables, DATA),), body)
        return None

    return n.rebuild(tree, change)
