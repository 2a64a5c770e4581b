"""A film coded in bands is what each band is by itself, and costs what moves."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline import bands, encoder, h264, hints
from pipeline.bands import MACROBLOCK, cut
from pipeline.conversion import Converter
from pipeline.encoder import DRAFT, PUBLISHING, FilmEncoder
from pipeline.x264 import FARTHEST, X264
from tests.pipeline.test_encoder import packets
from tests.pipeline.test_holds import decoded

WIDTH, HEIGHT, FPS = 96, 456, 30  # the lowest macroblocks are half outside of the picture
SIZE = {"width": WIDTH, "height": HEIGHT, "fps": FPS}
ROWS = math.ceil(HEIGHT / MACROBLOCK)

areas = some.lists(some.tuples(some.integers(0, HEIGHT - 2), some.integers(2, 90)), max_size=6)


def area(first: int, height: int) -> bands.Area:
    return slice(first, min(first + height, HEIGHT)), slice(0, WIDTH)


@given(areas)
def test_bands_make_up_the_picture_and_changes_keep_from_their_edges(spans):
    changed = [area(*span) for span in spans]
    found = cut(ROWS, changed)
    assert (found[0].first, found[-1].end) == (0, ROWS)
    assert all(above.end == below.first for above, below in pairwise(found))
    for rows, _ in changed:
        (band,) = [
            each
            for each in found
            if each.first * MACROBLOCK <= rows.start and rows.stop <= each.end * MACROBLOCK
        ]
        assert band.first == 0 or rows.start - band.first * MACROBLOCK >= FARTHEST
        assert band.end == ROWS or band.end * MACROBLOCK - rows.stop >= FARTHEST


def test_what_moves_far_apart_is_in_bands_of_its_own():
    assert [tuple(band) for band in cut(40, [area(160, 16), area(176, 8), area(400, 16)])] == [
        (0, 8),
        (8, 14),
        (14, 23),
        (23, 28),
        (28, 40),
    ]
    assert cut(40, []) == [(0, 40)]


def sliding(shift: int) -> np.ndarray:
    """Rows that slide down from under others: what is best found across the edge of their band, by
    one who takes its first row to go on above it."""
    random = np.random.default_rng(1)
    grey = random.integers(0, 256, (HEIGHT, WIDTH), np.uint8)
    grey[192:240] = np.repeat(grey[192:193], 48, axis=0)
    grey[196 + shift : 240] = random.integers(0, 256, (44, WIDTH), np.uint8)[: 44 - shift]
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def scattered(number: int) -> np.ndarray:
    """Two squares in motion and one that comes, far apart, on noise."""
    random = np.random.default_rng(2)
    pixels = random.integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    square = random.integers(0, 256, (24, 24, 4), np.uint8)
    pixels[4 + number : 28 + number, 8:32] = square
    pixels[200:224, 2 * number : 2 * number + 24] = square
    if number > 9:
        pixels[424:448, 60:84] = square
    pixels[..., 3] = 255
    return pixels


PICTURES = {
    "sliding": [sliding(shift) for shift in range(20)],
    "scattered": [scattered(number) for number in range(20)],
}


@pytest.fixture(params=PICTURES)
def pictures(request):
    return PICTURES[request.param]


@pytest.fixture
def strips(monkeypatch):
    """Of each band: the rows that x264 was given, and a stream of what it made of them, with how
    many pictures had been coded before each of its own."""
    found = []

    class Noting(X264):
        def __init__(self, width, height, fps, settings):
            super().__init__(width, height, fps, settings)
            self.units = h264.units(self._context.extradata)
            self.height, self.at = height, []
            found.append(self)

        def code(self, frame, changed=()):
            made = super().code(frame, changed)
            self.units += made
            self.at.append(Noting.coded)
            return made

    def counted(key, later, fps, settings):
        Noting.coded = 0
        for slices in original(key, later, fps, settings):
            yield slices
            Noting.coded += 1

    Noting.coded = 0
    original = bands.coded
    monkeypatch.setattr(bands, "X264", Noting)
    monkeypatch.setattr(bands, "coded", counted)
    return found


def filmed(path, pictures, settings=PUBLISHING):
    with FilmEncoder(path, **SIZE, settings=settings) as film:
        for number, picture in enumerate(pictures):
            film.write(picture, keyframe=number == 0)
    return path


def luma(frames):
    return [frame[:HEIGHT] for frame in frames]


def by_itself(strip: X264) -> list[np.ndarray]:
    """What a band shows, decoded as if it were all of the picture."""
    with av.open(io.BytesIO(h264.stream(strip.units)), format="h264") as container:
        return [frame.to_ndarray()[: strip.height] for frame in container.decode(video=0)]


def differing(path, strips) -> int:
    """In how many pictures of how many bands the film is not what the band is by itself."""
    film, top, count = luma(decoded(path)), 0, 0
    for strip in strips:
        alone = by_itself(strip)
        assert len(alone) == len(strip.at)
        for number, picture in enumerate(film):
            latest = alone[sum(at <= number for at in strip.at) - 1]
            count += not np.array_equal(picture[top : top + strip.height], latest)
        top += strip.height
    assert top == HEIGHT
    return count


def test_a_film_is_what_each_of_its_bands_is_by_itself(pictures, strips, tmp_path):
    path = filmed(tmp_path / "film.mp4", pictures)
    assert len(strips) > 2
    assert differing(path, strips) == 0


def test_without_the_distance_from_its_edges_a_band_would_not_be(strips, tmp_path, monkeypatch):
    monkeypatch.setattr(bands, "APART", 0)
    path = filmed(tmp_path / "film.mp4", PICTURES["sliding"])
    assert differing(path, strips) > 0


def rows_changed(*spans):
    return [[bands.Change(area(*span), []) for span in spans]]


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (60 * rows_changed((0, 16)) + 40 * rows_changed((400, 16)), [60, 40]),
        (60 * rows_changed((0, 300)) + 90 * rows_changed((0, 16)), [60, 90]),
        (60 * rows_changed((0, 16), (400, 16)), [60]),
        (5 * rows_changed((0, 16)) + 5 * rows_changed((400, 16)), [10]),
        (rows_changed((0, 16)), [1]),
        ([], [0]),
    ],
    ids=["elsewhere", "less", "alike", "few", "one", "none"],
)
def test_pictures_are_parted_where_other_bands_spare_more_than_they_cost(later, found):
    assert [len(stretch) for stretch in bands.stretches(ROWS, later)] == found


def in_turn(number: int, first: int, second: int) -> np.ndarray:
    """A square that moves down from one row on, and from the 29th picture another from another."""
    square = np.random.default_rng(4).integers(0, 256, (24, 24, 4), np.uint8)
    pixels = np.full((HEIGHT, WIDTH, 4), 90, np.uint8)
    at, second_at = first + min(number, 27), second + max(number - 27, 0)
    pixels[at : at + 24, 8:32] = pixels[second_at : second_at + 24, 50:74] = square
    pixels[..., 3] = 255
    return pixels


@pytest.mark.parametrize("rows", [(4, 204), (204, 4)], ids=["below", "above"])
@pytest.mark.parametrize("settings", [PUBLISHING, DRAFT], ids=["publishing", "draft"])
def test_a_band_that_is_cut_anew_begins_within_the_film_and_is_what_it_is_by_itself(
    strips, tmp_path, settings, rows
):
    pictures = [in_turn(number, *rows) for number in range(56)]
    path = filmed(tmp_path / "film.mp4", pictures, settings)
    *_, new = strips
    assert [strip.at[0] for strip in strips] == [0] * (len(strips) - 1) + [28]
    film = luma(decoded(path))[28:]
    alone = by_itself(new)
    places = range(0, HEIGHT - new.height + 1, MACROBLOCK)
    same = [
        all(
            np.array_equal(shown[top : top + new.height], band)
            for shown, band in zip(film, alone, strict=True)
        )
        for top in places
    ]
    assert sum(same) == 1
    heads = [
        [(h264.kind(unit), slice_type(unit)) for unit in h264.counted_units(bytes(packet))]
        for packet in packets(path)
    ]
    skipped, coded, whole = (h264.SLICE, 0), (h264.SLICE, 2), (h264.SLICE, 5)
    assert [head for head in heads[28] if head != skipped] == [coded]
    assert len(heads[28]) == (3 if rows[1] > rows[0] else 2)
    wanted = luma(planes_of(pictures))[28:]
    lost = [np.abs(a.astype(int) - b).mean() for a, b in zip(film, wanted, strict=True)]
    assert max(lost) < 0.2  # of a picture that is one behind, .7
    assert all(set(head) == {whole} for number, head in enumerate(heads) if number not in (0, 28))


def planes_of(pictures):
    converter = Converter(WIDTH, HEIGHT)
    return [converter.convert(picture).to_ndarray() for picture in pictures]


def slice_type(unit: bytes) -> int:
    bits = h264.Bits(unit)
    bits.ue()
    return bits.ue()


def test_x264_sees_a_band_when_something_changes_in_it(strips, tmp_path):
    filmed(tmp_path / "film.mp4", PICTURES["scattered"])
    assert [len(strip.at) for strip in strips] == [20, 1, 20, 1, 2]
    assert sum(strip.height * len(strip.at) for strip in strips) < 0.6 * 20 * HEIGHT


def test_x264_says_what_it_is_once_before_the_first_slice_of_all(strips, tmp_path):
    path = filmed(tmp_path / "film.mp4", PICTURES["scattered"])
    found = [[h264.kind(u) for u in h264.counted_units(bytes(p))] for p in packets(path)]
    assert found[0] == [h264.SEI, *[h264.IDR] * len(strips)]
    assert found[1:] == [[h264.SLICE] * len(strips)] * (len(PICTURES["scattered"]) - 1)


@pytest.mark.parametrize("why", ["it cannot be told what stays", "it quantises as it likes"])
def test_all_is_one_band_where_x264_might_not_leave_what_stays(strips, tmp_path, monkeypatch, why):
    settings = PUBLISHING
    if why == "it cannot be told what stays":
        monkeypatch.setattr(hints, "_library", lambda: None)
    else:
        settings = {"preset": "ultrafast", "crf": "23"}
    with FilmEncoder(tmp_path / "film.mp4", **SIZE, settings=settings) as film:
        for picture in PICTURES["scattered"]:
            film.write(picture)
    assert [strip.height for strip in strips] == [HEIGHT]


def test_what_waits_to_be_coded_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(encoder, "MOST", 5)
    random = np.random.default_rng(3)
    pictures = [random.integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8) for _ in range(20)]
    path = filmed(tmp_path / "film.mp4", pictures)
    keys = [n for n, packet in enumerate(packets(path)) if packet.is_keyframe]
    assert keys == [0, 7, 14]
    shown = luma(decoded(path))
    assert len(shown) == 20


def test_a_beat_is_the_same_whatever_is_before_and_after_it(tmp_path):
    """The second is coded anew even though it starts with the picture on the screen; else that
    would be cut into bands for what moves only later."""
    still, moving = PICTURES["scattered"][:1], PICTURES["scattered"]
    with FilmEncoder(tmp_path / "both.mp4", **SIZE) as film:
        for picture in (*still, *moving):
            film.write(picture, keyframe=picture is still[0])
    filmed(tmp_path / "first.mp4", still)
    filmed(tmp_path / "second.mp4", moving)
    both, first, second = (
        [bytes(packet) for packet in packets(tmp_path / f"{name}.mp4")]
        for name in ("both", "first", "second")
    )
    assert both[:1] == first
    assert both[2:] == second[1:]
