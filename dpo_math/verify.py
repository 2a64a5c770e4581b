"""Verdicts: is a line true, for all values of its symbols?

Importing this imports neither sympy nor mpmath: who only shows a line whose verdict is remembered
(:func:`remembering`) has no use for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from time import process_time
from typing import TYPE_CHECKING, Protocol

from dpo_math import notation as n
from dpo_math.assumptions import Assumption
from dpo_math.derivation import LINES, Kind, Line

if TYPE_CHECKING:
    from dpo_math.worlds import NumericWorld


class Verdict(StrEnum):
    """What the checker says of a line. A line is never skipped."""

    PROVED = "proved"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"
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
    """Whether a relation holds in every finite world.

    Refuted by one random point at which it fails; proved by sympy for two and for three responses;
    else numeric only. Raises :class:`~dpo_math.meaning.MeaningError` for a relation without a
    meaning there.
    """
    from dpo_math.prove import prove
    from dpo_math.refute import DIGITS, POINT_SIZE, POINTS, refute

    witness = refute(relation)
    if witness:
        return Decision(Verdict.REFUTED, witness.reason, (witness.left, witness.right))
    points = f"{POINTS} points with n = {POINT_SIZE} to {DIGITS} digits"
    proof = prove(relation)
    if proof is None:
        return Decision(Verdict.NUMERIC_ONLY, points)
    return Decision(Verdict.PROVED, f"{proof}; {points}")


@dataclass(frozen=True)
class Report:
    """What is known of one line of the derivation, and how many CPU seconds it took to know."""

    line: Line
    decision: Decision
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return self.decision.verdict

    @property
    def given(self) -> bool:
        """Whether it is proved only of people who choose as Bradley and Terry assume."""
        return self.verdict is Verdict.PROVED and Assumption.BRADLEY_TERRY in self.line.assumptions


class Memory(Protocol):
    """Keeps decisions from one process to the next, for as long as nothing they rest on changes."""

    def recall(self, line: Line) -> Decision | None: ...
    def keep(self, line: Line, decision: Decision) -> None: ...


_memory: Memory | None = None


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Let :func:`report` ask ``memory`` before it decides, and tell it what it decided."""
    global _memory
    before, _memory = _memory, memory
    try:
        yield
    finally:
        _memory = before


def report(line: Line) -> Report:
    """The verdict on ``line``. A definition, an assumption or a choice is called that if it is not
    false."""
    start = process_time()
    decision = _memory.recall(line) if _memory else None
    if decision is None:
        decision = _decide_line(line)
        if _memory:
            _memory.keep(line, decision)
    return Report(line, decision, process_time() - start)


def _decide_line(line: Line) -> Decision:
    decision = decide(line.tree)
    if line.kind is not Kind.CLAIM and decision.verdict is not Verdict.REFUTED:
        decision = replace(decision, verdict=Verdict(line.kind))
    elif decision.verdict is not Verdict.REFUTED and not keeps_objective(line):
        decision = Decision(Verdict.REFUTED, "not the objective of the line before")
    return decision


def verify(lines: Iterable[Line] = LINES) -> list[Report]:
    """The verdict on every line, in order."""
    return [report(line) for line in lines]


def fails_without(line: Line, assumption: Assumption) -> bool:
    """Whether ``line`` is false somewhere once ``assumption`` is dropped."""
    from dpo_math.refute import refute

    return refute(line.tree, frozenset({assumption})) is not None


def keeps_objective(line: Line) -> bool:
    """Whether a line with an optimum has the objective of the line it follows, for every policy.

    Dividing and negating change it by a known factor, and what is dropped as a constant is the same
    for every policy. A line without an objective keeps it.
    """
    if line.step is None:
        return True
    before, after = (_objective(tree) for tree in (line.step.before, line.tree))
    if before is None or after is None:
        return True

    import mpmath

    from dpo_math.refute import DIGITS, GUARD_DIGITS, POINT_SIZE
    from dpo_math.worlds import NumericWorld

    with mpmath.workdps(DIGITS + GUARD_DIGITS):
        return all(
            _keeps_value(line.step.move, before, after, NumericWorld(POINT_SIZE, 0, exact=exact))
            for exact in (False, True)
        )


def _keeps_value(move: str, before: n.Node, after: n.Node, world: NumericWorld) -> bool:
    from dpo_math.meaning import lower
    from dpo_math.refute import is_close
    from dpo_math.worlds import Place

    factor = {"divide_objective": world.beta, "negate_objective": -1}.get(move, 1)
    other = world.where("", lambda *place: world.probability("theta", Place(*place)))
    lost = [lower(before, each) - factor * lower(after, each) for each in (world, other)]
    if move == "drop_constant":
        return is_close(lost[0], lost[1], world)
    return all(is_close(one, 0, world) for one in lost)


def _objective(line: n.Relation) -> n.Node | None:
    return line.right.body if isinstance(line.right, n.Extremum) else None
