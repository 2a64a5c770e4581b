"""Frames to H.264 in an MP4 that the web plays as meant.

Conventional and explicit: constant frame rate, 4:2:0, converted *and* tagged BT.709 in limited
range (browsers assume it from 720 lines up, FFmpeg's own default is BT.601), the index before the
data, a keyframe wherever one is asked for and at most two seconds apart. One encoder thread, beside
the one that draws, and exact conversion, so that the same frames give the same bytes. Pictures wait
until all up to the next keyframe are known, since they are coded in bands of what moves in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pipeline import bands
from pipeline.conversion import Change, Converter, Pixels, planes, put
from pipeline.drawing.regions import Box
from pipeline.holds import AccessUnits
from pipeline.recorder import AHEAD, Recorder, Shown
from pipeline.x264 import Settings, options

if TYPE_CHECKING:
    from av.video.stream import VideoStream

KEYFRAME_SECONDS = 2
MOST = 40  # pictures' worth of changes that may wait to be coded; 3 MB each at 1080 lines

WRITING = {"movflags": "+faststart", "write_btrt": "0"}
"""How an MP4 is written: its index first, and without the box of bit rates, which tells a film that
was encoded at once from one that was joined."""

# More of the picture than Manim's medium at crf 23 keeps, on frames in motion and on rests, for
# less than twice its bytes; in two thirds of the time that veryfast takes. Without adaptive
# quantisation, which spends on noise, of which there is none, thin lines keep their quality for
# the same bytes. Keyframes are quantised half as coarsely: what rests keeps what they have. Fast
# skips leave traces of what has faded out until the next keyframe (500 pixels more than two levels
# off, of a frame of flat ground; without them 22, in Manim's films 4). That takes a seventh more
# bytes, which arithmetic code (CABAC) spares, and each an eighth more of x264's time; in a draft,
# bytes do not matter.
PUBLISHING: Settings = {
    "preset": "ultrafast",
    "qp": "28",
    "i_qfactor": "0.5",
    "aq-mode": "0",
    "coder": "cabac",
    "fast-pskip": "0",
}
DRAFT: Settings = {"preset": "ultrafast", "qp": "24", "fast-pskip": "0"}


def tag(stream: VideoStream) -> None:
    """Have a stream say that its colours are BT.709's in limited range."""
    context = stream.codec_context
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709


class _Frame(NamedTuple):
    """A frame, whether it is a keyframe, and whether its picture is new, or the one before."""

    number: int
    key: bool
    new: bool


class _Group:
    """A keyframe and those after it up to the next: what changes from each picture to the next, and
    the frames that show them; a group stays within a beat."""

    def __init__(self, most: int) -> None:
        self.changes: list[Sequence[Change]] = []
        self.frames: list[_Frame] = []
        self._size, self._most = 0, most

    def add(self, changes: Sequence[Change]) -> None:
        """Another picture."""
        self.changes.append(changes)
        self._size += sum(change.planes[0].size for change in changes)

    def ends_before(self, changes: Sequence[Change], *, key: bool) -> bool:
        """Whether the picture after these changes has to be coded whole: as a keyframe that is not
        the group's once more, or because what waits takes up too much memory."""
        if key:
            return bool(changes or self.changes)
        return bool(changes) and self._size > self._most


class FilmEncoder(Recorder[list[Change]]):
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
        self._settings = settings
        self._group: _Group | None = None
        self._first = planes(VideoFrame(width, height, "yuv420p"))
        """The picture of the group's keyframe."""
        self._next_key = 0

    def _add_stream(self, width: int, height: int, fps: int, settings: Settings) -> VideoStream:
        """The stream that says of the film what it is; what is in it, others code."""
        stream = self._container.add_stream("libx264", rate=fps, options=options(settings))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        tag(stream)
        return stream

    def _take(self, pixels: Pixels, within: Sequence[Box] | None) -> list[Change]:
        return self._converter.changes(pixels, within)

    def _encode(self, changes: list[Change], shown: Shown) -> None:
        group = self._group
        # A rest that outlasts the keyframe before it starts with one, and so stays one picture.
        key = shown.end > self._next_key
        whole = group is None or shown.keyframe or group.ends_before(changes, key=key)
        if group is None or whole:
            self._code()
            for change in changes:
                put(change, self._first)
            group = self._group = _Group(MOST * self._first[0].size)
        elif changes:
            group.add(changes)
        self._show(group, shown.first, key=key or whole, new=whole or bool(changes))
        for number in range(shown.first + 1, shown.end):
            self._show(group, number, key=number >= self._next_key, new=False)

    def _show(self, group: _Group, number: int, *, key: bool, new: bool) -> None:
        group.frames.append(_Frame(number, key, new))
        if key:
            self._next_key = number + KEYFRAME_SECONDS * self._fps

    def _code(self) -> None:
        """Code what waits."""
        group, self._group = self._group, None
        if group is None:
            return
        pictures = iter([*bands.coded(self._first, group.changes, self._fps, self._settings)])
        for number, key, new in group.frames:
            if new:
                data = self._sequence.coded(next(pictures), key)
            else:
                data = self._sequence.key_again() if key else self._sequence.held()
            self._put(number, data, key)

    def copy(self, frames: Sequence[tuple[bytes, bool]]) -> None:
        """Add frames as another film of this profile has them in its MP4, the first a keyframe;
        each with whether it is one."""
        self._await_all_but(AHEAD - 1)
        self._pending.append(self._thread.submit(self._copy, self.frames, frames))
        self.frames += len(frames)

    def _copy(self, first: int, frames: Sequence[tuple[bytes, bool]]) -> None:
        self._code()
        for index, (data, key) in enumerate(frames, first):
            self._put(index, self._sequence.copied(data, key), key)

    def _put(self, index: int, data: bytes, key: bool) -> None:
        packet = Packet(data)
        packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
        packet.pts = packet.dts = index
        packet.duration, packet.is_keyframe = 1, key
        self._container.mux(packet)

    def _end(self) -> None:
        self._code()

    def _close(self) -> None:
        self._container.close()
