"""Frames to H.264 in an MP4 that the web plays as meant.

Conventional and explicit: constant frame rate, 4:2:0, converted *and* tagged BT.709 in limited
range (browsers assume it from 720 lines up, FFmpeg's own default is BT.601), the index before the
data, a keyframe wherever one is asked for and at most two seconds apart. One encoder thread, beside
the one that draws, and exact conversion, so that the same frames give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.packet import Packet
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pipeline import hints
from pipeline.conversion import Converter, Pixels
from pipeline.holds import AccessUnits
from pipeline.recorder import AHEAD, Recorder, Shown

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

KEYFRAME_SECONDS = 2

WRITING = {"movflags": "+faststart", "write_btrt": "0"}
"""How an MP4 is written: its index first, and without the box of bit rates, which tells a film that
was encoded at once from one that was joined."""

# What holding needs (see pipeline.holds): a picture's packet at once, one reference, CAVLC, and no
# keyframes but those asked for. Without b-frames there is no edit list, so films start at zero.
HOLDABLE = (
    "bframes=0:ref=1:weightp=0:cabac=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:scenecut=0:"
    "keyint=infinite:force-cfr=1:threads=1:8x8dct=1"
)
Settings = Mapping[str, str]
# More of the picture than Manim's medium at crf 23 keeps, on frames in motion and on rests, for
# less than twice its bytes; in two thirds of the time that veryfast takes. Without adaptive
# quantisation, which spends on noise, of which there is none, thin lines keep their quality for
# the same bytes.
PUBLISHING: Settings = {"preset": "ultrafast", "qp": "27", "aq-mode": "0"}
DRAFT: Settings = {"preset": "ultrafast", "qp": "24"}


def tag(stream: VideoStream) -> None:
    """Have a stream say that its colours are BT.709's in limited range."""
    context = stream.codec_context
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709


class FilmEncoder(Recorder):
    """A film in H.264."""

    def __init__(
        self, path: Path, *, width: int, height: int, fps: int, settings: Settings = PUBLISHING
    ) -> None:
        super().__init__(path, width=width, height=height, fps=fps)
        self._converter = Converter(width, height)
        self._container = av.open(str(self._part), "w", format="mp4", options=WRITING)
        self._stream = self._add_stream(width, height, fps, settings)
        self._stream.codec_context.open()
        self._sequence = AccessUnits(self._stream.codec_context.extradata or b"")
        self._encoded = 0
        self._next_key = 0

    def _add_stream(self, width: int, height: int, fps: int, settings: Settings) -> VideoStream:
        options = {**settings, **hints.settings(), "profile": "high", "x264-params": HOLDABLE}
        stream = self._container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        tag(stream)
        return stream

    def _encode(self, pixels: Pixels, shown: Shown) -> None:
        frame = self._converter.convert(pixels, shown.within)
        # A rest that outlasts the keyframe before it starts with one, and so stays one picture.
        key = shown.keyframe or shown.end > self._next_key
        if self._converter.changed or (key and not self._sequence.can_repeat_key):
            self._put(shown.first, self._sequence.coded(self._x264(frame, key)), key)
        else:
            self._put(shown.first, *self._same(key))
        for index in range(shown.first + 1, shown.end):
            self._put(index, *self._same(index >= self._next_key))

    def copy(self, frames: Sequence[tuple[bytes, bool]]) -> None:
        """Add frames as another film of this profile has them in its MP4, the first a keyframe;
        each with whether it is one."""
        self._await_all_but(AHEAD - 1)
        self._pending.append(self._thread.submit(self._copy, self.frames, frames))
        self.frames += len(frames)

    def _copy(self, first: int, frames: Sequence[tuple[bytes, bool]]) -> None:
        for index, (data, key) in enumerate(frames, first):
            self._put(index, self._sequence.copied(data, key), key)

    def _same(self, key: bool) -> tuple[bytes, bool]:
        """The picture on the screen again."""
        return (self._sequence.key_again() if key else self._sequence.held()), key

    def _x264(self, frame: VideoFrame, key: bool) -> bytes:
        """What x264 makes of a picture; it is told nothing of how long pictures stay."""
        frame.pts, self._encoded = self._encoded, self._encoded + 1
        frame.time_base = self._stream.codec_context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        hints.tell(frame, None if key else self._converter.changed)
        (packet,) = self._stream.encode(frame)
        return bytes(packet)

    def _put(self, index: int, data: bytes, key: bool) -> None:
        packet = Packet(data)
        packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
        packet.pts = packet.dts = index
        packet.duration, packet.is_keyframe = 1, key
        self._container.mux(packet)
        if key:
            self._next_key = index + KEYFRAME_SECONDS * self._fps

    def _end(self) -> None:
        """Every picture's packet has been written with it."""

    def _close(self) -> None:
        self._container.close()
