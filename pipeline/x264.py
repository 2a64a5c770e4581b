"""x264: pictures of one size in, the units of their slices out, each at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from av.codec import CodecContext
from av.codec.context import Flags
from av.video.frame import PictureType

from pipeline import h264, hints

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from pipeline.conversion import Area

Settings = Mapping[str, str]

FARTHEST = 32
"""Pixels up and down from where it is, in which a macroblock is looked for in the picture before;
the least that x264 can be told. What moves in these films seldom is found farther away."""

# What holding needs (see pipeline.holds): a picture's packet at once, one reference, and no
# keyframes but those asked for. Without b-frames there is no edit list, so films start at zero.
HOLDABLE = (
    "bframes=0:ref=1:weightp=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:scenecut=0:"
    f"keyint=infinite:force-cfr=1:threads=1:8x8dct=1:mvrange={FARTHEST}"
)


def options(settings: Settings) -> dict[str, str]:
    """All that x264 is opened with."""
    return {**settings, **hints.settings(), "profile": "high", "x264-params": HOLDABLE}


class X264:
    """An encoder of pictures in 4:2:0, ``height`` by ``width`` pixels."""

    def __init__(self, width: int, height: int, fps: int, settings: Settings) -> None:
        self._context = CodecContext.create("libx264", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt, self._context.options = "yuv420p", options(settings)
        self._context.time_base, self._context.framerate = Fraction(1, fps), Fraction(fps)
        self._context.flags |= Flags.global_header  # no parameter sets with every keyframe
        self._context.open()
        self._count = 0

    def code(self, frame: VideoFrame, changed: Sequence[Area] = ()) -> list[bytes]:
        """The units of the next picture, which differs from the last where it has ``changed``, at
        most; if that is nowhere, it is a keyframe."""
        frame.pts, self._count = self._count, self._count + 1
        frame.time_base = self._context.time_base
        frame.pict_type = PictureType.NONE if changed else PictureType.I
        hints.tell(frame, changed)
        (packet,) = self._context.encode(frame)
        return h264.units(bytes(packet))
