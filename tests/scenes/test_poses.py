"""All marks of a motion posed at once are posed as each actor says of itself."""

from __future__ import annotations

import numpy as np
import pytest
from manim import RIGHT, UP

from dpo_math.derivation import LINES
from scenes.equation import Equation
from scenes.paths import Actor, Path, Window
from scenes.poses import Poses
from scenes.theme import DARK

FORMULA = Equation(LINES["inversion"].tree, DARK, DARK.type.stage)
FIRST, SECOND, THIRD = FORMULA.outlines[:3]
LATER = Window(0.2, 0.9)
WAYS = {
    "straight": Actor(FIRST, FIRST.copy().shift(2 * RIGHT), LATER),
    "growing": Actor(FIRST.copy().scale(0.5), FIRST, LATER, (0.0, 1.0)),
    "bowed": Actor(FIRST, FIRST.copy().shift(3 * UP), LATER, path=Path(bow=(0.2, 0.8))),
    "x first": Actor(FIRST, FIRST.copy().shift(UP + RIGHT), LATER, path=Path(first="x")),
    "y first": Actor(FIRST, FIRST.copy().shift(UP + RIGHT), LATER, path=Path(first="y", dip=0.7)),
    "fading late": Actor(SECOND, THIRD, LATER, (1.0, 0.0), fade=Window(0.6, 0.8)),
    "ducking": Actor(SECOND, SECOND.copy().shift(UP), LATER, ducks=(Window(0.3, 0.4),)),
    "ducking twice at once": Actor(
        SECOND, SECOND.copy().shift(UP), LATER, ducks=(Window(0.3, 0.45), Window(0.4, 0.6))
    ),
    "ducking twice": Actor(
        THIRD, THIRD.copy().shift(UP), LATER, ducks=(Window(0.3, 0.4), Window(0.6, 0.7))
    ),
    "recoloured": Actor(FIRST, FIRST.copy().set_fill(DARK.line, 0.5), LATER),
}


@pytest.fixture(scope="module")
def poses():
    return Poses(list(WAYS.values()))


def alone(actor: Actor, alpha: float):
    """The outline and the colour of one actor, by what it says of itself."""
    start, end = actor.start.copy(), actor.end.copy()
    start.align_points(end)
    along = actor.window.progress(alpha)
    points = start.points + along * (end.points - start.points)
    points[:, :2] += actor.path.offset(along, actor.travel)
    rgba = start.fill_rgbas + along * (end.fill_rgbas - start.fill_rgbas)
    rgba[:, 3] *= actor.opacity(alpha)
    return points, rgba


@pytest.mark.parametrize("alpha", [0.0, 0.137, 0.31, 0.45, 0.65, 0.77, 1.0])
@pytest.mark.parametrize("way", WAYS)
def test_a_mark_posed_among_others_is_as_it_is_alone_to_the_last_bit(poses, way, alpha):
    poses.strike(alpha)
    mark = poses.marks[list(WAYS).index(way)]
    points, rgba = alone(WAYS[way], alpha)
    assert np.array_equal(mark.points, points)
    assert np.array_equal(mark.fill_rgbas, rgba)


@pytest.mark.parametrize("alpha", [0.137, 0.31, 0.45, 0.65, 0.77])
def test_what_stays_among_what_moves_is_as_it_was_to_the_last_bit(alpha):
    stays = Actor(FIRST, FIRST.copy(), LATER)
    poses = Poses([stays, *WAYS.values()])
    poses.strike(alpha)
    assert np.array_equal(poses.marks[0].points, FIRST.points)
    assert np.array_equal(poses.marks[0].fill_rgbas, FIRST.fill_rgbas)


def test_each_way_is_another_half_way(poses):
    poses.strike(0.65)
    seen = {(mark.points.tobytes(), mark.fill_rgbas.tobytes()) for mark in poses.marks}
    assert len(seen) == len(WAYS)


def test_posing_leaves_the_outlines_alone(poses):
    before = FIRST.points.copy()
    poses.strike(0.5)
    assert np.array_equal(FIRST.points, before)


def test_nobody_strikes_no_pose():
    Poses([]).strike(0.5)
