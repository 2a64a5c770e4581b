"""The same inputs give the same bytes, whatever the surroundings they are made in."""

from __future__ import annotations

from hashlib import sha256

import pytest

LESSON = """
import sys
from pathlib import Path
from pipeline import commands
from pipeline.profile import Profile
from pipeline.shots import Shot
from scenes.catalogue import find
from tests.pipeline.tiny import OTHER, TINY

if __name__ == "__main__":
    jobs, first = int(sys.argv[1]), sys.argv[2]
    known = {entry.id: entry for entry in (find("epilogue"), TINY, OTHER)}
    commands.SCENES, commands.find = tuple(known.values()), known.__getitem__
    commands.CACHE = Path("cache").absolute()
    small = Profile(160, 90, 10)
    if first:
        commands.render([first], small, quiet=True, jobs=1)
    sys.exit(commands.lesson(small, Path("dist"), quiet=True, jobs=jobs))
"""

ALIKE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
OTHERWISE = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"}
A_MANIMS_HABITS = """
[CLI]
background_color = RED
frame_rate = 24
frame_height = 4
max_files_cached = 3
write_to_movie = False
"""


@pytest.fixture(scope="module")
def lessons(tmp_path_factory, python):
    """A lesson of a real scene and two tiny ones, made twice as differently as can be."""
    plain, other = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("nàme with spaces")
    (other / "manim.cfg").write_text(A_MANIMS_HABITS)
    python(LESSON, 2, "", cwd=plain, **ALIKE)
    python(LESSON, 1, "other", cwd=other, HOME=str(other), LANGUAGE="tr", **OTHERWISE)
    return plain / "dist", other / "dist"


def digests(root):
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_file_of_two_lessons_made_differently_is_the_same(lessons):
    one, two = map(digests, lessons)
    assert {name for name in one if name.endswith(".mp4")} >= {"films/epilogue.mp4"}
    assert one == two


def test_a_difference_would_be_seen(lessons, tmp_path):
    one, _ = lessons
    film = one / "films" / "tiny.mp4"
    copy = tmp_path / "films" / "tiny.mp4"
    copy.parent.mkdir()
    copy.write_bytes(film.read_bytes()[:-1])
    assert digests(tmp_path)["films/tiny.mp4"] != digests(one)["films/tiny.mp4"]
