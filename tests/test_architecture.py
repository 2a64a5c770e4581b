"""Imports point left: dpo_math, scenes, pipeline, render.py. Torch stays where it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("dpo_math", "scenes", "pipeline", "render")
FOREIGN = {"dpo_math": {"manim", "typst", "av"}, "scenes": {"torch"}, "pipeline": {"torch"}}
WITH_TORCH = {Path("dpo_math/losses.py"), Path("dpo_math/tabular.py")}


def sources(room: str) -> list[Path]:
    return [ROOT / "render.py"] if room == "render" else sorted((ROOT / room).rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def wrong_imports(room: str, source: str) -> set[str]:
    """What a module of ``room`` may not import: rooms to its right, and what is foreign there."""
    forbidden = set(ROOMS[ROOMS.index(room) + 1 :]) | FOREIGN.get(room, set())
    return set(imported(source)) & forbidden


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_left(room):
    wrong = {str(path): wrong_imports(room, path.read_text("utf-8")) for path in sources(room)}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_an_import_that_points_right_is_found():
    assert wrong_imports("dpo_math", "def f():\n    from scenes.theme import DARK") == {"scenes"}
    assert wrong_imports("scenes", "import torch.nn") == {"torch"}
    assert wrong_imports("pipeline", "from dpo_math import moves") == set()


def test_only_losses_and_tabular_have_torch_at_their_top():
    found = {
        path.relative_to(ROOT)
        for room in ROOMS
        for path in sources(room)
        if "torch" in imported(path.read_text("utf-8"))
    }
    assert found == WITH_TORCH


LOADED = "import sys; import {module}; print(*sorted(set(sys.modules) & {{'torch', 'manim'}}))"


@pytest.mark.parametrize(
    ("module", "left_out"),
    [
        ("scenes.cancellation", {"torch"}),
        ("pipeline.engine", {"torch"}),
        ("scenes.catalogue", {"torch", "manim"}),
        ("dpo_math.verify", {"torch", "manim"}),
        ("render", {"torch", "manim"}),
    ],
)
def test_importing_leaves_out_what_is_heavy(module, left_out, python):
    loaded = set(python(LOADED.format(module=module)).split())
    assert not loaded & left_out


def test_what_is_loaded_would_be_seen(python):
    assert "torch" in python(LOADED.format(module="dpo_math.losses"))


def test_a_scene_is_ordinary_manim(tmp_path):
    """`manim render` of a scene's file draws it, from the repository's own configuration."""
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for name in ("inversion", "cancellation"):
        command = [Path(sys.executable).with_name("manim"), "render", "-s", "-r", "320,180"]
        command += ["--progress_bar", "none", "--media_dir", str(tmp_path)]
        command += [f"scenes/{name}.py", name.capitalize()]
        done = subprocess.run(
            command, cwd=ROOT, env=bare, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert list(tmp_path.glob(f"images/{name}/*.png"))
