"""Pieces of a film, cut out of it without filming again: the clip of a beat.

A clip is copied, not encoded again, so it has to start at a keyframe; a beat does.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from pipeline import files, sound
from pipeline.encoder import WRITING

if TYPE_CHECKING:
    from av.video.stream import VideoStream


def clip(film: Path, path: Path, start: int, end: int, fps: int) -> None:
    """Write the frames from ``start`` up to ``end`` as an MP4 of their own.

    Raises ``ValueError`` when ``start`` is no keyframe.
    """
    part = files.beside(path)
    with (
        av.open(str(film)) as source,
        av.open(str(part), "w", format="mp4", options=WRITING) as target,
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
        heard = bool(source.streams.audio)
    files.settle(part, path)
    if heard:
        sound.dub(path, sound.between(film, start, end, fps))


def _ticks(stream: VideoStream, frame: int, fps: int) -> int:
    """When a frame is shown, in the stream's own units."""
    assert stream.time_base is not None
    return int(Fraction(frame, fps) / stream.time_base)
