"""What the judge says of formulas as pages have them. All formulas are our own."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from dpo_math.judge import Finding, Judge, Judgement
from dpo_math.pages import PageError, page
from dpo_math.pages.check import Report, as_json, as_junit, check, check_page, errors
from dpo_math.reader import read

RATIO = r"\log\frac{{\pi{policy}({y}|x)}}{{\pi_{{ref}}({y}|x)}}"
MARGIN = (
    r"\beta"
    + RATIO.format(policy=r"_\theta", y="y_w")
    + r"-\beta"
    + RATIO.format(policy=r"_\theta", y="y_l")
)


def verdict(tex: str) -> Judgement:
    return Judge().judge(read(tex))


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\pi_r(y|x) = \frac{\pi_0(y|x) e^{r(x,y)/\beta}}{Z(x)}", "closed_form"),
        (r"R(x,a) = \beta\ln Z(x) + \beta\ln\frac{\pi^*(a|x)}{\pi^{SFT}(a|x)}", "inversion"),
        (r"p(a^+ \succ a^- | s) = \sigma(r(s,a^+) - r(s,a^-))", "bradley_terry"),
        (rf"\mathcal L_{{DPO}} = -\mathbb E[\log\sigma({MARGIN})]", "loss"),
        (
            r"\max_\pi E_{x\sim D,y\sim\pi}[r(x,y)-\beta\log\frac{\pi(y|x)}{\pi_{ref}(y|x)}]",
            "one_mean",
        ),
    ],
)
def test_a_line_is_known_in_other_letters_and_another_order(tex, line):
    found = verdict(tex)
    assert found.finding is Finding.LINE
    assert found.place is not None
    assert found.place.line.id == line


@pytest.mark.parametrize(
    ("tex", "finding"),
    [
        (r"\frac{1}{\beta}r(x,y) - \log\frac{\pi^*(y|x)}{\pi_0(y|x)} = \log Z(x)", Finding.TRUE),
        (r"z = r(x, y_w) - r(x, y_l)", Finding.DEFINITION),
        (r"\beta = 0.1", Finding.CHOICE),
        (r"\mathcal{L}_{KTO} = \mathbb{E}[1 - v(x, y)]", Finding.OTHER),
        (r"a^2 + b^2 = c^2 \gamma", Finding.OTHER),
        (r"\pi_\theta(y_w|x) > \pi_\theta(y_l|x)", Finding.OTHER),
        (r"\pi_\theta", Finding.NO_CLAIM),
    ],
)
def test_what_is_no_line_is_told_apart(tex, finding):
    assert verdict(tex).finding is finding


@pytest.mark.parametrize(
    ("tex", "edit"),
    [
        (r"r(x,y) = \beta\log\frac{\pi^*(y|x)}{\pi_0(y|x)} - \beta\log Z(x)", "turn the sign of"),
        (rf"L_{{DPO}} = \log\sigma({MARGIN})", "turn the sign of"),
        (r"p(y_1 \succ y_2|x) = \sigma(r(x,y_2) - r(x,y_1))", "turn the sign inside"),
        (r"\pi^*(y|x) = \frac{1}{Z(x)}\pi_0(y|x)\exp(\beta r(x,y))", r"write 1/\beta for \beta"),
    ],
)
def test_a_false_formula_is_refuted_with_numbers_and_the_edit_that_mends_it(tex, edit):
    found = verdict(tex)
    assert found.finding is Finding.REFUTED
    assert found.numbers is not None
    assert found.numbers.left != found.numbers.right
    assert found.edit is not None
    assert edit in found.edit.change


def test_later_formulas_of_a_page_may_use_what_earlier_ones_define():
    judge = Judge()
    judge.judge(read(rf"A = {MARGIN}"))
    assert judge.judge(read(r"L_{DPO} = -\log\sigma(A)")).finding in (Finding.TRUE, Finding.LINE)
    judge.judge(read(rf"A = \log\sigma({MARGIN})"))
    assert judge.judge(read(r"L_{DPO} = -\log\sigma(A)")).finding is Finding.REFUTED


def test_a_number_that_would_have_to_depend_on_the_response_makes_nothing_true():
    assert verdict(r"r(x,y) = \beta\log\frac{\pi(y|x)}{\pi_0(y|x)} + C").finding is Finding.LINE
    assert verdict(r"r(x,y) = \beta\log\pi(y|x) + C").finding is Finding.REFUTED


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_y " * 25 + "r(x,y) = 1",
        r"9^{9^{9^{9}}} = r(x,y)",
        r"\exp(" * 8 + "r(x,y)" + ")" * 8 + " = 1",
        r"\nabla_\theta " * 20 + r"\log\pi_\theta(y|x) = 1",
    ],
)
def test_what_would_take_for_ever_is_not_calculated(tex):
    assert verdict(tex).finding is Finding.OTHER


PAGE = r"""Here $r(x,y) = \beta\log\frac{\pi^*(y|x)}{\pi_0(y|x)} + \beta\log Z(x)$ is right,

$$r(x,y) = \beta\log\frac{\pi^*(y|x)}{\pi_0(y|x)}
  - \beta\log Z(x)$$

is wrong and $\foo$ is unreadable.
"""


def test_a_page_is_checked_with_places_exit_status_json_and_junit(tmp_path):
    report = Report(tuple(check_page(page("p.md", PAGE, "markdown"))))
    found = [(one.place, one.judgement.finding.value) for one in report.judged]
    assert found == [("p.md:1:7", "line"), ("p.md:3:3", "refuted"), ("p.md:6:15", "unreadable")]
    assert report.judged[2].judgement.sentence == r"cannot read \foo at column 1"
    assert report.exit_status() == 1
    records = json.loads(as_json(report))["formulas"]
    assert records[0]["derivation"]["id"] == "inversion"
    assert records[1]["edit"]["change"].startswith("turn the sign of")
    suites = ElementTree.fromstring(as_junit(report, strict=True))
    assert suites[0].get("failures") == "2"


def test_a_missing_page_is_refused_and_a_test_of_ones_own_takes_two_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check([tmp_path / "no.md"]).exit_status() == 2
    (tmp_path / "p.md").write_text(PAGE, encoding="utf-8")
    assert len(errors("*.md")) == 1
    assert len(errors("*.md", strict=True)) == 2
    with pytest.raises(PageError, match="no page matches"):
        errors("*.nothing")
