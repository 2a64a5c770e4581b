#!/usr/bin/env python3
"""Films the lesson's scenes with render.py and with `manim render`, turn and turn about.

    python benchmarks/render.py [SCENE…] [-q h] [--rounds 1]

Both start from nothing: an empty store, an empty media directory. Manim has this repository's
manim.cfg, which spares it the hashing of play calls. Times are of whole processes with all their
children; each figure is the least of its rounds, which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scenes.catalogue import SCENES, SceneEntry, find  # noqa: E402 (after the path is known)

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """What filming took: seconds by the clock, seconds of processor, bytes of film."""

    wall: float
    cpu: float
    size: int


def run(command: list[str], media: Path, **environment: str) -> Cost:
    """The cost of a command that writes one or more films somewhere below ``media``."""
    before, start = cpu_of_children(), time.perf_counter()
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True)
    wall = time.perf_counter() - start
    adopt_and_await_orphans()
    films = (p for p in media.rglob("*.mp4") if "partial_movie_files" not in p.parts)
    return Cost(wall, cpu_of_children() - before, sum(film.stat().st_size for film in films))


def cpu_of_children() -> float:
    """Seconds of processor that all children awaited so far have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def adopt_and_await_orphans() -> None:
    """Wait for what the command left behind: workers are the children of a server of its own."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def ours(entries: list[SceneEntry], quality: str) -> Cost:
    """All scenes by one render.py, side by side."""
    with TemporaryDirectory() as folder:
        media, cache = Path(folder) / "media", Path(folder) / "cache"
        names = [entry.id for entry in entries]
        command = [sys.executable, "render.py", "render", *names, "-q", quality]
        command += ["--media_dir", str(media), "-v", "ERROR"]
        return run(command, media, LESSON_FILMS_CACHE=str(cache))


def stock(entries: list[SceneEntry], quality: str) -> Cost:
    """All scenes by `manim render`, one after the other, as there is no other way."""
    costs = []
    for entry in entries:
        with TemporaryDirectory() as folder:
            file = entry.module.replace(".", "/") + ".py"
            command = [sys.executable, "-m", "manim", "render", f"-q{quality}", file, entry.cls]
            command += ["--media_dir", folder, "--progress_bar", "none", "-v", "ERROR"]
            costs.append(run(command, Path(folder)))
    return Cost(*(sum(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "size")))


def least(costs: list[Cost]) -> Cost:
    """The least of each figure."""
    return Cost(*(min(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "size")))


def row(name: str, cost: Cost) -> str:
    """A line of the table."""
    return f"{name:14}{cost.wall:10.1f} s{cost.cpu:10.1f} s{cost.size / 1e6:10.2f} MB"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE")
    parser.add_argument("-q", "--quality", default="h")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    entries = [find(name) for name in given.scenes] or list(SCENES)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    rounds = [
        (stock(entries, given.quality), ours(entries, given.quality)) for _ in range(given.rounds)
    ]
    theirs, mine = (least(list(side)) for side in zip(*rounds, strict=True))
    print(f"{', '.join(entry.id for entry in entries)} at -q{given.quality}")
    print(f"{'':14}{'wall':>12}{'processor':>12}{'films':>13}")
    print(row("manim render", theirs))
    print(row("render.py", mine))
    ratios = theirs.wall / mine.wall, theirs.cpu / mine.cpu, mine.size / theirs.size
    print(f"{'ratio':14}{ratios[0]:11.1f}×{ratios[1]:11.1f}×{ratios[2]:12.2f}×")


if __name__ == "__main__":
    main()
