"""The report beside the lesson: the same everywhere, and made again only when it has to be."""

from __future__ import annotations

import json

import pytest

from dpo_math.derivation import LINES
from dpo_math.report import entries, untimed
from pipeline import proof as proofs
from pipeline.proof import place, proof
from pipeline.shelf import Shelf


@pytest.fixture
def made(tmp_path):
    return proof(Shelf(tmp_path))


@pytest.fixture
def unmade(monkeypatch):
    """Fails whoever makes a report."""

    def fail():
        raise AssertionError("the report was made again")

    monkeypatch.setattr(proofs, "_entries", fail)


def test_the_report_is_that_of_the_checker_without_its_times(made, tmp_path):
    data = json.loads((tmp_path / made["data"]["path"]).read_text(encoding="utf-8"))
    assert [line["id"] for line in data["lines"]] == [line.id for line in LINES]
    assert {line["seconds"] for line in data["lines"]} == {None} == {data["totals"]["seconds"]}
    page = (tmp_path / made["page"]["path"]).read_text(encoding="utf-8")
    assert "of computing" not in page
    assert '<link rel="stylesheet" href="report.css">' in page
    assert "<style" not in page


def test_only_times_are_left_out():
    found = entries()
    assert all(entry.seconds is not None for entry in found)
    assert [entry.id for entry in untimed(found)] == [entry.id for entry in found]
    assert {entry.mutants_tried for entry in untimed(found)} == {e.mutants_tried for e in found}


def test_what_is_made_of_the_same_is_not_made_again(made, tmp_path, unmade):
    assert proof(Shelf(tmp_path), made) == made


@pytest.mark.parametrize("kind", ["page", "style", "data"])
def test_a_damaged_or_missing_file_is_made_again(made, tmp_path, kind):
    path = tmp_path / made[kind]["path"]
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    assert proof(Shelf(tmp_path), made) == made
    assert path.read_bytes() == good
    path.unlink()
    assert proof(Shelf(tmp_path), made) == made
    assert path.read_bytes() == good


def test_when_the_mathematics_has_changed_it_is_made_again(made, tmp_path, unmade):
    with pytest.raises(AssertionError, match="made again"):
        proof(Shelf(tmp_path), {**made, "made_of": "0" * 64})


def test_every_line_has_its_place(made, tmp_path):
    page = (tmp_path / made["page"]["path"]).read_text(encoding="utf-8")
    for line in LINES:
        name, _, anchor = place(line.id).partition("#")
        assert name == made["page"]["path"]
        assert f'<li id="{anchor}">' in page


REPORT = """
import hashlib
from dpo_math.report import as_json, as_page, entries, untimed
found = untimed(entries())
print(hashlib.sha256((as_json(found) + as_page(found)).encode()).hexdigest())
"""


def test_the_report_is_the_same_bytes_whatever_the_process_is_like(python, tmp_path):
    first = python(REPORT, PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    assert first == python(REPORT, PYTHONHASHSEED="2", cwd=tmp_path, LC_ALL="C")
