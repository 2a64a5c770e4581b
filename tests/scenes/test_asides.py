"""What explains a line is computed, and stands where it can be compared."""

from __future__ import annotations

import pytest
from manim import VGroup

from dpo_math import statements
from dpo_math.derivation import LINES, X_OTHER, X
from dpo_math.examples import BETA, CHOSEN, OTHER_PROMPT, PROMPT, REJECTED
from scenes import asides
from scenes.cancellation import Cancellation
from scenes.equation import Equation
from scenes.inversion import Inversion
from scenes.optimum import Optimum
from scenes.tilt import Tilt, Unnormalised


def sign_of(line: Equation) -> float:
    """How high the = or ≈ of a line stands."""
    return float(VGroup(*line.own_marks(line.tree.key)).get_y())


@pytest.mark.parametrize(("shape", "level"), [("wide", True), ("square", False), ("tall", False)])
def test_numbers_are_level_with_a_definition_that_they_stand_beside(shape, level, undrawn):
    scene = undrawn(Inversion, shape=shape)
    scene.setup()
    definition = scene.definition("partition", scene.layout.aside_left)
    length = 100
    tree = statements.responses(length)
    line, words = asides.numbers_beside(scene, definition, tree, "terms", length=length)
    above = sign_of(definition[0]) - sign_of(line)
    assert above == pytest.approx(0, abs=1e-6) if level else above > 1
    assert words.get_bottom()[1] >= scene.layout.bottom - 1e-6


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_tokens_are_counted_up_to_the_line_of_all(shape, undrawn):
    scene = undrawn(Inversion, shape=shape)
    scene.setup()
    definition = scene.definition("partition", scene.layout.aside_left)
    tokens = asides.Tokens(scene, definition, 100, "terms")
    assert tokens.count.line.tree == statements.responses(1)
    assert "1," in tokens.count.label.text
    scene.play(tokens.lengthen())
    tree = statements.responses(100)
    line, words = asides.numbers_beside(scene, definition, tree, "terms", length=100)
    assert tokens.count.label.text == words.text
    assert tokens.count.line.tree == line.tree
    assert sign_of(tokens.count.line) == pytest.approx(sign_of(line))
    assert tokens.count.label.get_center() == pytest.approx(words.get_center())


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_each_verdict_of_a_proof_is_nearest_to_its_own_line(shape, undrawn):
    scene = undrawn(Optimum, shape=shape)
    scene.setup()
    names = "log_below_line", "mean_of_ratio", "mean_of_log", "gibbs"
    lines = [
        scene.staging.with_verdict(LINES[name], at)
        for name, at in zip(names, scene.layout.bound_lines, strict=True)
    ]
    for own, verdict in lines:
        beside = verdict.get_left()[0] > own.get_right()[0]
        gap = 0.0 if beside else own.get_bottom()[1] - verdict.get_top()[1]
        for other, _ in lines:
            apart = abs(other.get_y() - verdict.get_y()) - (other.height + verdict.height) / 2
            assert other is own or apart > 1.5 * gap
        assert beside or gap < 0.3
        assert VGroup(own, verdict).width < scene.layout.stage_width


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_under_an_example_stands_what_it_holds_for(shape, undrawn):
    scene = undrawn(Cancellation, shape=shape)
    scene.setup()
    symbols = {
        "beta": statements.beta_of_example(),
        "here": statements.partition_of(PROMPT, X),
        "there": statements.partition_of(OTHER_PROMPT, X_OTHER),
    }
    line, words = asides.worked(scene, statements.left_over(), "given", symbols=symbols)
    assert words.get_top()[1] < line.get_bottom()[1]
    assert words.get_bottom()[1] >= scene.layout.bottom - 1e-6
    assert abs(words.get_x() - line.get_x()) < 0.1


def test_a_contest_is_even_until_the_reward_of_the_chosen_response_rises(undrawn):
    scene = undrawn(Cancellation)
    scene.setup()
    contest = asides.Contest(scene, PROMPT, CHOSEN, REJECTED)
    assert contest.split.share("chosen") == pytest.approx(0.5)
    scene.play(contest.raise_chosen())
    assert contest.split.share("chosen") == pytest.approx(PROMPT.preference(CHOSEN, REJECTED))


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_the_largest_weight_fills_a_picture_whose_scale_never_changes(shape, undrawn):
    scene = undrawn(Optimum, shape=shape)
    scene.setup()
    tilt = Tilt(scene, PROMPT, BETA)
    top = float(tilt.bars.numbers["top"])
    for animations in (tilt.refer(), (tilt.begin(),), tilt.multiply(), tilt.divide()):
        scene.play(*animations)
        assert float(tilt.bars.numbers["top"]) == top
    assert tilt.weights.max() == pytest.approx(top)
    assert tilt.weights / tilt.weights.sum() == pytest.approx(tilt.best)
    assert float(tilt.total.numbers["value"]) == 1


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
def test_weights_grow_out_of_the_reference_and_sum_to_z(shape, undrawn):
    scene = undrawn(Optimum, shape=shape)
    scene.setup()
    small = Unnormalised(scene, PROMPT, BETA)
    assert small.bars.numbers["weights"] == pytest.approx(PROMPT.reference)
    scene.play(small.multiply())
    assert small.bars.numbers["weights"] == pytest.approx(PROMPT.weights(BETA))
    assert small.total.numbers["value"] == pytest.approx(PROMPT.partition(BETA))
