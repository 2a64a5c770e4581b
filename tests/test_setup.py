"""Installing is one command, at locked versions, and says clearly what it cannot do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(package): version for package, version in pins}


WANTED = {
    "lesson": PROJECT["dependencies"],
    "test": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]],
}


@pytest.mark.parametrize("name", WANTED)
def test_the_lock_holds_a_version_of_everything_that_the_project_asks_for(name):
    pins = locked(name)
    for requirement in map(Requirement, WANTED[name]):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_lesson_is_filmed_with_the_versions_that_are_tested():
    assert locked("lesson").items() <= locked("test").items()


def test_the_lesson_does_not_install_torch():
    assert "torch" not in locked("lesson")
    assert "torch" in locked("test")


def test_what_is_installed_here_is_what_is_locked():
    installed = {name: metadata.version(name).split("+")[0] for name in locked("test")}
    assert installed == locked("test")


@pytest.mark.parametrize("name", ["build", "lesson", "test"])
def test_a_lock_names_packages_and_versions_and_nothing_of_any_machine(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[a-z0-9_.-]+==[0-9a-z.]+", line) for line in lines[1:])


def setup_without(tmp_path, *absent):
    """Run setup in a copy of the tree, on a machine that has everything but ``absent``."""
    tree, tools = tmp_path / "tree", tmp_path / "bin"
    for directory in ("tools", "requirements"):
        shutil.copytree(ROOT / directory, tree / directory)
    tools.mkdir()
    found = {path.name: path for place in ("/bin", "/usr/bin") for path in Path(place).iterdir()}
    found["python3"] = Path(sys.executable)
    for command in found.keys() - set(absent):
        (tools / command).symlink_to(found[command])
    done = subprocess.run(
        [tree / "tools" / "setup.sh", "lesson"],
        env={"PATH": str(tools), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    return done, tree


def test_without_apt_one_line_names_the_packages_for_each_kind_of_machine(tmp_path):
    done, tree = setup_without(tmp_path, "apt-get", "pkg-config", "cc")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for words in ("Debian: apt-get install libcairo2-dev", "Fedora: dnf", "macOS: brew"):
        assert words in done.stderr
    assert not (tree / ".venv").exists()


def test_without_a_python_that_is_new_enough_one_line_says_so(tmp_path):
    done, tree = setup_without(tmp_path, "python3")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert not (tree / ".venv").exists()


BENCHMARKS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_finds_the_project_from_anywhere(name, tmp_path):
    """As README calls it: by its path, with no PYTHONPATH."""
    path, surroundings = ROOT / "benchmarks" / name, {**os.environ, "PYTHONPATH": ""}
    load = f"import runpy; runpy.run_path({str(path)!r}, run_name='loaded')"
    if name == "fidelity.py":  # a part of render.py, which puts the project on the path
        load = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {load}"
    subprocess.run([sys.executable, "-P", "-c", load], cwd=tmp_path, env=surroundings, check=True)
