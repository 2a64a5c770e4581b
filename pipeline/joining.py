"""Films put one after the other: pictures are copied, not encoded again.

Films of one profile have the same parameter sets, so they are one stream but for what tells one
keyframe from the next (``idr_pic_id``) and x264's word about itself, which a film starts with. Both
are put as they would be had all frames been encoded as one film, and so are then its bytes, for
nothing that x264 keeps outlives a keyframe. What is heard, in contrast, is decoded, set where its
film starts, and encoded as one track.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from pipeline import files, h264, sound
from pipeline.encoder import WRITING
from pipeline.film import Film, shifted
from pipeline.sound import Sound

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet as AnyPacket
    from av.video.stream import VideoStream

    Packet = AnyPacket[Any]


def join(films: Sequence[Path], path: Path) -> None:
    """Write the films, MP4s of this project in one profile, as one MP4.

    Raises ``ValueError`` for a film that is of another size, rate or coding than the first.
    """
    with ExitStack() as opened:
        sources = [opened.enter_context(av.open(str(film))) for film in films]
        streams = [source.streams.video[0] for source in sources]
        for film, stream in zip(films, streams, strict=True):
            if _kind(stream) != _kind(streams[0]):
                raise ValueError(f"{film} cannot follow {films[0]}: it is of another profile")
        part = files.beside(path)
        with av.open(str(part), "w", format="mp4", options=WRITING) as target:
            copied = target.add_stream_from_template(streams[0])
            for packet in _packets(sources):
                packet.stream = copied
                target.mux(packet)
        sounds = list(_sounds(films, sources))
        frames, fps = sum(stream.frames for stream in streams), int(streams[0].average_rate or 1)
    files.settle(part, path)
    sound.put_beside(path, sounds, frames=frames, fps=fps)


def starts(films: Sequence[Film]) -> tuple[int, ...]:
    """The frame of the joined film at which each film starts."""
    return tuple(accumulate((film.frames for film in films[:-1]), initial=0))


def continued(films: Sequence[Film]) -> Film:
    """What is known of a scene's film, of what is known of its stretches."""
    beats = tuple(
        beat
        for film, start in zip(films, starts(films), strict=True)
        for beat in shifted(film.beats, start)
    )
    return replace(films[-1], frames=sum(film.frames for film in films), beats=beats)


def joined(films: Sequence[Film], *, scene: str, title: str) -> Film:
    """What is known of the films joined, as of one: a beat is named ``scene.beat``."""
    beats = (
        replace(beat, name=f"{film.scene}.{beat.name}")
        for film, start in zip(films, starts(films), strict=True)
        for beat in shifted(film.beats, start)
    )
    lines = {line.id: line for film in films for line in film.lines}
    frames = sum(film.frames for film in films)
    return Film(scene, title, frames, films[0].profile, tuple(beats), tuple(lines.values()))


def _kind(stream: VideoStream) -> tuple[object, ...]:
    return stream.codec_context.extradata, stream.time_base, stream.average_rate


def _sounds(films: Sequence[Path], sources: Sequence[InputContainer]) -> Iterator[Sound]:
    """The films that are heard, each from where it starts."""
    start = 0
    for film, source in zip(films, sources, strict=True):
        if source.streams.audio:
            yield Sound(film, start)
        start += source.streams.video[0].frames


def _packets(sources: Sequence[InputContainer]) -> Iterator[Packet]:
    """The packets of all, on one clock."""
    start = keys = 0
    parameters = _parameters(sources[0].streams.video[0])
    for number, source in enumerate(sources):
        stream = source.streams.video[0]
        for packet in source.demux(stream):
            if packet.pts is None:
                continue
            at, duration, key = packet.pts, packet.duration, packet.is_keyframe
            if key and number:
                packet = _numbered(packet, parameters, keys % 2)
            packet.pts = packet.dts = start + at
            packet.duration, packet.is_keyframe = duration, key
            keys += key
            yield packet
        start += stream.duration or 0


def _parameters(stream: VideoStream) -> h264.Parameters:
    return h264.Parameters.of(h264.stream(h264.sets(stream.codec_context.extradata or b"")))


def _numbered(packet: Packet, parameters: h264.Parameters, number: int) -> Packet:
    """A keyframe under another number, without what x264 says of itself."""
    found = [unit for unit in h264.counted_units(bytes(packet)) if h264.kind(unit) != h264.SEI]
    copy: Packet = av.Packet(h264.counted([parameters.numbered(unit, 0, number) for unit in found]))
    copy.stream, copy.time_base = packet.stream, packet.time_base
    return copy
