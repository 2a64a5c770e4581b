#!/usr/bin/env python3
"""Kills a command that films, again and again, and looks at what is left.

    python benchmarks/kills.py [--moments 50] [--seed 1]

At each moment the command, or one of its processes, is sent SIGKILL, and the same command is run
again to its end. Its films must then have the bytes of a command that nobody disturbed; nothing
that was stored may be filmed twice; and neither a process nor a file may be left behind. Between
two moments the store is emptied. Exit status 1 if anything of this does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SCENES = ("Tiny", "Other", "Long")
FILM = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from pipeline.engine import film_all
from pipeline.profile import Profile
from pipeline.progress import reporting
from pipeline.shots import Shot
from pipeline.store import Store
from tests.pipeline.tiny import Entry
if __name__ == "__main__":
    store = Store(Path(os.environ["LESSON_FILMS_CACHE"]))
    shots = [Shot(Entry(name.lower(), name), Profile(160, 90, 30)) for name in {SCENES}]
    with store.opened(), reporting() as report:
        for take in film_all(shots, store, report):
            print(take.shot.entry.id, *(path.name for path in (take.video, *take.stills.values())))
"""


class Room:
    """A place with a store and a temporary directory of its own, where commands are run."""

    def __init__(self, root: Path) -> None:
        self.store, self.passing = root / "store", root / "passing"
        self.passing.mkdir(parents=True)
        self.script = root / "film.py"
        self.script.write_text(FILM)

    def start(self) -> subprocess.Popen[str]:
        """The command, in a session of its own."""
        return subprocess.Popen(
            [sys.executable, str(self.script)],
            env=os.environ | {"LESSON_FILMS_CACHE": str(self.store), "TMPDIR": str(self.passing)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finished(self) -> int:
        """How many shots are in the store."""
        return len(list(self.store.glob("shots/[!.]*")))

    def left_behind(self) -> list[str]:
        """What no finished command should leave."""
        parts = (path for path in self.store.rglob("*") if path.name.startswith("."))
        return [str(path) for path in (*self.passing.iterdir(), *parts, *self.store.glob("work"))]


def processes(session: int) -> list[int]:
    """The processes of a session that are not yet gone."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its = path.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(its) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def disturbed(root: Path, victim: str, after: float) -> tuple[str, list[str]]:
    """Kill a command or one of its processes ``after`` so many seconds, then run it to its end.

    Returns what it then printed and what does not hold.
    """
    room = Room(root)
    running = room.start()
    time.sleep(after)
    others = [pid for pid in processes(running.pid) if pid != running.pid]
    pid = random.choice(others) if victim == "process" and others else running.pid
    if running.poll() is None:
        os.kill(pid, signal.SIGKILL)
    if pid != running.pid:
        running.wait()  # it goes on, or tells what went wrong
    finished = room.finished()
    running.communicate()
    deadline = time.monotonic() + 10
    while processes(running.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    wrong = [f"process {pid} is left" for pid in processes(running.pid)]
    again = room.start()
    told, heard = again.communicate()
    filmed = sum(line.startswith("Filmed") for line in heard.splitlines())
    if filmed != len(SCENES) - finished:
        wrong.append(f"{finished} were stored, and {filmed} filmed")
    return told, wrong + [f"{path} is left" for path in room.left_behind()]


def main() -> int:
    """Print what each moment left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random.seed(given.seed)
    failures, outcomes = 0, Counter[str]()
    with TemporaryDirectory() as folder:
        start = time.monotonic()
        expected, _ = Room(Path(folder) / "whole").start().communicate()
        seconds = time.monotonic() - start
        assert len(expected.splitlines()) == len(SCENES), "the undisturbed command failed"
        for moment in range(given.moments):
            victim = random.choice(["command", "process"])
            after = random.uniform(0, seconds)
            told, wrong = disturbed(Path(folder) / str(moment), victim, after)
            wrong += [] if told == expected else ["the films differ"]
            outcomes[f"{victim}: {'; '.join(wrong) or 'as if nothing had happened'}"] += 1
            failures += bool(wrong)
            print(
                f"{moment + 1:3} {victim:8} after {after:5.2f} s: {'; '.join(wrong) or 'ok'}",
                flush=True,
            )
    print(f"{given.moments} moments, {failures} failures")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
