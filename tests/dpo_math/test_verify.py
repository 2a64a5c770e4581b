"""Verdicts: every line of the derivation, what it needs, and what the checker must not believe."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import mpmath
import pytest

from dpo_math import notation as n
from dpo_math import prove as prove_module
from dpo_math.assumptions import Assumption
from dpo_math.derivation import LINES, Kind
from dpo_math.meaning import MeaningError, NumericWorld, lower
from dpo_math.prove import (
    closed_form_is_optimal,
    falls_short_by_divergence,
    is_optimum,
    prove,
    satisfies_kkt,
)
from dpo_math.reader import read_tree
from dpo_math.refute import refute
from dpo_math.verify import Verdict, decide, fails_without, keeps_objective, report, verify
from dpo_math.worlds import Place

LINE_LIST = list(LINES)
MOST = r"\pi^* = \operatorname*{arg\,max}_{\pi} \mathbb{E}_{x \sim \mathcal{D}}"
LEAST = MOST.replace("max", "min")
MEAN_REWARD = r"\mathbb{E}_{y \sim \pi(y \mid x)}[r(x, y)]"
ANY, REF = r"\pi(y \mid x)", r"\pi_{\mathrm{ref}}(y \mid x)"
STAR, TILTED = r"\pi^*(y \mid x)", r"\tilde{\pi}(y \mid x)"
TRAINED = r"\pi_\theta(y \mid x)"
KL = rf"\mathrm{{KL}}({ANY} \,\|\, {REF})"


def verdict(written):
    return decide(read_tree(written)).verdict


# Every line

EXPECTED = {
    Kind.CLAIM: Verdict.PROVED,
    Kind.DEFINITION: Verdict.DEFINITION,
    Kind.ASSUMPTION: Verdict.ASSUMPTION,
    Kind.CHOICE: Verdict.CHOICE,
}


@pytest.mark.parametrize("line", LINE_LIST, ids=lambda line: line.id)
def test_every_line_has_the_verdict_of_its_kind(line):
    assert report(line).verdict is EXPECTED[line.kind]


@pytest.mark.parametrize("line", LINE_LIST, ids=lambda line: line.id)
def test_a_line_declares_what_it_needs_and_nothing_else(line):
    needed = {assumption for assumption in Assumption if fails_without(line, assumption)}
    assert needed == set(line.assumptions)


@pytest.mark.parametrize("assumption", list(Assumption))
def test_every_assumption_is_used(assumption):
    users = [line.id for line in LINES if assumption in line.assumptions]
    assert users
    assert all(fails_without(LINES[line_id], assumption) for line_id in users)


def test_the_report_has_every_line_in_order():
    reports = verify()
    assert [each.line for each in reports] == LINE_LIST
    assert all("50 digits" in each.decision.method for each in reports)


def test_how_people_choose_is_assumed_and_neither_proved_nor_defined():
    models = [line.id for line in LINES if line.kind is Kind.ASSUMPTION]
    assert models == ["strengths", "plackett_luce"]
    assert all(Assumption.BRADLEY_TERRY in LINES[name].assumptions for name in models)


def test_definitions_assumptions_and_choices_are_checked_too():
    certain = replace(
        LINES["strengths"], tree=n.Relation(LINES["strengths"].tree.left, "=", n.Number(1))
    )
    assert report(certain).verdict is Verdict.REFUTED
    wrong = read_tree(r"Z(x) = \sum_{y} \pi(y \mid x)")
    line = replace(LINES["partition"], tree=wrong)
    assert report(line).verdict is Verdict.REFUTED
    choice = replace(LINES["loss"], tree=n.Relation(n.Number(1), "=", n.Number(2)))
    assert report(choice).verdict is Verdict.REFUTED


# The optimum


@pytest.mark.parametrize("size", [2, 3])
def test_the_closed_form_is_the_one_optimum(size):
    assert closed_form_is_optimal(size)


@pytest.mark.parametrize(
    "written",
    [
        f"{MOST}[{MEAN_REWARD}]",
        rf"{MOST}\left[ \frac{{100001}}{{100000}} {MEAN_REWARD} - \beta {KL} \right]",
        rf"{MOST}[{MEAN_REWARD} + \beta {KL}]",
        f"{MOST}[{MEAN_REWARD} - {KL}]",
        rf"{MOST}[{MEAN_REWARD} - \beta \beta {KL}]",
        rf"{MOST}[{MEAN_REWARD} - \beta \mathrm{{KL}}({REF} \,\|\, {ANY})]",
        rf"{MOST}[{MEAN_REWARD} - \beta \mathrm{{KL}}({ANY} \,\|\, \pi_\theta(y \mid x))]",
        rf"{LEAST}[{MEAN_REWARD} - \beta {KL}]",
        rf"{MOST}[r(x, y_w) - \beta {KL}]",
        rf"{MOST}[\mathbb{{E}}_{{y \sim {REF}}}[r(x, y)] - \beta {KL}]",
        r"\pi_\theta" + rf"{MOST}[{MEAN_REWARD} - \beta {KL}]".removeprefix(r"\pi^*"),
        f"{MOST}[Z(x)]",
    ],
)
def test_the_best_policy_is_best_for_no_other_objective(written):
    assert verdict(written) is Verdict.REFUTED


@pytest.mark.parametrize(
    "written",
    [
        rf"{MOST}[{MEAN_REWARD} - \beta {KL}]",
        rf"{MOST}\left[ \frac{{1}}{{\beta}} {MEAN_REWARD} - {KL} \right]",
        rf"{LEAST}[\beta {KL} - {MEAN_REWARD}]",
        rf"{LEAST}[\mathrm{{KL}}({ANY} \,\|\, {STAR})]",
        rf"\operatorname*{{arg\,max}}_{{\pi}} [{MEAN_REWARD} - \beta {KL}] = \pi^*",
    ],
)
def test_the_best_policy_is_best_however_the_objective_is_written(written):
    assert verdict(written) is Verdict.PROVED


def objective(written):
    return read_tree(written).right


RIGHT = rf"{MOST}[{MEAN_REWARD} - \beta {KL}]"
TURNED = rf"{MOST}[\beta {KL} - {MEAN_REWARD}]"
DOUBLED = rf"{MOST}[{MEAN_REWARD} - \beta \beta {KL}]"


def test_each_of_the_two_proofs_accepts_the_objective_and_nothing_else():
    for shown in (satisfies_kkt, falls_short_by_divergence):
        assert shown(objective(RIGHT), 2)
        assert not shown(objective(TURNED), 2)
        assert not shown(objective(DOUBLED), 2)


@pytest.fixture
def no_theorem(monkeypatch):
    """A prover to which nobody has shown that the closed form is optimal."""
    monkeypatch.setattr(prove_module, "closed_form_is_optimal", lambda size: False)
    is_optimum.cache_clear()
    yield
    is_optimum.cache_clear()


@pytest.mark.parametrize(
    "line_id", ["objective", "divided", "closed_form", "inversion", "cancelled"]
)
def test_nothing_about_the_best_policy_is_proved_before_it_is_found(no_theorem, line_id):
    assert prove(LINES[line_id].tree) is None
    assert prove(LINES["bradley_terry"].tree)


@pytest.mark.parametrize("written", [TURNED, DOUBLED, RIGHT.replace("max", "min")])
def test_what_points_refute_is_not_proved_either(written):
    assert not is_optimum(objective(written), 2)
    assert prove(read_tree(written)) is None


@pytest.mark.parametrize("written", [r"\log u \ge u - 1", r"\log u \le u", rf"{KL} \ge 1"])
def test_a_bound_that_is_false_or_not_attained_is_not_proved(written):
    assert prove(read_tree(written)) is None


def test_an_inequality_is_judged_where_the_policy_rules_responses_out_too():
    """Of a policy that rules none out the mean of the ratio is the sum, and both bounds hold."""
    line = LINES["mean_of_ratio"].tree
    assert decide(line).verdict is Verdict.PROVED
    turned = n.Relation(line.left, ">=", line.right)
    assert decide(turned).verdict is Verdict.REFUTED
    assert prove(turned) is None
    world = NumericWorld(3, 0)
    without = world.ruling_out({1})
    shares = [without.probability("", Place(0, i)) for i in range(3)]
    assert shares[1] == 0
    assert mpmath.almosteq(sum(shares), 1)
    ratios = [
        without.probability("", Place(0, i)) / world.probability("", Place(0, i)) for i in (0, 2)
    ]
    assert mpmath.almosteq(*ratios)
    missing = lower(line.right, without) - lower(line.left, without)
    assert mpmath.almosteq(missing, world.probability("tilde", Place(0, 1)))


def test_what_is_left_over_without_normalisation_is_the_excess_times_log_z():
    world = NumericWorld(5, 0, {Assumption.NORMALISED})
    inside, outside = (
        read_tree(f"0 = {side}").right
        for side in (
            rf"\mathbb{{E}}_{{y \sim {ANY}}}[\log {ANY} - \log Z(x)]",
            rf"\mathbb{{E}}_{{y \sim {ANY}}}[\log {ANY}] - \log Z(x)",
        )
    )
    total = lower(read_tree(rf"0 = \sum_{{y}} {ANY}").right, world)
    log_z = mpmath.log(world.partition(0))
    residue = lower(outside, world) - lower(inside, world)
    assert mpmath.almosteq(residue, (total - 1) * log_z)
    assert abs(residue) > 0.01


def test_a_line_that_loses_the_value_of_the_objective_is_refuted_though_its_optimum_is_right():
    line = LINES["divergence"]
    wrong = rf"{LEAST}[\mathrm{{KL}}({ANY} \,\|\, {TILTED}) + \log Z(x)]"
    changed = replace(line, tree=read_tree(wrong))
    assert verdict(wrong) is Verdict.PROVED
    assert not keeps_objective(changed)
    assert report(changed).verdict is Verdict.REFUTED


# Relations


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (rf"{STAR} \propto {REF} \exp\left( \frac{{1}}{{\beta}} r(x, y) \right)", Verdict.PROVED),
        (rf"{STAR} \propto {REF} \exp(\beta r(x, y))", Verdict.REFUTED),
        (rf"{KL} \ge 0", Verdict.PROVED),
        (rf"{KL} \le 0", Verdict.REFUTED),
        (rf"{KL} > 0", Verdict.NUMERIC_ONLY),
        (rf"{KL} + \beta \mathrm{{KL}}({REF} \,\|\, {ANY}) \ge 0", Verdict.PROVED),
        (rf"{KL} - \mathrm{{KL}}({REF} \,\|\, {ANY}) \ge 0", Verdict.REFUTED),
        (rf"\beta \log Z(x) \ge \mathbb{{E}}_{{y \sim {REF}}}[r(x, y)]", Verdict.NUMERIC_ONLY),
        (r"\log u \le u - 1", Verdict.PROVED),
        (r"\log u \ge u - 1", Verdict.REFUTED),
        (r"\log u \le u", Verdict.NUMERIC_ONLY),
        (rf"\sum_{{y}} {ANY} = 1", Verdict.PROVED),
        (rf"\sum_{{y}} {ANY} Z(x) = 1", Verdict.REFUTED),
        (r"\sigma(t) = 1 - \sigma(-t)", Verdict.PROVED),
        (r"P(y_w \succ y_l \mid x) = 1 - P(y_l \succ y_w \mid x)", Verdict.PROVED),
        (
            rf"\mathbb{{E}}_{{y \sim {TRAINED}}}[\nabla_{{\theta}} \log {TRAINED}] = 0",
            Verdict.PROVED,
        ),
        (rf"\mathbb{{E}}_{{y \sim {ANY}}}[\nabla_{{\theta}} \log {TRAINED}] = 0", Verdict.REFUTED),
    ],
)
def test_relations_are_judged_by_their_sign(written, expected):
    assert verdict(written) is expected


def test_a_refutation_shows_the_two_sides():
    decision = decide(read_tree(r"\log Z(x) = Z(x)"))
    left, right = map(float, decision.witness)
    world = NumericWorld(5, 0)
    assert left == pytest.approx(float(mpmath.log(world.partition(0))))
    assert right == pytest.approx(float(world.partition(0)))


def test_the_log_of_a_product_is_no_sum_of_logs_where_factors_may_be_negative():
    assert verdict(r"\log (r(x, y) r(x, y)) = \log r(x, y) + \log r(x, y)") is Verdict.REFUTED


def test_what_is_true_of_two_responses_alone_is_refuted():
    """p² + q² = 1 − 2pq where p + q = 1, and of five responses it says too little."""
    square = rf"\sum_{{y}} {ANY} {ANY}"
    cross = r"\pi(y_w \mid x) \pi(y_l \mid x)"
    written = rf"{square} = 1 - 2 {cross}"
    assert verdict(written) is Verdict.REFUTED
    assert prove(read_tree(written)) is None


def test_an_equation_between_infinities_says_nothing():
    relation = read_tree(rf"\log {REF} = \log {REF}")
    assert refute(relation) is None
    witness = refute(relation, frozenset({Assumption.SUPPORT}))
    assert "no value" in witness.reason


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (r"Z(x) \approx 1", "no exact claim"),
        (r"1 = \operatorname*{arg\,max}_{\pi} Z(x)", "only a policy"),
        (r"g(x) = 1", "function g"),
    ],
)
def test_what_says_nothing_in_a_finite_world_is_an_error(written, told):
    with pytest.raises(MeaningError, match=told):
        decide(read_tree(written))


# Imports


@pytest.mark.parametrize("module", ["torch", "manim", "numpy"])
def test_checking_the_derivation_imports_no_heavy(module):
    check = "from dpo_math.verify import verify; verify()"
    code = f"import sys; {check}; assert {module!r} not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
