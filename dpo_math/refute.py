"""Refutation: one point of a numeric world at which a relation does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import mpmath

from dpo_math import notation as n
from dpo_math.assumptions import Assumption
from dpo_math.dual import slope_of
from dpo_math.meaning import MeaningError, NumericWorld, letters_in, lower
from dpo_math.worlds import Place, Table, Value

DIGITS = 50
GUARD_DIGITS = 10
POINT_SIZE = 5
POINTS = 3
COARSE = 1e-6
"""How far apart two floats are that differ for certain; what is nearer is looked at exactly."""
NEAR, FAR = "0.1", "1"
"""How far towards another policy one goes from π*, to see whether the objective gets better."""


@dataclass(frozen=True)
class Witness:
    """Where a relation fails, and the numbers its sides have there."""

    reason: str
    left: str
    right: str


@cache
def refute(relation: n.Relation, without: frozenset[Assumption] = frozenset()) -> Witness | None:
    """A point at which ``relation`` fails in a world ``without`` some assumptions, if one is found.

    An inequality has to hold as well where the policy rules a response out. Floats are tried first;
    only what they do not tell apart is computed to 50 digits. Raises
    :class:`~dpo_math.meaning.MeaningError` for a relation without a meaning.
    """
    coarse = _coarsely(relation, _world(0, without, exact=False))
    if coarse:
        return coarse
    with mpmath.workdps(DIGITS + GUARD_DIGITS):
        for seed in range(POINTS):
            found = differs(relation, _world(seed, without, exact=True))
            if found:
                return found
    return None


@cache
def _world(seed: int, without: frozenset[Assumption], exact: bool) -> NumericWorld:
    return NumericWorld(POINT_SIZE, seed, without, exact)


@cache
def _ruling_out(world: NumericWorld) -> NumericWorld:
    """That world with a policy that rules out the response for which y stands."""
    return world.ruling_out({letters_in(world)["y"]})


def _coarsely(relation: n.Relation, world: NumericWorld) -> Witness | None:
    """What floats can tell: a difference, but neither equality nor that a value is missing."""
    try:
        found = differs(relation, world)
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, MeaningError):
            raise
        return None
    return found if found and found.reason != UNDEFINED else None


UNDEFINED = "a side has no value"
INEQUALITIES = ("<=", ">=", "<", ">")


def differs(relation: n.Relation, world: NumericWorld) -> Witness | None:
    """How ``relation`` fails in ``world``, if it does."""
    claim = optimum_claim(relation)
    if claim:
        return _not_optimal(claim, world)
    for node in relation.walk():
        if isinstance(node, n.Extremum) and node.kind in ("max", "min"):
            found = _not_optimal(OptimumClaim("*", node), world)
            if found:
                return found
    if relation.sign == "propto":
        return _not_proportional(relation, world)
    worlds = [world, _ruling_out(world)] if relation.sign in INEQUALITIES else [world]
    witnesses = (_sides_differ(relation, each) for each in worlds)
    return next((witness for witness in witnesses if witness), None)


def _sides_differ(relation: n.Relation, world: NumericWorld) -> Witness | None:
    left, right = lower(relation.left, world), lower(relation.right, world)
    if not (_finite(left) and _finite(right)):
        held = _holds_at_infinity(relation.sign, left, right)
        return None if held else _shown(UNDEFINED, left, right)
    if _holds(relation.sign, left, right, world):
        return None
    return _shown("the sides differ at a random point", left, right)


@dataclass(frozen=True)
class OptimumClaim:
    """That ``policy`` attains ``best``."""

    policy: str
    best: n.Extremum


def optimum_claim(relation: n.Relation) -> OptimumClaim | None:
    """What ``relation`` says of an arg max or arg min, if that is what it is about."""
    for side, other in ((relation.right, relation.left), (relation.left, relation.right)):
        if isinstance(side, n.Extremum) and side.kind in ("argmax", "argmin"):
            named = other.model if isinstance(other, n.Policy) else other
            if isinstance(named, n.Model) and relation.sign in ("=", ":="):
                return OptimumClaim(named.name, side)
            raise MeaningError(f"only a policy is compared with {side.kind}")
    return None


def _shown(reason: str, left: Value, right: Value) -> Witness:
    return Witness(reason, mpmath.nstr(left, 12), mpmath.nstr(right, 12))


def _finite(value: Value) -> bool:
    return bool(mpmath.isfinite(value))


def _tolerance(world: NumericWorld) -> Value:
    return mpmath.mpf(10) ** -DIGITS if world.exact else COARSE


def is_close(left: Value, right: Value, world: NumericWorld) -> bool:
    """Whether two values agree to what the world's numbers can tell."""
    return bool(abs(left - right) <= _tolerance(world) * max(1, abs(left), abs(right)))


def _holds(sign: n.RelationSign, left: Value, right: Value, world: NumericWorld) -> bool:
    same = is_close(left, right, world)
    match sign:
        case "=" | ":=":
            return same
        case "<=":
            return same or bool(left < right)
        case ">=":
            return same or bool(left > right)
        case "<":
            return bool(left < right) and not same
        case ">":
            return bool(left > right) and not same
    raise MeaningError(f"{sign} makes no exact claim")


def _holds_at_infinity(sign: n.RelationSign, left: Value, right: Value) -> bool:
    """An inequality may hold with an infinite side; an equation says nothing then."""
    return bool((sign in (">=", ">") and left > right) or (sign in ("<=", "<") and left < right))


def _not_proportional(relation: n.Relation, world: NumericWorld) -> Witness | None:
    letters = letters_in(world)
    ratios = [
        lower(relation.left, world, at) / lower(relation.right, world, at)
        for at in ({**letters, "y": i} for i in range(world.size))
    ]
    for ratio in ratios[1:]:
        if not is_close(ratios[0], ratio, world):
            return _shown("the ratio of the sides depends on y", ratios[0], ratio)
    return None


# --- optima -------------------------------------------------------------------------------------


def _not_optimal(claim: OptimumClaim, world: NumericWorld) -> Witness | None:
    """A policy that does as well as the claimed one or better, if one is found."""
    best = claim.best
    if not isinstance(best.over, n.Model):
        raise MeaningError(f"the {best.kind} here is not over policies")
    name, sense = best.over.name, 1 if best.kind.endswith("max") else -1

    def objective(table: Table) -> Value:
        return lower(best.body, world.where(name, table))

    def star(prompt: int, response: int) -> Value:
        return world.probability(claim.policy, Place(prompt, response))

    top = objective(star)
    if not _finite(top):
        return _shown(UNDEFINED, top, top)
    slope = slope_of(lower(best.body, world.moving(name, base=claim.policy)))
    if _finite(slope) and not is_close(slope, 0, world):
        return _shown("a policy nearby does better: the slope is not zero", slope, 0)
    values = [objective(table) for table in _others(star, world)]
    better = next((value for value in values if not sense * value < sense * top), None)
    if better is None or (not world.exact and is_close(better, top, world)):
        return None
    return _shown("another policy does as well or better", top, better)


def _others(star: Table, world: NumericWorld) -> Iterator[Table]:
    """Policies that differ from π* under one prompt: on the way to each corner, near and far.

    Without the constraint that policies sum to one, also π* with one probability changed. Exact
    numbers are dear, and with them one looks near π* under the first prompt only.
    """
    steps = [world.number(step) for step in ((NEAR,) if world.exact else (NEAR, FAR))]
    for prompt in range(1 if world.exact else world.prompts):
        corners = [i for i in range(world.size) if star(prompt, i) != 1]
        for corner, step in product(corners, steps):
            yield _mixed(star, prompt, corner, step)
            if Assumption.NORMALISED in world.without:
                yield _scaled(star, prompt, corner, 1 + step)
                yield _scaled(star, prompt, corner, 1 - step / 2)


def _mixed(star: Table, prompt: int, corner: int, step: Value) -> Table:
    def table(where: int, response: int) -> Value:
        if where != prompt:
            return star(where, response)
        return (1 - step) * star(where, response) + (step if response == corner else 0)

    return table


def _scaled(star: Table, prompt: int, corner: int, factor: Value) -> Table:
    def table(where: int, response: int) -> Value:
        changed = where == prompt and response == corner
        return star(where, response) * (factor if changed else 1)

    return table
