#!/usr/bin/env python3
"""How long one lesson and many take on clusters of several sizes, simulated from measured shots.

    python benchmarks/cluster.py [SCENE…] [-q l] [--lessons 100] [--workers 1 4 16] [--mbit 100]

Every scene is filmed once, just as a worker of a cluster films it: in a Python of its own, whose
start-up counts; and for one lesson on many workers, every stretch of it. Then all are dealt out to
one-core workers, the longest first, as the engine submits them; a worker has to have sent its film
before it begins the next, and all films come in through one line of so many Mbit/s. Times are of
processor, which a busy machine does not change much; joining, clips and the page, which are made
where the lesson is, are left out.
"""

from __future__ import annotations

import argparse
import heapq
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.cluster import messages  # noqa: E402 (after the path is known)
from pipeline.engine import planned  # noqa: E402
from pipeline.fingerprint import ingredients  # noqa: E402
from pipeline.profile import Profile  # noqa: E402
from pipeline.shots import Shot, Stretch  # noqa: E402
from scenes.catalogue import SCENES, find  # noqa: E402

JOINING = 3.0  # seconds that a worker takes to start and to join its scheduler, each once


@dataclass(frozen=True)
class Cost:
    """What a stretch takes: seconds of processor, and bytes to send."""

    cpu: float
    size: int


@cache
def measured(stretch: Stretch) -> Cost:
    """A stretch filmed as a worker does it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with TemporaryDirectory() as folder:
        outcome = list(messages(stretch, ingredients(stretch.shot), folder))[-1]
        assert outcome == {"differing": [], "failed": None}, outcome
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, size)


def simulated(costs: Sequence[Cost], workers: int, bytes_a_second: float) -> float:
    """When the last film has arrived, in seconds from starting the workers."""
    free, line = [JOINING] * workers, 0.0
    for cost in sorted(costs, key=lambda cost: cost.cpu, reverse=True):
        done = heapq.heappop(free) + cost.cpu
        line = max(line, done) + cost.size / bytes_a_second
        heapq.heappush(free, line)
    return max(free)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE")
    parser.add_argument("-q", "--quality", default="l")
    parser.add_argument("--lessons", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--mbit", type=float, default=100)
    given = parser.parse_args()
    entries = [find(name) for name in given.scenes] or list(SCENES)
    shots = [Shot(entry, Profile.of(given.quality)) for entry in entries]
    costs = [measured(Stretch(shot)) for shot in shots]
    cpu, size = sum(cost.cpu for cost in costs), sum(cost.size for cost in costs)
    print(
        f"{len(costs)} scenes at -q{given.quality}: {cpu:.1f} s of processor, {size / 1e6:.1f} MB"
    )
    print(f"one such lesson and {given.lessons}, {given.mbit:.0f} Mbit/s:")
    line = given.mbit * 1e6 / 8
    alone, all_alone = (simulated(costs * count, 1, line) for count in (1, given.lessons))
    for workers in given.workers:
        parts = [measured(part) for each in planned(shots, workers).values() for part in each]
        one, many = (simulated(costs, workers, line) for costs in (parts, costs * given.lessons))
        print(
            f"{workers:4} workers {one:8.1f} s {alone / one:6.1f}×"
            f" {many / 60:10.1f} min {all_alone / many:6.1f}×"
        )


if __name__ == "__main__":
    main()
