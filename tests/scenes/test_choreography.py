"""What a move says of its terms is what is seen."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES
from dpo_math.derivation.gradient import ratio
from scenes import choreography
from scenes.choreography import VANISHING, TermMotion
from scenes.equation import Equation, Outline
from scenes.furniture import TermBox
from scenes.paths import SAMPLES, SEEN, STRAIGHT, Actor, Path, Window, centre, convoys
from scenes.routing import with_paths
from scenes.theme import DARK, Role

STAGE = DARK.type.stage
MOVED = [line for line in LINES if line.step is not None]


@cache
def staged(line_id: str) -> tuple[list[Actor], Equation, Equation, Equation | None]:
    step = LINES[line_id].step
    assert step is not None
    old = Equation(step.before, DARK, STAGE)
    new = Equation(step.line, DARK, STAGE)
    rule = Equation(step.rule, DARK, DARK.type.ledger, at=(0, 2)) if step.rule else None
    return choreography.stepping(step, old, new, rule), old, new, rule


@pytest.mark.parametrize("line", MOVED, ids=lambda line: line.id)
def test_a_move_ends_in_every_mark_of_the_new_line_once(line):
    actors, _, new, _ = staged(line.id)
    ends = [id(actor.end) for actor in actors if actor.opacities[1] == 1]
    assert sorted(ends) == sorted(map(id, new.outlines))


@pytest.mark.parametrize("line", MOVED, ids=lambda line: line.id)
def test_a_move_starts_from_marks_that_were_there_or_from_nothing(line):
    actors, old, _, rule = staged(line.id)
    seen = {id(mark) for equation in (old, rule) if equation for mark in equation.outlines}
    starts = {id(actor.start) for actor in actors if actor.opacities[0] == 1}
    assert starts <= seen
    assert {id(mark) for mark in old.outlines} <= starts, "a mark of the old line vanished"


def test_a_survivor_travels_as_it_is():
    actors, old, new, _ = staged("sides_swapped")
    alone = LINES["sides_swapped"].tree.right
    pairs = {(id(a.start), id(a.end)) for a in actors if a.opacities == (1.0, 1.0)}
    for start, end in zip(old.marks_of(alone), new.marks_of(alone), strict=True):
        assert (id(start), id(end)) in pairs


def test_a_copy_splits_off_the_term_that_it_is_a_copy_of():
    actors, old, new, _ = staged("log_product")
    first, second, third = (
        node for node in LINES["log_product"].tree.right.walk() if isinstance(node, n.Log)
    )
    starts = {id(actor.end): actor.start for actor in actors}
    one = [starts[id(mark)] for mark in new.own_marks(first.key)]
    for copy in (second, third):
        assert [starts[id(mark)] for mark in new.own_marks(copy.key)] == one
    assert all(mark in old.outlines for mark in one)


def test_a_substituted_term_comes_from_the_rule():
    actors, _, new, rule = staged("rejected_inserted")
    assert rule is not None
    line = LINES["rejected_inserted"].tree
    group = next(node for node in line.walk() if isinstance(node, n.Group))
    arriving = {id(mark) for mark in new.marks_of(group.body)}
    from_rule = [a for a in actors if id(a.end) in arriving and a.start in rule.outlines]
    assert len(from_rule) >= len(arriving) - 3, "all but the w and l of the letters, at most"


INSERTED = [line for line in MOVED if line.step and line.step.rule is not None]


@pytest.mark.parametrize("line", INSERTED, ids=lambda line: line.id)
def test_a_copy_is_lifted_off_a_rule_that_stays_which_is_hardly_seen_behind_it(line):
    _, old, new, rule = staged(line.id)
    actors = choreography.stepping(line.step, old, new, rule, staying=[rule])
    standing = {id(actor.start): actor for actor in actors if actor.start is actor.end}
    assert standing.keys() == set(map(id, rule.outlines))
    copies = [a for a in actors if id(a.start) in standing and a.end is not a.start]
    for copy in copies:
        original = standing[id(copy.start)]
        assert original.opacity(0.0) == original.opacity(1.0) == 1
        assert original.opacity(copy.window.start) < SEEN
    arriving = [copy for copy in copies if copy.opacities == (0.0, 1.0)]
    assert arriving
    for copy in arriving:
        assert copy.opacity(0.0) == 0
        assert copy.opacity(copy.window.start) == copy.opacity(1.0) == 1
    assert len({standing[id(copy.start)].ducks for copy in copies}) == 1, "it pales as one"


@pytest.mark.parametrize("line", INSERTED, ids=lambda line: line.id)
def test_a_rule_that_does_not_stay_gives_its_terms_and_the_rest_of_it_goes(line):
    actors, _, new, rule = staged(line.id)
    for mark in rule.outlines:
        ways = [actor for actor in actors if actor.start is mark]
        assert ways
        assert all(actor.end in new.outlines or actor.opacities[1] == 0 for actor in ways)
        assert all(actor.opacity(0.0) == 1 for actor in ways)


def test_what_cancels_lies_on_its_like_before_it_vanishes():
    actors, *_ = staged("cancelled")
    one, other = meeting("cancelled")
    ways = [[a for a in actors if a.start in group] for group in (one, other)]
    for first, second in zip(*ways, strict=True):
        assert np.allclose(centre(first.end), centre(second.end), atol=0.1)
        assert np.allclose(first.end.width, first.start.width)
    for actor in (*ways[0], *ways[1]):
        assert actor.opacities == (1.0, 0.0)
        assert actor.opacity(actor.window.end) == actor.opacity(VANISHING.start) == 1
        assert VANISHING.start > actor.window.end + 0.05


def test_what_cancels_and_is_not_alike_is_gone_when_it_meets():
    actors, *_ = staged("log_exp")
    logs, exps = meeting("log_exp")
    for actor in (a for a in actors if a.start in logs or a.start in exps):
        assert actor.opacity(actor.window.end) == 0


def meeting(line_id: str) -> list[list[Outline]]:
    """The marks of the two groups that cancel in the move to a line."""
    _, old, _, _ = staged(line_id)
    step = LINES[line_id].step
    assert step is not None
    (gone,) = (entry for entry in step.gone if entry.kind == "cancel")
    return [[m for key in keys for m in old.own_marks(key)] for keys in (gone.keys, gone.others)]


def test_boxes_around_what_cancels_keep_with_it():
    actors, *_ = staged("cancelled")
    groups = meeting("cancelled")
    boxes = [TermBox(marks, DARK, Role.PARTITION) for marks in groups]
    first, second = choreography.boxes_meeting(*boxes)
    for alpha in (0.2, VANISHING.start, 0.56, 1.0):
        for animation, marks in ((first, groups[0]), (second, groups[1])):
            animation.interpolate(alpha)
            box = animation.mobject
            actor = next(a for a in actors if a.start is marks[-1])
            shown = box.get_stroke_opacity()
            assert shown == pytest.approx(actor.opacity(alpha), abs=1e-6)
    assert np.allclose(boxes[0].get_center(), boxes[1].get_center())


def test_brackets_stay_around_what_they_hold_until_it_is_on_its_way():
    actors, old, *_ = staged("sign_distributed")
    group = next(node for node in old.tree.walk() if isinstance(node, n.Group))
    brackets = [actor for actor in actors if actor.start in old.own_marks(group.key)]
    assert len(brackets) == 2
    assert [actor.opacity(0.4) for actor in brackets] == [1.0, 1.0]
    assert [actor.opacity(1.0) for actor in brackets] == [0.0, 0.0]


def test_the_line_closes_the_gap_only_after_the_pair_is_gone():
    actors, _, _, _ = staged("cancelled")
    going = max(actor.window.end for actor in actors if actor.opacities == (1.0, 0.0))
    staying = min(actor.window.start for actor in actors if actor.opacities == (1.0, 1.0))
    assert going <= staying


def test_a_new_term_grows_where_its_origin_arrives():
    actors, _, new, _ = staged("times_beta")
    line = LINES["times_beta"].tree
    beta = next(node for node in line.right.walk() if node == n.Symbol("beta"))
    (mark,) = new.own_marks(beta.key)
    (actor,) = (actor for actor in actors if actor.end is mark)
    assert actor.opacities == (0.0, 1.0)
    assert actor.start.height < mark.height
    assert np.linalg.norm(actor.travel) <= choreography.REACH + 1e-6


def test_a_motion_begins_as_the_old_line_and_ends_as_the_new():
    actors, old, new, _ = staged("reward_alone")
    motion = TermMotion(actors)
    motion.begin()
    for alpha, equation in ((0.0, old), (1.0, new)):
        motion.interpolate(alpha)
        shown = [mark for mark in motion.marks if mark.fill_rgbas[0, 3] > 0.99]
        wanted = np.sort([centre(mark)[0] for mark in equation.outlines])
        assert np.allclose(np.sort([centre(mark)[0] for mark in shown]), wanted, atol=1e-6)


def test_a_motion_backwards_is_the_same_pictures_in_reverse():
    actors, *_ = staged("cancelled")
    forth, back = TermMotion(actors), TermMotion(actors, backwards=True)
    for motion, alpha in ((forth, 0.3), (back, 0.7)):
        motion.begin()
        motion.interpolate(alpha)
    for one, other in zip(forth.marks, back.marks, strict=True):
        assert np.allclose(one.points, other.points)


def test_a_rule_must_be_shown_when_the_move_has_one():
    step = LINES["rejected_inserted"].step
    assert step is not None
    old, new = (Equation(tree, DARK, STAGE) for tree in (step.before, step.line))
    with pytest.raises(ValueError, match="rule"):
        choreography.stepping(step, old, new)


def test_terms_that_change_places_go_around_each_other():
    """Swapping sides on a straight line would run one side through the whole other."""
    actors, *_ = staged("sides_swapped")
    planned = overlap(actors)
    straight = overlap([plain(actor) for actor in actors])
    assert straight > 10 * planned


def test_rows_that_become_one_do_not_run_into_each_other():
    """A sum that was whole before and after: its rows go different ways, each by itself."""
    step = LINES["sides_swapped"].step
    old, new = (Equation(line, DARK, STAGE, width=8.0) for line in (step.before, step.line))
    assert len(old.rows.breaks) > len(new.rows.breaks)
    actors = choreography.stepping(step, old, new)
    for convoy in convoys(actors):
        travels = np.array([actors[i].travel for i in convoy])
        assert np.ptp(travels, axis=0).max() < 1
    assert overlap([plain(actor) for actor in actors]) > 5 * overlap(actors)


@pytest.mark.parametrize(("width", "travels_as_one"), [(None, True), (8.0, False)])
def test_a_line_that_grows_travels_as_one_unless_it_breaks_otherwise(width, travels_as_one):
    step = LINES["sides_swapped"].step
    old = Equation(step.before, DARK, STAGE, width=width)
    new = Equation(step.line, DARK, 0.9 * STAGE, width=width)
    assert (old.rows.breaks == new.rows.breaks) is travels_as_one
    convoy = max(convoys(choreography.stepping(step, old, new)), key=len)
    whole_line = len(new.outlines) - 1  # without the sign between its sides
    assert (len(convoy) == whole_line) is travels_as_one


def plain(actor: Actor) -> Actor:
    return Actor(actor.start, actor.end, actor.window, actor.opacities, actor.fade)


def overlap(actors: list[Actor]) -> float:
    """The area that marks share with others, summed over the samples of time."""
    total = 0.0
    boxes = np.stack([actor.boxes(actor.path) for actor in actors])
    for time, alpha in enumerate(SAMPLES):
        seen = np.array([actor.opacity(alpha) > SEEN for actor in actors])
        now = boxes[seen, time]
        low = np.maximum(now[:, None, :2], now[None, :, :2])
        high = np.minimum(now[:, None, 2:], now[None, :, 2:])
        area = np.clip(high - low, 0, None).prod(axis=-1)
        total += float(np.triu(area, 1).sum())
    return total


def test_what_cannot_go_around_dips_out_of_sight():
    _, old, new, _ = staged("cancelled")
    wall = [Actor(mark, mark, Window(0, 1)) for mark in old.outlines]
    above = new.copy().shift([0, 3, 0])
    below = new.copy().shift([0, -3, 0])
    fall = [
        Actor(start, end, Window(0, 1), company="fall")
        for start, end in zip(above, below, strict=True)
    ]
    routed = with_paths([*wall, *fall])[len(wall) :]
    assert all(actor.path.dip > 0 for actor in routed)
    assert min(actor.opacity(0.5) for actor in routed) <= SEEN + 1e-9


@pytest.mark.parametrize("line_id", ["log_product", "beta_spread"])
def test_copies_go_around_the_line_and_the_line_not_around_them(line_id):
    actors, *_ = staged(line_id)
    bowing = [convoy for convoy in convoys(actors) if actors[convoy[0]].path.bow != (0.0, 0.0)]
    assert bowing
    assert max(map(len, bowing)) <= 3


@pytest.mark.parametrize("path", [STRAIGHT, Path(bow=(0.0, 1.0)), Path(first="x"), Path(dip=0.7)])
def test_every_path_leaves_from_the_start_and_arrives_at_the_end(path):
    travel = np.array([3.0, -1.0, 0.0])
    assert np.allclose(path.offset(0.0, travel), 0)
    assert np.allclose(path.offset(1.0, travel), 0)


DIGEST = """
import hashlib
from dpo_math.derivation import CHOSEN, LINES
from dpo_math.derivation.gradient import ratio
from scenes.choreography import TermMotion, stepping
from scenes.equation import Equation
from scenes.theme import DARK, Role

digest = hashlib.sha256()
for name in ("log_product", "sides_swapped", "rejected_inserted", "cancelled"):
    step = LINES[name].step
    old, new = (Equation(tree, DARK, 0.48) for tree in (step.before, step.line))
    rule = Equation(step.rule, DARK, 0.36, at=(0, 2)) if step.rule else None
    motion = TermMotion(stepping(step, old, new, rule))
    motion.begin()
    motion.interpolate(0.4)
    for mark in motion.marks:
        digest.update(mark.points.tobytes())
print(digest.hexdigest())
"""


def test_a_motion_is_the_same_whatever_the_hash_seed(python):
    assert python(DIGEST, PYTHONHASHSEED="1") == python(DIGEST, PYTHONHASHSEED="2")


def test_a_bracket_that_is_made_of_more_pieces_changes_over_instead_of_being_bent():
    tree, width = LINES["loss"].tree, 25 * DARK.type.stage
    term = n.find(tree, ratio(CHOSEN))[0]
    old = Equation(tree, DARK, DARK.type.stage, width)
    new = Equation(tree, DARK, DARK.type.stage, width, apart={term.key})
    grown = [len(one.points) for one in old.outlines] != [len(one.points) for one in new.outlines]
    assert grown, "no bracket of this line is made of other pieces"
    cast = choreography.carried(old, new)
    assert all(len(actor.start.points) == len(actor.end.points) for actor in cast)
    assert len(cast) > len(old.outlines)


def test_a_bracket_that_is_drawn_from_another_corner_changes_over_instead_of_being_bent():
    tree = LINES["implicit_loss"].tree
    low = Equation(tree, DARK, STAGE)
    margin = next(node for node in tree.walk() if isinstance(node, n.Sigmoid)).children[0]
    high = Equation(tree, DARK, STAGE, apart={margin.key})
    changed = [
        (start, end)
        for start, end in zip(low.outlines, high.outlines, strict=True)
        if end.height > 1.5 * start.height and len(start.points) == len(end.points) == 40
    ]
    assert len(changed) == 2, "the square brackets grow around the round ones"
    actors = choreography.carried(low, high)
    for start, end in changed:
        (old,) = (actor for actor in actors if actor.start is start)
        (new,) = (actor for actor in actors if actor.end is end)
        assert (old.opacities, new.opacities) == ((1.0, 0.0), (0.0, 1.0))


def test_rows_of_a_line_that_is_carried_go_around_each_other_where_it_breaks_otherwise():
    tree = LINES["loss"].tree
    line = Equation(tree, DARK, DARK.type.ledger, at=(0, 2))
    rows = Equation(tree, DARK, STAGE, width=0.7 * Equation(tree, DARK, STAGE).width)
    assert line.rows.breaks != rows.rows.breaks
    for one, other in ((line, rows), (rows, line)):
        assert any(actor.path != STRAIGHT for actor in choreography.carried(one, other))
    longer = Equation(tree, DARK, STAGE)
    assert all(actor.path == STRAIGHT for actor in choreography.carried(line, longer))
