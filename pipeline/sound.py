"""What a film sounds like: sounds, each from a frame of its own, mixed and put beside the pictures.

A film without sounds has no track for them. Times are whole frames, as all others are; in samples
they are exact where the rate of samples is a multiple of the frames', which it is at 15 to 240.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame

from pipeline import files

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

RATE = 48_000
CHANNELS = 2
BLOCK = 1024  # samples in a frame of AAC
AAC = {"b": "160k", "aac_coder": "twoloop", "threads": "1"}
CODECS = {".mp4": "aac", ".mov": "pcm_s16le", ".webm": "libopus"}

Samples = npt.NDArray[np.float32]
"""Of shape (channels, samples), from −1 to 1."""


class Sound(NamedTuple):
    """A file that sounds from a frame on, made louder by ``gain`` decibels."""

    path: Path
    frame: int
    gain: float = 0


def put_beside(film: Path, sounds: Sequence[Sound], *, frames: int, fps: int) -> None:
    """Give a film its sounds, exactly as long as its pictures, which are copied.

    A format that has no sound stays as it is. Raises ``ValueError`` for a file that has none or
    starts before the film.
    """
    if sounds and film.suffix in CODECS:
        dub(film, mixed(sounds, frames=frames, fps=fps))


def mixed(sounds: Sequence[Sound], *, frames: int, fps: int) -> Samples:
    """All sounds in one, as long as the film; what would be too loud is cut off."""
    heard = np.zeros((CHANNELS, _samples(frames, fps)), np.float32)
    for sound in sounds:
        if sound.frame < 0:
            raise ValueError(f"{sound.path} starts before the film does")
        start = _samples(sound.frame, fps)
        samples = decoded(sound.path)[:, : max(heard.shape[1] - start, 0)]
        heard[:, start : start + samples.shape[1]] += samples * np.float32(10 ** (sound.gain / 20))
    return np.clip(heard, -1, 1)


def decoded(path: Path) -> Samples:
    """The samples of a file, in stereo at :data:`RATE`; raises ``ValueError`` if it has none."""
    try:
        with av.open(str(path)) as source:
            if not source.streams.audio:
                raise ValueError(f"{path} has no sound in it")
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
            taken = [*source.decode(source.streams.audio[0]), None]
            found = [part.to_ndarray() for frame in taken for part in resampler.resample(frame)]
    except av.FFmpegError as error:
        raise ValueError(f"{path} cannot be heard: {error.strerror}") from error
    return np.concatenate(found, axis=1) if found else np.zeros((CHANNELS, 0), np.float32)


def between(film: Path, start: int, end: int, fps: int) -> Samples:
    """What is heard of a film from one frame up to another."""
    return decoded(film)[:, _samples(start, fps) : _samples(end, fps)]


def dub(film: Path, samples: Samples) -> None:
    """Put samples beside a film's pictures, in place of what sound it had."""
    part = files.beside(film)
    exact = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        av.open(str(film)) as source,
        av.open(str(part), "w", format=film.suffix[1:], options=exact) as target,
    ):
        video = source.streams.video[0]
        copied = target.add_stream_from_template(video)
        packets = [*_encoded(target, samples, CODECS[film.suffix])]
        for packet in _in_order(source, packets):
            if packet.stream is video:
                packet.stream = copied
            target.mux(packet)
    files.settle(part, film)


def _encoded(target: OutputContainer, samples: Samples, codec: str) -> Iterator[Any]:
    options = AAC if codec == "aac" else {}
    stream: Any = target.add_stream(codec, rate=RATE, layout="stereo", options=options)
    layout = {"aac": "fltp", "libopus": "flt", "pcm_s16le": "s16"}[codec]
    fifo = av.AudioFifo()
    fit = av.AudioResampler(format=layout, layout="stereo", rate=RATE)
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    for part in fit.resample(frame):
        fifo.write(part)
    stream.codec_context.open()
    size = stream.codec_context.frame_size or BLOCK
    for block in fifo.read_many(size, partial=True):
        yield from stream.encode(block)
    yield from stream.encode(None)


def _in_order(source: InputContainer, sounds: Sequence[Any]) -> Iterator[Any]:
    """Pictures and sounds by the time at which they are needed, so that a player finds them."""
    pictures = [p for p in source.demux(source.streams.video[0]) if p.pts is not None]
    return iter(sorted([*pictures, *sounds], key=lambda packet: packet.dts * packet.time_base))


def _samples(frames: int, fps: int) -> int:
    return round(Fraction(frames * RATE, fps))
