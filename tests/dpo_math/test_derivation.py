"""The derivation: its lines hang together, and say what the lesson and the paper say."""

from __future__ import annotations

import pytest

from dpo_math import notation as n
from dpo_math.assumptions import Assumption
from dpo_math.derivation import LINES, Kind, build, per_pair
from dpo_math.derivation.lines import Derivation
from dpo_math.printers import tex
from dpo_math.reader import read_tree

LINE_LIST = list(LINES)
STEPPED = [line for line in LINES if line.step]


def says(line_id, written):
    return LINES[line_id].tree == read_tree(written)


@pytest.mark.parametrize("line", STEPPED, ids=lambda line: line.id)
def test_a_line_is_what_its_move_made_of_the_line_before(line):
    assert line.step.before is LINES[line.follows].tree
    assert line.step.line is line.tree


@pytest.mark.parametrize("line", STEPPED, ids=lambda line: line.id)
def test_what_a_move_inserts_is_a_line_that_comes_before(line):
    earlier = LINE_LIST[: LINE_LIST.index(line)]
    assert line.step.rule is None or any(each.tree is line.step.rule for each in earlier)


@pytest.mark.parametrize("line", LINE_LIST, ids=lambda line: line.id)
def test_a_line_that_no_move_made_is_defined_or_says_why_it_holds(line):
    assert line.step or line.kind is Kind.DEFINITION or line.note


@pytest.mark.parametrize("line", LINE_LIST, ids=lambda line: line.id)
def test_every_line_tells_its_source(line):
    assert line.source
    assert 0 <= line.lesson_step <= 5


def test_the_steps_of_the_lesson_come_in_order():
    steps = [line.lesson_step for line in LINES if line.lesson_step]
    assert steps == sorted(steps)
    assert set(steps) == {1, 2, 3, 4, 5}


FIVE_LINES = {
    "objective": 1,
    "closed_form": 2,
    "inversion": 3,
    "cancelled": 4,
    "loss": 5,
}


def test_the_five_lines_of_the_lesson_are_there():
    assert {line_id: LINES[line_id].lesson_step for line_id in FIVE_LINES} == FIVE_LINES


def test_one_chain_of_moves_leads_from_the_objective_to_the_inversion():
    line, chain = LINES["inversion"], []
    while line.follows:
        chain.append(line.id)
        line = LINES[line.follows]
    assert line.id == "objective"
    assert len(chain) == 24


def test_the_mean_over_prompts_stands_over_both_terms_of_the_objective():
    objective = LINES["objective"]
    (outer,) = [
        node
        for node in objective.tree.walk()
        if isinstance(node, n.Expectation) and node.draws[0].distribution == n.Symbol("D")
    ]
    kinds = {type(node) for node in outer.body.walk()}
    assert {n.Reward, n.KL} <= kinds
    assert "both terms" in objective.note


def test_a_note_says_that_the_maximum_is_not_the_minimum():
    assert "differ" in LINES["minimised"].note


def test_the_only_choice_is_the_trained_policy():
    assert [line.id for line in LINES if line.kind is Kind.CHOICE] == ["loss"]
    assert LINES["loss"].step.move == "replace_policy"


def test_the_loss_is_that_of_the_paper():
    assert says(
        "loss",
        r"\mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}}) = -\mathbb{E}_{x, y_w, y_l \sim \mathcal{D}}"
        r"\left[ \log \sigma\left( \beta \log \frac{\pi_\theta(y_w \mid x)}"
        r"{\pi_{\mathrm{ref}}(y_w \mid x)} - \beta \log \frac{\pi_\theta(y_l \mid x)}"
        r"{\pi_{\mathrm{ref}}(y_l \mid x)} \right) \right]",
    )


def test_the_gradient_is_that_of_the_paper():
    assert says(
        "gradient",
        r"\nabla_{\theta} \mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}}) = -\beta \, "
        r"\mathbb{E}_{x, y_w, y_l \sim \mathcal{D}}[\sigma(\hat{r}_\theta(x, y_l) - "
        r"\hat{r}_\theta(x, y_w)) (\nabla_{\theta} \log \pi_\theta(y_w \mid x) - "
        r"\nabla_{\theta} \log \pi_\theta(y_l \mid x))]",
    )


def test_a_ranking_of_two_is_a_comparison():
    assert LINES["plackett_luce_pair"].tree == LINES["strengths"].tree


def test_no_partition_function_is_left_once_it_has_cancelled():
    left = [
        line.id
        for line in LINE_LIST[LINE_LIST.index(LINES["cancelled"]) :]
        if line.lesson_step and n.find(line.tree, n.Partition(n.Symbol("x")))
    ]
    assert left == ["other_prompt"]


def test_the_counter_example_keeps_both_partition_functions():
    tree = LINES["other_prompt"].tree
    for prompt in ("x", "x'"):
        assert len(n.find(tree.right, n.Partition(n.Symbol(prompt)))) == 1
    assert Assumption.SAME_PROMPT not in LINES["other_prompt"].assumptions


def test_the_loss_of_a_pair_stands_under_the_mean():
    assert tex(per_pair(LINES["loss"])).startswith(r"-\log \sigma\left(")
    assert tex(per_pair(LINES["conservative"])).startswith(r"-((1 - \epsilon) \log \sigma")
    with pytest.raises(ValueError, match="inversion is not minus a mean"):
        per_pair(LINES["inversion"])


def test_two_lines_of_one_name_are_refused():
    lines = Derivation()
    lines.state("same", LINES["inversion"].tree, 1, "eq. (5)")
    with pytest.raises(ValueError, match="two lines are called same"):
        lines.state("same", LINES["inversion"].tree, 1, "eq. (5)")


def test_the_derivation_is_built_the_same_every_time():
    again = build()
    assert [line.tree for line in again] == [line.tree for line in LINES]
    assert [list(n.by_key(line.tree)) for line in again] == [
        list(n.by_key(line.tree)) for line in LINES
    ]
