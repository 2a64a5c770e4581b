"""Long lines in rows: within brackets, after heads, with brackets as tall as their rows."""

from __future__ import annotations

import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.printers import Rows
from scenes import typesetting
from scenes.equation import Equation, set_tree
from scenes.layout import WIDE
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
