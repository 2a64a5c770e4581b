"""The proof report: a page and a JSON file that say of every line how it came about and is checked.

Nothing in it is typed: formulas are printed from the derivation's trees, verdicts and scores come
from the checker as it runs.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from dpo_math.assumptions import Assumption
from dpo_math.derivation import LINES, Line
from dpo_math.moves.words import IN_WORDS
from dpo_math.paper import PAPER
from dpo_math.printers import mathml, spoken, tex
from dpo_math.prove import PROOF_SIZES
from dpo_math.refute import DIGITS, POINT_SIZE, POINTS
from dpo_math.scoring import Score, Trial, trials
from dpo_math.verify import Report, Verdict, verify

PAGE, DATA = "index.html", "report.json"
TEMPLATES = Path(__file__).with_name("templates")
STYLE = TEMPLATES / "report.css"

CHAPTERS = {
    1: "The objective",
    2: "The best policy",
    3: "The reward, read off the policy",
    4: "The partition function cancels",
    5: "The loss",
    0: "Beside the lesson",
}
"""The lesson's steps, and last what stands beside them."""


@dataclass(frozen=True)
class Harmless:
    """A change of a line that leaves it true, and why."""

    change: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """What the report says of one line. ``seconds`` are of CPU time, if that is to be told."""

    number: int
    id: str
    step: int
    kind: str
    verdict: Verdict
    tex: str
    spoken: str
    move: str | None
    follows: str | None
    inserts: str | None
    assumptions: tuple[str, ...]
    source: str
    note: str
    method: str
    witness: tuple[str, str] | None
    seconds: float | None
    mutants_tried: int
    mutants_refuted: int
    mutants_harmless: tuple[Harmless, ...]
    mutants_survived: tuple[str, ...]


def entries(reports: Iterable[Report] | None = None) -> tuple[Entry, ...]:
    """The report's entry for every line, in order, each line's wrong versions tried.

    ``reports`` are made here if not given.
    """
    made = verify() if reports is None else reports
    return tuple(_tried(number, each) for number, each in enumerate(made, start=1))


def untimed(found: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries without their times: what is left is the same on every machine, every time."""
    return tuple(replace(entry, seconds=None) for entry in found)


def _tried(number: int, made: Report) -> Entry:
    start = time.process_time()
    score = Score(tuple(trials(made.line)))
    return _entry(number, made, score, made.seconds + time.process_time() - start)


def _entry(number: int, made: Report, score: Score, seconds: float) -> Entry:
    line = made.line
    return Entry(
        number=number,
        id=line.id,
        step=line.lesson_step,
        kind=line.kind,
        verdict=made.verdict,
        tex=tex(line.tree),
        spoken=spoken(line.tree),
        move=IN_WORDS[line.step.move] if line.step else None,
        follows=line.follows,
        inserts=_inserted(line),
        assumptions=tuple(line.assumptions),
        source=line.source,
        note=line.note,
        method=made.decision.method,
        witness=made.decision.witness,
        seconds=round(seconds, 3),
        mutants_tried=score.tried,
        mutants_refuted=score.count("refuted"),
        mutants_harmless=tuple(_harmless(score.trials)),
        mutants_survived=tuple(trial.mutant.change for trial in score.survivors),
    )


def _inserted(line: Line) -> str | None:
    """The line that the move of this one put in."""
    rule = line.step.rule if line.step else None
    return next((each.id for each in LINES if rule is not None and each.tree is rule), None)


def _harmless(tried: Iterable[Trial]) -> Iterator[Harmless]:
    for trial in tried:
        if trial.fate == "equivalent":
            yield Harmless(trial.mutant.change, trial.reason)


@dataclass(frozen=True)
class Totals:
    """The report in numbers."""

    lines: int
    verdicts: Mapping[str, int]
    mutants_tried: int
    mutants_refuted: int
    mutants_harmless: int
    seconds: float | None

    @classmethod
    def of(cls, found: tuple[Entry, ...]) -> Totals:
        told = [entry.verdict for entry in found]
        times = [entry.seconds for entry in found if entry.seconds is not None]
        return cls(
            lines=len(found),
            verdicts={verdict: told.count(verdict) for verdict in Verdict if verdict in told},
            mutants_tried=sum(entry.mutants_tried for entry in found),
            mutants_refuted=sum(entry.mutants_refuted for entry in found),
            mutants_harmless=sum(len(entry.mutants_harmless) for entry in found),
            seconds=round(sum(times), 1) if times else None,
        )

    @property
    def mutants_wrong(self) -> int:
        return self.mutants_tried - self.mutants_harmless


def write_report(directory: Path, found: tuple[Entry, ...] | None = None) -> Path:
    """Write ``index.html`` and ``report.json`` into ``directory`` and return the page's path.

    The entries ``found`` are made here if not given.

    Either file is put in place whole or not at all. Raises OSError for a directory that cannot be
    made or written.
    """
    if directory.exists() and not directory.is_dir():
        raise NotADirectoryError(f"{directory} is a file; name a directory for the report")
    directory.mkdir(parents=True, exist_ok=True)
    found = entries() if found is None else found
    _put(directory / DATA, as_json(found))
    _put(directory / PAGE, as_page(found))
    return directory / PAGE


def _put(path: Path, text: str) -> None:
    """Write a file beside its place, then move it there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def as_json(found: tuple[Entry, ...]) -> str:
    """The report as data."""
    document = {
        "paper": asdict(PAPER),
        "checked": _scope(),
        "totals": asdict(Totals.of(found)),
        "lines": [asdict(entry) for entry in found],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _scope() -> dict[str, Any]:
    """In which worlds lines are proved and tried."""
    return {
        "proof_sizes": list(PROOF_SIZES),
        "point_size": POINT_SIZE,
        "points": POINTS,
        "digits": DIGITS,
        "assumptions": list(Assumption),
    }


def typeset(words: str) -> Markup:
    """Prose with what follows an underscore set as a subscript."""
    return Markup(re.sub(r"_(\w+)", r"<sub>\1</sub>", str(escape(words))))


def as_page(found: tuple[Entry, ...], stylesheet: str | None = None) -> str:
    """The report as a page that stands alone, or with a link to its ``stylesheet``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    return environment.get_template("report.html.j2").render(
        paper=PAPER,
        stylesheet=stylesheet,
        chapters=[
            (title, [entry for entry in found if entry.step == step])
            for step, title in CHAPTERS.items()
        ],
        by_id={entry.id: entry for entry in found},
        formula={
            line.id: Markup(mathml(line.tree, block=True))  # printed from a tree: safe
            for line in LINES
        },
        totals=Totals.of(found),
        scope=_scope(),
    )
