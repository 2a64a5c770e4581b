"""Every format, decoded, shows the pictures that were drawn, each for its time."""

from __future__ import annotations

import zipfile
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import BadInput
from pipeline.formats import recorder
from pipeline.formats.opacity import straight
from pipeline.formats.pngs import unpack
from pipeline.profile import FORMATS, SEE_THROUGH, Profile
from pipeline.shots import Shot, film_of, shoot, still
from tests.pipeline import tiny

BACKGROUND = (16, 20, 28)
YELLOW = (255, 198, 92)
# Left edge of a square, and for how many frames: three of motion, a rest, one more, and a rest.
TAKES = [(0, 1), (8, 1), (16, 1), (24, 20), (32, 1), (40, 15)]
FRAMES = sum(repeat for _, repeat in TAKES)
STARTS = [sum(repeat for _, repeat in TAKES[:n]) for n in range(len(TAKES))]


def square(left, opacity=255):
    """A yellow square on the background, which is left out with an opacity below 255."""
    picture = np.empty((48, 64, 4), np.uint8)
    picture[:] = (*BACKGROUND, opacity)
    picture[8:32, left : left + 24] = (*YELLOW, 255)
    return picture


def filmed(path, kind, *, transparent=False, fps=25):
    profile = Profile(64, 48, fps, format=kind, transparent=transparent)
    with recorder(profile, path) as film:
        for left, repeat in TAKES:
            picture = square(left, 0 if transparent else 255)
            film.write(picture, repeat)
            picture[:] = 99  # as the next one is drawn into the same array
    return path


def decoded(path, codec=None, layout="rgba"):
    """The pictures, RGBA, and their times in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = av.CodecContext.create(codec, "r") if codec else stream.codec_context
        packets = [packet for packet in container.demux(stream) if packet.size]
        found = [frame for packet in packets for frame in decoder.decode(packet)]
        found += decoder.decode(None)
        times = [Fraction(frame.pts * stream.time_base) for frame in found]
        return [frame.to_ndarray(format=layout) for frame in found], times


def close(picture, expected):
    """Whether all but edges is as drawn: chroma is at half the size, and VP9 is lossy."""
    return np.abs(picture.astype(int) - expected).mean() < 4


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov"])
def test_a_film_shows_every_picture_at_its_frame(tmp_path, kind):
    pictures, times = decoded(filmed(tmp_path / f"film{FORMATS[kind]}", kind))
    assert [round(time * 1000) for time in times] == [40 * n for n in range(FRAMES)]
    for (left, repeat), start in zip(TAKES, STARTS, strict=True):
        for picture in pictures[start : start + repeat]:
            assert close(picture[..., :3], square(left)[..., :3])


def test_a_mov_without_a_background_has_every_pixel_as_it_was_drawn(tmp_path):
    pictures, _ = decoded(filmed(tmp_path / "film.mov", "mov", transparent=True))
    assert len(pictures) == FRAMES
    for (left, _), start in zip(TAKES, STARTS, strict=True):
        assert np.array_equal(pictures[start], square(left, 0))


def test_a_webm_without_a_background_is_opaque_where_something_was_drawn(tmp_path):
    path = filmed(tmp_path / "film.webm", "webm", transparent=True)
    pictures, _ = decoded(path, "libvpx-vp9", "rgba")
    assert len(pictures) == FRAMES
    for (left, _), start in zip(TAKES, STARTS, strict=True):
        assert np.abs(pictures[start][..., 3].astype(int) - square(left, 0)[..., 3]).mean() < 4
    assert b"\x53\xc0\x81\x01" in path.read_bytes()  # AlphaMode, without which browsers ignore it


def test_a_gif_shows_every_picture_for_its_time(tmp_path):
    with Image.open(filmed(tmp_path / "film.gif", "gif")) as gif:
        assert gif.info["loop"] == 0
        at, shown = 0, []
        for n in range(gif.n_frames):
            gif.seek(n)
            shown.append((at, np.asarray(gif.convert("RGB")).astype(int)))
            at += gif.info["duration"]
    assert at == FRAMES * 40
    for (left, _), start in zip(TAKES, STARTS, strict=True):
        picture = next(picture for time, picture in reversed(shown) if time <= 40 * start)
        assert np.abs(picture - square(left)[..., :3]).max() <= 8


def test_a_gif_of_a_fast_film_shows_nothing_shorter_than_browsers_will(tmp_path):
    with Image.open(filmed(tmp_path / "film.gif", "gif", fps=120)) as gif:
        durations = []
        for n in range(gif.n_frames):
            gif.seek(n)
            durations.append(gif.info["duration"])
        assert np.abs(np.asarray(gif.convert("RGB")).astype(int) - square(40)[..., :3]).max() <= 8
    assert min(durations) >= 20
    assert abs(sum(durations) - 1000 * FRAMES / 120) <= 20


@pytest.mark.parametrize("transparent", [False, True])
def test_a_png_sequence_has_a_file_a_frame_and_keeps_each_picture_once(tmp_path, transparent):
    path = filmed(tmp_path / "film.zip", "png-sequence", transparent=transparent)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"{start:05}.png" for start in STARTS]
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "old.png").touch()
    unpack(path, tmp_path / "frames")
    found = sorted((tmp_path / "frames").iterdir())
    assert [file.name for file in found] == [f"{n:05}.png" for n in range(FRAMES)]
    expected = [square(left, 0 if transparent else 255) for left, n in TAKES for _ in range(n)]
    for file, picture in zip(found, expected, strict=True):
        with Image.open(file) as opened:
            kept = 4 if transparent else 3
            assert np.array_equal(np.asarray(opened), picture[..., :kept])
    assert {p.name for p in tmp_path.iterdir()} == {"film.zip", "frames"}


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "png"])
def test_the_same_pictures_give_the_same_bytes(tmp_path, kind, monkeypatch):
    transparent = kind in SEE_THROUGH
    one = filmed(tmp_path / "one", kind, transparent=transparent)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    two = filmed(tmp_path / "two", kind, transparent=transparent)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_a_format_that_cannot_be_transparent_says_which_can(kind):
    with pytest.raises(BadInput, match=f"{kind} cannot be transparent; choose one of mov, webm"):
        Profile(format=kind, transparent=True)


def test_an_edge_has_its_own_colour_and_not_a_mixture_with_the_background():
    """Half yellow over a background of opacity 0, as cairo mixes it."""
    picture = square(0, 0)
    mixed = (np.array(YELLOW) * 128 + np.array(BACKGROUND) * 127) // 255
    picture[20, 40] = (*mixed, 128)
    kept = straight(picture)
    assert np.abs(kept[20, 40].astype(int) - (*YELLOW, 128)).max() <= 2
    untouched = np.ones(picture.shape[:2], bool)
    untouched[20, 40] = False
    assert np.array_equal(kept[untouched], picture[untouched])


def test_a_scene_filmed_without_its_background_is_clear_but_for_what_it_draws(tmp_path):
    profile = Profile(160, 90, 15, format="mov", transparent=True)
    film = shoot(Shot(tiny.TINY, profile), tmp_path)
    pictures, _ = decoded(tmp_path / film_of(profile))
    assert len(pictures) == film.frames
    last = pictures[-1]
    assert np.array_equal(last, still(Shot(tiny.TINY, profile)))
    assert (last[0, 0, 3], last[45, 46, 3]) == (0, 255)  # corner; inside the square, on the left
    assert np.abs(last[45, 46, :3].astype(int) - YELLOW).max() <= 1
    edges = last[(last[..., 3] > 40) & (last[..., 3] < 255)][:, :3].astype(int)
    assert len(edges) > 50
    assert edges.max(axis=1).min() > 180  # as light as what they are the edges of
