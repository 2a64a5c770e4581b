#!/usr/bin/env python3
"""Settings of the encoder compared on the frames of one scene: seconds, bytes, luma PSNR.

    python benchmarks/encode.py [SCENE] [-q h]

The scene is drawn once; every setting then encodes the same converted frames. ``manim`` is what
Manim 0.22 does: every frame of a rest encoded again, with as many threads as there are cores. The
others encode each picture once and hold it as :mod:`pipeline.encoder` does. PSNR is in dB, over all
moving frames, over the last frames of rests, and of the worst single frame.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import av  # noqa: E402 (after the path is known)
import numpy as np  # noqa: E402
from av.video.frame import VideoFrame  # noqa: E402

from pipeline import conversion, encoder, shots  # noqa: E402
from pipeline.conversion import Change, Converter, planes  # noqa: E402
from pipeline.profile import Profile  # noqa: E402
from pipeline.recorder import Shown  # noqa: E402
from pipeline.writer import FilmRenderer  # noqa: E402
from scenes.catalogue import find  # noqa: E402

MANIM = {"preset": "medium", "crf": "23"}
SETTINGS: dict[str, encoder.Settings] = {
    "publishing": encoder.PUBLISHING,
    "superfast qp 27 aq 0": {"preset": "superfast", "qp": "27", "aq-mode": "0"},
    "superfast crf 22": {"preset": "superfast", "crf": "22"},
    "veryfast crf 23": {"preset": "veryfast", "crf": "23"},
    "faster crf 23": {"preset": "faster", "crf": "23"},
    "ultrafast qp 26": {"preset": "ultrafast", "qp": "26"},
    "ultrafast qp 27 aq 0": {"preset": "ultrafast", "qp": "27", "aq-mode": "0"},
    "draft": encoder.DRAFT,
}


@dataclass
class Drawn:
    """A scene's converted pictures, packed, for how many frames each, and where beats start."""

    profile: Profile
    pictures: list[bytes] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)
    beats: set[int] = field(default_factory=set)

    def frames(self) -> Iterator[tuple[VideoFrame, int, bool]]:
        """The pictures as the encoder takes them, their repeats, and whether a beat starts."""
        size = (self.profile.height * 3 // 2, self.profile.width)
        for index, (packed, repeat) in enumerate(zip(self.pictures, self.repeats, strict=True)):
            planes = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(size)
            yield VideoFrame.from_ndarray(planes, format="yuv420p"), repeat, index in self.beats


def draw(name: str, profile: Profile) -> Drawn:
    """Draw a scene once."""
    drawn, converter = Drawn(profile), Converter(profile.width, profile.height)
    ended = 0

    def take(pixels: Any, repeat: int) -> None:
        nonlocal ended
        if len(scene.beats) > ended or not drawn.pictures:
            ended = len(scene.beats)
            drawn.beats.add(len(drawn.pictures))
        planes = converter.convert(pixels).to_ndarray()
        drawn.pictures.append(zlib.compress(planes.tobytes(), 1))
        drawn.repeats.append(repeat)

    with shots.configured(profile):
        scene = shots._construct(shots.Shot(find(name), profile), FilmRenderer(take))
        scene.render()
    return drawn


def as_manim(drawn: Drawn, path: Path) -> None:
    """Every frame through the encoder, however often it repeats."""
    profile = drawn.profile
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=profile.fps, options=MANIM)
        stream.width, stream.height, stream.pix_fmt = profile.width, profile.height, "yuv420p"
        at = 0
        for frame, repeat, _ in drawn.frames():
            for _ in range(repeat):
                frame.pts = at
                container.mux(stream.encode(frame))
                at += 1
        container.mux(stream.encode(None))


class Given(Converter):
    """Takes pictures that are converted already."""

    def changes(self, pixels: Any, within: Any = None) -> list[Change]:
        new, width = planes(pixels), pixels.width
        if self._last is None:
            rows = [slice(0, pixels.height)]
        else:
            differs = [(a != b).any(axis=1) for a, b in zip(new, self._last, strict=True)]
            pairs = differs[0].reshape(-1, 2).any(axis=1) | differs[1] | differs[2]
            edges = np.flatnonzero(np.diff(pairs, prepend=False, append=False)) * 2
            rows = [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
        areas = [(each, slice(0, width)) for each in rows]
        self._last: Any = new
        return [Change(area, conversion.within(new, area)) for area in areas]


def as_we_do(drawn: Drawn, path: Path, settings: encoder.Settings) -> None:
    """Every picture once, then held."""
    size = {"width": drawn.profile.width, "height": drawn.profile.height, "fps": drawn.profile.fps}
    with encoder.FilmEncoder(path, **size, settings=settings) as film:
        given = Given(size["width"], size["height"])
        for frame, repeat, starts in drawn.frames():
            shown = Shown(film.frames, film.frames + repeat, starts)
            film._encode(given.changes(frame), shown)
            film.frames = shown.end


def psnr(drawn: Drawn, path: Path) -> tuple[float, float, float]:
    """Luma PSNR of moving frames, of rests, and of the worst frame."""
    moving, rests = [], []
    with av.open(str(path)) as container:
        decoded = container.decode(video=0)
        for frame, repeat, _ in drawn.frames():
            *_, last = (next(decoded) for _ in range(repeat))
            height = drawn.profile.height
            wanted, got = (f.to_ndarray()[:height].astype(np.int16) for f in (frame, last))
            error = float(np.square(wanted - got).mean())
            (rests if repeat > 1 else moving).append(error)
    return decibels(np.mean(moving)), decibels(np.mean(rests)), decibels(max(moving + rests))


def decibels(error: Any) -> float:
    """PSNR of a mean squared error."""
    return 10 * math.log10(255**2 / error) if error else math.inf


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scene", nargs="?", default="cancellation")
    parser.add_argument("-q", "--quality", default="h")
    given = parser.parse_args()
    drawn = draw(given.scene, Profile.of(given.quality))
    frames = sum(drawn.repeats)
    print(f"{given.scene} at -q{given.quality}: {len(drawn.pictures)} of {frames} frames differ")
    print(f"{'':26}{'processor':>10}{'bytes':>9}   PSNR{'moving':>8}{'rests':>8}{'worst':>8}")
    with TemporaryDirectory() as folder:
        for name, settings in {"manim": MANIM, **SETTINGS}.items():
            path = Path(folder) / "film.mp4"
            start = time.process_time()
            if name == "manim":
                as_manim(drawn, path)
            else:
                as_we_do(drawn, path, settings)
            taken, size = time.process_time() - start, path.stat().st_size / 1e3
            figures = "".join(f"{figure:8.1f}" for figure in psnr(drawn, path))
            print(f"{name:26}{taken:8.2f} s{size:6.0f} kB       {figures}", flush=True)


if __name__ == "__main__":
    main()
