"""Beats, the ledger, and a verdict on everything that is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from manim import Animation, FadeIn, FadeOut, Mobject, Wait

from dpo_math import moves, verify
from dpo_math.derivation import LINES, X_OTHER, log_partition
from dpo_math.derivation.vocabulary import log_ratio
from dpo_math.verify import Verdict
from pipeline import writer
from scenes import line_scene
from scenes.cancellation import Cancellation
from scenes.catalogue import SCENES
from scenes.choreography import TermMotion
from scenes.furniture import TermBox, VerdictMark, Words
from scenes.inversion import Inversion
from scenes.lesson_scene import LessonScene
from scenes.line_scene import RefutedLine
from scenes.motion_check import check_moves
from scenes.narration import NarrationError
from tests.scenes.conftest import FRAME_RATE


def run(scene: LessonScene) -> LessonScene:
    scene.setup()
    scene.construct()
    return scene


class Counting(Cancellation):
    """Counts the frames that Manim draws of a play: time steps of an animation, or of a wait."""

    drawn = 0

    def play(self, *animations, **kwargs):
        super().play(*animations, **kwargs)
        waiting = all(isinstance(animation, Wait) for animation in self.animations)
        steps = np.arange(0, self.duration, 1 / FRAME_RATE)
        self.drawn += int(self.duration * FRAME_RATE) if waiting else len(steps)


def test_beats_tile_the_film_in_whole_frames(undrawn):
    scene = run(undrawn(Cancellation))
    assert scene.beats[0].start == 0
    assert scene.beats[-1].end == scene.frame
    for before, after in zip(scene.beats, scene.beats[1:], strict=False):
        assert before.end == after.start
    for beat in scene.beats:
        assert beat.start < beat.rest < beat.end
        assert all(isinstance(frame, int) for frame in (beat.start, beat.rest, beat.end))


def test_the_frames_counted_are_the_frames_that_manim_draws(undrawn, monkeypatch):
    monkeypatch.setattr(writer, "can_arrive", lambda *_: False)
    scene = run(undrawn(Counting))
    assert scene.drawn == scene.frame


def test_a_rest_leaves_time_to_read_the_narration_aloud(undrawn):
    scene = run(undrawn(Inversion))
    pace = scene.theme.durations
    for beat in scene.beats:
        seconds = (beat.end - beat.start) / FRAME_RATE
        assert len(beat.narration) / seconds <= pace.characters_per_second + 0.5
        assert (beat.end - beat.rest) / FRAME_RATE >= pace.settle - 0.5 / FRAME_RATE


def test_every_line_that_is_shown_wears_the_verdict_of_the_checker(undrawn):
    scene = run(undrawn(Cancellation))
    shown = {line.id: line.verdict for line in scene.lines}
    assert shown["cancelled"] is Verdict.PROVED
    assert {line: verify.report(LINES[line]).verdict for line in shown} == shown


def test_a_scene_whose_line_is_refuted_does_not_render(undrawn, monkeypatch):
    true = verify.report

    def refuting(line):
        found = true(line)
        if line.id != "cancelled":
            return found
        decision = replace(found.decision, verdict=Verdict.REFUTED, method="differs at a point")
        return replace(found, decision=decision)

    monkeypatch.setattr(line_scene, "report", refuting)
    with pytest.raises(RefutedLine, match="line cancelled is refuted: differs at a point"):
        run(undrawn(Cancellation))


class Standing:
    """A scene of which it is remembered how long each thing stands whole that comes and goes."""

    def __init__(self, scene: LessonScene) -> None:
        self.since: dict[Mobject, int] = {}
        self.stood: list[tuple[str, Mobject, float]] = []
        self.scene, self.play = scene, scene.play
        scene.play = self.watch
        run(scene)

    def watch(self, *animations, seconds=None, **kwargs):
        for animation in animations:
            if isinstance(animation, FadeOut) and animation.mobject in self.since:
                frames = self.scene.frame - self.since.pop(animation.mobject)
                frames += round((seconds or 1) * FRAME_RATE) * sets_in(animation.rate_func)
                self.stood.append((self.scene.under_way, animation.mobject, frames / FRAME_RATE))
        self.play(*animations, seconds=seconds, **kwargs)
        come = (each.mobject for each in animations if isinstance(each, FadeIn))
        self.since |= dict.fromkeys(come, self.scene.frame)


def sets_in(rate_func):
    """Up to when nothing is seen of an animation, as a fraction of its run time."""
    alphas = np.linspace(0, 1, 101)
    return max(alpha for alpha in alphas if rate_func(alpha) == 0)


@pytest.mark.parametrize("shape", ["wide", "square", "tall"])
@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_no_verdict_is_gone_before_it_can_be_read(entry, shape, undrawn):
    watched = Standing(undrawn(entry.load(), shape=shape))
    least = watched.scene.theme.durations.verdict
    brief = [
        (beat, type(thing).__name__, seconds)
        for beat, thing, seconds in watched.stood
        if isinstance(thing, VerdictMark) and seconds < least - 0.5 / FRAME_RATE
    ]
    assert not brief


def test_a_verdict_rises_with_the_line_that_makes_room_for_a_picture(undrawn):
    class Lifted(Inversion):
        def construct(self):
            self.state("inversion")
            (self.before,) = marks(self)
            self.below = self.stage.equation.get_bottom()[1] - self.before.get_top()[1]
            self.make_room()

    def marks(scene):
        return [each for each in scene.mobjects if isinstance(each, VerdictMark)]

    scene = run(undrawn(Lifted))
    (after,) = marks(scene)
    assert after is scene.before
    assert 0 < scene.stage.equation.get_bottom()[1] - after.get_top()[1] < scene.below


def test_what_qualifies_a_verdict_goes_where_it_goes_and_with_it(undrawn):
    class Qualified(Inversion):
        def construct(self):
            words = Words("as far as it goes", self.theme, self.theme.type.label)
            with pytest.raises(ValueError, match="no verdict to qualify"):
                self.qualify(words)
            self.state("inversion")
            (mark,) = (each for each in self.mobjects if isinstance(each, VerdictMark))
            self.qualify(words)
            apart = words.get_center() - mark[0].get_center()
            self.leave()
            self.make_room()
            assert words in mark.submobjects
            assert words.get_center() - mark[0].get_center() == pytest.approx(apart)
            self.dismiss()
            assert not {mark, words} & set(self.mobjects)

    run(undrawn(Qualified))


def test_a_verdict_stays_by_a_box_and_gives_way_to_what_is_shown_in_its_place(undrawn):
    class Shown(Inversion):
        def construct(self):
            self.state("inversion")
            (mark,) = (each for each in self.mobjects if isinstance(each, VerdictMark))
            self.box(log_partition())
            assert mark in self.mobjects
            place = tuple(mark.get_center()[:2])
            self.show(Words("far off", self.theme, self.theme.type.label, at=(-5.0, 0.0)))
            assert mark in self.mobjects
            self.show(Words("here", self.theme, self.theme.type.label, at=place))
            assert mark not in self.mobjects

    run(undrawn(Shown))


def test_the_counter_example_uses_the_refusal_of_the_move_itself(undrawn):
    class Staged(Cancellation):
        def construct(self):
            self.state("other_prompt")
            self.found = self.refused(moves.cancel, log_partition(), log_partition(X_OTHER))

    one, other = run(undrawn(Staged)).found
    assert (one.name, other.name) == ("x", "x'")


def test_a_counter_example_that_is_not_refused_stops_the_film(undrawn):
    class Wrong(Cancellation):
        def construct(self):
            self.state("sign_distributed")
            self.refused(moves.cancel, log_partition(), log_partition())

    with pytest.raises(RuntimeError, match="not refused on line sign_distributed"):
        run(undrawn(Wrong))


class Boxed(Inversion):
    """Notes what is played from the box on."""

    def play(self, *animations, **kwargs):
        self.played.append(animations)
        super().play(*animations, **kwargs)

    def construct(self):
        self.played: list[tuple[Animation, ...]] = []
        self.state("inversion")
        self.played.clear()
        self.box(log_ratio("*"))


class BoxGone(Boxed):
    """Notes what is played as the box leaves."""

    def construct(self):
        super().construct()
        self.played.clear()
        self.leave()


def test_a_line_makes_room_before_a_box_comes_up(undrawn):
    line, box = run(undrawn(Boxed)).played
    assert isinstance(line[0], TermMotion)
    assert [type(each) for each in box] == [FadeIn]
    assert isinstance(box[0].mobject, TermBox)


def test_a_box_is_gone_before_the_line_takes_its_room():
    scenes = []

    def make(renderer):
        scenes.append(BoxGone(renderer))
        return scenes[0]

    check_moves(make)
    ((box, *others),) = scenes[0].played
    assert isinstance(box, FadeOut)
    assert isinstance(box.mobject, TermBox)
    (line,) = (each for each in others if isinstance(each, TermMotion))
    gone = min(actor.window.start for actor in line.actors)
    assert box.rate_func(gone) == 1
    assert box.rate_func(gone / 2) < 1


def test_a_line_goes_up_into_the_ledger_and_the_oldest_leaves_when_there_is_no_room(undrawn):
    class Begun(Inversion):
        def construct(self):
            self.state("closed_form")
            self.move("logs", keep=True)

    scene = run(undrawn(Begun))
    assert [entry.line.id for entry in scene.ledger] == ["closed_form"]
    scene.recall("partition")
    assert [entry.line.id for entry in scene.ledger] == ["partition"], "no room for two fractions"
    scene = run(undrawn(Cancellation))
    assert [entry.line.id for entry in scene.ledger] == ["bradley_terry", "inversion"]
    heights = [entry.equation.get_y() for entry in scene.ledger]
    assert heights == sorted(heights, reverse=True), "the latest stands nearest to the stage"


def test_a_move_from_a_line_that_is_nowhere_is_an_error(undrawn):
    class Lost(Inversion):
        def construct(self):
            self.state("closed_form")
            self.move("inversion")

    with pytest.raises(ValueError, match="reward_alone is neither on the stage nor in the ledger"):
        run(undrawn(Lost))


def test_a_beat_without_narration_is_an_error_that_names_it(undrawn):
    class Mute(Inversion):
        def construct(self):
            with self.beat("nowhere"):
                self.state("closed_form")

    with pytest.raises(NarrationError, match=r"en\.toml: scenes\.inversion\.beats\.nowhere"):
        run(undrawn(Mute))


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_the_narration_has_exactly_the_beats_of_the_scene(entry, undrawn):
    scene = run(undrawn(entry.load()))
    assert tuple(beat.name for beat in scene.beats) == scene.say.beats(entry.id)


def test_rewinding_brings_the_line_before_back(undrawn):
    class Back(Cancellation):
        def construct(self):
            self.state("sign_distributed")
            self.move("cancelled")
            self.rewind()

    scene = run(undrawn(Back))
    assert scene.stage is not None
    assert scene.stage.line.id == "sign_distributed"
    assert scene.stage.equation in scene.mobjects


def test_a_line_recalled_where_it_stands_stays_there_and_the_other_one_goes(undrawn):
    scene = undrawn(Cancellation)
    scene.setup()
    for name in ("bradley_terry", "inversion"):
        scene.recall(name)
    assert [entry.line.id for entry in scene.ledger] == ["bradley_terry", "inversion"]
    stood, played = next(iter(scene.ledger)).equation.get_center(), scene.frame
    scene.recall("bradley_terry")
    assert scene.frame == played
    assert np.array_equal(next(iter(scene.ledger)).equation.get_center(), stood)
    scene.recall("sigmoid")
    assert [entry.line.id for entry in scene.ledger] == ["bradley_terry", "sigmoid"]


def test_a_line_on_the_stage_that_is_substituted_goes_into_the_next_itself():
    """The move is made from a line in the ledger, which stays there."""
    given, moves = [], []

    class Closing(LessonScene):
        id = "cancellation"

        def play(self, *animations, **kwargs):
            moves.extend(each for each in animations if isinstance(each, TermMotion))
            super().play(*animations, **kwargs)

        def construct(self):
            with self.beat("preference"):
                self.state("bradley_terry")
                self.state("cancelled")
                given.extend(self.stage.equation.marks_of(self.stage.line.tree.right))
                self.move("preference")

    scenes = []

    def make(renderer):
        scenes.append(Closing(renderer))
        return scenes[0]

    check_moves(make)
    (scene,) = scenes
    assert [entry.line.id for entry in scene.ledger] == ["bradley_terry"]
    assert scene.ledger.saying(LINES["bradley_terry"].tree).equation in scene.mobjects
    ways = {id(actor.start): actor for actor in moves[-1].actors}
    arriving = set(map(id, scene.stage.equation.outlines))
    assert all(id(ways[id(mark)].end) in arriving for mark in given)
    assert all(ways[id(mark)].opacities == (1.0, 1.0) for mark in given)


def test_what_stands_under_a_line_is_under_it_however_often_that_moves(undrawn):
    class Moving(LessonScene):
        id = "inversion"

        def construct(self):
            with self.beat("closed_form"):
                self.state("inversion")
                self.make_room()
                self.box(log_partition())

    scene = run(undrawn(Moving))
    (mark,) = (each for each in scene.mobjects if isinstance(each, VerdictMark))
    staged, high = scene.stage, scene.over_picture
    place = scene.staging.note_at(staged.equation, over_picture=high)
    assert np.allclose(
        mark.get_center(), scene.staging.verdict(staged.line, place).get_center(), atol=1e-6
    )
