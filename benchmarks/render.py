#!/usr/bin/env python3
"""Films the lesson's scenes with render.py and with `manim render`, turn and turn about.

    python benchmarks/render.py [SCENE…] [-q h] [--turns 3] [--times-only]

Both start from nothing: an empty store, an empty media directory. Manim has this repository's
manim.cfg, which spares it the hashing of play calls. Times are of whole processes with all their
children. `manim render` films one scene after the other, and render.py takes its turns in between:
all scenes each time, as for publishing and as a draft, of which the medians are told, since a
machine may be half as fast a minute later. The last column is the memory of the largest process.

Luma PSNR, in dB, of moving frames and of rests, is against the frames as drawn, which are the same
for both. The floor is what drawing, converting and encoding each picture once takes of the
processor; starting Python, typesetting, planning the ways of marks and the like are the rest.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scenes.catalogue import SCENES, SceneEntry, find  # noqa: E402 (after the path is known)

PR_SET_CHILD_SUBREAPER = 36
NAMES = ("wall", "cpu", "size", "peak")


@dataclass(frozen=True)
class Cost:
    """What filming took: seconds by the clock, seconds of processor, bytes of film, and bytes of
    memory of the largest process."""

    wall: float
    cpu: float
    size: int
    peak: int


def run(command: list[str], media: Path, **environment: str) -> Cost:
    """The cost of a command that writes one or more films somewhere below ``media``."""
    with ProcessPoolExecutor(
        1
    ) as apart:  # whose children are the command's processes, and no others
        return apart.submit(measured, command, media, environment).result()


def measured(command: list[str], media: Path, environment: dict[str, str]) -> Cost:
    """The cost of a command, in a process that has had no other children."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True)
    wall = time.perf_counter() - start
    adopt_and_await_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    films = (p for p in media.rglob("*.mp4") if "partial_movie_files" not in p.parts)
    size = sum(film.stat().st_size for film in films)
    return Cost(wall, used.ru_utime + used.ru_stime, size, 1024 * used.ru_maxrss)


def adopt_and_await_orphans() -> None:
    """Wait for what the command left behind: workers are the children of a server of its own."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def ours(entries: list[SceneEntry], quality: str, folder: Path, *more: str) -> Cost:
    """All scenes by one render.py, side by side."""
    media, cache = folder / "ours", folder / "cache"
    names = [entry.id for entry in entries]
    command = [sys.executable, "render.py", "render", *names, "-q", quality, *more]
    command += ["--media_dir", str(media), "-v", "ERROR"]
    return run(command, media, LESSON_FILMS_CACHE=str(cache))


def stock(entry: SceneEntry, quality: str, folder: Path) -> Cost:
    """One scene by `manim render`."""
    media = folder / "manim" / entry.id
    file = entry.module.replace(".", "/") + ".py"
    command = [sys.executable, "-m", "manim", "render", f"-q{quality}", file, entry.cls]
    command += ["--media_dir", str(media), "--progress_bar", "none", "-v", "ERROR"]
    return run(command, media)


def one_after_the_other(costs: list[Cost]) -> Cost:
    """What scenes cost that are filmed as `manim render` does it: there is no other way."""
    wall, cpu, size = (sum(getattr(cost, name) for cost in costs) for name in NAMES[:3])
    return Cost(wall, cpu, size, max(cost.peak for cost in costs))


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median_high(getattr(cost, name) for cost in costs) for name in NAMES))


def film_of(entry: SceneEntry, media: Path) -> Path:
    """The film of a scene below ``media``, under its id or its class."""
    films = (p for p in media.rglob("*.mp4") if "partial_movie_files" not in p.parts)
    (found,) = (film for film in films if film.stem in (entry.id, entry.cls))
    return found


def print_quality(
    entries: list[SceneEntry], quality: str, folder: Path, media: Path, cpu: float
) -> None:
    """Print what both films have lost, and how far our time is from the least."""
    from benchmarks.fidelity import Fidelity, fidelity, floor
    from pipeline.profile import Profile

    profile = Profile.of(quality)
    mine, manims, seconds = Fidelity(), Fidelity(), 0.0
    for entry in entries:
        films = film_of(entry, media), film_of(entry, folder / "manim" / entry.id)
        for total, lost in zip((mine, manims), fidelity(entry, profile, *films), strict=True):
            total += lost
        seconds += floor(entry, profile)
    print(f"{'luma PSNR':14}{'moving':>12}{'rests':>12}")
    for name, total in (("manim render", manims), ("render.py", mine)):
        moving, rests = total.decibels
        print(f"{name:14}{moving:9.1f} dB{rests:9.1f} dB")
    print(f"floor: {seconds:.1f} s of processor; render.py takes {cpu / seconds:.2f} times that")


def row(name: str, cost: Cost) -> str:
    """A line of the table."""
    films, peak = f"{cost.size / 1e6:10.2f} MB", f"{cost.peak / 1e6:10.0f} MB"
    return f"{name:18}{cost.wall:10.1f} s{cost.cpu:10.1f} s{films}{peak}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE")
    parser.add_argument("-q", "--quality", default="h")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--times-only", action="store_true")
    given = parser.parse_args()
    entries = [find(name) for name in given.scenes] or list(SCENES)
    after = [ceil(len(entries) * turn / given.turns) for turn in range(1, given.turns + 1)]
    theirs: list[Cost] = []
    films: list[Cost] = []
    drafts: list[Cost] = []
    with TemporaryDirectory() as scratch:
        for number, entry in enumerate(entries, 1):
            theirs.append(stock(entry, given.quality, Path(scratch)))
            for _ in range(after.count(number)):
                folder = Path(scratch) / f"turn {len(films)}"
                films.append(ours(entries, given.quality, folder))
                drafts.append(ours(entries, given.quality, folder / "draft", "--draft"))
        manim, mine, draft = one_after_the_other(theirs), median(films), median(drafts)
        print(f"{', '.join(entry.id for entry in entries)} at -q{given.quality}")
        print(f"{'':18}{'wall':>12}{'processor':>12}{'films':>13}{'largest':>13}")
        print(row("manim render", manim))
        for name, cost in (("render.py", mine), ("render.py --draft", draft)):
            print(row(name, cost))
            ratios = manim.wall / cost.wall, manim.cpu / cost.cpu, cost.size / manim.size
            print(f"{'':18}{ratios[0]:11.1f}×{ratios[1]:11.1f}×{ratios[2]:12.2f}×")
        if not given.times_only:
            print_quality(entries, given.quality, Path(scratch), folder / "ours", mine.cpu)


if __name__ == "__main__":
    main()
