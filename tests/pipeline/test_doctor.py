"""The doctor finds what is missing and says what to type."""

from __future__ import annotations

import shutil
from collections import namedtuple
from importlib.metadata import version

import pytest

from pipeline import doctor
from pipeline.doctor import Finding, findings


def told(**where):
    return {finding.name: finding for finding in findings(**where)}


@pytest.fixture
def project(tmp_path):
    """A project of two packages that are there, and one that is not."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["manim[typst]==0.22.0", "click>=8", "nowhere<3"]'
    )
    (tmp_path / "requirements" / "lesson.txt").write_text(
        f"# a lock file\nclick==0.1\nmanim=={version('manim')}\nnowhere==2.0\npackaging==1.0\n"
    )
    return tmp_path


def test_here_everything_is_well(tmp_path):
    found = told(cache=tmp_path)
    assert {"Python", "manim", "av", "H.264", "store", "disk", "torch"} <= set(found)
    assert [str(one) for one in found.values() if one.needed and not one.well] == []
    assert str(found["manim"]) == f"✓ manim: {version('manim')}"
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_missing_or_another_is_told_with_what_to_type(project, tmp_path):
    found = told(root=project, cache=tmp_path)
    assert str(found["nowhere"]) == "✗ nowhere: not installed; `make lesson` installs it"
    other = f"✗ click: {version('click')}, the films are made with 0.1; `make lesson` installs that"
    assert str(found["click"]) == other
    assert found["manim"].well
    assert "packaging" not in found


def test_every_package_that_the_project_names_is_looked_at():
    assert {"manim", "av", "click", "typst"} - set(told()) == {"typst"}  # which comes with Manim


def test_a_store_that_cannot_be_written_is_found(tmp_path):
    (tmp_path / "file").write_text("in the way")
    finding = told(cache=tmp_path / "file" / "cache")["store"]
    assert not finding.well
    assert "Not a directory; set LESSON_FILMS_CACHE" in str(finding)


def test_a_disk_that_is_nearly_full_is_found(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(10**12, 10**12 - 5000, 5000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    finding = told(cache=tmp_path)["disk"]
    assert str(finding) == (
        f"✗ disk: 5.0 kB free at {tmp_path}; `render.py cache --max-size 1GB` makes room"
    )


def test_what_only_some_commands_need_is_told_and_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    monkeypatch.setenv("CHROMIUM", "no-such-program")
    found = told(cache=tmp_path)
    for name in ("torch", "distributed", "Chromium"):
        assert not found[name].well
        assert not found[name].needed
        assert "`make test` installs it" in str(found[name])
        assert str(found[name]).startswith("·")


def test_an_encoder_that_is_missing_is_found(tmp_path, monkeypatch):
    import av

    def missing(name, mode):
        raise ValueError(f"no codec {name}")

    monkeypatch.setattr(av, "Codec", missing)
    assert "no codec libx264" in str(told(cache=tmp_path)["H.264"])


def test_findings_look_alike():
    assert str(Finding("it", True, "there", "type this")) == "✓ it: there"


def test_the_doctor_comes_without_what_it_looks_for(python):
    """Else it could not say that it is missing."""
    loaded = python("import sys, pipeline.doctor; print(*sys.modules)").split()
    wanted = {"manim", "av", "numpy", "sympy", "rich", "jinja2", "filelock", "torch", "distributed"}
    assert not wanted & set(loaded)
