"""A play that nobody watches leaves the scene as Manim leaves it when it skips the play."""

from __future__ import annotations

import numpy as np
import pytest
from manim import (
    ApplyMethod,
    Camera,
    FadeIn,
    FadeOut,
    MovingCamera,
    MovingCameraScene,
    Scene,
    Square,
    Succession,
    Transform,
    Wait,
    there_and_back,
)
from manim.renderer.cairo_renderer import CairoRenderer

from pipeline import writer
from pipeline.arriving import can_arrive
from pipeline.profile import Profile
from pipeline.shots import configured
from pipeline.writer import StillRenderer
from scenes import catalogue
from tests.pipeline import stock_scenes

TINY = Profile(160, 90, 10)

pytestmark = pytest.mark.usefixtures("blank_images")


class Skipping(CairoRenderer):
    """Manim's own renderer, skipping all there is to play."""

    def scene_finished(self, scene):
        pass

    def picture(self, scene):
        self.static_image = None
        self.update_frame(scene)
        return self.get_frame()


def skipping(kind: type[Scene]) -> Skipping:
    moves = issubclass(kind, MovingCameraScene)
    return Skipping(camera_class=MovingCamera if moves else Camera, skip_animations=True)


def last_picture(kind: type[Scene], renderer) -> np.ndarray:
    scene = kind(renderer=renderer)
    scene.render()
    return renderer.picture(scene)


EVERY = [*stock_scenes.SCENES, *(entry.load() for entry in catalogue.SCENES)]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_the_last_picture_is_that_of_manim_skipping(kind):
    with configured(TINY):
        ours = last_picture(kind, StillRenderer())
        theirs = last_picture(kind, skipping(kind))
    assert np.array_equal(ours, theirs)


class Fading(Scene):
    def construct(self):
        gone, left = Square(), Square().shift((1, 0, 0))
        self.play(FadeIn(gone, left))
        self.play(FadeOut(gone))


def test_what_fades_is_neither_begun_nor_copied(monkeypatch):
    def begin(animation):
        raise AssertionError("begun")

    monkeypatch.setattr(FadeIn, "begin", begin)
    monkeypatch.setattr(FadeOut, "begin", begin)
    with configured(TINY):
        last_picture(Fading, StillRenderer())
        with pytest.raises(AssertionError, match="begun"):
            last_picture(Fading, skipping(Fading))


def test_a_play_that_must_be_watched_is_manims(monkeypatch):
    monkeypatch.setattr(writer, "arrive", None)
    with configured(TINY):
        last_picture(stock_scenes.Updaters, StillRenderer())


def test_time_passes_as_it_does_in_manim():
    with configured(TINY):
        times = []
        for renderer in (StillRenderer(), skipping(Fading)):
            last_picture(Fading, renderer)
            times.append((renderer.time, renderer.num_plays))
    assert times[0] == times[1] == (2.0, 2)


def test_what_may_change_by_itself_cannot_arrive():
    with configured(TINY):
        scene, square = Scene(renderer=StillRenderer()), Square()
        assert can_arrive(scene, [FadeIn(square)])
        assert not can_arrive(scene, [Wait(stop_condition=lambda: True)])
        square.add_updater(lambda mobject: None)
        assert not can_arrive(scene, [FadeIn(square)])
        scene.add(square)
        assert not can_arrive(scene, [Wait()])


class OneAfterTheOther(Scene):
    """The second begins where the first has led."""

    def construct(self):
        square, end = Square(), Square().shift((3, 0, 0))
        self.add(square)
        self.play(
            Succession(Transform(square, end), ApplyMethod(square.shift, (0, 2, 0))), run_time=2
        )


def test_animations_one_after_the_other_end_where_they_end_in_manim(tmp_path):
    with configured(TINY):
        ours = last_picture(OneAfterTheOther, StillRenderer())
        theirs = last_picture(OneAfterTheOther, skipping(OneAfterTheOther))
    assert np.array_equal(ours, theirs)


class Blinking(Scene):
    def construct(self):
        self.play(FadeIn(Square(), rate_func=there_and_back))


def test_a_fade_that_goes_back_is_played_to_its_own_end():
    with configured(TINY):
        picture = last_picture(Blinking, StillRenderer())
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) == 1
