"""Pieces of a film, cut out of it without filming again: a beat's clip, and its last picture.

A clip is copied, not encoded again, so it has to start at a keyframe; a beat does.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from pipeline import files

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


def clip(film: Path, path: Path, start: int, end: int, fps: int) -> None:
    """Write the frames from ``start`` up to ``end`` as an MP4 of their own.

    Raises ``ValueError`` when ``start`` is no keyframe.
    """
    part = files.beside(path)
    with (
        av.open(str(film)) as source,
        av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as target,
    ):
        stream = source.streams.video[0]
        copied = target.add_stream_from_template(stream)
        first, last = (_ticks(stream, frame, fps) for frame in (start, end))
        source.seek(first, stream=stream)
        packets = (packet for packet in source.demux(stream) if packet.pts is not None)
        wanted = [packet for packet in packets if first <= (packet.pts or 0) < last]
        if not wanted or wanted[0].pts != first or not wanted[0].is_keyframe:
            raise ValueError(f"{film}: no keyframe at frame {start}")
        for packet in wanted:
            packet.pts = packet.dts = (packet.pts or 0) - first
            packet.stream = copied
            target.mux(packet)
    files.settle(part, path)


def picture(film: Path, path: Path, frame: int, fps: int) -> None:
    """Write a frame as a WebP, in sRGB from the film's BT.709.

    Raises ``ValueError`` when the film is shorter.
    """
    with av.open(str(film)) as source:
        stream = source.streams.video[0]
        at = _ticks(stream, frame, fps)
        source.seek(at, stream=stream)
        frames = (each for each in source.decode(stream) if (each.pts or 0) >= at)
        found = next(frames, None)
        if found is None:
            raise ValueError(f"{film}: no frame {frame}")
        part = files.beside(path)
        _image(found).save(part, "WEBP", quality=88, method=4)
    files.settle(part, path)


def _ticks(stream: VideoStream, frame: int, fps: int) -> int:
    """When a frame is shown, in the stream's own units."""
    assert stream.time_base is not None
    return int(Fraction(frame, fps) / stream.time_base)


def _image(frame: VideoFrame) -> Image.Image:
    colours = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return Image.fromarray(colours.to_ndarray())
