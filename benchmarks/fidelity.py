"""How faithful films are to the pictures that were drawn for them, and what these cost at least."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from pipeline import shots
from pipeline.conversion import Converter
from pipeline.profile import Profile
from pipeline.writer import FilmRenderer
from pipeline.x264 import X264
from scenes.catalogue import SceneEntry

EVERY = 7
"""Of moving frames, each so-manieth is compared; of rests, all."""


@dataclass
class Fidelity:
    """Squared errors of luma, frame by frame."""

    moving: list[float] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)

    def __iadd__(self, other: Fidelity) -> Fidelity:
        self.moving += other.moving
        self.rests += other.rests
        return self

    @property
    def decibels(self) -> tuple[float, float]:
        """Luma PSNR of moving frames and of rests."""
        return _decibels(self.moving), _decibels(self.rests)


def fidelity(
    entry: SceneEntry, profile: Profile, ours: Path, theirs: Path
) -> tuple[Fidelity, Fidelity]:
    """What both films of a scene have lost of its pictures, drawn once more to compare.

    Each is compared with the pictures as it converted them: ours to BT.709, Manim's as FFmpeg does
    without being told. Raises ``ValueError`` if a film has another number of frames.
    """
    found = Fidelity(), Fidelity()
    drawn = 0
    converter, plain = Converter(profile.width, profile.height), VideoReformatter()

    def take(pixels: Any, repeat: int) -> None:
        nonlocal drawn
        drawn += 1
        shown = [[next(film) for _ in range(repeat)][-1] for film in films]
        if repeat == 1 and drawn % EVERY:
            return
        rgba = VideoFrame.from_ndarray(pixels, format="rgba")
        wanted = converter.convert(pixels), plain.reformat(rgba, format="yuv420p")
        for one, original, decoded in zip(found, wanted, shown, strict=True):
            error = np.square(_luma(original) - _luma(decoded)).mean()
            (one.rests if repeat > 1 else one.moving).append(float(error))

    with av.open(str(ours)) as mine, av.open(str(theirs)) as manims:
        films = [mine.decode(video=0), manims.decode(video=0)]
        try:
            _film(entry, profile, take)
        except StopIteration:
            raise ValueError(f"{entry.id}: a film has fewer frames than were drawn") from None
    return found


def floor(entry: SceneEntry, profile: Profile) -> float:
    """Seconds of processor for drawing, converting and encoding each picture of a scene once."""
    spent: list[float] = []
    with (
        TemporaryDirectory() as folder,
        _timed(FilmRenderer, "update_frame", spent),
        _timed(Converter, "changes", spent),
        _timed(X264, "code", spent),
    ):
        shots.shoot(shots.Shot(entry, profile), Path(folder))
    return sum(spent)


def _film(entry: SceneEntry, profile: Profile, sink: Callable[[Any, int], None]) -> None:
    with shots.configured(profile):
        shots._construct(shots.Shot(entry, profile), FilmRenderer(sink)).render()


@contextmanager
def _timed(owner: type, name: str, spent: list[float]) -> Iterator[None]:
    """Note the processor time of every call of a method, in the thread that it is called in."""
    method = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.thread_time()
        try:
            return method(*arguments, **named)
        finally:
            spent.append(time.thread_time() - start)

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, method)


def _luma(frame: VideoFrame) -> np.ndarray:
    plane = frame.planes[0]
    rows = np.asarray(memoryview(plane)).view(np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width].astype(np.float32)


def _decibels(errors: list[float]) -> float:
    mean = float(np.mean(errors)) if errors else math.nan
    return 10 * math.log10(255**2 / mean) if mean else math.inf
