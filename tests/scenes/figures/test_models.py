"""Models in memory: what learns is filled, what is frozen is an outline, what has gone is gone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from manim import LEFT, RIGHT

from scenes.figures import FigureError, Model, Models
from scenes.layout import Room
from scenes.paths import box
from scenes.theme import DARK, Role

ROOM = Room(-6.0, -3.0, -1.0, 2.0)
POLICY = Model("policy", "policy", "learns", Role.POLICY, learns=True)
REFERENCE = Model("reference", "reference", "frozen", Role.REFERENCE, learns=False)
REWARD = Model("reward", "reward model", "frozen", Role.REWARD, learns=False)
ALL = (POLICY, REFERENCE, REWARD)


@pytest.fixture
def models() -> Models:
    return Models(DARK, ROOM, ALL, "in memory")


@pytest.fixture
def whole(models) -> Models:
    models.draw(policy=1, reference=1, reward=1)
    return models


def is_seen(slab) -> bool:
    marks = [mark for mark in slab.get_family() if mark.has_points()]
    return any(
        mark.get_fill_opacity() or (mark.get_stroke_opacity() and mark.get_stroke_width())
        for mark in marks
    )


def test_a_model_that_learns_is_filled_and_a_frozen_one_is_an_outline(whole):
    assert whole.slabs["policy"][0].get_fill_opacity() == 1
    assert whole.slabs["reference"][0].get_fill_opacity() == 0
    assert whole.slabs["reference"][0].get_stroke_opacity() == 1


def test_no_model_is_in_memory_until_it_is_drawn(models):
    assert not any(is_seen(slab) for slab in models.slabs.values())
    models.draw(reference=1)
    assert [id_ for id_, slab in models.slabs.items() if is_seen(slab)] == ["reference"]


def test_slabs_stand_close_together_in_order_whichever_are_there(whole):
    tops = [slab[0].get_top()[1] for slab in whole.slabs.values()]
    np.testing.assert_allclose(np.diff(tops), -whole.pitch)
    whole.draw(reference=0)
    gap = whole.slabs["policy"][0].get_y() - whole.slabs["reward"][0].get_y()
    assert gap == pytest.approx(whole.pitch)


def test_the_frame_is_as_high_as_what_is_in_it_and_stays_at_the_top_of_the_room(whole):
    full, top = whole.frame.height, whole.frame.get_top()[1]
    whole.draw(reward=0)
    assert full - whole.frame.height == pytest.approx(whole.pitch)
    for slab in (whole.slabs["policy"], whole.slabs["reference"]):
        low, high = slab[0].get_bottom()[1], slab[0].get_top()[1]
        assert whole.frame.get_bottom()[1] < low < high < whole.frame.get_top()[1]
    assert whole.frame.get_top()[1] == pytest.approx(top)
    assert whole.heading.get_top()[1] == pytest.approx(ROOM.top)


@pytest.mark.parametrize("share", np.linspace(0, 1, 11))
def test_a_model_is_seen_only_where_there_is_room_for_it(models, share):
    models.draw(policy=1, reference=share, reward=1)
    seen = [slab[0] for slab in models.slabs.values() if is_seen(slab)]
    for upper, lower in pairwise(seen):
        assert upper.get_bottom()[1] > lower.get_top()[1]
    assert all(slab.get_bottom()[1] > models.frame.get_bottom()[1] for slab in seen)


@pytest.mark.parametrize(
    ("source", "corners"),
    [(Room(1.0, 0.0, 5.0, 3.0), 2), (Room(-6.0, -6.0, 0.0, -4.0), 3)],
    ids=["beside", "under"],
)
def test_an_arrow_goes_to_a_model_from_what_stands_beside_or_under_it(whole, source, corners):
    feed = whole.feed("policy", source)
    feed.begin()
    assert not whole.way.head.has_points()
    feed.interpolate(1.0)
    left, right = (whole.way.get_edge_center(side)[0] for side in (LEFT, RIGHT))
    frame = whole.frame.get_right()[0]
    assert frame < left < frame + 0.2, "it does not cross the frame"
    assert whole.way.head.get_y() == pytest.approx(whole.slabs["policy"][0].get_y())
    assert len(whole._corners("policy", source)) == corners
    if corners == 2:
        assert right < source.left
    else:
        assert source.top < whole.way.get_bottom()[1]
        assert whole.frame.get_right()[0] < whole.way.line.get_right()[0] < source.right


def test_everything_stays_in_the_room(whole):
    left, bottom, right, top = box(whole.frame)
    assert [left, bottom, right] == pytest.approx([ROOM.left, ROOM.bottom, ROOM.right])
    assert top < whole.heading.get_bottom()[1]
    assert whole.heading.get_top()[1] == pytest.approx(ROOM.top)


def test_words_travel_with_their_slab(whole):
    for slab in whole.slabs.values():
        plate, *texts = slab
        for text in texts:
            assert plate.get_bottom()[1] < text.get_bottom()[1]
            assert text.get_top()[1] < plate.get_top()[1]


def test_a_ring_says_which_models_are_in_use(whole):
    use = whole.use("policy", "reward")
    use.begin()
    use.interpolate(1.0)
    assert [is_seen(ring) for ring in whole.rings.values()] == [True, False, True]
    for id_, ring in whole.rings.items():
        assert ring.get_y() == pytest.approx(whole.slabs[id_][0].get_y())


def test_a_model_that_is_switched_off_is_there_but_hollow(whole):
    off = whole.switch_off("policy")
    off.begin()
    off.interpolate(1.0)
    plate, name, state = whole.slabs["policy"]
    assert plate.get_fill_opacity() == 0
    assert plate.get_stroke_opacity() == 1
    assert name[0].fill_color.to_hex() == DARK.colour(Role.DIM)
    assert not any(is_seen(mark) for mark in state)
    assert whole.slabs["reward"][1][0].fill_color.to_hex() == DARK.colour(Role.REWARD)


@pytest.mark.parametrize("height", [5.0, 2.0])
def test_rings_of_neighbours_do_not_touch(height):
    whole = Models(DARK, Room(-6.0, -3.0, -1.0, height - 3), ALL, "in memory")
    whole.draw(policy=1, reference=1, reward=1)
    tops = [ring.get_top()[1] for ring in whole.rings.values()]
    bottoms = [ring.get_bottom()[1] for ring in whole.rings.values()]
    assert all(bottom > top for bottom, top in zip(bottoms, tops[1:], strict=False))


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"critic": 1}, "no model is called critic; known: policy, reference, reward"),
        ({"policy": 2}, "policy must be from 0 to 1"),
        ({"used": [1, 0]}, "used must be from 0 to 1, with shape"),
    ],
)
def test_numbers_that_make_no_picture_are_refused(models, numbers, told):
    with pytest.raises(FigureError, match=told):
        models.draw(**numbers)


def test_models_that_cannot_be_told_apart_are_refused(models):
    with pytest.raises(FigureError, match="two models have the same id"):
        Models(DARK, ROOM, (POLICY, POLICY), "in memory")
    with pytest.raises(FigureError, match="no models"):
        Models(DARK, ROOM, (), "in memory")
    with pytest.raises(FigureError, match="no model is called critic"):
        models.use("critic")


def test_a_smaller_model_takes_less_of_the_room_and_the_gaps_stay():
    sizes = {"whole": 1.0, "adapter": 0.6, "other": 1.0}
    models = Models(
        DARK,
        ROOM,
        [Model(id_, id_, "learns", Role.POLICY, True, size) for id_, size in sizes.items()],
        heading="in memory",
    )
    models.draw(whole=1, adapter=1, other=1)
    whole, adapter, other = (models.slabs[id_][0] for id_ in sizes)
    assert adapter.height < 0.6 * whole.height
    assert whole.height == pytest.approx(other.height)
    gap = whole.get_bottom()[1] - adapter.get_top()[1]
    assert gap > 0
    assert adapter.get_bottom()[1] - other.get_top()[1] == pytest.approx(gap)
    assert models.frame.get_bottom()[1] == pytest.approx(ROOM.bottom)


def test_models_that_are_never_there_together_can_share_the_room():
    models = Models(DARK, ROOM, ALL, "in memory", at_once=2)
    models.draw(policy=1, reference=1)
    assert models.frame.get_bottom()[1] == pytest.approx(ROOM.bottom)
