"""What tests of several parts use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
