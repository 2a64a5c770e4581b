"""What the player and the page say of a film's beats, in the words of the derivation.

Formulas come from the lines' own trees, captions from the beats; the templates type nothing again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dpo_math.derivation import LINES
from dpo_math.derivation import Line as DerivedLine
from dpo_math.examples import BETA, CHOSEN, PROMPT, REJECTED
from dpo_math.printers import spoken
from dpo_math.verify import report
from pipeline.captions import Cue, cues
from pipeline.film import BeatTimes, Film, LineShown
from pipeline.proof import place
from pipeline.prose import coloured


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of narration, for as long as one caption shows it. Times are in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A line of the derivation as the page shows it.

    ``given`` if it is proved of people who choose as is assumed. ``report`` is how its verdict was
    reached, in short, and ``place`` where that is told in full.
    """

    id: str
    mathml: str
    spoken: str
    tex: str
    verdict: str
    given: bool
    report: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class PlayerBeat:
    """One item of the player. ``formula`` is the line in force; ``repeats`` if it was already."""

    id: str
    start: float
    rest: float
    end: float
    said: tuple[Said, ...]
    formula: Formula | None
    repeats: bool


@dataclass(frozen=True, slots=True)
class Response:
    """A row of the worked example: π_ref, r and π* of one response."""

    reference: float
    reward: float
    optimum: float


@dataclass(frozen=True, slots=True)
class Example:
    """What the explorer begins with; ``chosen`` and ``rejected`` are places in ``rows``."""

    beta: float
    chosen: int
    rejected: int
    rows: tuple[Response, ...]


def example() -> Example:
    """The lesson's worked example, for the explorer."""
    optimum = PROMPT.optimum(BETA).tolist()
    rows = map(Response, PROMPT.reference, PROMPT.reward, optimum)
    return Example(BETA, CHOSEN, REJECTED, tuple(rows))


def beats(film: Film) -> tuple[PlayerBeat, ...]:
    """The beats of a film, for the player."""
    formulas = {line.id: formula(line) for line in film.lines}
    captions = cues(film)
    lines = [beat.line for beat in film.beats]
    return tuple(
        PlayerBeat(
            id=f"{film.scene}.{beat.name}",
            start=beat.start / film.fps,
            rest=beat.rest / film.fps,
            end=beat.end / film.fps,
            said=_said(film, beat, captions),
            formula=formulas.get(beat.line or ""),
            repeats=beat.line is not None and beat.line == before,
        )
        for beat, before in zip(film.beats, [None, *lines], strict=False)
    )


@cache
def formula(line: LineShown) -> Formula:
    """A line that a film showed, with all that is known of it."""
    derived = LINES[line.id]
    return Formula(
        id=line.id,
        mathml=coloured(derived.tree),
        spoken=spoken(derived.tree),
        tex=line.tex,
        verdict=line.verdict,
        given=report(derived).given,
        report=tuple(_report(derived)),
        place=place(derived.id),
    )


def _report(line: DerivedLine) -> list[str]:
    """What a reader may want to know of how a line comes to hold."""
    told = []
    if line.step and line.follows:
        told.append(f"Made from the line “{_named(line.follows)}” by {_named(line.step.move)}.")
    told.append(f"Checked: {report(line).decision.method}.")
    if line.assumptions:
        told.append(f"Assumes: {'; '.join(line.assumptions)}.")
    told.append(f"In the paper: {line.source}.")
    return [*told, line.note] if line.note else told


def _named(identifier: str) -> str:
    return identifier.replace("_", " ")


def _said(film: Film, beat: BeatTimes, captions: Iterable[Cue]) -> tuple[Said, ...]:
    return tuple(
        Said(cue.start / film.fps, cue.end / film.fps, "\n".join(cue.lines))
        for cue in captions
        if beat.start <= cue.start < beat.end
    )
