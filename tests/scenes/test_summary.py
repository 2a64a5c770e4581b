"""Lines of the lesson stand together in a list, and come out of each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dpo_math.derivation import LINES
from dpo_math.verify import Verdict, report
from scenes import choreography
from scenes.epilogue import FIVE, Epilogue
from scenes.equation import Equation
from scenes.layout import LAYOUTS
from scenes.summary import SWOLLEN, newly_proved
from scenes.theme import DARK


def listed(shape: str) -> Epilogue:
    scene = Epilogue(shape=shape)
    scene.setup()
    scene.list_lines(*FIVE)
    return scene


def relation_x(equation: Equation) -> float:
    return equation.own_marks(equation.tree.key)[0].get_x()


def test_relations_stand_under_each_other_in_a_wide_frame():
    across = [relation_x(entry.staged.equation) for entry in listed("wide").entries]
    assert across == pytest.approx([across[0]] * len(FIVE))


@pytest.mark.parametrize("shape", LAYOUTS)
def test_the_list_fills_its_room_from_top_to_bottom(shape):
    scene = listed(shape)
    room, marks = scene.layout.listing, [part for e in scene.entries for part in e.parts]
    assert max(mark.get_top()[1] for mark in marks) == pytest.approx(room.top, abs=0.01)
    assert min(mark.get_bottom()[1] for mark in marks) == pytest.approx(room.bottom, abs=0.01)


def test_the_lines_proved_on_the_way_are_counted_once():
    steps = [len(newly_proved(LINES[b], LINES[a])) for a, b in pairwise(FIVE)]
    assert sum(steps) == len(newly_proved(LINES["loss"], LINES["objective"]))
    assert min(steps) > 0


def test_only_what_is_proved_says_how_many_lines_that_took():
    for entry in listed("wide").entries:
        proved = report(entry.staged.line).verdict is Verdict.PROVED
        assert bool(entry.proved) == proved


def test_a_verdict_swells_and_is_as_it_was_and_each_count_comes_with_its_own(undrawn):
    scene = undrawn(Epilogue)
    scene.setup()
    scene.list_lines(*FIVE)
    before = [entry.verdict.width for entry in scene.entries]
    scene.count_proofs()
    scene.swell("loss")
    assert [entry.verdict.width for entry in scene.entries] == pytest.approx(before)
    for entry in scene.entries:
        assert all(words in scene.mobjects for words in entry.proved)


def test_a_count_beside_a_verdict_stands_on_its_baseline():
    scene = listed("square")
    counts = [(entry.verdict, words) for entry in scene.entries for words in entry.proved]
    assert counts
    for mark, words in counts:
        letter, last = mark[1][1], words[-1]  # neither goes below the line
        assert letter.get_bottom()[1] == pytest.approx(last.get_bottom()[1], abs=0.02)
        assert words.get_right()[0] < mark.get_left()[0]


def test_half_way_a_verdict_is_larger_and_stays_at_its_left_end(monkeypatch):
    scene, seen = listed("wide"), []

    def play(animation, **_):
        animation.begin()
        animation.interpolate(0.5)
        seen.append((animation.mobject.width, animation.mobject.get_left()[0]))

    mark = scene.entries[-1].verdict
    width, left = mark.width, mark.get_left()[0]
    monkeypatch.setattr(scene, "play", play)
    scene.swell("loss")
    assert seen == [(pytest.approx(SWOLLEN * width), pytest.approx(left))]


def test_a_copied_term_starts_on_its_original_and_a_new_one_grows_in_place():
    old, new = (Equation(LINES[line].tree, DARK, 0.4) for line in ("inversion", "preference"))
    log, source = LINES["preference"].tree.right.argument.terms[0].body, LINES["inversion"].tree
    sources = {log.factors[0].key: source.right.terms[0].body.factors[0].key}
    actors = choreography.descending(old, new, sources)
    ends = {id(actor.end): actor for actor in actors}
    (beta,) = new.own_marks(log.factors[0].key)
    (original,) = old.own_marks(source.right.terms[0].body.factors[0].key)
    assert ends[id(beta)].start is original
    (relation,) = new.own_marks(LINES["preference"].tree.key)
    assert abs(ends[id(relation)].travel).max() < 1e-9
    assert {id(actor.end) for actor in actors} == {id(mark) for mark in new.outlines}
