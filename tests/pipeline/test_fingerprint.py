"""A shot's fingerprint changes with what its film is made of, and with nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import fingerprint as prints
from pipeline.errors import BadInput
from pipeline.fingerprint import fingerprint, ingredients, sources
from pipeline.places import ROOT
from pipeline.profile import Profile
from pipeline.shots import Shot
from scenes.catalogue import SCENES, find

PROFILE = Profile(160, 90, 15)


@pytest.fixture
def project(tmp_path):
    """Two scenes on one base; one of them uses a helper, inside a function."""
    for name, text in {
        "__init__": "",
        "base": "from made import deep",
        "deep": "import os",
        "one": "from made.base import *\ndef construct():\n    from . import helper",
        "two": "import numpy, made.base",
        "three": "from made import deep",
        "helper": "",
        "unused": "",
    }.items():
        path = tmp_path / "made" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def found(module: str, root: Path) -> set[str]:
    return {path.stem for path in sources(module, root)}


def test_sources_are_those_imported_directly_or_not_and_none_of_other_peoples(project):
    assert found("made.one", project) == {"__init__", "one", "base", "deep", "helper"}
    assert found("made.two", project) == {"__init__", "two", "base", "deep"}


def test_what_another_module_has_read_already_is_found_as_well(project):
    assert found("made.one", project) == {"__init__", "one", "base", "deep", "helper"}
    assert found("made.three", project) == {"__init__", "three", "deep"}


def test_a_module_that_cannot_be_read_is_named_and_can_be_mended(project):
    broken = project / "made" / "broken.py"
    broken.write_text("from made import one\ndef")
    with pytest.raises(BadInput, match=r"made/broken.py:2: SyntaxError"):
        sources("made.broken", project)
    broken.write_text("from made import deep")
    assert found("made.broken", project) == {"__init__", "broken", "deep"}


def test_a_real_scene_is_made_of_its_base_and_the_mathematics_but_of_no_other_scene():
    files = {str(path.relative_to(ROOT)) for path in sources("scenes.cancellation")}
    assert {"scenes/cancellation.py", "scenes/lesson_scene.py", "dpo_math/notation.py"} <= files
    assert "scenes/inversion.py" not in files
    assert not any(name.startswith(("tests/", "render.py")) for name in files)


@pytest.fixture
def narrated(monkeypatch):
    """The narration as a table that a test may write in."""
    tables = json.loads(json.dumps(prints._all_narration("en")))
    monkeypatch.setattr(prints, "_all_narration", lambda language: tables)
    return tables


def key(scene: str, profile: Profile = PROFILE) -> str:
    return fingerprint(ingredients(Shot(find(scene), profile)))


def test_a_changed_word_of_one_scene_changes_that_scene_alone(narrated):
    before = {entry.id: key(entry.id) for entry in SCENES}
    narrated["scenes"]["inversion"]["title"] += "!"
    changed = {name for name, old in before.items() if key(name) != old}
    assert changed == {"inversion"}


def test_a_changed_word_that_all_scenes_share_changes_all(narrated):
    before = {entry.id: key(entry.id) for entry in SCENES}
    narrated["verdicts"]["proved"] = "shown"
    assert all(key(name) != old for name, old in before.items())


def test_every_measurement_that_films_show_is_in_the_fingerprint_with_its_digest():
    made_of = ingredients(Shot(find("inversion"), PROFILE))
    measured = sorted((ROOT / "assets" / "data").iterdir())
    assert measured
    for path in measured:
        expected = hashlib.sha256(path.read_bytes()).hexdigest()
        assert made_of[str(path.relative_to(ROOT))] == expected


@pytest.mark.parametrize("change", [{"fps": 30}, {"theme": "light"}, {"width": 320}])
def test_another_profile_is_another_film(change):
    assert key("inversion", replace(PROFILE, **change)) != key("inversion")


def test_another_version_of_a_library_is_another_film(monkeypatch):
    before = key("inversion")
    versions = prints._versions()
    monkeypatch.setattr(prints, "_versions", lambda: {**versions, "manim (library)": "0.0"})
    assert key("inversion") != before


@pytest.mark.parametrize("what", ["system", "machine"])
def test_a_film_of_another_kind_of_machine_is_another(monkeypatch, what):
    """Libraries of the same version are not built alike for all, nor do they round alike."""
    here = key("cancellation")
    monkeypatch.setattr(f"platform.{what}", lambda: "another")
    monkeypatch.setattr(prints, "_versions", prints._versions.__wrapped__)
    assert key("cancellation") != here


def test_the_fingerprint_is_the_same_in_another_process(python):
    script = "from tests.pipeline.test_fingerprint import key; print(key('cancellation'))"
    assert python(script, PYTHONHASHSEED="77").strip() == key("cancellation")


AUDIT = """
import json, sys
from pathlib import Path
from pipeline.places import ROOT
opened = set()
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path = Path(arguments[0]).resolve()
        if path.is_relative_to(ROOT) and not {".venv", ".git"} & set(path.parts):
            opened.add(path)
sys.addaudithook(note)
from pipeline.profile import Profile
from pipeline.shots import Shot, still
from scenes.catalogue import SCENES
from pipeline import verdicts
# Verdicts are kept under a digest of all of dpo_math, more than there is to a verdict.
verdicts._judge = lambda: "all of dpo_math"
seen = {}
for entry in SCENES:
    still(Shot(entry, Profile(160, 90, 15)))
    seen[entry.id] = sorted(str(path.relative_to(ROOT)) for path in opened if path.is_file())
    opened.clear()
print(json.dumps(seen))
"""


def test_every_file_of_the_project_that_a_scene_opens_is_in_its_fingerprint(tmp_path, python):
    """In one process, where a file that scenes share is opened by the first of them."""
    aside = {"PYTHONPYCACHEPREFIX": str(tmp_path), "LESSON_FILMS_CACHE": str(tmp_path / "cache")}
    seen = json.loads(python(AUDIT, cwd=tmp_path, **aside))
    assert set(seen) == {entry.id for entry in SCENES}
    assert "scenes/lesson_scene.py" in seen[SCENES[0].id]
    for entry in SCENES:
        unknown = set(seen[entry.id]) - set(ingredients(Shot(entry, PROFILE)))
        assert unknown <= {"assets/narration/en.toml"}
