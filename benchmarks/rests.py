#!/usr/bin/env python3
"""Films a scene with its rests as long, twice and four times as long: moving costs, resting not.

    python benchmarks/rests.py [SCENE] [-q h]

Printed are seconds of film and of processor, in one process that has filmed the scene before.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.film import Film  # noqa: E402 (after the path is known)
from pipeline.profile import Profile  # noqa: E402
from pipeline.shots import Shot, shoot  # noqa: E402
from scenes.beats import BeatScene  # noqa: E402
from scenes.catalogue import find  # noqa: E402


def filmed(shot: Shot, longer: int) -> tuple[Film, float]:
    """The film of a shot whose rests are so many times as long, and the processor time it took."""
    wait = BeatScene.wait

    def wait_longer(scene: BeatScene, duration: float, **how: Any) -> None:
        wait(scene, longer * duration, **how)

    BeatScene.wait = wait_longer  # type: ignore[method-assign]
    try:
        with TemporaryDirectory() as folder:
            start = time.process_time()
            film = shoot(shot, Path(folder))
            return film, time.process_time() - start
    finally:
        BeatScene.wait = wait  # type: ignore[method-assign]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scene", nargs="?", default="loss")
    parser.add_argument("-q", "--quality", default="h")
    given = parser.parse_args()
    shot = Shot(find(given.scene), Profile.of(given.quality))
    filmed(shot, 1)
    print(f"{given.scene} at -q{given.quality}")
    print(f"{'rests':>8}{'film':>10}{'at rest':>10}{'processor':>12}")
    for longer in (1, 2, 4):
        film, taken = filmed(shot, longer)
        rate = shot.profile.fps
        resting = sum(beat.end - beat.rest for beat in film.beats) / rate
        print(f"{longer:7}×{film.frames / rate:8.1f} s{resting:8.1f} s{taken:10.2f} s", flush=True)


if __name__ == "__main__":
    main()
