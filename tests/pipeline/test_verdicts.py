"""Verdicts are kept between processes, and never one that is not true of what decides now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpo_math import verify
from dpo_math.derivation import LINES
from dpo_math.verify import Decision, Verdict, remembering, report
from pipeline import verdicts
from pipeline.fingerprint import sources
from pipeline.places import ROOT
from pipeline.verdicts import KeptVerdicts

LINE = LINES["inversion"]


@pytest.fixture
def kept(tmp_path):
    return KeptVerdicts(tmp_path / "verdicts")


@pytest.fixture
def decided(monkeypatch):
    """The lines that are decided, not recalled."""
    lines: list[str] = []
    decide = verify._decide_line

    def noted(line):
        lines.append(line.id)
        return decide(line)

    monkeypatch.setattr(verify, "_decide_line", noted)
    return lines


def test_a_line_is_decided_once_and_recalled_as_it_was_decided(kept, decided):
    with remembering(kept):
        first, again = report(LINE), report(LINE)
    assert decided == [LINE.id]
    assert first.decision == again.decision == verify.decide(LINE.tree)


def test_a_refutation_is_recalled_with_its_witness(kept):
    refuted = Decision(Verdict.REFUTED, "at a point", ("1.0", "2.0"))
    kept.keep(LINE, refuted)
    assert kept.recall(LINE) == refuted


def test_nothing_is_recalled_where_nobody_asked_for_it(kept, decided):
    with remembering(kept):
        report(LINE)
    report(LINE)
    assert decided == [LINE.id] * 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"verdict": "so so", "method": ""}'])
def test_what_cannot_be_read_is_decided_again(kept, decided, damage):
    with remembering(kept):
        report(LINE)
        for path in kept.root.iterdir():
            path.write_bytes(damage)
        assert report(LINE).verdict is Verdict.PROVED
    assert decided == [LINE.id] * 2


def test_another_line_is_another_verdict(kept):
    kept.keep(LINE, Decision(Verdict.PROVED, "by hand"))
    other = replace(LINE, tree=replace(LINE.tree, left=LINE.tree.right))
    assert kept.recall(other) is None


def test_what_another_judge_decided_is_not_recalled(kept, monkeypatch):
    kept.keep(LINE, Decision(Verdict.PROVED, "by hand"))
    monkeypatch.setattr(verdicts, "_judge", lambda: "a later version of the proofs")
    assert kept.recall(LINE) is None


def test_the_judge_is_known_by_its_sources(tmp_path, monkeypatch):
    source = tmp_path / "dpo_math" / "judge" / "prove.py"
    source.parent.mkdir(parents=True)
    monkeypatch.setattr(verdicts, "ROOT", tmp_path)
    digests = set()
    for text in ("", "True"):
        source.write_text(text, encoding="utf-8")
        digests.add(verdicts._judge.__wrapped__())
    assert len(digests) == 2


def test_its_sources_are_all_that_prove_and_refute():
    assert all(path.is_relative_to(ROOT / "dpo_math") for path in sources("dpo_math.verify"))


def test_a_disk_that_takes_nothing_keeps_nobody_from_deciding(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with remembering(KeptVerdicts(tmp_path / "file" / "verdicts")):
        assert report(LINE).verdict is Verdict.PROVED


RECALL = """
import sys
from pathlib import Path
from dpo_math.derivation import LINES
from dpo_math.verify import remembering, report
from pipeline.verdicts import KeptVerdicts
with remembering(KeptVerdicts(Path(sys.argv[1]))):
    print(report(LINES["inversion"]).verdict, "sympy" in sys.modules)
"""


def test_only_who_decides_imports_sympy(tmp_path, python):
    assert python(RECALL, tmp_path).split() == ["proved", "True"]
    assert python(RECALL, tmp_path).split() == ["proved", "False"]
