"""A shot is filmed from nothing but its inputs, frame for frame as Manim would draw it."""

from __future__ import annotations

import errno
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from manim import Circle, FadeIn, config, tempconfig
from manim.renderer.cairo_renderer import CairoRenderer
from PIL import Image

from pipeline import shots
from pipeline.errors import BadInput
from pipeline.film import Film
from pipeline.profile import Profile
from pipeline.shots import FILM, RECORD, Shot, ShotError, shoot, still_of
from pipeline.writer import FilmRenderer
from tests.pipeline import tiny

SMALL = Profile(160, 90, 15)


@pytest.fixture(scope="module")
def shot(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tiny")
    return directory, shoot(Shot(tiny.TINY, SMALL), directory)


def opened(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def pictures(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_the_record_says_what_the_scene_said_in_frames_that_are_there(shot):
    directory, film = shot
    assert [(b.name, b.start, b.rest, b.end) for b in film.beats] == [
        ("appear", 0, 6, 30),
        ("part", 30, 36, 66),
    ]
    assert len(pictures(directory / FILM)) == film.frames == 66
    assert Film.from_json((directory / RECORD).read_text(encoding="utf-8")) == film


def test_every_beat_starts_with_a_keyframe(tmp_path):
    film = shoot(Shot(tiny.TINY, Profile(160, 90, 60)), tmp_path)
    with av.open(str(tmp_path / FILM)) as container:
        keys = [n for n, p in enumerate(container.demux(video=0)) if p.size and p.is_keyframe]
    assert keys == [beat.start for beat in film.beats]


def test_every_beat_has_a_still_of_what_it_rests_on(shot):
    directory, film = shot
    filmed = pictures(directory / FILM)
    for beat in film.beats:
        still = opened(directory / still_of(beat.name)).astype(int)
        others = [other.end - 1 for other in film.beats if other is not beat]
        assert np.abs(still - filmed[beat.end - 1]).mean() < 2
        assert all(np.abs(still - filmed[frame]).mean() > 2 for frame in others)


class Numbered(tiny.TinyScene):
    """Says numbers, one of them numpy's."""

    def construct(self):
        self.beat("only", "About {one:.1f} of {two}.", FadeIn(Circle()))
        self.beats[-1] = replace(self.beats[-1], numbers={"one": np.float64(0.5), "two": 2})


def test_the_record_keeps_the_numbers_of_a_narration_as_they_are(tmp_path):
    entry = tiny.Entry("numbered", "Numbered", __name__)
    shoot(Shot(entry, SMALL), tmp_path)
    (beat,) = Film.from_json((tmp_path / RECORD).read_text(encoding="utf-8")).beats
    assert beat.numbers == {"one": 0.5, "two": 2}
    assert [type(number) for number in beat.numbers.values()] == [float, int]


class Recorded(CairoRenderer):
    """Manim's own renderer, keeping what it hands on."""

    def __init__(self):
        super().__init__()
        self.digests = []

    def add_frame(self, frame, num_frames=1):
        self.digests += [hashlib.sha256(frame.tobytes()).hexdigest()] * num_frames

    def scene_finished(self, scene):
        pass


def test_every_frame_before_encoding_is_bit_for_bit_manims_own(tmp_path):
    ours: list[str] = []

    def keep(pixels, repeat):
        ours.extend([hashlib.sha256(pixels.tobytes()).hexdigest()] * repeat)

    settings = {**SMALL.manim_settings(), "media_dir": tmp_path, "verbosity": "ERROR"}
    with tempconfig(settings):
        stock = Recorded()
        tiny.Tiny(stock).render()
        reel = FilmRenderer(keep)
        tiny.Tiny(reel).render()
    assert len(ours) == 66
    assert ours == stock.digests
    assert len(set(ours)) > 6


def line_of(text):
    lines = Path(tiny.__file__).read_text(encoding="utf-8").splitlines()
    (number,) = (n for n, line in enumerate(lines, 1) if text in line)
    return f"tests/pipeline/tiny.py:{number}"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (tiny.RAISING, ("raising, in beat 'break'", "a line that is refuted")),
        (tiny.BETWEEN, ("between, after beat 'appear'", "no beat of mine")),
    ],
)
def test_a_scene_that_raises_is_named_with_its_beat_its_file_and_its_line(tmp_path, entry, told):
    with pytest.raises(ShotError) as caught:
        shoot(Shot(entry, SMALL), tmp_path)
    where, what = told
    assert str(caught.value) == f"{where}: {line_of(what)}: ArithmeticError: {what}"
    assert list(tmp_path.iterdir()) == []


def test_an_error_below_a_scene_names_the_scenes_line_and_then_where_it_happened():
    try:
        tiny.breaking(None, 1)
    except ArithmeticError as error:
        told = shots.blame(error, __name__)
    here = f"{__name__.replace('.', '/')}.py"
    assert re.fullmatch(rf"{here}:\d+: {line_of('refuted')}: ArithmeticError: .*", told)


def test_an_error_of_several_lines_is_told_in_one():
    assert shots.blame(ValueError("one\n  two")) == "ValueError: one two"


def test_a_scene_whose_beats_do_not_add_up_to_its_frames_is_refused(tmp_path):
    with pytest.raises(ShotError, match="30 frames, but beats up to frame 31"):
        shoot(Shot(tiny.MISCOUNTED, SMALL), tmp_path)


def test_a_still_of_a_beat_is_what_the_film_rests_on_there(shot):
    directory, film = shot
    filmed = pictures(directory / FILM)
    for beat in film.beats:
        drawn = shots.still(Shot(tiny.TINY, SMALL), beat.name).astype(int)
        assert np.abs(drawn - filmed[beat.end - 1]).mean() < 2
    first, second = (shots.still(Shot(tiny.TINY, SMALL), beat.name) for beat in film.beats)
    assert np.abs(first.astype(int) - second).mean() > 2


def test_the_still_of_no_beat_is_the_last_picture_of_the_film(shot):
    directory, _ = shot
    still = shots.still(Shot(tiny.TINY, SMALL))
    assert np.array_equal(still, opened(directory / still_of("part")))


def test_a_still_of_a_beat_that_is_not_there_names_the_nearest():
    with pytest.raises(BadInput, match="did you mean appear"):
        shots.still(Shot(tiny.TINY, SMALL), "apear")


def test_filming_leaves_manims_configuration_as_it_was(tmp_path):
    before = dict(config)
    shoot(Shot(tiny.OTHER, SMALL), tmp_path)
    assert dict(config) == before


def test_the_theme_reaches_the_scene():
    dark, light = (
        shots.still(Shot(tiny.TINY, Profile(160, 90, 15, theme=theme)), "appear")
        for theme in ("dark", "light")
    )
    assert dark[0, 0].max() < 64
    assert light[0, 0].min() > 192


def test_a_sound_that_is_not_there_is_told_with_the_scene(tmp_path):
    with pytest.raises(ShotError, match=r"loud.*ding\.wav"):
        shoot(Shot(tiny.Entry("loud", "Loud"), SMALL), tmp_path)


class Filling(tiny.TinyScene):
    """Is filmed on a disk that takes no more."""

    def construct(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_no_fault_of_the_scene(tmp_path):
    with pytest.raises(OSError, match="No space left"):
        shoot(Shot(tiny.Entry("filling", "Filling", __name__), SMALL), tmp_path)


class Empty(tiny.TinyScene):
    """Plays nothing."""

    def construct(self):
        self.add(Circle())


def test_a_scene_that_plays_nothing_is_told_in_those_words_and_leaves_no_film(tmp_path):
    with pytest.raises(ShotError, match=r"^empty: it plays nothing"):
        shoot(Shot(tiny.Entry("empty", "Empty", __name__), SMALL), tmp_path)
    assert not list(tmp_path.iterdir())
