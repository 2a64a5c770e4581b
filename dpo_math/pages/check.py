"""Checking pages: every formula with its place, its verdict and why.

In a test suite of your own, two lines keep a set of pages free of false formulas::

    def test_formulas():
        assert dpo_math.pages.check.errors("docs/*.md") == []
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from dpo_math.judge import Finding, Judge, Judgement
from dpo_math.pages import Formula, Page, PageError, read_page
from dpo_math.reader import CannotRead, Macros, definitions, read

SHOWN = 160
"""The most characters of a formula that are printed."""


@dataclass(frozen=True)
class Judged:
    """A formula of a page, where it stands, and the verdict on it."""

    page: str
    line: int
    column: int
    formula: Formula
    judgement: Judgement

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}:{self.column}"

    @property
    def shown(self) -> str:
        """The formula on one line, cut where it is long."""
        flat = re.sub(r"\s+", " ", self.formula.tex).strip()
        return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 2]} …"

    def __str__(self) -> str:
        return f"{self.place}: {self.shown}\n    {self.judgement.sentence}"


@dataclass(frozen=True)
class Report:
    """All formulas of some pages, judged; and the pages that could not be looked at."""

    judged: tuple[Judged, ...]
    refused: tuple[str, ...] = ()

    def of(self, *findings: Finding) -> list[Judged]:
        return [one for one in self.judged if one.judgement.finding in findings]

    def exit_status(self, *, strict: bool = False) -> int:
        """0; 1 with a formula refuted or, if ``strict``, unreadable; 2 with a page refused."""
        if self.refused:
            return 2
        bad = (Finding.REFUTED, Finding.UNREADABLE) if strict else (Finding.REFUTED,)
        return 1 if self.of(*bad) else 0

    @property
    def summary(self) -> str:
        """How many formulas have which verdict, in words."""
        counts = Counter(one.judgement.finding for one in self.judged)
        told = [f"{counts[finding]} {_CALLED[finding]}" for finding in Finding if counts[finding]]
        return f"{len(self.judged)} formulas: {', '.join(told)}" if told else "no formulas"


_CALLED = {
    Finding.LINE: "lines of the derivation",
    Finding.TRUE: "true besides",
    Finding.DEFINITION: "definitions",
    Finding.CHOICE: "choices",
    Finding.REFUTED: "refuted",
    Finding.OTHER: "about other things",
    Finding.NO_CLAIM: "without a claim",
    Finding.UNREADABLE: "unreadable",
}


def check(paths: Iterable[Path], macros: Macros | None = None) -> Report:
    """The verdicts on all formulas of the pages, in order. Pages that are refused are named."""
    judged: list[Judged] = []
    refused: list[str] = []
    for path in paths:
        try:
            judged.extend(check_page(read_page(path), macros))
        except PageError as error:
            refused.append(str(error))
    return Report(tuple(judged), tuple(refused))


def check_page(page: Page, macros: Macros | None = None) -> Iterator[Judged]:
    """The verdicts on the formulas of one page, by the macros given and its own."""
    known = {**(macros or {}), **definitions(page.text)}
    judge = Judge()
    for formula in page.formulas:
        try:
            statements = read(formula.tex, known)
            judgement = judge.judge(statements, display=formula.display)
        except CannotRead as error:
            judgement = Judgement(Finding.UNREADABLE, _told(error, formula))
        yield Judged(page.name, *page.position(formula.offset(0)), formula, judgement)


def _told(error: CannotRead, formula: Formula) -> str:
    line, column = error.place(formula.tex)
    what = str(error) if str(error).startswith("cannot read") else f"cannot read this: {error}"
    return f"{what} at column {column}" + (f" of its line {line}" if line > 1 else "")


def macros_in(paths: Iterable[Path]) -> Macros:
    """The macros that files define. Raises :class:`PageError` for one that cannot be read."""
    found = {}
    for path in paths:
        found.update(definitions(read_page(path).text))
    return found


def errors(*patterns: str, macros: Sequence[str] = (), strict: bool = False) -> list[str]:
    """What is wrong with the pages that match ``patterns``, each in a line or two.

    Raises :class:`PageError` where a pattern matches nothing or a page cannot be looked at.
    """
    paths = [path for pattern in patterns for path in sorted(Path().glob(pattern))]
    if not paths:
        raise PageError(f"no page matches {', '.join(patterns)}")
    report = check(paths, macros_in(map(Path, macros)))
    if report.refused:
        raise PageError("; ".join(report.refused))
    bad = (Finding.REFUTED, Finding.UNREADABLE) if strict else (Finding.REFUTED,)
    return [str(one) for one in report.of(*bad)]


# --- for machines -------------------------------------------------------------------------------


def as_json(report: Report) -> str:
    """The report as JSON."""
    formulas = [_record(one) for one in report.judged]
    counts = Counter(one.judgement.finding.value for one in report.judged)
    whole = {"formulas": formulas, "refused": list(report.refused), "counts": dict(counts)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _record(one: Judged) -> dict[str, Any]:
    judgement = one.judgement
    record: dict[str, Any] = {
        "page": one.page,
        "line": one.line,
        "column": one.column,
        "tex": one.formula.tex,
        "display": one.formula.display,
        "verdict": judgement.finding.value,
        "why": judgement.sentence,
    }
    if judgement.place is not None:
        record["derivation"] = {"number": judgement.place.number, "id": judgement.place.line.id}
    if judgement.numbers is not None:
        record["numbers"] = asdict(judgement.numbers)
    if judgement.edit is not None:
        record["edit"] = asdict(judgement.edit)
    return record


def as_junit(report: Report, *, strict: bool = False) -> str:
    """The report as JUnit XML: a suite a page, a case a formula; what is refuted has failed."""
    root = ElementTree.Element("testsuites", name="formulas")
    for page in dict.fromkeys(one.page for one in report.judged):
        cases = [one for one in report.judged if one.page == page]
        suite = ElementTree.SubElement(root, "testsuite", name=page, tests=str(len(cases)))
        for one in cases:
            _case(suite, one, strict)
        suite.set("failures", str(len(suite.findall("*/failure"))))
        suite.set("skipped", str(len(suite.findall("*/skipped"))))
    for refusal in report.refused:
        suite = ElementTree.SubElement(root, "testsuite", name=refusal, tests="1", errors="1")
        case = ElementTree.SubElement(suite, "testcase", classname=refusal, name="page")
        ElementTree.SubElement(case, "error", message=refusal)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, one: Judged, strict: bool) -> None:
    name = _printable(f"{one.line}:{one.column} {one.shown}")
    case = ElementTree.SubElement(suite, "testcase", classname=one.page, name=name)
    finding, why = one.judgement.finding, _printable(one.judgement.sentence)
    if finding is Finding.REFUTED or (strict and finding is Finding.UNREADABLE):
        failure = ElementTree.SubElement(case, "failure", message=why, type=finding.value)
        failure.text = _printable(f"{one.place}\n{one.formula.tex}\n{why}")
    elif finding in (Finding.UNREADABLE, Finding.OTHER, Finding.NO_CLAIM):
        ElementTree.SubElement(case, "skipped", message=why)


def _printable(text: str) -> str:
    """``text`` without the control characters that XML may not hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "�", text)


def run(
    paths: Sequence[Path],
    *,
    macros: Sequence[Path] = (),
    strict: bool = False,
    json_to: Path | None = None,
    junit_to: Path | None = None,
) -> int:
    """Print the verdicts on all formulas of the pages and write them where asked; exit status.

    Raises :class:`PageError` for a file of macros that cannot be read.
    """
    report = check(paths, macros_in(macros))
    print(*report.judged, report.summary, sep="\n")
    for refusal in report.refused:
        print(refusal, file=sys.stderr)
    for target, text in ((json_to, as_json(report)), (junit_to, as_junit(report, strict=strict))):
        if target is not None:
            part = target.with_name(f".{target.name}.part")
            part.write_text(text, encoding="utf-8")
            part.replace(target)
    return report.exit_status(strict=strict)
