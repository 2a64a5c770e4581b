"""A table's cells stand in columns, and its rows come up one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math import notation as n
from dpo_math.derivation.objective import DIVERGENCE
from scenes.figures import DataTable, FigureError
from scenes.layout import Room
from scenes.theme import DARK, Role

ROOM = Room(-6.0, -2.0, 0.0, 2.0)
HEAD = ("pair", "margin", "weight")
ROWS = (
    ("first", n.Decimal("0.29"), "small"),
    ("the second", n.Decimal("12.70"), "large"),
    (n.keyed(DIVERGENCE), n.Decimal("3.10"), "none"),
)


@pytest.fixture
def table() -> DataTable:
    return DataTable(DARK, ROOM, HEAD, ROWS)


def edges(table: DataTable, place: int, side: str) -> list[float]:
    lines = [table.head, *table.rows]
    return [float(getattr(line[place], f"get_{side}")()[0]) for line in lines]


def opacities(table: DataTable) -> list[float]:
    return [row[0][0].get_fill_opacity() for row in table.rows]


def test_the_first_column_is_set_left_and_the_others_right(table):
    np.testing.assert_allclose(edges(table, 0, "left"), ROOM.left, atol=0.01)
    for place in (1, 2):
        rights = edges(table, place, "right")
        np.testing.assert_allclose(rights, rights[0], atol=0.01)
    assert edges(table, 2, "right")[0] == pytest.approx(ROOM.right, abs=0.01)


def test_columns_keep_apart_and_rows_keep_their_distance(table):
    for place in (0, 1):
        assert max(edges(table, place, "right")) + 0.3 < min(edges(table, place + 1, "left"))
    feet = [row[1].get_bottom()[1] for row in table.rows]
    np.testing.assert_allclose(np.diff(feet), feet[1] - feet[0], atol=0.01)


def test_the_rule_is_between_the_head_and_the_rows(table):
    assert table.rows[0].get_top()[1] < table.rule.get_y() < table.head.get_bottom()[1]
    assert table.rule.width == pytest.approx(ROOM.width)


@pytest.mark.parametrize(
    ("rows", "seen"), [(0, [0, 0, 0]), (1, [1, 0, 0]), (1.25, [1, 0.25, 0]), (3, [1, 1, 1])]
)
def test_rows_come_up_one_after_the_other(table, rows, seen):
    table.draw(rows=rows)
    assert opacities(table) == seen


@pytest.mark.parametrize(
    ("head", "rows", "told"),
    [
        ((), (), "needs a head and a row"),
        (HEAD, (("one", "two"),), "row 1 has 2 cells under a head of 3"),
        (HEAD, (("word " * 20, "b", "c"),), "do not fit in 6.00"),
        (("a",), (("b",),) * 12, "13 lines do not fit in 4.00"),
    ],
)
def test_a_table_that_cannot_be_is_refused(head, rows, told):
    with pytest.raises(FigureError, match=told):
        DataTable(DARK, ROOM, head, rows)


def test_rows_that_are_not_there_cannot_be_shown(table):
    with pytest.raises(FigureError, match="rows must be from 0 to 3, is 4"):
        table.draw(rows=4)
    with pytest.raises(FigureError, match="one number, its rows"):
        table.draw(columns=1)


def test_the_words_of_the_head_have_the_roles_they_are_given():
    roles = (Role.DIM, Role.CHOSEN, Role.REJECTED)
    table = DataTable(DARK, ROOM, HEAD, ROWS, roles)
    shown = [cell[0].get_fill_color().to_hex() for cell in table.head]
    assert shown == [DARK.colour(role) for role in roles]
