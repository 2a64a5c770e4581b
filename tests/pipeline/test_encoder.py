"""The encoder's files are what the web expects, and the same every time."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from pipeline.encoder import DRAFT, KEYFRAME_SECONDS, PUBLISHING, FilmEncoder
from pipeline.recorder import AHEAD
from scenes.theme import THEMES, Role

SIZE = {"width": 64, "height": 48, "fps": 30}
# Yellow and red are where BT.601 and BT.709 part most.
COLOURS = [
    "#FFFFFF",
    "#FFC65C",
    "#C23B22",
    THEMES["dark"].background,
    THEMES["dark"].colour(Role.POLICY),
]


def flat(colour: str) -> np.ndarray:
    rgb = bytes.fromhex(colour.removeprefix("#"))
    return np.tile(np.array([*rgb, 255], np.uint8), (SIZE["height"], SIZE["width"], 1))


def noise(seed: int) -> np.ndarray:
    picture = np.random.default_rng(seed).integers(0, 256, (48, 64, 4), np.uint8)
    picture[..., 3] = 255
    return picture


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Five colours, a second each; then a long hold, in which a beat starts after two frames."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with FilmEncoder(path, **SIZE) as encoder:
        for colour in COLOURS:
            encoder.write(flat(colour), 30)
        encoder.write(noise(0), 2)
        encoder.write(noise(0), 150, keyframe=True)
    assert encoder.frames == 30 * len(COLOURS) + 152
    return path, encoder.frames


def packets(path):
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


def test_the_stream_says_that_it_is_bt709_in_limited_range_high_profile_420(film):
    with av.open(str(film[0])) as container:
        context = container.streams.video[0].codec_context
        assert (context.codec.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert context.colorspace == Colorspace.ITU709
        assert context.color_range == ColorRange.MPEG
        assert (context.color_primaries, context.color_trc) == (1, 1)


@pytest.mark.parametrize(("index", "colour"), list(enumerate(COLOURS)))
def test_a_colour_decoded_as_bt709_is_the_colour_that_was_drawn(film, index, colour):
    assert (
        np.abs(decoded(film[0], 30 * index + 15, Colorspace.ITU709) - flat(colour)[..., :3]).max()
        <= 3
    )


def test_decoded_as_bt601_a_colour_is_off_so_the_test_above_can_fail(film):
    wrong = decoded(film[0], 30 + 15, Colorspace.ITU601)
    assert np.abs(wrong - flat(COLOURS[1])[..., :3]).max() > 5


def decoded(path, index, matrix):
    with av.open(str(path)) as container:
        frame = next(f for i, f in enumerate(container.decode(video=0)) if i == index)
    rgb = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return rgb.to_ndarray().astype(int)


def test_the_index_stands_before_the_pictures_so_that_playing_can_start_at_once(film):
    data = film[0].read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_every_frame_lasts_the_same_and_the_film_is_exactly_as_long_as_its_frames(film):
    path, frames = film
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.start_time == 0
        assert stream.frames == frames
        assert stream.duration * stream.time_base * SIZE["fps"] == frames
        assert stream.average_rate == SIZE["fps"]
        tick = 1 / (SIZE["fps"] * stream.time_base)
    times = [packet.pts for packet in packets(path)]
    assert times == [tick * n for n in range(frames)]


def test_keyframes_stand_where_they_were_asked_for_and_at_most_two_seconds_apart(film):
    path, frames = film
    keys = [n for n, packet in enumerate(packets(path)) if packet.is_keyframe]
    assert 30 * len(COLOURS) + 2 in keys
    assert keys[0] == 0
    assert all(b - a <= KEYFRAME_SECONDS * SIZE["fps"] for a, b in pairwise([*keys, frames]))


def test_the_bytes_do_not_depend_on_how_many_processors_there_are(film):
    assert b" threads=1 " in film[0].read_bytes()


def test_decoding_gives_no_warning(film):
    av.logging.set_level(av.logging.INFO)  # without a level, nothing is told
    try:
        with av.logging.Capture() as messages, av.open(str(film[0])) as container:
            container.streams.video[0].thread_type = "NONE"
            assert sum(1 for _ in container.decode(video=0)) == film[1]
    finally:
        av.logging.set_level(None)
    assert messages == []


def test_a_film_that_fails_leaves_the_one_before_it_untouched_and_no_part(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"the film before")

    def fail():
        with FilmEncoder(path, **SIZE) as encoder:
            encoder.write(noise(0), 10)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert path.read_bytes() == b"the film before"
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("wrong", [noise(0)[:, :-2], noise(0)[..., :3], noise(0).astype(float)])
def test_a_frame_of_another_shape_or_type_is_refused(tmp_path, wrong):
    with (
        pytest.raises(ValueError, match="was expected"),
        FilmEncoder(tmp_path / "film.mp4", **SIZE) as encoder,
    ):
        encoder.write(wrong)


def test_what_goes_wrong_beside_the_drawing_is_raised_and_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(FilmEncoder, "_encode", fail)
    with (
        pytest.raises(OSError, match="no space left"),
        FilmEncoder(tmp_path / "film.mp4", **SIZE) as encoder,
    ):
        encoder.write(noise(0))
    assert list(tmp_path.iterdir()) == []


def test_drawing_waits_for_the_encoder_rather_than_fill_the_memory(tmp_path, monkeypatch):
    go, original = threading.Event(), FilmEncoder._encode

    def slow(self, *picture):
        go.wait()
        return original(self, *picture)

    monkeypatch.setattr(FilmEncoder, "_encode", slow)
    with FilmEncoder(tmp_path / "film.mp4", **SIZE) as encoder:
        for n in range(AHEAD):
            encoder.write(noise(n))
        threading.Timer(0.3, go.set).start()
        started = time.monotonic()
        encoder.write(noise(AHEAD))
        assert time.monotonic() - started > 0.2


def traces(path, settings) -> int:
    """How many pixels of the ground are more than two levels off after lines have faded out there,
    while something goes on beside them."""
    width, height = 320, 96
    ground = np.full((height, width, 4), (16, 20, 28, 255), np.uint8)
    rows, columns = np.indices((48, 96))
    lines = (rows * 3 + columns) % 17 < 3
    with FilmEncoder(path, width=width, height=height, fps=60, settings=settings) as encoder:
        for number in range(60):
            picture = ground.copy()
            left = max(1 - number / 40, 0)
            picture[24:72, 32:128, :3][lines] += np.uint8(200 * left**2 * (3 - 2 * left))
            picture[40:56, 200 + number : 216 + number, :3] = 250
            encoder.write(picture)
    with av.open(str(path)) as container:
        luma = [frame.to_ndarray()[:height] for frame in container.decode(video=0)][45]
    return int((np.abs(luma.astype(int) - luma[0, 0])[16:80, 16:144] > 2).sum())


@pytest.mark.parametrize("settings", [PUBLISHING, DRAFT], ids=["publishing", "draft"])
def test_what_has_faded_out_leaves_no_traces(tmp_path, settings):
    assert traces(tmp_path / "film.mp4", settings) == 0


def test_fast_skips_leave_some_so_the_test_above_can_fail(tmp_path):
    fast = {name: value for name, value in PUBLISHING.items() if name != "fast-pskip"}
    assert traces(tmp_path / "film.mp4", fast) > 10
