"""Long lines in rows: within brackets, after heads, with brackets as tall as their rows; where they
break, and where they stand."""

from __future__ import annotations

import pytest

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, REJECTED
from dpo_math.derivation.gradient import ratio
from dpo_math.printers import Rows
from scenes import typesetting
from scenes.equation import Equation, fitting_rows, set_tree
from scenes.layout import LAYOUTS, WIDE
from scenes.narration import narration
from scenes.staging import Staging
from scenes.theme import DARK

STAGE = DARK.type.stage
OBJECTIVE = LINES["objective"].tree
LOSS = LINES["loss"].tree


def total_in(tree: n.Node) -> n.Sum:
    return next(node for node in tree.walk() if isinstance(node, n.Sum) and len(node.terms) > 1)


@pytest.mark.parametrize("tree", [OBJECTIVE, LOSS], ids=["objective", "loss"])
def test_a_sum_in_brackets_has_its_rows_within_them(tree):
    equation = Equation(tree, DARK, STAGE, WIDE.stage_width)
    total = total_in(tree)
    above = next(node for node in tree.walk() if total in node.children)
    first, second = (equation.marks_of(term.body) for term in total.terms)
    opening, closing = equation.brackets(above.key)
    assert first.get_bottom()[1] > second.get_top()[1]
    assert first.get_left()[0] == pytest.approx(second.get_left()[0], abs=0.02)
    for bracket in (opening, closing):
        assert bracket.get_top()[1] >= first.get_top()[1] - 0.05
        assert bracket.get_bottom()[1] <= second.get_bottom()[1] + 0.05
    assert equation.width <= WIDE.stage_width


def test_the_relation_stays_level_with_the_middle_of_rows_in_brackets():
    equation = Equation(OBJECTIVE, DARK, STAGE, WIDE.stage_width, at=(0.0, -0.5))
    (sign,) = equation.own_marks(OBJECTIVE.key)
    assert equation.rows
    assert sign.get_y() == pytest.approx(-0.5, abs=0.01)


def test_a_line_with_rows_out_of_brackets_is_centred_as_a_whole():
    tree = LINES["completed"].tree
    equation = Equation(tree, DARK, STAGE, WIDE.stage_width, at=(0.0, -0.5))
    (sign,) = equation.own_marks(tree.key)
    assert equation.get_y() == pytest.approx(-0.5, abs=0.1)
    assert sign.get_y() > 0


BROKEN = ("objective", "kl_written_out", "reward_as_log", "completed", "sign_distributed", "loss")


@pytest.mark.parametrize("line_id", BROKEN)
def test_rows_change_the_places_of_marks_and_not_their_number(line_id):
    tree = LINES[line_id].tree
    rowed, plain = (Equation(tree, DARK, STAGE, width) for width in (WIDE.stage_width, None))
    assert rowed.rows
    for node in tree.walk():
        assert len(rowed.own_marks(node.key)) == len(plain.own_marks(node.key))


def test_a_bracket_taller_than_any_of_the_font_is_one_mark():
    sign = next(term.key for term in total_in(LOSS).terms if term.negative)
    setting = set_tree(LOSS, Rows(frozenset({sign})))
    tallest = max(setting.marks, key=lambda mark: mark.points[:, 1].max() - mark.points[:, 1].min())
    height = tallest.points[:, 1].max() - tallest.points[:, 1].min()
    assert height > 3.5, "in ems"
    assert len(setting.marks) == len(set_tree(LOSS, Rows()).marks)
    lone = typesetting.formula("lr([ vec(delim: #none, a, b, c, d, e) ])")
    assert len(lone.marks) == 7, "five letters and two brackets"


def test_the_operator_of_an_extremum_keeps_its_distance():
    equation = Equation(OBJECTIVE, DARK, STAGE)
    best = OBJECTIVE.right
    assert isinstance(best, n.Extremum)
    name, mean = equation.own_marks(best.key), equation.own_marks(best.body.key)[0]
    words = [mark.get_right()[0] for mark in name]
    assert mean.get_left()[0] - max(words) > 0.1 * STAGE


def staged(line_id: str, shape: str) -> Equation:
    staging = Staging(DARK, LAYOUTS[shape], narration("en"))
    return staging.on_stage(LINES[line_id]).equation


@pytest.mark.parametrize("shape", LAYOUTS)
def test_a_mean_is_in_one_row_with_its_opening_bracket(shape):
    for line_id in (line.id for line in LINES):
        try:
            equation = staged(line_id, shape)
        except ValueError:  # a line that no scene has on its stage
            continue
        for node in equation.tree.walk():
            if isinstance(node, n.Expectation):
                head, (opening, _) = equation.own_marks(node.key)[0], equation.brackets(node.key)
                assert opening.get_bottom()[1] < head.get_y() < opening.get_top()[1], line_id
                assert opening.get_left()[0] > head.get_right()[0], line_id


def test_where_a_mean_has_no_room_what_it_is_of_begins_a_row_that_its_last_bracket_ends():
    equation = staged("completed", "tall")
    outer, inner = (node for node in equation.tree.walk() if isinstance(node, n.Expectation))
    heads = [equation.own_marks(mean.key)[0] for mean in (outer, inner)]
    assert heads[0].get_y() == pytest.approx(heads[1].get_y(), abs=0.01)
    first, last = (equation.marks_of(term) for term in inner.body.terms)
    assert heads[1].get_bottom()[1] > first.get_top()[1] > last.get_top()[1]
    for mean in (outer, inner):
        assert equation.brackets(mean.key)[1].get_left()[0] > last.get_right()[0]


@pytest.mark.parametrize("line_id", ["sign_distributed", "chosen_inserted"])
@pytest.mark.parametrize("shape", LAYOUTS)
def test_the_relation_stands_in_the_first_row_of_what_is_on_its_right(line_id, shape):
    equation = staged(line_id, shape)
    (sign,) = equation.own_marks(equation.tree.key)
    quotient = next(node for node in equation.tree.walk() if isinstance(node, n.Quotient))
    (bar,) = equation.own_marks(quotient.key)
    assert sign.get_y() == pytest.approx(bar.get_y(), abs=0.01)


def test_a_line_breaks_where_the_one_before_it_did_if_that_takes_no_more_rows():
    tree, width = LINES["divergence"].tree, 20.0
    alone, like = fitting_rows(tree, width), fitting_rows(tree, width, outside=True)
    assert len(alone.breaks) == len(like.breaks) == 1
    assert like.breaks == {tree.right.key} != alone.breaks
    assert staged("divergence", "square").rows == like
    swapped = LINES["reward_alone"].tree
    assert fitting_rows(swapped, width, outside=True) == fitting_rows(swapped, width)


def test_sums_break_before_the_relation_leaves_its_left_side():
    tree = LINES["beta_spread"].tree
    assert tree.key not in fitting_rows(tree, 20.2).breaks
    assert set_tree(tree, Rows(frozenset({tree.key}))).width < 20.2


def test_no_line_on_the_stage_comes_near_the_ledger_even_with_air_around_its_terms():
    layout = LAYOUTS["square"]
    staging = Staging(DARK, layout, narration("en"))
    tree = LINES["loss"].tree
    highest = layout.ledger.bottom - layout.stage_gap
    plain = staging.on_stage(LINES["loss"]).equation
    terms = {node.key for response in (CHOSEN, REJECTED) for node in n.find(tree, ratio(response))}
    airy = staging.on_stage(LINES["loss"], apart=terms).equation
    assert airy.height > plain.height
    for equation in (plain, airy):
        assert equation.get_top()[1] <= highest + 1e-6
    airy.stay_near(plain, layout.stage_width)
    assert airy.get_top()[1] <= highest + 1e-6


def test_a_line_whose_mean_ends_a_row_does_so_in_the_ledger_too():
    """So what the mean is of need not cross the rest of the line on its way there."""
    staging = Staging(DARK, LAYOUTS["tall"], narration("en"))
    kept = staging.in_ledger(LINES["loss"]).equation
    assert kept.rows == staged("loss", "tall").rows
    assert kept.width <= LAYOUTS["tall"].ledger.width
