"""A track's line stands where its distances are, on a logarithmic axis, as far as it is shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenes.figures import Convergence, FigureError, Track
from scenes.figures.convergence import DASH, FAINT, PITCH
from scenes.layout import WIDE
from scenes.theme import DARK, Role

DISTANCES = (1.0, 1e-1, 1e-4, 1e-6)


def plot(dashed: bool = False, **changes: int) -> Convergence:
    tracks = {"run": Track(DISTANCES, Role.POLICY, dashed)}
    settings = {"steps": 6, "lowest": -6, "unit": "steps"} | changes
    return Convergence(DARK, WIDE.plot, tracks, **settings)


def test_equal_ratios_are_equal_heights():
    figure = plot()
    heights = [figure.at(0, 10.0**-k)[1] for k in range(7)]
    assert heights[0] == pytest.approx(WIDE.plot.top)
    assert np.diff(heights) == pytest.approx([heights[1] - heights[0]] * 6)
    assert heights[1] < heights[0]


def test_steps_go_across_evenly_to_the_right_edge():
    figure = plot()
    across = [figure.at(step, 1.0)[0] for step in range(7)]
    assert np.diff(across) == pytest.approx([across[1] - across[0]] * 6)
    assert across[-1] == pytest.approx(WIDE.plot.right)


@pytest.mark.parametrize("shown", [1.0, 1.25, 3.0])
def test_the_line_ends_where_as_much_as_is_shown_ends(shown):
    figure = plot()
    figure.draw(run=shown)
    whole, part = int(shown), shown - int(shown)
    after = DISTANCES[min(whole + 1, 3)]
    end = figure.at(
        shown, math.exp((1 - part) * math.log(DISTANCES[whole]) + part * math.log(after))
    )
    assert figure.trails["run"].line.points[-1, :2] == pytest.approx(end)
    assert figure.trails["run"].head.get_center()[:2] == pytest.approx(end)
    assert figure.trails["run"].line.points[0, :2] == pytest.approx(figure.at(0, DISTANCES[0]))


def test_dashes_are_equally_long_whatever_a_step_is():
    figure = plot(dashed=True)
    figure.draw(run=3)
    ends = figure.trails["run"].line.points.reshape(-1, 4, 3)[:, [0, 3], :2]
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    assert ends[0, 0] == pytest.approx(figure.at(0, DISTANCES[0]))
    assert lengths[:-1] == pytest.approx(DASH * PITCH, rel=0.05)
    assert np.linalg.norm(ends[1:, 0] - ends[:-1, 1], axis=1) == pytest.approx(
        (1 - DASH) * PITCH, rel=0.05
    )


def test_a_track_that_is_not_lit_is_faint():
    tracks = {name: Track(DISTANCES, Role.POLICY) for name in ("now", "before")}
    figure = Convergence(DARK, WIDE.plot, tracks, steps=6, lowest=-6, unit="steps")
    figure.draw(now=3, before=3)
    light = figure.light("now")
    light.begin()
    light.interpolate(1.0)
    assert figure.trails["now"].line.get_stroke_opacity() == 1
    assert figure.trails["before"].line.get_stroke_opacity() == FAINT
    assert figure.trails["before"].head.get_fill_opacity() == FAINT
    with pytest.raises(FigureError, match="lit must be"):
        figure.draw(lit=[1])


def test_nothing_shows_of_a_track_before_its_first_step():
    figure = plot()
    assert not len(figure.trails["run"].line.points)
    figure.draw(run=0)
    assert not len(figure.trails["run"].line.points)
    assert figure.trails["run"].head.get_fill_opacity() == 0


def test_all_that_is_drawn_stays_in_its_room():
    figure = plot()
    figure.draw(run=3)
    room, reach = WIDE.plot, 0.1
    assert figure.get_left()[0] >= room.left - reach
    assert figure.get_right()[0] <= room.right + reach
    assert figure.get_bottom()[1] >= room.bottom - reach
    assert figure.get_top()[1] <= room.top + reach


@pytest.mark.parametrize(
    ("numbers", "told"),
    [({"run": 4}, "to step 3"), ({"run": -1}, "step 0"), ({"other": 1}, "known: run")],
)
def test_a_number_that_a_track_does_not_have_is_an_error(numbers, told):
    with pytest.raises(FigureError, match=told):
        plot().draw(**numbers)


def test_a_track_that_the_axes_do_not_hold_is_an_error():
    with pytest.raises(FigureError, match="more than 2"):
        plot(steps=2)
    with pytest.raises(FigureError, match="from 1e-6"):
        Convergence(
            DARK, WIDE.plot, {"run": Track((1.0, 0.0), Role.POLICY)}, steps=6, lowest=-6, unit=""
        )
    with pytest.raises(FigureError, match="from 1e-5"):
        plot(lowest=-5)


def test_a_label_comes_up_under_the_end_of_its_line_with_the_last_step():
    tracks = {"run": Track(DISTANCES, Role.POLICY, label="0.05")}
    figure = Convergence(DARK, WIDE.plot, tracks, steps=6, lowest=-6, unit="steps")
    trail = figure.trails["run"]
    for shown, seen in ((0.0, 0.0), (2.0, 0.0), (2.5, 0.5), (3.0, 1.0)):
        figure.draw(run=shown)
        assert trail.label[0].get_fill_opacity() == pytest.approx(seen)
    assert trail.label.get_right()[0] < trail.head.get_left()[0]
    assert trail.label.get_top()[1] < trail.head.get_top()[1]
