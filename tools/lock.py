"""Resolve pyproject.toml to exact versions: requirements/{build,lesson,test}.txt.

Run by ``make lock``. Nothing is installed. All versions run on the oldest Python that the project
allows, whichever Python resolves them. A version's local part (torch's ``+cpu``) and all hashes are
left out, because the file that fits differs from machine to machine.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST_PYTHON = PROJECT["requires-python"].removeprefix(">=") + ".0"

# pycairo and manimpango come as sources; these compile them, within the bounds that those two set.
BUILD = ["pip", "setuptools", "meson-python", "ninja", "cython<3.1"]


def resolve(*wanted: str, within: Iterable[str] = ()) -> list[str]:
    """``name==version`` of everything that ``pip install WANTED`` would install, sorted."""
    limits = list(within)
    while True:
        found = report(wanted, limits)
        too_new = [package for package in found if not runs_on_oldest(package)]
        if not too_new:
            return sorted(pin(package) for package in found if package["name"] != PROJECT["name"])
        limits += [f"{package['name']}<{package['version']}" for package in too_new]


def report(wanted: Iterable[str], limits: Iterable[str]) -> list[dict[str, str]]:
    """The metadata of what pip chooses within ``limits``."""
    with NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write("\n".join(limits))
        constraints.flush()
        command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed"]
        command += ["--report", "-", "--constraint", constraints.name, *wanted]
        chosen = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return [item["metadata"] for item in json.loads(chosen)["install"]]


def runs_on_oldest(package: dict[str, str]) -> bool:
    """Whether a package says that it runs on the oldest Python allowed."""
    return OLDEST_PYTHON in SpecifierSet(package.get("requires_python", ""))


def pin(package: dict[str, str]) -> str:
    """The line of a lock file for a package."""
    return f"{package['name'].lower()}=={package['version'].split('+')[0]}"


def write(name: str, lines: list[str]) -> None:
    """Write one lock file."""
    head = "# Made by `make lock` from pyproject.toml; not to be edited.\n"
    (REQUIREMENTS / f"{name}.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"requirements/{name}.txt: {len(lines)} packages")


def main() -> None:
    """Lock what compiles, what the lesson needs, and what the tests need on top of that."""
    REQUIREMENTS.mkdir(exist_ok=True)
    write("build", resolve(*BUILD))
    lesson = resolve(".")
    write("lesson", lesson)
    write("test", resolve(".[test]", within=lesson))


if __name__ == "__main__":
    main()
