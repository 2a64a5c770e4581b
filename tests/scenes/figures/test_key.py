"""The key shows each series by the shape it has in the picture."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scenes.figures import FigureError, Key
from scenes.figures.series import SERIES, SeriesMark
from scenes.layout import WIDE
from scenes.theme import DARK

NAMES = {"reference": "reference", "reward": "reward", "policy": "policy"}


@pytest.fixture
def key() -> Key:
    return Key(DARK, WIDE.key, NAMES)


def test_an_entry_has_the_shape_of_its_series_before_its_name(key):
    key.draw(policy=1.0)
    swatch, name = key.entries["policy"]
    assert isinstance(swatch, SeriesMark)
    assert swatch.shape is SERIES["policy"].shape
    assert swatch.get_right()[0] < name.get_left()[0]


def test_entries_keep_their_places_whichever_comes_first(key):
    key.draw(policy=1.0)
    before = key.entries["policy"].get_y()
    key.draw(reference=1.0)
    assert key.entries["policy"].get_y() == before
    assert key.entries["reference"].get_y() > before


def test_an_entry_comes_up_with_each_mark_at_its_share_of_opacity(key):
    key.draw(reference=0.5)
    outline = key.entries["reference"][0][0]
    assert (outline.get_stroke_opacity(), outline.get_fill_opacity()) == (0.5, 0)
    key.draw(reference=1.0)
    assert outline.get_stroke_opacity() == 1


def test_it_stays_in_its_room(key):
    key.draw(reference=1.0, reward=1.0, policy=1.0)
    assert WIDE.key.bottom <= key.get_bottom()[1]
    assert key.get_top()[1] <= WIDE.key.top


@pytest.mark.parametrize(
    ("numbers", "told"),
    [({"weights": 1.0}, "no name for weights"), ({"policy": 1.5}, "from 0 to 1, policy is at 1.5")],
)
def test_an_entry_that_cannot_be_is_refused(key, numbers, told):
    with pytest.raises(FigureError, match=told):
        key.draw(**numbers)


def test_a_name_for_no_series_is_refused():
    with pytest.raises(FigureError, match="no series is called cost"):
        Key(DARK, WIDE.key, {"cost": "cost"})


def test_entries_across_fill_the_room_with_even_gaps():
    names = {"reference": "reference", "policy": "policy", "reward": "a reward"}
    key = Key(DARK, WIDE.strip, names, across=True)
    key.draw(reference=1.0, policy=1.0, reward=1.0)
    entries = [key.entries[name] for name in names]
    gaps = [b.get_left()[0] - a.get_right()[0] for a, b in pairwise(entries)]
    assert gaps[0] > 0
    assert gaps == pytest.approx([gaps[0]] * 2, abs=0.15)
    assert entries[-1].get_right()[0] == pytest.approx(WIDE.strip.right, abs=0.05)
    assert entries[0].get_y() == pytest.approx(entries[1].get_y(), abs=0.1)


def test_entries_across_that_one_row_does_not_hold_stand_in_columns():
    names = {name: f"the {name}s" for name in ("policy", "reference", "reward", "value")}
    room = WIDE.chart_key
    key = Key(DARK, room, names, across=True)
    key.draw(**dict.fromkeys(names, 1.0))
    places = [key.entries[name][1].get_left()[:2] for name in names]
    (first, second, third, fourth) = places
    assert first[0] == pytest.approx(third[0], abs=0.05)
    assert second[0] == pytest.approx(fourth[0], abs=0.05)
    assert first[1] > third[1] > room.bottom
    assert key.get_top()[1] < room.top
    assert key.get_right()[0] <= room.right + 0.05
