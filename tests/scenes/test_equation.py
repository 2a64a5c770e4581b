"""An equation is laid out as if it had no keys, and its marks are found by them."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from manim import DOWN, UP, VMobject

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, policy
from dpo_math.derivation.gradient import ratio
from dpo_math.printers import Rows, typst
from scenes import typesetting
from scenes.equation import ABOVE, BESIDE, Equation, Outline, fitting_rows, set_tree
from scenes.theme import DARK, Role

STAGE = DARK.type.stage
INVERSION = LINES["inversion"].tree


def outlines(setting: typesetting.Setting) -> list[np.ndarray]:
    return [mark.points for mark in setting.marks]


@pytest.mark.parametrize("line", list(LINES), ids=lambda line: line.id)
def test_keys_leave_the_layout_of_a_line_as_it_is(line):
    assert same_layout(line.tree, Rows())


BROKEN = [("sign_distributed", 25), ("one_log", 17), ("logs", 17), ("chain_rule", 17)]
"""Lines that break at signs, after heads, before the relation and before a factor."""


@pytest.mark.parametrize(("line", "ems"), BROKEN)
def test_keys_leave_the_layout_of_a_line_in_rows_as_it_is(line, ems):
    tree = LINES[line].tree
    rows = fitting_rows(tree, ems)
    assert rows
    assert same_layout(tree, rows)


def same_layout(tree: n.Node, rows: Rows) -> bool:
    labelled = outlines(set_tree(tree, rows))
    plain = outlines(typesetting.formula(typst(tree, rows=rows)))
    return len(labelled) == len(plain) and all(map(np.array_equal, labelled, plain))


def test_what_stands_apart_has_as_much_air_at_its_sides_as_the_row_has_room_for():
    term = n.factors_of(LINES["closed_form"].tree.right)[1]
    tree, apart = LINES["closed_form"].tree, {term.key}
    plain, airy = Equation(tree, DARK, STAGE), Equation(tree, DARK, STAGE, apart=apart)
    assert airy.width - plain.width > 1.5 * BESIDE
    for node in tree.walk():
        assert len(airy.own_marks(node.key)) == len(plain.own_marks(node.key))
    assert airy.marks_of(term).width == pytest.approx(plain.marks_of(term).width)
    width = STAGE * set_tree(tree, Rows()).width
    less = Equation(tree, DARK, STAGE, width + BESIDE, apart=apart)
    assert 0.5 * BESIDE < less.width - plain.width <= BESIDE
    tight = Equation(tree, DARK, STAGE, width + 0.01, apart=apart)
    assert tight.width == pytest.approx(plain.width, abs=0.01)


PARTS = {"numerator": "theta", "denominator": "ref"}


@pytest.mark.parametrize("part", PARTS)
def test_brackets_and_the_bar_of_a_fraction_leave_what_stands_apart_air(part):
    parts = {name: policy(model, CHOSEN) for name, model in PARTS.items()}
    tree = n.keyed(n.Group(n.Quotient(**parts)))
    term = getattr(tree.body, part)
    for apart, holds in ((frozenset(), False), (frozenset({term.key}), True)):
        line = Equation(tree, DARK, STAGE, apart=apart)
        (bar,) = line.own_marks(tree.body.key)
        top, bottom = (line.marks_of(term).get_edge_center(side)[1] for side in (UP, DOWN))
        to_bar = max(bottom - bar.get_top()[1], bar.get_bottom()[1] - top)
        to_edge = min(line.get_top()[1] - top, bottom - line.get_bottom()[1])
        assert holds == (to_bar > ABOVE)
        assert holds == (to_edge > ABOVE - 1e-3)


def test_air_in_a_script_is_measured_from_the_line_of_the_script():
    tree = n.keyed(n.Power(n.Symbol("x"), n.Symbol("y")))
    plain, airy = (
        Equation(tree, DARK, STAGE, apart=apart) for apart in (frozenset(), {tree.exponent.key})
    )
    lifts = [
        line.marks_of(tree.exponent).get_bottom()[1] - line.marks_of(tree.base).get_bottom()[1]
        for line in (plain, airy)
    ]
    assert 0 <= lifts[1] - lifts[0] < 1.5 * ABOVE


def test_a_setting_with_air_stays_where_most_marks_of_the_other_stand():
    tree = LINES["loss"].tree
    term = n.find(tree, ratio(CHOSEN))[0]
    width = 27 * STAGE
    plain = Equation(tree, DARK, STAGE, width, at=(-0.2, 1.0))
    airy = Equation(tree, DARK, STAGE, width, at=(0.3, 0.0), apart={term.key})
    airy.stay_near(plain, 2 * width)
    pairs = list(zip(plain.outlines, airy.outlines, strict=True))
    still = [abs(one.get_y() - other.get_y()) < 1e-3 for one, other in pairs]
    assert sum(still) > len(still) / 2
    assert abs(plain.get_left()[0] - airy.get_left()[0]) < 1e-3
    airy.stay_near(plain, float(airy.width))
    assert abs(airy.get_x()) < 1e-3


def test_what_goes_on_in_the_next_row_has_no_air():
    """Rows in the open are the line's own, and not within anything."""
    tree, asked = LINES["one_log"].tree, []
    head = tree.right
    rows = Rows(frozenset({head.key}))
    typst(tree, rows=rows, around=lambda key, printed: asked.append(key) or printed)
    assert tree.left.key in asked
    assert head.key not in asked
    airy = Equation(tree, DARK, STAGE, 24 * STAGE, apart={head.key})
    assert airy.rows
    plain = Equation(tree, DARK, STAGE, 24 * STAGE)
    pairs = zip(airy.outlines, plain.outlines, strict=True)
    assert all(np.allclose(one.points, other.points) for one, other in pairs)


def test_a_label_that_changed_the_layout_would_be_seen():
    moved = typst(INVERSION, label=lambda _key, marks: f"#h(1pt) {marks}")
    plain = outlines(typesetting.formula(typst(INVERSION)))
    assert not all(map(np.array_equal, outlines(typesetting.formula(moved)), plain))


def test_every_mark_belongs_to_exactly_one_key():
    equation = Equation(INVERSION, DARK, STAGE)
    owned = [mark for node in INVERSION.walk() for mark in equation.own_marks(node.key)]
    assert sorted(map(id, owned)) == sorted(map(id, equation.outlines))


def test_a_fraction_bar_belongs_to_the_fraction_and_spans_what_it_divides():
    equation = Equation(INVERSION, DARK, STAGE)
    fraction = next(node for node in INVERSION.walk() if isinstance(node, n.Quotient))
    (bar,) = equation.own_marks(fraction.key)
    numerator = equation.marks_of(fraction.numerator)
    denominator = equation.marks_of(fraction.denominator)
    assert bar.height < 0.1 * STAGE
    assert bar.width >= max(numerator.width, denominator.width) - 0.1 * STAGE
    assert denominator.get_top()[1] < bar.get_y() < numerator.get_bottom()[1]


def test_stretched_brackets_belong_to_what_they_enclose():
    tree = LINES["logs"].tree
    equation = Equation(tree, DARK, STAGE)
    group = next(node for node in tree.walk() if isinstance(node, n.Group))
    left, right = equation.brackets(group.key)
    inside = equation.marks_of(group.body)
    assert left.height > 1.5 * STAGE
    assert left.get_right()[0] <= inside.get_left()[0] + 0.05
    assert right.get_left()[0] >= inside.get_right()[0] - 0.05


def test_nested_terms_are_found_by_their_own_keys():
    equation = Equation(INVERSION, DARK, STAGE)
    policy = next(node for node in INVERSION.walk() if isinstance(node, n.Policy))
    whole, response = equation.marks_of(policy), equation.marks_of(policy.response)
    assert len(response) == 1
    assert response[0] in whole
    assert len(whole) == 7, "π, *, (, y, |, x, )"


def test_a_term_wears_the_colour_of_its_role_and_operators_are_ink():
    equation = Equation(INVERSION, DARK, STAGE)

    def colours(node: n.Node) -> set[str]:
        return {mark.fill_color.to_hex().upper() for mark in equation.own_marks(node.key)}

    nodes = list(INVERSION.walk())
    log = next(node for node in nodes if isinstance(node, n.Log))
    partition = next(node for node in nodes if isinstance(node, n.Partition))
    assert colours(log) == colours(INVERSION) == {DARK.colour(Role.INK)}
    assert colours(partition) == {DARK.colour(Role.PARTITION)}


def test_a_line_in_one_row_has_its_axis_where_it_is_put():
    equation = Equation(INVERSION, DARK, STAGE, at=(1.0, -0.5))
    (sign,) = equation.own_marks(INVERSION.key)
    assert sign.get_y() == pytest.approx(-0.5, abs=0.01)
    assert equation.get_x() == pytest.approx(1.0, abs=0.05)


def test_a_long_line_breaks_before_a_sign_and_sets_even_rows_in_columns():
    tree = LINES["sign_distributed"].tree
    width = 13.0
    equation = Equation(tree, DARK, STAGE, width)
    assert isinstance(tree.right, n.Sum)
    upper, lower = (
        [equation.marks_of(term.body) for term in tree.right.terms[start : start + 2]]
        for start in (0, 2)
    )
    assert equation.width <= width
    for above, below in zip(upper, lower, strict=True):
        assert above.get_bottom()[1] > below.get_top()[1]
        assert above.get_left()[0] == pytest.approx(below.get_left()[0], abs=0.01)


def test_a_line_breaks_after_the_head_of_an_expectation_and_before_a_factor():
    tree = LINES["chain_rule"].tree
    mean = next(node for node in tree.right.walk() if isinstance(node, n.Expectation))
    assert isinstance(mean.body, n.Product)
    equation = Equation(tree, DARK, STAGE, width=17 * STAGE)
    (head, *_), (weight, slope) = equation.own_marks(mean.key), mean.body.factors
    assert head.get_bottom()[1] > equation.marks_of(weight).get_top()[1]
    assert equation.marks_of(weight).get_bottom()[1] > equation.marks_of(slope).get_top()[1]


def test_what_stands_left_of_the_relation_breaks_last():
    tree = LINES["rejected_inserted"].tree
    equation = Equation(tree, DARK, STAGE, width=17 * STAGE)
    assert equation.marks_of(tree.left).height < 1.2 * STAGE, "one row"


def test_a_line_that_no_break_makes_fit_is_an_error():
    with pytest.raises(ValueError, match="no break makes this formula fit"):
        Equation(LINES["logs"].tree, DARK, STAGE, width=3.0)


def test_typst_that_is_wrong_is_an_error_with_its_source():
    with pytest.raises(typesetting.TypesettingError, match="frac"):
        typesetting.formula("frac(1")


def test_only_the_fonts_that_typst_brings_are_used():
    """The same outlines on every machine: a font of the system's would change the digest."""
    settings = [typesetting.formula(typst(INVERSION)), typesetting.words("proved")]
    rounded = [np.round(mark.points, 3) + 0.0 for s in settings for mark in s.marks]
    digest = hashlib.sha256(b"".join(points.tobytes() for points in rounded)).hexdigest()
    assert digest[:16] == "1ba15bc0540600d2"


def test_a_copy_of_an_outline_is_what_manim_makes_of_it_and_shares_nothing_that_changes():
    outline = Outline(np.ones((4, 3)), DARK.colour(Role.INK))
    outline.target = Outline(np.zeros((4, 3)), DARK.colour(Role.DIM))
    new, manims = outline.copy(), VMobject.__deepcopy__(outline, {})
    assert type(new) is Outline
    assert vars(new).keys() == vars(manims).keys()
    for name, value in vars(manims).items():
        if name != "target":
            assert np.array_equal(vars(new)[name], value)
    new.points += 1
    new.fill_rgbas[:] = 0
    new.target.points += 1
    new.submobjects.append(outline)
    assert outline.points.max() == 1
    assert outline.fill_rgbas.max() > 0
    assert not outline.target.points.any()
    assert outline.submobjects == []


def test_an_outline_can_be_changed_without_the_next_of_its_colour():
    first, second = (Outline(np.ones((4, 3)), DARK.colour(Role.INK)) for _ in range(2))
    arrays = [name for name, value in vars(first).items() if isinstance(value, np.ndarray)]
    assert "fill_rgbas" in arrays
    for name in arrays:
        assert not np.shares_memory(vars(first)[name], vars(second)[name])
    first.add(Outline(np.zeros((4, 3)), DARK.colour(Role.INK)))
    assert second.submobjects == []
