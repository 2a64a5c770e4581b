"""Verdicts: is a line true, for all values of its symbols?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import mpmath
import sympy

from dpo_math import notation as n
from dpo_math.derivation import LINES, Kind, Line
from dpo_math.meaning import NumericWorld, SymbolicWorld, lower, split_logs

DIGITS = 50
PROOF_SIZES = (2, 3)
POINT_SIZE = 5
POINTS = 3


class Verdict(StrEnum):
    """What the checker says of a line. A line is never skipped."""

    PROVED = "proved"
    DEFINITION = "definition"
    CHOICE = "choice"
    REFUTED = "refuted"
    NUMERIC_ONLY = "numeric only"


@dataclass(frozen=True)
class Decision:
    """A verdict, how it was reached, and for a refutation the two sides' values."""

    verdict: Verdict
    method: str
    witness: tuple[str, str] | None = None


@cache
def decide(relation: n.Relation) -> Decision:
    """Whether an equation holds in every finite world.

    Refuted by one random point at which its sides differ to 50 digits; proved when sympy shows
    their difference to be zero for 2 and for 3 responses; else numeric only. Raises
    :class:`~dpo_math.meaning.MeaningError` for a side without a value.
    """
    with mpmath.workdps(DIGITS + 10):
        for seed in range(POINTS):
            world = NumericWorld(POINT_SIZE, seed)
            sides = lower(relation.left, world), lower(relation.right, world)
            if not _close(*sides):
                shown = (mpmath.nstr(sides[0], 12), mpmath.nstr(sides[1], 12))
                return Decision(Verdict.REFUTED, f"differs at a random point (seed {seed})", shown)
    sizes = [size for size in PROOF_SIZES if _is_identity(relation, SymbolicWorld(size))]
    if len(sizes) == len(PROOF_SIZES):
        proof = f"sympy, {' and '.join(map(str, sizes))} responses"
        return Decision(Verdict.PROVED, f"{proof}; {POINTS} points to {DIGITS} digits")
    return Decision(Verdict.NUMERIC_ONLY, f"{POINTS} points to {DIGITS} digits")


def _close(left: mpmath.mpf, right: mpmath.mpf) -> bool:
    return bool(abs(left - right) <= mpmath.mpf(10) ** -DIGITS * max(1, abs(left), abs(right)))


def _is_identity(relation: n.Relation, world: SymbolicWorld) -> bool:
    left, right = lower(relation.left, world), lower(relation.right, world)
    difference = split_logs(left - right)
    if difference == 0:
        return True
    numerator, _ = sympy.fraction(sympy.together(sympy.powsimp(difference)))
    return bool(sympy.expand(sympy.powsimp(sympy.expand(numerator))) == 0)


@dataclass(frozen=True)
class Report:
    """What is known of one line of the derivation."""

    line: Line
    decision: Decision

    @property
    def verdict(self) -> Verdict:
        return self.decision.verdict


def report(line: Line) -> Report:
    """The verdict on ``line``. A definition or a choice is called that if it is not false."""
    decision = decide(line.tree)
    named = {Kind.DEFINITION: Verdict.DEFINITION, Kind.CHOICE: Verdict.CHOICE}
    if line.kind in named and decision.verdict is not Verdict.REFUTED:
        decision = replace(decision, verdict=named[line.kind])
    return Report(line, decision)


def verify(lines: Iterable[Line] = LINES) -> list[Report]:
    """The verdict on every line, in order."""
    return [report(line) for line in lines]
