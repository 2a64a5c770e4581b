"""Makes the lesson once: python -m pipeline.serve.building DIST QUALITY JOBS

Tells on standard output, as a JSON list of lines, what went wrong, and on standard error, to a
person, how it goes. Ends, with all its workers, when its standard input does.
"""

from __future__ import annotations

import _thread
import json
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.bundle import bundle
from pipeline.engine import Report, film_all
from pipeline.errors import BadInput
from pipeline.fingerprint import fingerprint, ingredients
from pipeline.manifest import claim, read
from pipeline.places import CACHE
from pipeline.profile import QUALITIES, Profile
from pipeline.progress import reporting
from pipeline.shots import Entry, Shot, blame
from pipeline.store import Store
from scenes.catalogue import SCENES

GRACE = 5  # seconds to stop workers in


class Problems:
    """Passes a report on, and keeps what has failed."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.lines: list[str] = []
        self.say, self.expect = report.say, report.expect
        self.advance, self.finish = report.advance, report.finish

    def fail(self, shot: Shot, reason: str) -> None:
        """A scene could not be filmed."""
        self.lines.append(reason)
        self._report.fail(shot, reason)

    def stop(self, reason: str) -> None:
        """The work as a whole could not be done."""
        self.lines.append(reason)
        self.say(reason)


def build(dist: Path, quality: str, jobs: int | None) -> list[str]:
    """Bring the lesson in ``dist`` up to date; if something goes wrong, what, and it stays."""
    with reporting() as report:
        problems = Problems(report)
        try:
            _build(dist, quality, jobs, problems)
        except BadInput as error:
            problems.stop(str(error))
        except Exception as error:
            problems.stop(blame(error))
    return problems.lines


def _build(dist: Path, quality: str, jobs: int | None, problems: Problems) -> None:
    claim(dist)
    store, filmed = Store(CACHE), _filmed(dist)
    with store.opened(problems.say):
        wanted = [_shot(entry, filmed.get(entry.id), quality, store) for entry in SCENES]
        takes = film_all(wanted, store, problems, jobs=jobs)
    if not problems.lines:
        bundle(takes, dist)


def _filmed(dist: Path) -> dict[str, Profile]:
    """How the scenes in ``dist`` were filmed."""
    scenes = read(dist).get("scenes", ())
    return {scene["id"]: Profile(**scene["profile"]) for scene in scenes}


def _shot(entry: Entry, before: Profile | None, quality: str, store: Store) -> Shot:
    """A scene as it is in the lesson, or at full quality, where such a film is there and up to
    date; else at the quality asked for."""
    look = before or Profile()
    sizes = (QUALITIES["h"], QUALITIES[quality])
    full, preview = (replace(look, width=q.width, height=q.height, fps=q.fps) for q in sizes)
    shots = [Shot(entry, profile) for profile in (look, full)]
    ready = (shot for shot in shots if fingerprint(ingredients(shot)) in store)
    return next(ready, Shot(entry, preview))


def _end_with_input() -> None:
    """Stop the work when nobody is there any more to wait for it."""
    sys.stdin.read()
    _thread.interrupt_main()
    time.sleep(GRACE)
    os._exit(1)


def main(dist: str, quality: str, jobs: str) -> int:
    """Build, and tell."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    with suppress(KeyboardInterrupt):
        print(json.dumps(build(Path(dist), quality, int(jobs) or None)))
        return 0
    return 130


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
