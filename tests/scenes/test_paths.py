"""Who goes where on the stage: merging, splitting, closing brackets, and what is gone around."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES
from scenes import choreography
from scenes.choreography import MERGING, TermMotion
from scenes.equation import Equation
from scenes.furniture import Words
from scenes.paths import (
    ALWAYS,
    DUCKED,
    SEEN,
    STRAIGHT,
    Actor,
    Path,
    Window,
    box,
    centre,
    convoys,
)
from scenes.routing import with_paths
from scenes.theme import DARK

STAGE, WIDTH = DARK.type.stage, 13.0


def moved(line_id: str, standing=()) -> tuple[list[Actor], Equation, Equation]:
    step = LINES[line_id].step
    assert step is not None
    old, new = (Equation(tree, DARK, STAGE, WIDTH) for tree in (step.before, step.line))
    rule = Equation(step.rule, DARK, DARK.type.ledger, at=(0, 2)) if step.rule else None
    return choreography.stepping(step, old, new, rule, standing), old, new


def merging(line_id: str) -> tuple[list[Actor], Equation]:
    actors, old, _ = moved(line_id)
    leaving = [a for a in actors if a.opacities == (1.0, 0.0) and a.window == MERGING.leave]
    assert leaving
    return leaving, old


@pytest.mark.parametrize("line_id", ["one_mean", "one_log", "divergence", "inversion"])
def test_terms_that_become_one_run_into_where_the_other_was(line_id):
    leaving, old = merging(line_id)
    assert all(any(actor.end is mark for mark in old.outlines) for actor in leaving)


@pytest.mark.parametrize("line_id", ["one_mean", "one_log"])
def test_what_merges_goes_straight_where_nothing_is_in_the_way(line_id):
    leaving, _ = merging(line_id)
    assert any(actor.path == STRAIGHT and actor.travel[1] > 0 for actor in leaving)


def test_the_line_closes_up_as_what_merges_has_gone():
    actors, *_ = moved("one_log")
    gone = max(a.window.end for a in actors if a.window == MERGING.leave)
    begun = min(a.window.start for a in actors if a.opacities == (1.0, 1.0))
    assert begun < gone <= begun + 0.06


def test_a_bracket_that_closes_earlier_slides_along_its_line():
    actors, old, new = moved("constant_outside")
    mean = next(
        node
        for node in new.tree.walk()
        if isinstance(node, n.Expectation) and isinstance(node.body, n.Log)
    )
    closing = next(a for a in actors if a.end is new.brackets(mean.key)[-1])
    assert closing.start is old.brackets(mean.key)[-1]
    assert closing.travel[0] < -1
    assert closing.path.bow == (0.0, 0.0)
    assert closing.path.first is None


def test_what_splits_off_a_term_travels_as_one():
    """The drawn y and the policy both copy a y; the policy's stays in its brackets."""
    actors, _, new = moved("kl_written_out")
    draws = [node for node in new.tree.walk() if isinstance(node, n.Draw)]
    policy = draws[-1].distribution
    assert isinstance(policy, n.Policy)
    copies = [a for a in actors if any(a.end is mark for mark in new.marks_of(policy))]
    assert len(copies) == len(new.marks_of(policy))
    assert len({(a.window, a.path) for a in copies}) == 1


def test_the_letters_of_a_word_grow_together():
    actors, _, new = moved("reward_as_log")
    old = LINES["ratio_first"].tree
    kept = {node.key for node in old.walk()}
    log = next(node for node in new.tree.walk() if isinstance(node, n.Log) and node.key not in kept)
    seeds = [next(a.start for a in actors if a.end is mark) for mark in new.own_marks(log.key)]
    gaps = [b[0] - a[2] for a, b in zip(map(box, seeds), map(box, seeds[1:]), strict=False)]
    assert max(gaps) < 0.05


def test_a_growing_bracket_stretches_to_its_new_height_on_the_way():
    actors, old, new = moved("kl_written_out")
    outer = next(node for node in new.tree.walk() if isinstance(node, n.Expectation))
    tall, small = new.brackets(outer.key)[0], old.brackets(outer.key)[0]
    assert tall.height > small.height
    turning = next(a for a in actors if a.start is small)
    assert turning.end.height == pytest.approx(tall.height)


def test_moving_terms_keep_clear_of_what_stands_beside_the_line():
    free, *_ = moved("ratio_first")
    mover = max(free, key=lambda actor: abs(actor.path.bow[1]))
    assert abs(mover.path.bow[1]) > 0.5
    reached = centre(mover.start)[:2] + mover.travel[:2] / 2 + np.array(mover.path.bow)
    words = Words(
        "in the way", DARK, 0.5, at=(float(reached[0]), float(reached[1])), anchor="centre"
    )
    again, *_ = moved("ratio_first", [words])
    same = next(
        actor for actor in again if actor.end is not None and actor.company == mover.company
    )
    assert np.sign(same.path.bow[1]) == -np.sign(mover.path.bow[1])


def test_what_stands_beside_the_line_is_not_moved():
    words = Words("stays", DARK, 0.5, at=(0.0, -2.0))
    before = [mark.points.copy() for mark in words]
    actors, *_ = moved("ratio_first", [words])
    motion = TermMotion(actors)
    motion.begin()
    motion.interpolate(0.5)
    assert all(np.array_equal(a, mark.points) for a, mark in zip(before, words, strict=True))
    starts = {id(actor.start) for actor in actors}
    assert not starts & {id(mark) for mark in words}


def test_nothing_to_route_is_nothing():
    assert with_paths([]) == []


def test_what_ducks_twice_at_once_is_seen_as_much_as_what_ducks_once():
    mark = Equation(LINES["sigmoid"].tree, DARK, DARK.type.stage).outlines[0]
    once = Actor(mark, mark, ALWAYS).ducking([Window(0.3, 0.6)])
    twice = once.ducking([Window(0.4, 0.7)])
    assert once.opacity(0.5) == twice.opacity(0.5) == twice.opacity(0.65) < SEEN


def test_terms_that_cross_to_the_other_side_take_their_signs_along():
    actors, _, new = moved("reward_alone")
    (total,) = (node for node in LINES["reward_alone"].tree.walk() if isinstance(node, n.Sum))
    groups = convoys(actors)
    for term in total.terms[1:]:
        arriving = {id(mark) for mark in new.marks_of(term)}
        ways = {i for i, a in enumerate(actors) if id(a.end) in arriving and a.opacities[1] == 1}
        assert any(ways <= set(group) for group in groups)


def test_what_was_there_keeps_its_way_and_what_comes_goes_around_or_behind():
    """The rejected reward comes down through where the chosen one stands."""
    step = LINES["rejected_inserted"].step
    assert step is not None
    old, new = (Equation(tree, DARK, STAGE, WIDTH) for tree in (step.before, step.line))
    rule = Equation(step.rule, DARK, DARK.type.ledger, at=(0, 2))
    actors = choreography.stepping(step, old, new, rule, staying=[rule])
    (ratio,) = (node for node in step.before.walk() if isinstance(node, n.Quotient))
    kept = [actor for actor in actors if actor.start in old.marks_of(ratio)]
    assert all(actor.path == STRAIGHT for actor in kept)


def test_what_dips_and_ducks_at_once_is_still_seen_a_little():
    mark = Equation(LINES["sigmoid"].tree, DARK, STAGE).outlines[0]
    dipping = Actor(mark, mark.copy().shift((1.0, 0.0, 0.0)), ALWAYS, path=Path(dip=0.7))
    assert dipping.ducking([Window(0.3, 0.7)]).opacity(0.5) == pytest.approx(1 - DUCKED)
