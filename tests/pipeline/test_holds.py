"""A picture that stays costs next to nothing, and every frame of it is the same picture."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from pipeline import cabac, h264, x264
from pipeline.conversion import planes
from pipeline.encoder import DRAFT, PUBLISHING, FilmEncoder
from pipeline.h264 import IDR, Bits, Parameters
from pipeline.x264 import X264
from tests.pipeline.test_encoder import noise, packets

FPS = 30
SIZE = {"width": 64, "height": 48, "fps": FPS}
# Pictures by seed, for how many frames each, and whether a beat starts: motion; a rest of five
# seconds; motion that goes on from it without a keyframe; a picture that comes again as it is; a
# beat of one frame, and one that starts with the same picture; a short rest.
TAKES = [
    *[(seed, 1, seed == 0) for seed in range(4)],
    (4, 5 * FPS, False),
    *[(seed, 1, False) for seed in (5, 6, 6, 6, 7)],
    (7, 1, True),
    (7, 1, True),
    (7, 90, True),
    *[(seed, 1, False) for seed in range(8, 30)],
    (30, 40, False),
    (31, 1, False),
]
FRAMES = sum(repeat for _, repeat, _ in TAKES)


def filmed(path, settings=PUBLISHING, takes=TAKES):
    with FilmEncoder(path, **SIZE, settings=settings) as encoder:
        for seed, repeat, starts in takes:
            encoder.write(noise(seed), repeat, keyframe=starts)
    return path


@pytest.fixture(scope="module", params=[PUBLISHING, DRAFT], ids=["publishing", "draft"])
def film(request, tmp_path_factory):
    return filmed(tmp_path_factory.mktemp("film") / "film.mp4", request.param)


@contextmanager
def complaints():
    """What FFmpeg warns of, and what it mends; it is told to no one unless a level is set."""
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as messages:
            yield messages
    finally:
        av.logging.set_level(None)


def decoded(path):
    """All frames, by the decoder's strictest reading."""
    with complaints() as messages, av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.options = {"err_detect": "crccheck+bitstream+buffer+careful+explode"}
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
    assert messages == []
    return frames


def kinds(path):
    """The slices of every frame: type, frame_num, and idr_pic_id of a keyframe."""
    with av.open(str(path)) as container:
        avcc = container.streams.video[0].codec_context.extradata
    parameters = Parameters.of(h264.stream(h264.sets(avcc)))
    heads = []
    for packet in packets(path):
        (found,) = [u for u in h264.counted_units(bytes(packet)) if h264.kind(u) in (1, IDR)]
        bits = Bits(found)
        bits.ue(), bits.ue(), bits.ue()
        number = bits.u(parameters.frame_num_bits)
        heads.append((h264.kind(found), number, bits.ue() if h264.kind(found) == IDR else None))
    return heads


def test_every_frame_of_a_rest_is_the_same_picture_bit_for_bit(film):
    frames = decoded(film)
    assert len(frames) == FRAMES
    at = 0
    for seed, repeat, _ in TAKES:
        assert all(np.array_equal(frames[at], frames[at + n]) for n in range(repeat)), seed
        at += repeat


def test_a_frame_that_lacks_a_macroblock_is_complained_of_so_the_test_above_can_fail(
    tmp_path, monkeypatch
):
    whole = Parameters.skipped

    def lacking(self, frame_num):
        return whole(replace(self, macroblocks=self.macroblocks - 1), frame_num)

    monkeypatch.setattr(Parameters, "skipped", lacking)
    path = filmed(tmp_path / "film.mp4")
    with pytest.raises(AssertionError, match="concealing 1 DC"):
        decoded(path)


def test_a_picture_is_the_one_that_was_drawn_after_rests_as_before_them(film, tmp_path):
    moving = [(seed, 1, False) for seed, _, _ in TAKES]
    straight = decoded(filmed(tmp_path / "straight.mp4", takes=moving))
    frames, at = decoded(film), 0
    for index, (_, repeat, _) in enumerate(TAKES):
        difference = frames[at][:48].astype(int) - straight[index][:48]
        assert np.square(difference).mean() < 100  # of noise; another picture is 5000 away
        at += repeat


def test_a_held_frame_costs_bytes_in_the_tens(film):
    sizes = [packet.size for packet in packets(film)]
    held = sizes[5 : 5 + 2 * FPS - 1]
    assert max(held) < 16 < 1000 < min(sizes[:4])


def test_a_long_rest_starts_with_a_keyframe_which_is_given_again_every_two_seconds(film):
    found = packets(film)
    keys = [n for n, packet in enumerate(found) if packet.is_keyframe]
    assert keys[:4] == [0, 4, 4 + 2 * FPS, 4 + 4 * FPS]
    first, second, third = (found[key].size for key in keys[1:4])
    assert first == third
    assert abs(second - first) <= 1  # its idr_pic_id is written in two bits more or less
    assert all(b - a <= 2 * FPS for a, b in pairwise([*keys, FRAMES]))
    assert [n for n, head in enumerate(kinds(film)) if head[0] == IDR] == keys


def test_a_rest_is_encoded_once_and_so_is_a_beat_that_starts_with_the_picture_on_the_screen(
    tmp_path, monkeypatch
):
    seen, original = [], X264.code
    monkeypatch.setattr(
        X264, "code", lambda self, *given: seen.append(given) or original(self, *given)
    )
    path = filmed(tmp_path / "film.mp4", takes=[(0, 70, True), (0, 70, True), (1, 1, False)])
    assert [n for n, packet in enumerate(packets(path)) if packet.is_keyframe] == [0, 60, 70, 130]
    assert len(seen) == 3


def test_frames_are_numbered_without_a_gap_and_neighbouring_keyframes_differ(film):
    for (_, before, id_before), (kind, number, idr_pic_id) in pairwise(kinds(film)):
        assert number == (0 if kind == IDR else (before + 1) % 16)
        assert idr_pic_id is None or idr_pic_id != id_before


def test_the_same_frames_give_the_same_bytes(film, tmp_path, request):
    again = filmed(tmp_path / "again.mp4", request.node.callspec.params["film"])
    assert again.read_bytes() == film.read_bytes()


@pytest.mark.parametrize("settings", ["ref=2", "weightp=1:weightb=1", "bframes=2"], ids=lambda s: s)
def test_a_stream_that_cannot_be_held_is_refused(tmp_path, monkeypatch, settings):
    monkeypatch.setattr(x264, "HOLDABLE", f"{x264.HOLDABLE}:{settings}")
    with pytest.raises(ValueError, match="one reference, no b-frames"):
        filmed(tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_unit_is_escaped_where_it_could_be_taken_for_a_start_code():
    raw = b"\0\0\1\0\0\0\0\3\x80"
    unit = h264.unit(0x41, raw)
    assert b"\0\0\1" not in unit
    assert b"\0\0\0" not in unit
    assert Bits(unit).text == "".join(format(byte, "08b") for byte in raw)


@pytest.mark.parametrize("number", [0, 1, 2, 7, 8159, 8160])
def test_an_exp_golomb_code_is_read_as_it_was_written(number):
    unit = h264.unit(0x41, h264.whole(h264.ue(number) + h264.se(number) + h264.se(-number), "0"))
    bits = Bits(unit)
    assert (bits.ue(), bits.se(), bits.se()) == (number, number, -number)


ROOMS = [(16, 16), (16, 1088), (176, 144), (1280, 720), (1920, 1088)]


def held(path, width, height):
    """A picture that stays for three frames, in arithmetic code."""
    with FilmEncoder(path, width=width, height=height, fps=FPS) as encoder:
        picture = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
        encoder.write(picture, 3)
    return decoded(path)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: "x".join(map(str, room)))
def test_as_many_macroblocks_are_skipped_as_a_picture_has(tmp_path, room):
    first, *others = held(tmp_path / "film.mp4", *room)
    assert len(others) == 2
    assert all(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: "x".join(map(str, room)))
def test_x264_says_that_all_are_skipped_in_the_same_bits(room):
    width, height = room
    settings = {"preset": "ultrafast", "coder": "cabac", "qp": str(cabac.QUANTISER)}
    encoder, frame = X264(width, height, FPS, settings), VideoFrame(width, height, "yuv420p")
    for plane in planes(frame):
        plane[:] = 128
    encoder.code(frame)
    (unit,) = encoder.code(frame, [(slice(0, height), slice(0, width))])
    assert unit == Parameters.of(encoder._context.extradata).skipped(1)


def test_a_slice_of_skipped_macroblocks_has_the_quantiser_that_its_code_starts_from():
    encoder = X264(64, 48, FPS, PUBLISHING)
    parameters = Parameters.of(encoder._context.extradata)
    bits = Bits(parameters.skipped(1))
    bits.ue(), bits.ue(), bits.ue(), bits.u(parameters.frame_num_bits), bits.u(3), bits.ue()
    assert parameters.quantiser == int(PUBLISHING["qp"])
    assert parameters.quantiser + bits.se() == cabac.QUANTISER
