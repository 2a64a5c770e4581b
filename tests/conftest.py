"""What tests of several parts use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.engine import Take
from pipeline.places import ROOT
from pipeline.profile import Profile
from pipeline.shots import FILM, STILL, Shot, shoot
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
def films(tmp_path_factory) -> dict[str, Take]:
    """Every scene of the lesson, filmed small."""
    takes = {}
    for entry in SCENES:
        directory = tmp_path_factory.mktemp(entry.id)
        shot = Shot(entry, Profile(320, 180, 10))
        film = shoot(shot, directory)
        takes[entry.id] = Take(shot, film, directory / FILM, directory / STILL)
    return takes
