"""Resolve pyproject.toml to exact versions: requirements/{build,lesson,test}.txt.

Run by ``make lock``. Nothing is installed. A version's local part (torch's ``+cpu``) and all hashes
are left out, because the file that fits differs from machine to machine.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"

# pycairo and manimpango come as sources; these compile them, within the bounds that those two set.
BUILD = ["pip", "setuptools", "meson-python", "ninja", "cython<3.1"]


def resolve(*wanted: str) -> dict[str, str]:
    """Name to version of everything that ``pip install WANTED`` would install."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run"]
    command += ["--ignore-installed", "--report", "-", *wanted]
    report = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    found = (item["metadata"] for item in json.loads(report)["install"])
    return {item["name"].lower(): item["version"].split("+")[0] for item in found}


def write(name: str, versions: dict[str, str]) -> Path:
    """Write one lock file; the project itself is not part of it."""
    lines = [f"{package}=={versions[package]}" for package in sorted(versions)]
    path = REQUIREMENTS / f"{name}.txt"
    head = "# Made by `make lock` from pyproject.toml; not to be edited.\n"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines)} packages")
    return path


def main() -> None:
    """Lock what compiles, what the lesson needs, and what the tests need on top of that."""
    REQUIREMENTS.mkdir(exist_ok=True)
    write("build", resolve(*BUILD))
    project = {"lesson-films"}
    lesson = resolve(".")
    path = write("lesson", {name: lesson[name] for name in lesson.keys() - project})
    test = resolve(".[test]", "--constraint", str(path))
    write("test", {name: test[name] for name in test.keys() - project})


if __name__ == "__main__":
    main()
