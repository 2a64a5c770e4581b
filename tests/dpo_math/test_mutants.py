"""Every small wrong version of every line is refuted, or is known to be no error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpo_math import notation as n
from dpo_math import scoring
from dpo_math.derivation import LINES
from dpo_math.mutants import mutants
from dpo_math.printers import tex
from dpo_math.reader import read_tree
from dpo_math.scoring import EQUIVALENTS, is_refuted, score, trials
from dpo_math.verify import Verdict, decide

WHOLE = score()


def test_every_mutant_of_every_line_is_refuted_or_known_to_be_no_error():
    assert [(trial.line.id, trial.mutant.change) for trial in WHOLE.survivors] == []
    assert WHOLE.percent == 100
    assert {trial.line.id for trial in WHOLE.trials} == {line.id for line in LINES}


def test_every_line_has_mutants_that_are_refuted():
    for line in LINES:
        fates = [trial.fate for trial in WHOLE.trials if trial.line.id == line.id]
        assert fates.count("refuted") >= 2, line.id


@pytest.mark.parametrize("known", EQUIVALENTS, ids=lambda known: known.reason)
def test_every_reason_for_which_a_mutant_is_no_error_is_needed_for_every_line_it_names(known):
    needed = {trial.line.id for trial in WHOLE.trials if trial.reason == known.reason}
    assert needed == set(known.lines)


def test_what_counts_as_no_error_is_never_refuted_and_nearly_always_proved():
    verdicts = [
        decide(trial.mutant.tree).verdict
        for trial in WHOLE.trials
        if trial.fate == "equivalent" and isinstance(trial.mutant.tree, n.Relation)
    ]
    assert set(verdicts) <= {Verdict.PROVED, Verdict.NUMERIC_ONLY}
    assert verdicts.count(Verdict.NUMERIC_ONLY) < len(verdicts) / 10


def test_a_mutant_that_nothing_explains_counts_as_a_survivor(monkeypatch):
    monkeypatch.setattr(scoring, "EQUIVALENTS", ())
    fates = {trial.fate for trial in trials(LINES["times_beta"])}
    assert "survived" in fates


def test_an_objective_with_the_same_optimum_is_refuted_when_it_is_not_that_of_the_line_before():
    line = LINES["divided"]
    doubled = replace(
        line.tree,
        right=replace(line.tree.right, body=n.Product((n.Number(2), line.tree.right.body))),
    )
    assert decide(doubled).verdict is not Verdict.REFUTED
    assert is_refuted(line, doubled)


def test_each_mutant_is_another_tree_and_none_comes_twice():
    tree = LINES["loss"].tree
    found = [mutant.tree for mutant in mutants(tree)]
    assert tree not in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("formula", "wrong", "change"),
    [
        (r"a = -\log \sigma(b)", r"a = \log \sigma(b)", "turn the sign of"),
        (r"a = \sigma(b)", r"a = \sigma(-b)", "turn the sign inside"),
        (r"a = b - c", "a = b", "drop the term c"),
        (r"a = b - c", "a = b - c - c", "write the term c twice"),
        (r"a = \beta \log b", r"a = \log b", r"drop the factor \beta"),
        (r"a = \beta \log b", r"a = \beta \beta \log b", r"write the factor \beta twice"),
        (r"a = \log b", r"a = \beta \log b", r"write \beta before"),
        (r"a = \beta b", r"a = \frac{1}{\beta} b", r"write 1/\beta for \beta"),
        (r"a = \frac{1}{\beta} b", r"a = \beta b", "upside down"),
        (r"a = \frac{b}{c}", r"a = \frac{c}{b}", "upside down"),
        (r"a = \log b", r"a = \exp(b)", r"write \exp for \log"),
        (r"a = \exp(b)", r"a = \log b", r"write \log for \exp"),
        (r"a = \log b", "a = b", r"drop \log"),
        (r"r(x, y_w) = a", "r(x, y_l) = a", "write y_l for y_w"),
        ("Z(x) = a", "Z(x') = a", "write x' for x"),
        (r"\pi_\theta(y|x) = a", r"\pi_{ref}(y|x) = a", r"write \pi_{\mathrm{ref}} for \pi_\theta"),
        (r"\pi_{ref}(y|x) = a", r"\pi^*(y|x) = a", r"write \pi^* for \pi_{\mathrm{ref}}"),
        (r"KL(\pi\|\pi_{ref}) = a", r"KL(\pi_{ref}\|\pi) = a", "exchange the two sides"),
        (
            r"a = \mathbb{E}_{y \sim \pi(y|x)}[b]",
            r"a = \mathbb{E}_{y \sim \pi_{ref}(y|x)}[b]",
            r"write \pi_{\mathrm{ref}} for \pi",
        ),
        (r"a = \max_\pi b", r"a = \min_\pi b", "write min for max"),
        (r"a \le b", r"a \ge b", "turn <= into >="),
        (r"a = \sum_y b", "a = b", "drop the sum"),
        (r"a = \nabla_\theta b", "a = b", r"drop \nabla"),
        (
            r"P(y_w \succ y_l \mid x) = r(x, y_w) - r(x, y_l)",
            r"P(y_w \succ y_l \mid x) = r(x, y_l) - r(x, y_w)",
            "exchange chosen and rejected",
        ),
        (
            r"\frac{\pi(y_w|x)}{\pi_0(y_w|x)} = \frac{\pi(y_l|x)}{\pi_0(y_l|x)}",
            r"\log\frac{\pi(y_w|x)}{\pi_0(y_w|x)} = \log\frac{\pi(y_l|x)}{\pi_0(y_l|x)}",
            r"write \log before every ratio",
        ),
        (
            r"a = \frac{1}{\beta} b - \frac{1}{\beta} c",
            r"a = \beta b - \beta c",
            r"write \beta and 1/\beta for each other",
        ),
    ],
)
def test_the_mutants_hold_each_kind_of_small_error(formula, wrong, change):
    found = {tex(mutant.tree): mutant.change for mutant in mutants(read_tree(formula))}
    assert change in found[tex(read_tree(wrong))]
