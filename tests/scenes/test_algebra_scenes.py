"""The five steps: every line is shown, moved to by its own move, and wears its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from manim import VMobject

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, REJECTED, policy
from dpo_math.examples import BETA, PROMPT
from dpo_math.verify import Verdict
from scenes.catalogue import SCENES
from scenes.epilogue import CONDITIONS, Epilogue
from scenes.equation import Equation
from scenes.furniture import TermBox, VerdictMark, Words
from scenes.layout import LAYOUTS
from scenes.lesson_scene import LessonScene
from scenes.loss import Loss
from scenes.optimum import Optimum
from scenes.paths import box
from scenes.theme import Role


def run(scene: LessonScene) -> LessonScene:
    scene.setup()
    scene.construct()
    return scene


class Watched:
    """A scene of which each rest is remembered: the words on it, and its verdict marks."""

    def __init__(self, scene: LessonScene) -> None:
        self.words: dict[str, list[str]] = {}
        self.verdicts: dict[str, list[VerdictMark]] = {}
        self.scene = scene
        scene.on_rest = self.look
        run(scene)

    def look(self, beat: str) -> None:
        family = [part for mobject in self.scene.mobjects for part in mobject.get_family()]
        self.words[beat] = [part.text for part in family if isinstance(part, Words)]
        self.verdicts[beat] = [part for part in family if isinstance(part, VerdictMark)]


STEPS = [entry for entry in SCENES if entry.step]


@pytest.mark.parametrize("entry", STEPS, ids=lambda entry: entry.id)
def test_every_line_of_a_step_is_shown_in_its_scene(entry, undrawn):
    shown = {line.id for line in run(undrawn(entry.load())).lines}
    assert {line.id for line in LINES if line.lesson_step == entry.step} <= shown


@pytest.mark.parametrize("entry", STEPS, ids=lambda entry: entry.id)
def test_a_line_that_follows_from_one_is_moved_to_and_not_stated(entry, undrawn, monkeypatch):
    """But for the line that a scene begins with or takes over from the step before."""
    came: dict[str, list[str]] = {"state": [], "move": [], "recall": [], "build": []}
    for way, lines in came.items():
        monkeypatch.setattr(LessonScene, way, remembering(getattr(LessonScene, way), lines))
    run(undrawn(entry.load()))
    follow = [line.id for line in LINES if line.step and line.lesson_step == entry.step]
    assert set(follow) <= set(came["move"])
    not_moved_to = {*came["state"], *came["recall"], *came["build"]} - set(came["move"])
    assert not_moved_to.isdisjoint(follow)


def remembering(gesture, lines):
    """A gesture of a scene that also writes down for which line it was made."""

    def made(scene, line, *rest, **options):
        lines.append(line)
        return gesture(scene, line, *rest, **options)

    return made


def test_the_loss_is_reached_through_the_likelihood_and_is_a_choice(undrawn):
    scene = run(undrawn(Loss))
    verdicts = {line.id: line.verdict for line in scene.lines}
    assert verdicts["likelihood"] is Verdict.DEFINITION
    assert verdicts["likelihood_of_policy"] is Verdict.PROVED
    assert verdicts["loss"] is Verdict.CHOICE


def test_the_numbers_that_are_said_are_those_of_the_example(undrawn):
    watched = Watched(undrawn(Optimum))
    total = f"{PROMPT.partition(BETA):.2f}"
    spoken = {beat.name: beat.narration for beat in watched.scene.beats}
    assert total in spoken["multiplied"]
    assert total in watched.words["multiplied"]
    assert "1.00" in watched.words["normaliser"]


def test_what_the_loss_needs_stands_under_it_and_the_reward_model_is_struck_out(undrawn):
    watched = Watched(undrawn(Loss))
    assert {"policy", "reference", "pairs", "reward model"} <= set(watched.words["reward_model"])
    named = {
        part.text: part
        for mobject in watched.scene.mobjects
        for part in mobject.get_family()
        if isinstance(part, Words)
    }
    plain = Words("reward model", watched.scene.theme, named["policy"].em)
    assert len(named["reward model"]) == len(plain) + 1
    line = box(named["reward model"][-1])
    assert line[2] - line[0] > plain.width
    feet = [named[word].get_y() for word in ("policy", "reference", "pairs")]
    assert np.ptp(feet) < 0.1


def test_a_definition_comes_up_in_the_ledger_and_the_stage_stays(undrawn):
    class Recalling(Optimum):
        def construct(self):
            self.state("one_log")
            self.recall("partition")

    scene = run(undrawn(Recalling))
    assert [entry.line.id for entry in scene.ledger] == ["partition"]
    assert scene.stage is not None
    assert scene.stage.line.id == "one_log"
    assert all(part in scene.mobjects for part in next(iter(scene.ledger)).parts)


def test_the_verdict_stands_clear_of_a_line_in_many_rows(undrawn):
    class Tall(Optimum):
        def construct(self):
            self.state("completed")

    scene = run(undrawn(Tall, shape="square"))
    assert scene.stage is not None
    (note,) = (mark for mark in scene.mobjects if isinstance(mark, VerdictMark))
    assert note.get_top()[1] < scene.stage.equation.get_bottom()[1]


def test_an_explanation_takes_the_place_of_the_verdict(undrawn):
    class Explaining(Optimum):
        def construct(self):
            self.state("recognised")
            self.explain("tilted_sums_to_one", self.layout.aside)

    scene = run(undrawn(Explaining))
    family = [part for mobject in scene.mobjects for part in mobject.get_family()]
    (mark,) = (part for part in family if isinstance(part, VerdictMark))
    assert mark.get_bottom()[1] >= scene.layout.bottom


def test_a_picture_gets_room_under_the_line(undrawn):
    class Lifted(Optimum):
        def construct(self):
            self.state("objective")
            self.keep()
            self.make_room()

    scene = run(undrawn(Lifted))
    assert scene.stage is not None
    assert not scene.ledger
    assert scene.stage.equation.get_bottom()[1] > scene.layout.picture.top


def test_a_box_keeps_clear_of_the_other_terms(undrawn):
    boxes: list[TermBox] = []

    class Boxed(Loss):
        def construct(self):
            self.state("loss")
            for term in ("theta", "ref"):
                boxes.extend(self.box(policy(term, CHOSEN), policy(term, REJECTED)))

    scene = run(undrawn(Boxed))
    assert len(boxes) == 4
    assert scene.stage is not None
    for frame in boxes:
        inside = {id(mark) for mark in frame.around}
        others = [mark for mark in scene.stage.equation.outlines if id(mark) not in inside]
        assert not any(overlap(box(frame), box(mark)) for mark in others)
    for i, one in enumerate(boxes):
        assert not any(overlap(box(one), box(other)) for other in boxes[i + 1 :])


STRETCHED = n.Group | n.Exp | n.Sigmoid | n.Expectation
"""What has brackets that grow with what they hold."""
CLEAR = 0.088
"""Between a box and the bar of a fraction: 12 pixels of a picture 1920 wide, in frame units."""


@pytest.mark.parametrize("shape", LAYOUTS)
@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_boxes_stay_within_brackets_and_clear_of_fraction_bars(entry, shape, undrawn):
    scene = undrawn(entry.load(), shape=shape)
    close: list[str] = []

    def look(beat: str) -> None:
        frames = [each for each in scene.mobjects if isinstance(each, TermBox)]
        line = scene.stage.equation if scene.stage else None
        for frame in frames if line else ():
            inside = set(map(id, frame.around))
            for node in line.tree.walk():
                held = (each for each in node.children if not isinstance(each, n.Draw))
                below = {id(mark) for each in held for mark in line.marks_of(each)}
                if isinstance(node, n.Quotient) and not inside & {
                    *map(id, line.own_marks(node.key))
                }:
                    (bar,) = map(box, line.own_marks(node.key))
                    gap = max(box(frame)[1] - bar[3], bar[1] - box(frame)[3])
                    level = box(frame)[0] < bar[2] and bar[0] < box(frame)[2]
                    if level and gap < CLEAR:
                        close.append(f"{beat}: {gap:.3f} to a bar")
                if isinstance(node, STRETCHED) and inside <= below:
                    bracket, closing = map(box, line.brackets(node.key))
                    if not np.allclose(bracket[[1, 3]], closing[[1, 3]], atol=0.01):
                        continue  # it ends a row, and what it holds begins the next
                    out = max(bracket[1] - box(frame)[1], box(frame)[3] - bracket[3])
                    if out > 0:
                        close.append(f"{beat}: {out:.3f} out of brackets")

    scene.on_rest = look
    run(scene)
    assert not close


def test_a_line_makes_room_once_for_boxes_that_come_one_after_another(undrawn):
    """And keeps it until the last of them leaves."""
    _, reference, tilt = n.factors_of(LINES["closed_form"].tree.right)

    class Boxed(Optimum):
        def construct(self):
            self.state("closed_form")
            plain = self.stage.equation
            boxes = self.box(reference, then=[reference, tilt])
            roomy = self.stage.equation
            assert roomy is not plain
            self.leave(*boxes)
            assert self.stage.equation is roomy
            boxes = self.box(tilt)
            assert self.stage.equation is roomy
            self.leave(*boxes)
            assert np.allclose(all_of(self.stage.equation), all_of(plain))

    run(undrawn(Boxed))


def test_a_line_makes_room_for_boxes_until_all_of_them_leave(undrawn):
    _, reference, tilt = n.factors_of(LINES["closed_form"].tree.right)

    class Boxed(Optimum):
        def construct(self):
            self.state("closed_form")
            plain = self.stage.equation
            (first,) = self.box(reference)
            airy = self.stage.equation
            pairs = zip(plain.outlines, airy.outlines, strict=True)
            still = [np.allclose(one.points, other.points) for one, other in pairs]
            assert sum(still) > len(still) / 3, "all of the line moves for a box in its middle"
            before = air_beside(plain.marks_of(reference), plain)
            assert air_beside(first.around, self.stage.equation) > before + 0.04
            (second,) = self.box(tilt)
            for frame in (first, second):
                assert encloses(box(frame), all_of(frame.around))
            self.leave(first)
            assert encloses(box(second), all_of(second.around))
            self.leave()
            after = self.stage.equation
            assert np.allclose(all_of(after), all_of(plain))

    scene = run(undrawn(Boxed))
    assert scene.stage.equation in scene.mobjects


def air_beside(marks: Iterable[VMobject], line: Equation) -> float:
    """How far it is from ``marks`` to the next mark of their line that is level with them."""
    left, bottom, right, top = all_of(marks)
    inside = set(map(id, marks))
    others = [box(mark) for mark in line.outlines if id(mark) not in inside]
    level = [other for other in others if other[1] < top and other[3] > bottom]
    return min(max(left - other[2], other[0] - right) for other in level)


def all_of(marks: Iterable[VMobject]) -> np.ndarray:
    """The box around all of them."""
    boxes = np.array([box(mark) for mark in marks])
    return np.array([*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)])


def encloses(outer: np.ndarray, inner: np.ndarray) -> bool:
    return bool((outer[:2] <= inner[:2]).all() and (outer[2:] >= inner[2:]).all())


@pytest.mark.parametrize("shape", LAYOUTS)
def test_a_tick_on_the_loss_never_stands_without_what_it_claims(undrawn, shape):
    watched = Watched(undrawn(Epilogue, shape=shape))
    claim = watched.scene.say("scenes", "epilogue", "rewritten")
    for beat in ("implicit_rewards", "reward_model", "paper"):
        assert len(watched.verdicts[beat]) > 0
        assert claim in watched.words[beat]


@pytest.mark.parametrize(("shape", "rows"), [("wide", 1), ("square", 2), ("tall", 2)])
def test_names_that_leave_no_gaps_in_a_row_stand_in_as_many_as_there_is_room_for(
    undrawn, shape, rows
):
    scene = undrawn(Epilogue, shape=shape)
    words = scene.names(**dict.fromkeys(CONDITIONS, Role.INK))
    middles = [float(word.get_y()) for word in words]
    steps = [above - below for above, below in pairwise(middles)]
    assert sum(step > scene.theme.type.label for step in steps) == rows - 1
    size = scene.theme.type.label if shape == "wide" else scene.theme.type.aside
    assert {word.em for word in words} == {size}
    gaps = [after.get_left()[0] - word.get_right()[0] for word, after in pairwise(words)]
    assert min(gap for gap in gaps if gap > 0) > scene.theme.type.label
    edges = all_of(mark for word in words for mark in word)
    room = scene.layout.names
    assert edges[0] >= room.left - 0.01
    assert edges[2] <= room.right + 0.01
    assert edges[3] <= room.top + 0.01


@pytest.mark.parametrize("count", [1, 3])
def test_names_that_a_second_row_has_but_one_of_find_their_places(undrawn, count):
    staging = undrawn(Epilogue, shape="tall").staging
    words = staging.names({f"{number} {'wide ' * 5}": Role.INK for number in range(count)})
    edges = all_of(mark for word in words for mark in word)
    assert edges[0] >= staging.layout.names.left - 0.01
    assert edges[2] <= staging.layout.names.right + 0.01


def overlap(one: np.ndarray, other: np.ndarray) -> bool:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    return bool((high - low > 1e-6).all())
