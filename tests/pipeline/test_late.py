"""Manim comes without what it hardly calls, and calls it all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.late import PUT_OFF, Late
from pipeline.places import ROOT


def run(script: str) -> str:
    """What a fresh process prints that imports Manim our way first."""
    begin = "import sys; from pipeline.late import import_manim; import_manim()\n"
    ran = subprocess.run(
        [sys.executable, "-c", begin + script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


@pytest.mark.parametrize("module", ["scipy.spatial.transform", "networkx", "bs4", "isosurfaces"])
def test_manim_is_there_and_the_other_is_not_yet(module):
    assert run(f"print('manim' in sys.modules, {module!r} in sys.modules)") == "True False"


def test_manim_turns_a_mobject_as_ever():
    turn = "from manim import Square; print(Square().rotate(0.3).points.tobytes().hex())"
    plain = subprocess.run([sys.executable, "-c", turn], capture_output=True, text=True, check=True)
    assert run(turn) == plain.stdout.strip()


def test_manim_draws_a_graph_laid_out_by_networkx():
    script = "from manim import Graph; print(len(Graph([1, 2, 3], [(1, 2)], layout='circular')))"
    assert run(script + "\nprint('networkx' in sys.modules)") == "4\nTrue"


def test_manim_reads_code_and_draws_implicit_functions():
    code = "print(len(Code(code_string='x = 1', language='python').code_lines))"
    curve = "print(ImplicitFunction(lambda x, y: x * x + y * y - 1).has_points())"
    script = f"from manim import Code, ImplicitFunction; {code}; {curve}"
    assert run(script + "\nprint('bs4' in sys.modules)").split() == ["1", "True", "True"]


def test_who_else_imports_it_gets_it_itself():
    script = "import networkx; print(type(networkx).__name__, networkx.Graph([(1, 2)]))"
    assert run(script) == "module Graph with 2 nodes and 1 edges"


def test_a_stand_in_is_compared_with_like_what_it_stands_for():
    assert isinstance(3, Late("builtins", "int"))  # type: ignore[arg-type]
    assert not isinstance("3", Late("builtins").int)  # type: ignore[arg-type]


def test_a_still_of_the_lesson_needs_none_of_them():
    script = f"""
from pipeline.profile import Profile
from pipeline.shots import Shot, still
from scenes.catalogue import SCENES
for entry in SCENES:
    still(Shot(entry, Profile(160, 90, 10)))
print([name for name in {PUT_OFF!r} if name in sys.modules])
"""
    assert run(script) == "[]"


@pytest.mark.parametrize("first", ["", "import pipeline.preload"])
def test_a_film_of_the_lesson_needs_none_of_them(first, python, tmp_path):
    script = f"""
import sys
from pathlib import Path
{first}
from pipeline.profile import Profile
from pipeline.shots import Shot, shoot
from scenes.catalogue import find
shoot(Shot(find("cancellation"), Profile(160, 90, 5)), Path(sys.argv[1]))
print([name for name in {PUT_OFF!r} if name in sys.modules])
"""
    assert python(script, tmp_path).strip() == "[]"
