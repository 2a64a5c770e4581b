"""Asking the checker whether a relation holds, without letting a strange one do harm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dpo_math import notation as n
from dpo_math.judge.limits import is_provable, is_small
from dpo_math.prove import prove
from dpo_math.refute import DIGITS, POINT_SIZE, POINTS, UNDEFINED, Witness, differs, refute
from dpo_math.worlds import NumericWorld

FIRST_LOOK = 3
"""Responses of the small world in which most false relations fail already."""

SENSELESS: tuple[type[Exception], ...] = (
    ArithmeticError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    LookupError,
)
"""What the checker may raise where a relation means nothing in a finite world."""


@dataclass(frozen=True)
class Outcome:
    """Whether a relation holds, None where it means nothing; and where it does not hold."""

    holds: bool | None
    witness: Witness | None = None


@cache
def outcome(relation: n.Relation) -> Outcome:
    """Whether ``relation`` holds at every point that is tried."""
    if not is_small(relation):
        return Outcome(None)
    try:
        witness = differs(relation, _first_world())
        if witness is not None and witness.reason != UNDEFINED:
            return Outcome(False, witness)
    except SENSELESS:
        pass
    try:
        witness = refute(relation)
    except SENSELESS:
        return Outcome(None)
    return Outcome(witness is None, witness)


def holds(left: n.Node, sign: n.RelationSign, right: n.Node) -> bool:
    """Whether a relation holds at every point that is tried, and means something there."""
    return outcome(n.Relation(left, sign, right)).holds is True


def equal(left: n.Node, right: n.Node) -> bool:
    return holds(left, "=", right)


def method(relation: n.Relation) -> str:
    """How it is known that ``relation`` holds: proof by sympy, or points only."""
    points = f"{POINTS} points of {POINT_SIZE} responses to {DIGITS} digits"
    proof = None
    if is_provable(relation):
        try:
            proof = prove(relation)
        except SENSELESS:
            proof = None
    return f"proved: {proof}; {points}" if proof else f"not proved; {points}"


@cache
def _first_world() -> NumericWorld:
    return NumericWorld(FIRST_LOOK, seed=1, exact=False)
