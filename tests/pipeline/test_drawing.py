"""Every frame we draw is, before it is encoded, bit for bit the one Manim's own renderer draws."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import cairo
import numpy as np
import pytest
from manim import (
    Annulus,
    Camera,
    CapStyleType,
    Circle,
    DashedVMobject,
    FadeIn,
    LineJointType,
    Mobject,
    MovingCamera,
    MovingCameraScene,
    Scene,
    Square,
    Star,
    Transform,
    VGroup,
    VMobject,
    tempconfig,
)
from manim.renderer.cairo_renderer import CairoRenderer

from pipeline.drawing import layer, paths, updating
from pipeline.drawing.blending import _Blend
from pipeline.drawing.boundaries import boundary, own_boundary
from pipeline.drawing.families import Families
from pipeline.drawing.marks import look
from pipeline.drawing.paths import Paths, Sheet
from pipeline.drawing.pen import Pen
from pipeline.drawing.regions import APART, Box, as_boxes, gathered, joined, touched
from pipeline.drawing.shortcuts import shortcuts
from pipeline.drawing.updating import updates_if_any
from pipeline.profile import Profile
from pipeline.writer import FilmRenderer
from scenes import catalogue
from scenes.cancellation import Cancellation
from tests.pipeline import stock_scenes

TINY = Profile(160, 90, 10)
SMALL = Profile(320, 180, 3)

pytestmark = pytest.mark.usefixtures("blank_images")


class Stock(CairoRenderer):
    """Manim's own renderer, handing on what it would write."""

    def __init__(self, sink: Callable[[Any, int], None], camera_class: type[Camera]):
        super().__init__(camera_class=camera_class)
        self.sink = sink

    def add_frame(self, frame, num_frames=1):
        if not self.skip_animations:
            self.time += num_frames / self.camera.frame_rate
            self.sink(frame, num_frames)

    def scene_finished(self, scene):
        pass


def digest(pixels: Any) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def frames(kind: type[Scene], profile: Profile, stock: bool, tmp_path) -> list[str]:
    """The digest of every picture that a scene's renderer hands on, a wait's once."""
    digests: list[str] = []

    def keep(pixels, repeat):
        digests.append(digest(pixels))

    settings = {**profile.manim_settings(), "media_dir": tmp_path, "verbosity": "ERROR"}
    with tempconfig(settings):
        if stock:
            moves = issubclass(kind, MovingCameraScene)
            kind(renderer=Stock(keep, MovingCamera if moves else Camera)).render()
        else:
            with shortcuts():
                kind(renderer=FilmRenderer(keep)).render()
    return digests


def the_same(kind: type[Scene], profile: Profile, tmp_path) -> list[str]:
    theirs = frames(kind, profile, True, tmp_path)
    ours = frames(kind, profile, False, tmp_path)
    assert len(ours) == len(theirs)
    differing = [number for number, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    assert not differing
    return ours


@pytest.mark.parametrize("kind", stock_scenes.SCENES, ids=lambda kind: kind.__name__)
def test_a_scene_of_plain_manim_comes_out_as_manim_draws_it(kind, tmp_path):
    assert len(set(the_same(kind, TINY, tmp_path))) > 5


@pytest.mark.parametrize("entry", catalogue.SCENES, ids=lambda entry: entry.id)
def test_a_scene_of_the_lesson_comes_out_as_manim_draws_it(entry, tmp_path):
    assert len(set(the_same(entry.load(), SMALL, tmp_path))) > 20


# --- the comparison can fail, and the fast way is the one that is compared ----------------------


def test_a_mark_a_hundredth_of_a_pixel_off_is_told(tmp_path, monkeypatch):
    draw = Pen.draw

    def shifted(pen, mark):
        pen._context.save()
        if isinstance(mark.mobject, Circle):
            pen._context.translate(0.01 / pen.view.scale[0], 0.0)
        draw(pen, mark)
        pen._context.restore()

    theirs = frames(stock_scenes.Stacking, TINY, True, tmp_path)
    monkeypatch.setattr(Pen, "draw", shifted)
    assert frames(stock_scenes.Stacking, TINY, False, tmp_path) != theirs


@pytest.mark.parametrize(
    ("without", "name", "instead"),
    [
        (
            "drawing what a changed mark touches",
            "touched",
            lambda _, all_: np.zeros(len(all_), bool),
        ),
        ("seeing that marks change", "look", lambda mobject: mobject.points.shape),
        ("taking away what was there", "_restore", lambda *_: None),
    ],
)
def test_without_a_part_of_it_frames_differ(without, name, instead, tmp_path, monkeypatch):
    theirs = frames(stock_scenes.Stacking, TINY, True, tmp_path)
    monkeypatch.setattr(layer, name, instead)
    assert frames(stock_scenes.Stacking, TINY, False, tmp_path) != theirs


@pytest.fixture
def drawn_by_manim(monkeypatch):
    """The mobjects that Manim's own camera draws."""
    drawn: list[VMobject] = []
    display = Camera.display_vectorized

    def noted(camera, mobject, context):
        drawn.append(mobject)
        return display(camera, mobject, context)

    monkeypatch.setattr(Camera, "display_vectorized", noted)
    return drawn


def test_the_lesson_is_drawn_without_falling_back(tmp_path, drawn_by_manim):
    frames(Cancellation, Profile(160, 90, 1), False, tmp_path)
    assert not drawn_by_manim


def test_what_we_cannot_draw_is_drawn_by_manim(tmp_path, drawn_by_manim):
    frames(stock_scenes.Gradients, TINY, False, tmp_path)
    assert drawn_by_manim
    assert all(isinstance(mobject, VMobject) for mobject in drawn_by_manim)


def test_only_what_changes_is_drawn(tmp_path, monkeypatch):
    drawn: list[Any] = []
    draw = Pen.draw
    monkeypatch.setattr(Pen, "draw", lambda pen, mark: (drawn.append(mark), draw(pen, mark)))

    class TwoApart(Scene):
        def construct(self):
            still, moving = Square().shift([-3, 0, 0]), Square()
            self.add(moving, still)  # the one that stands is in front, so Manim draws both
            self.play(moving.animate.shift([3, 0, 0]), run_time=1)

    made = frames(TwoApart, TINY, False, tmp_path)
    assert len(made) == 10
    assert len(drawn) < 2 * len(made)


def test_what_takes_the_place_of_one_that_looks_the_same_is_not_drawn_again():
    camera = Camera()
    first, second = Square(), Circle()
    seen = layer.Layer(camera, camera.pixel_array)
    assert len(seen.look([first, second]).new) == 2
    stand_in = first.copy()
    sight = seen.look([stand_in, second])
    assert sight.new == []
    assert [mark.mobject for mark in sight.marks] == [stand_in, second]  # what may still change
    assert len(seen.look([second, first, stand_in]).new) == 2
    moved = first.copy().shift([1, 0, 0])
    assert [mark.mobject for mark in seen.look([second, first, moved]).new] == [moved]


# --- its parts ----------------------------------------------------------------------------------

SHAPES = {
    "closed": Circle(),
    "open": Circle().get_subcurve(0.1, 0.7),
    "with a hole": Annulus(),
    "dashed": VMobject().set_points(
        np.concatenate([dash.points for dash in DashedVMobject(Circle())])
    ),
    "straight": Star(),
    "all but closed": VMobject().set_points(Square().points + 1e-7 * np.arange(16)[:, None]),
    "not quite closed": VMobject().set_points(Square().points + 1e-5 * np.arange(16)[:, None]),
    "one curve": VMobject().set_points(Circle().points[:4]),
    "far away": Square().shift([1e4, 1e4, 0]).scale(1e-3),
}


def context() -> cairo.Context[Any]:
    return cairo.Context(cairo.ImageSurface(cairo.FORMAT_ARGB32, 16, 16))


def path_of(draw: Callable[[Any], Any]) -> list[Any]:
    drawn = context()
    draw(drawn)
    return list(drawn.copy_path())


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("by_curve", [False, True], ids=["at once", "curve by curve"])
def test_a_path_is_the_one_manim_makes(name, by_curve, monkeypatch):
    if by_curve:
        monkeypatch.setattr(paths, "_append_path", None)
    shapes = list(SHAPES.values())
    made = Paths(
        np.concatenate([s.points for s in shapes]),
        [len(s.points) // 4 for s in shapes],
        [s.tolerance_for_point_equality for s in shapes],
    )
    number = list(SHAPES).index(name)
    camera = Camera()
    theirs = path_of(lambda c: camera.set_cairo_context_path(c, shapes[number]))
    assert path_of(lambda c: made.append(number, Sheet.of(c))) == theirs


def test_the_cairo_library_is_within_reach_here():
    assert paths._append_path is not None


def test_frames_are_the_same_where_it_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "_append_path", None)
    the_same(stock_scenes.Transforming, TINY, tmp_path)


def test_fading_is_blended_and_a_transform_in_an_arc_is_not(tmp_path, monkeypatch):
    blended: list[_Blend] = []
    strike = _Blend.strike

    def noted(blend, share):
        blended.append(blend)
        strike(blend, share)

    monkeypatch.setattr(_Blend, "strike", noted)

    class Arc(Scene):
        def construct(self):
            self.play(Transform(Square(), Circle(), path_arc=1.0), run_time=0.5)

    class Fade(Scene):
        def construct(self):
            self.play(FadeIn(Square()), run_time=0.5)

    the_same(Arc, TINY, tmp_path)
    assert not blended
    the_same(Fade, TINY, tmp_path)
    assert blended


def test_updates_run_where_there_are_any_and_cost_nothing_where_there_are_none(monkeypatch):
    ran: list[Mobject] = []
    still, moving = VGroup(VGroup(Square())), VGroup(VGroup(Square()), Square())
    moving[0][0].add_updater(lambda square, dt: square.rotate(dt))
    with updates_if_any(), monkeypatch.context() as patch:
        patch.setattr(updating, "own_update", lambda mobject, *_: ran.append(mobject) or mobject)
        assert still.update(0.1) is still
        assert ran == []
        assert moving.update(0.1) is moving
        assert ran == [moving]


class Pointed(Square):
    """Has anchors of its own."""

    def get_anchors(self) -> list[Any]:
        return [np.zeros(3)]


@pytest.mark.parametrize(
    "mobject",
    [
        VGroup(Square(), VGroup(Circle().shift([1, 2, 3])), VGroup()),
        VGroup(),
        VGroup(Square(), Pointed()),
        VMobject().set_points([[1.0, 2.0, 3.0]]),
        VGroup(Square(), VMobject(n_points_per_cubic_curve=3).set_points(np.eye(12)[:, :3])),
    ],
    ids=["a family", "nobody", "anchors of its own", "one point", "other curves"],
)
def test_a_boundary_is_manims_point_by_point(mobject):
    assert np.array_equal(boundary(mobject), own_boundary(mobject))


def test_what_is_manims_own_is_put_back():
    def own() -> list[Any]:
        return [
            Transform.interpolate_mobject,
            Mobject.update,
            Scene.update_mobjects,
            VMobject.get_points_defining_boundary,
        ]

    before = own()
    with shortcuts():
        assert all(now is not was for now, was in zip(own(), before, strict=True))
    assert own() == before


@pytest.mark.parametrize("kind", stock_scenes.SCENES, ids=lambda kind: kind.__name__)
def test_pictures_differ_only_in_the_boxes_that_the_renderer_says(kind, tmp_path):
    last: list[Any] = []
    said: list[list[Box]] = []

    def compare(pixels, repeat):
        said.append(renderer.boxes_changed())
        if last:
            for left, top, right, bottom in said[-1]:
                last[-1][top:bottom, left:right] = pixels[top:bottom, left:right]
            assert np.array_equal(pixels, last[-1])
        last[:] = [pixels.copy()]

    settings = {**TINY.manim_settings(), "media_dir": tmp_path, "verbosity": "ERROR"}
    with tempconfig(settings), shortcuts():
        renderer = FilmRenderer(compare)
        kind(renderer=renderer).render()
    assert said[0] == [(0, 0, TINY.width, TINY.height)]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ((2, 0, 12, 10), ((0, 0, 12, 10),)),
        ((2, 2, 8, 8), ((0, 0, 10, 10),)),
        ((9, 9, 19, 19), ((0, 0, 10, 10), (9, 9, 19, 19))),
        ((90, 0, 100, 10), ((0, 0, 10, 10), (90, 0, 100, 10))),
    ],
    ids=["moved a little", "within", "moved away", "far"],
)
def test_two_places_are_one_where_that_is_no_more_to_restore(other, found):
    assert joined((0, 0, 10, 10), other) == found


def test_boxes_are_gathered_where_little_is_between_them():
    near, below = (50, 30, 60, 40), (5, 40 + APART, 20, 50 + APART)
    aside = (60 + APART, 5, 70 + APART, 20)
    assert gathered([below, (0, 0, 10, 10), near, near]) == [(0, 0, 60, 40), below]
    assert gathered([aside, (0, 0, 10, 10), near]) == [(0, 0, 60, 40), aside]
    assert gathered([(0, 0, 10, 99), near, below]) == [(0, 0, 60, 50 + APART)]
    assert gathered([]) == []


def test_what_touches_what_is_touched_is_touched():
    boxes = as_boxes([(10, 0, 20, 10), (19, 9, 30, 20), (30, 20, 40, 30), (50, 0, 60, 10)])
    assert touched(as_boxes([(0, 0, 11, 1)]), boxes).tolist() == [True, True, False, False]
    assert not touched(as_boxes([(0, 0, 10, 10)]), boxes).any()
    assert not touched(as_boxes([]), boxes).any()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cap_style", CapStyleType.ROUND),
        ("joint_type", LineJointType.BEVEL),
        ("stroke_width", 7.0),
        ("background_stroke_width", 7.0),
        ("tolerance_for_point_equality", 0.5),
    ],
)
def test_a_look_is_another_if_what_a_line_is_drawn_with_is(name, value):
    line = Square(stroke_width=2)
    before = look(line)
    assert before is not None
    assert look(line) == before
    setattr(line, name, value)
    assert look(line) != before


def replaced(group):
    group[0] = Square()  # in the list that it has


def sent_back(group):
    group[1].z_index = -1


def emptied(group):
    group[1].clear_points()


@pytest.mark.parametrize("change", [replaced, sent_back, emptied, lambda group: group.add(Star())])
def test_a_family_is_not_as_found_once_it_has_changed(change):
    group = VGroup(Square(), Circle())
    families = Families([group])
    assert families.are_as_found()
    change(group)
    assert not families.are_as_found()
