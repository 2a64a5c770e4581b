"""Converting what changed is the same as converting everything, and less work."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.reformatter import Interpolation, VideoReformatter
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.conversion import EXACT, Converter

WIDTH, HEIGHT = 36, 42  # neither a multiple of eight: the awkward case
rows = some.integers(0, HEIGHT)
columns = some.integers(0, WIDTH)
changes = some.lists(some.tuples(rows, rows, columns, columns, some.integers(0, 99)), max_size=5)


def noise(seed: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


def changed(picture: np.ndarray, change: tuple[int, ...]) -> np.ndarray:
    """A picture with noise in a rectangle, if that is not empty."""
    first, end, left, right, seed = change
    new = picture.copy()
    new[first:end, left:right] = noise(seed, max(end - first, 0), max(right - left, 0))
    return new


@settings(deadline=None)
@given(changes, some.integers(1, 20))
def test_a_film_converted_piece_by_piece_is_exactly_each_picture_converted_whole(changes, apart):
    one_by_one = Converter(WIDTH, HEIGHT)
    picture = noise(0)
    one_by_one.convert(picture)
    for change in changes:
        picture[:] = changed(picture, change)
        expected = Converter(WIDTH, HEIGHT).convert(picture).to_ndarray()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("pipeline.conversion.APART", apart)
            found = one_by_one.convert(picture).to_ndarray()
        assert np.array_equal(found, expected)


@settings(deadline=None)
@given(changes, rows, rows, columns, columns)
def test_knowing_where_a_change_is_changes_nothing(changes, above, below, before, after):
    knowing, comparing = Converter(WIDTH, HEIGHT), Converter(WIDTH, HEIGHT)
    picture = noise(0)
    for converter in (knowing, comparing):
        converter.changes(picture)
    for change in changes:
        picture = changed(picture, change)
        first, end, left, right, _ = change
        top, bottom = max(first - above, 0), min(end + below, HEIGHT)
        box = (max(left - before, 0), top, min(right + after, WIDTH), bottom)
        is_any = first < end and left < right
        told = knowing.changes(picture, [box] if is_any else [])
        for one, other in zip(told, comparing.changes(picture), strict=True):
            assert one.area == other.area
            assert all(map(np.array_equal, one.planes, other.planes))


@settings(deadline=None)
@given(some.integers(0, 99), some.integers(1, 40), some.integers(1, 90), some.booleans())
def test_rounding_that_is_called_accurate_would_change_nothing(seed, height, width, stark):
    picture = noise(seed, 2 * height, 2 * width)
    if stark:
        picture = np.where(picture > 127, np.uint8(255), np.uint8(0))
    found = Converter(2 * width, 2 * height).convert(picture).to_ndarray()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipeline.conversion.EXACT", EXACT | Interpolation.ACCURATE_RND)
        accurate = Converter(2 * width, 2 * height).convert(picture).to_ndarray()
    assert np.array_equal(found, accurate)


@pytest.fixture
def converted(monkeypatch):
    """The height and width of each conversion."""
    sizes = []

    class Counting:
        def __init__(self):
            self._reformatter = VideoReformatter()

        def reformat(self, frame, **wanted):
            sizes.append((frame.height, frame.width))
            return self._reformatter.reformat(frame, **wanted)

    monkeypatch.setattr("pipeline.conversion.VideoReformatter", Counting)
    return sizes


def test_a_picture_that_stays_is_converted_once_and_a_change_costs_its_area(converted):
    film = Converter(400, 400)
    picture = noise(0, 400, 400)
    film.convert(picture)
    film.convert(picture.copy())
    assert converted == [(400, 400)]
    new = picture.copy()
    new[200:210, 100:140] ^= 1
    film.convert(new)
    assert len(converted) == 2
    assert converted[1][0] < 30
    assert converted[1][1] < 60


def test_changes_far_apart_cost_no_more_than_their_areas(converted):
    film = Converter(400, 400)
    picture = noise(0, 400, 400)
    film.convert(picture)
    new = picture.copy()
    new[20:30, 20:30] ^= 1
    new[20:30, 360:370] ^= 1
    new[350:360, 100:110] ^= 1
    found = film.changes(new)
    assert len(converted[1:]) == 3
    assert all(height < 30 and width < 30 for height, width in converted[1:])
    assert [area[0].start // 100 for area, _ in found] == [0, 0, 3]
