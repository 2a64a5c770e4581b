"""A command killed at any moment, run again, leaves what it would have left undisturbed."""

from __future__ import annotations

import subprocess
import sys

from pipeline.places import ROOT


def test_three_moments_of_the_fifty():
    """``benchmarks/kills.py`` has the rest, and says what it looks for."""
    command = [sys.executable, "benchmarks/kills.py", "--moments", "3", "--seed", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines()[-1] == "3 moments, 0 failures", done.stdout + done.stderr
    assert done.returncode == 0
