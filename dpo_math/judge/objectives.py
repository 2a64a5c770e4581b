"""Optima over policies: what is maximised, and whether two objectives are one."""

from __future__ import annotations

from functools import cache
from typing import cast

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
THE_OBJECTIVE = cast(n.Extremum, OBJECTIVE.right)


def over_prompts(body: n.Node) -> n.Node:
    """``body`` in the mean over prompts, where it speaks of one prompt or leaves the mean out."""
    inner = body.body if isinstance(body, n.Group) else body
    return expected(X, DATA, inner) if "x" in free_letters(inner) else inner


def optimum_claim(best: n.Extremum) -> n.Relation:
    """That π* is what ``best`` asks for."""
    kind = "argmax" if best.kind.endswith("max") else "argmin"
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
    if not (is_small(first) and is_small(second)):
        return "too much to calculate"
    try:
        return _difference(first, second)
    except SENSELESS as error:
        return str(error) or "without a value"


def _difference(first: n.Extremum, second: n.Extremum) -> Numbers | str | None:
    sense = 1 if first.kind[-3:] == second.kind[-3:] else -1
    for seed in SEEDS:
        world = NumericWorld(SIZE, seed, exact=False)
        values, others = _values(first, world), _values(second, world)
        if is_close(values[0], values[1], world):
            return "the same for every policy"
        scale = (others[1] - others[0]) / (values[1] - values[0])
        shift = others[0] - scale * values[0]
        if not sense * scale > 0:
            return Numbers(f"{values[1] - values[0]:.6g}", f"{others[1] - others[0]:.6g}")
        for value, other in zip(values, others, strict=True):
            if not is_close(scale * value + shift, other, world):
                return Numbers(f"{scale * value + shift:.6g}", f"{other:.6g}")
    return None


def _values(best: n.Extremum, world: NumericWorld) -> list[Value]:
    """The objective at a few policies, which are the same for every objective."""
    name, body = cast(n.Model, best.over).name, over_prompts(best.body)
    worlds = (world.where(name, _table(world, i)) for i in range(POLICIES))
    values = [lower(body, each) for each in worlds]
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
