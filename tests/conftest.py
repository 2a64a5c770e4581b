"""What tests of several parts use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.engine import Take, film_all
from pipeline.places import CACHE, ROOT
from pipeline.profile import Profile
from pipeline.progress import reporting
from pipeline.shots import Shot
from pipeline.store import Store
from scenes.catalogue import SCENES


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """Runs a script in a Python of its own, at home in this tree; what it printed."""

    def run(script: str, *arguments: object, cwd: Path = ROOT, **environment: str) -> str:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
        done = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def films() -> dict[str, Take]:
    """Every scene of the lesson, filmed small, by whichever test process comes first."""
    shots = [Shot(entry, Profile(160, 90, 10)) for entry in SCENES]
    store = Store(CACHE / "tests")
    with store.opened(), reporting("none") as report:
        takes = film_all(shots, store, report)
    assert len(takes) == len(shots), "a scene could not be filmed; what went wrong is told above"
    return {take.shot.entry.id: take for take in takes}
