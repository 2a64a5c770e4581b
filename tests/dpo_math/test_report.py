"""The proof report: it says of every line what the checker says, whole and readable."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import replace

import bs4
import pytest

from dpo_math import report as reports
from dpo_math.derivation import LINES
from dpo_math.moves.words import IN_WORDS
from dpo_math.printers import tex
from dpo_math.report import DATA, PAGE, Totals, entries, typeset, write_report
from dpo_math.verify import Verdict

FOUND = entries()
SECONDS = 40  # of processor, for a machine with much else to do; a quiet one takes six


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("report") / "new", FOUND).parent


@pytest.fixture(scope="module")
def page(written):
    return bs4.BeautifulSoup((written / PAGE).read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def data(written):
    return json.loads((written / DATA).read_text("utf-8"))


def test_every_line_is_on_the_page_once_and_numbered(page):
    shown = page.select("ol.lines > li")
    assert {item["id"]: item.select_one(".number").text for item in shown} == {
        line.id: str(number) for number, line in enumerate(LINES, start=1)
    }
    assert len(shown) == len(LINES)


def test_every_formula_is_mathml_that_carries_its_tex(page):
    for line in LINES:
        formula = page.find(id=line.id).find("math")
        assert formula["display"] == "block"
        assert formula.find("annotation").text == tex(line.tree)


def test_every_line_tells_verdict_assumptions_method_and_score(page):
    for entry in FOUND:
        words = " ".join(page.find(id=entry.id).get_text().split())
        assert entry.verdict in words
        assert entry.method in words
        wrong = entry.mutants_tried - len(entry.mutants_harmless)
        tried = (
            f"{entry.mutants_tried} tried, {entry.mutants_refuted} of {wrong} wrong ones refuted"
        )
        assert tried in words
        for assumption in entry.assumptions:
            assert assumption.replace("_ref", "ref") in words


def test_a_line_made_by_a_move_links_to_what_it_was_made_from(page):
    for line in LINES:
        links = {link["href"] for link in page.find(id=line.id).select(".how a")}
        assert (f"#{line.follows}" in links) == bool(line.follows)
    assert {"#rejected_inserted", "#inversion"} & {
        link["href"] for link in page.find(id="rejected_inserted").select(".how a")
    } == {"#inversion"}


def test_every_link_on_the_page_leads_somewhere(page):
    targets = {link["href"] for link in page.select("a[href^='#']")}
    assert all(page.find(id=target[1:]) for target in targets)


def test_a_change_that_leaves_a_line_true_stands_there_with_its_reason(page):
    for entry in FOUND:
        listed = [item.get_text() for item in page.find(id=entry.id).select("details li")]
        assert listed == [f"{each.change}: {each.reason}" for each in entry.mutants_harmless]


def test_no_name_of_the_code_is_on_the_page(page):
    prose = page.find("main")
    for part in prose.select("math, code"):
        part.extract()
    words = prose.get_text()
    assert "_" not in words
    assert not [name for name in IN_WORDS if "_" in name and name in words]


def test_the_page_stands_alone(page):
    assert not page.select("script, link, img, iframe")
    assert page.html["lang"] == "en-GB"


def test_the_data_say_what_the_page_says(data):
    assert [entry["id"] for entry in data["lines"]] == [line.id for line in LINES]
    assert data["totals"]["lines"] == len(LINES)
    assert sum(data["totals"]["verdicts"].values()) == len(LINES)
    closed_form = data["lines"][[line.id for line in LINES].index("closed_form")]
    assert closed_form["tex"] == tex(LINES["closed_form"].tree)
    assert closed_form["verdict"] == "proved"
    assert closed_form["inserts"] == "tilted"
    assert closed_form["mutants_tried"] > 20


def test_the_totals_are_those_of_the_lines():
    totals = Totals.of(FOUND)
    assert totals.mutants_tried == totals.mutants_wrong + totals.mutants_harmless
    assert totals.mutants_refuted == totals.mutants_wrong > 3000
    assert totals.verdicts[Verdict.CHOICE] == 1


def test_what_is_not_refuted_stands_out(tmp_path):
    survived = replace(FOUND[0], mutants_survived=("drop the term",))
    text = write_report(tmp_path, (survived, *FOUND[1:])).read_text("utf-8")
    assert "Not refuted:" in text
    assert "Not refuted:" not in write_report(tmp_path, FOUND).read_text("utf-8")


def test_a_refuted_line_shows_its_two_sides(tmp_path):
    refuted = replace(FOUND[1], verdict=Verdict.REFUTED, witness=("1.5", "2.5"))
    text = write_report(tmp_path, (FOUND[0], refuted, *FOUND[2:])).read_text("utf-8")
    assert "Its sides: 1.5 and 2.5" in text


def test_every_move_has_words():
    assert {line.step.move for line in LINES if line.step} <= set(IN_WORDS)


def test_subscripts_are_set_and_what_looks_like_markup_is_not():
    assert typeset("π_ref(y | x) > 0") == "π<sub>ref</sub>(y | x) &gt; 0"
    assert typeset("<b>") == "&lt;b&gt;"


# Writing


def test_a_file_in_the_way_is_one_clear_error(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(NotADirectoryError, match="taken is a file; name a directory"):
        write_report(tmp_path / "taken", FOUND)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_good_page_stays_when_a_new_one_cannot_be_made(tmp_path, monkeypatch):
    before = write_report(tmp_path, FOUND).read_text("utf-8")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(reports.Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_report(tmp_path, FOUND)
    assert (tmp_path / PAGE).read_text("utf-8") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [PAGE, DATA]


def test_the_whole_check_takes_seconds_and_leaves_manim_and_torch_out(tmp_path):
    code = (
        "import sys, pathlib; from dpo_math.report import write_report;"
        "write_report(pathlib.Path(sys.argv[1]));"
        "assert not {'manim', 'torch'} & set(sys.modules)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < SECONDS
