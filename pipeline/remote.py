"""Films one stretch for a worker of a cluster: python -m pipeline.remote

Reads from standard input, pickled, the stretch, what it is made of, and a directory; ends when that
input does. Says on standard output, a line of JSON each, how many more frames are done, and at last
what is not the same here, or else why the stretch failed, if it did.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time
from pathlib import Path

from pipeline.crew import TELL_EVERY
from pipeline.fingerprint import changes, ingredients
from pipeline.shots import ShotError, shoot


def main() -> None:
    """Film, and tell."""
    stretch, made_of, directory = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_input, daemon=True).start()
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a scene prints is none of our words
    counted, last = 0, time.monotonic()

    def advance(frames: int) -> None:
        nonlocal counted, last
        counted += frames
        if time.monotonic() - last > TELL_EVERY:
            print(counted, file=told, flush=True)
            counted, last = 0, time.monotonic()

    here, failed = ingredients(stretch.shot), None
    differing = changes(made_of, here)
    if not differing:
        try:
            shoot(stretch.shot, Path(directory), advance, stretch.beats)
        except (ShotError, OSError) as error:
            failed = str(error)
    print(json.dumps({"differing": differing, "failed": failed}), file=told, flush=True)


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not through a buffer, whose lock would outlive main
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
