"""What is installed, what is missing, and what to type."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pipeline import files
from pipeline.places import CACHE, ROOT
from pipeline.sizes import told_size

ENOUGH = 2 * 10**9  # bytes free: the lesson's films and clips, and what is made on the way
OPTIONAL = {
    "torch": "`render.py data` and the tests need it",
    "distributed": "`--scheduler` and the tests need it",
    "pytest": "the tests need it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``remedy`` says what to type where it is not well; what is not
    ``needed`` to make the lesson does no harm by being missing."""

    name: str
    well: bool
    told: str
    remedy: str = ""
    needed: bool = True

    def __str__(self) -> str:
        mark = "✓" if self.well else ("✗" if self.needed else "·")
        return f"{mark} {self.name}: {self.told}" + (f"; {self.remedy}" if not self.well else "")


def findings(root: Path = ROOT, cache: Path = CACHE) -> Iterator[Finding]:
    """All that the lesson needs, then what only some commands do."""
    yield _python()
    yield from (_package(name, pin) for name, pin in _locked(root).items())
    yield _encoder()
    yield _store(cache)
    yield _space(cache)
    yield from map(_option, OPTIONAL)
    yield _chromium()


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    remedy = "`PYTHON=python3.12 make lesson` uses another one"
    return Finding("Python", sys.version_info >= (3, 11), f"{found}, 3.11 or later", remedy)


def _locked(root: Path) -> dict[str, str]:
    """The packages that the project itself names, at the versions of its lock file."""
    named = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {_bare(entry) for entry in named["project"]["dependencies"]}
    lines = (root / "requirements" / "lesson.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name: pin for name, pin in pins.items() if name in wanted}


def _bare(requirement: str) -> str:
    return requirement.translate(str.maketrans("[<>=!~ ", "\0" * 7)).partition("\0")[0]


def _package(name: str, pin: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, False, "not installed", "`make lesson` installs it")
    told = found if found == pin else f"{found}, the films are made with {pin}"
    return Finding(name, found == pin, told, "`make lesson` installs that")


def _encoder() -> Finding:
    try:
        import av

        av.Codec("libx264", "w")
    except (ImportError, ValueError) as error:
        return Finding("H.264", False, str(error), "`make lesson` installs PyAV, which has it")
    return Finding("H.264", True, f"libx264, in PyAV {av.__version__}")


def _store(cache: Path) -> Finding:
    try:
        files.write(cache / "doctor", b"")
        (cache / "doctor").unlink()
    except OSError as error:
        told = f"{cache} cannot be written: {error.strerror}"
        return Finding("store", False, told, "set LESSON_FILMS_CACHE to a directory that can")
    return Finding("store", True, f"{cache} can be written")


def _space(cache: Path) -> Finding:
    there = next(path for path in (cache, *cache.parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = f"{told_size(free)} free at {there}"
    return Finding("disk", free > ENOUGH, told, "`render.py cache --max-size 1GB` makes room")


def _option(name: str) -> Finding:
    if find_spec(name) is None:
        remedy = f"{OPTIONAL[name]}: `make test` installs it"
        return Finding(name, False, "not installed", remedy, needed=False)
    return Finding(name, True, version(name), needed=False)


def _chromium() -> Finding:
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    remedy = "the tests of the page need it: `make test` installs it, or set CHROMIUM"
    return Finding("Chromium", found is not None, found or "not found", remedy, needed=False)
