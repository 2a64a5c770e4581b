"""Films joined are the same pictures one after the other, and not encoded again."""

from __future__ import annotations

from itertools import pairwise

import av
import numpy as np
import pytest

from pipeline.film import BeatTimes, Film, LineShown
from pipeline.joining import join, joined, starts
from tests.pipeline.test_encoder import packets
from tests.pipeline.test_holds import FPS, decoded, filmed, kinds

# The first ends on a keyframe, the second is nothing but one, the third ends on a rest.
PARTS = [
    [(0, 1, True), (1, 2 * FPS - 1, False), (1, 1, True)],
    [(2, 1, True)],
    [(3, 1, True), (4, 5 * FPS, False)],
]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson")
    parts = [filmed(folder / f"{n}.mp4", takes=takes) for n, takes in enumerate(PARTS)]
    join(parts, folder / "lesson.mp4")
    return folder / "lesson.mp4", parts


def test_every_frame_of_the_joined_film_is_that_of_its_part_bit_for_bit(lesson):
    path, parts = lesson
    expected = [frame for part in parts for frame in decoded(part)]
    found = decoded(path)
    assert len(found) == len(expected)
    assert all(map(np.array_equal, found, expected))


def test_the_joined_film_is_exactly_as_long_as_its_parts_at_the_same_rate(lesson):
    path, parts = lesson
    frames = sum(len(packets(part)) for part in parts)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.start_time, stream.frames, stream.average_rate) == (0, frames, FPS)
        assert stream.duration * stream.time_base * FPS == frames
        tick = 1 / (FPS * stream.time_base)
    assert [packet.pts for packet in packets(path)] == [n * tick for n in range(frames)]
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_part_starts_with_a_keyframe_that_differs_from_one_just_before_it(lesson):
    heads = kinds(lesson[0])
    edge = len(packets(lesson[1][0]))
    assert [heads[edge + n][0] for n in (-1, 0, 1)] == [5, 5, 5]
    assert all(a[2] is None or a[2] != b[2] for a, b in pairwise(heads))


def test_joining_twice_gives_the_same_bytes(lesson, tmp_path):
    join(lesson[1], tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == lesson[0].read_bytes()


def test_films_of_two_profiles_are_not_joined_and_nothing_is_left(lesson, tmp_path):
    from pipeline.encoder import DRAFT

    other = filmed(tmp_path / "other.mp4", DRAFT, PARTS[1])
    with pytest.raises(ValueError, match=r"other\.mp4 cannot follow .* another profile"):
        join([lesson[1][0], other], tmp_path / "lesson.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["other.mp4"]


def film(scene, beats):
    line = LineShown("inversion", "x", "proved")
    return Film(scene, scene.title(), beats[-1].end, {"fps": FPS}, tuple(beats), (line,))


def test_beats_of_the_joined_film_stand_where_their_pictures_do():
    one = film("one", [BeatTimes("a", 0, 3, 10, "A."), BeatTimes("b", 10, 20, 30, "B.")])
    two = film("two", [BeatTimes("a", 0, 5, 7, "C.", "inversion")])
    whole = joined([one, two], scene="lesson", title="Lesson")
    assert [(b.name, b.start, b.rest, b.end) for b in whole.beats] == [
        ("one.a", 0, 3, 10),
        ("one.b", 10, 20, 30),
        ("two.a", 30, 35, 37),
    ]
    assert (whole.frames, whole.title, len(whole.lines)) == (37, "Lesson", 1)
    assert starts([one, two]) == (0, 30)
