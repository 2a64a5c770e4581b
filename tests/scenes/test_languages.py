"""A translation is one file: it says all that English says, and its captions can be read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from string import Formatter
from typing import Any

import pytest

from pipeline.captions import FASTEST, LINE, LINES, cues
from pipeline.film import BeatTimes, Film
from scenes.catalogue import SCENES
from scenes.lesson_scene import LessonScene
from scenes.narration import FOLDER, languages
from tests.scenes.conftest import FRAME_RATE

OTHERS = [language for language in languages() if language != "en"]


def texts(language: str) -> dict[str, str]:
    """All texts of a language, by their path."""
    path = FOLDER / f"{language}.toml"
    return dict(flattened(tomllib.loads(path.read_text(encoding="utf-8"))))


def flattened(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        if isinstance(entry, dict):
            yield from flattened(entry, f"{above}{name}.")
        else:
            yield above + name, entry


def placeholders(text: str) -> list[tuple[str, str | None]]:
    """What is filled in, and how it is written."""
    return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name)


def test_there_is_a_language_besides_english():
    assert OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_every_text_and_no_other_in_the_same_order(language):
    assert list(texts(language)) == list(texts("en"))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_the_same_numbers_in_the_same_way(language):
    english, theirs = texts("en"), texts(language)
    assert {name: placeholders(theirs[name]) for name in english} == {
        name: placeholders(text) for name, text in english.items()
    }


@pytest.mark.parametrize("language", OTHERS)
def test_no_beat_was_left_in_english(language):
    english, theirs = texts("en"), texts(language)
    assert [name for name in english if ".beats." in name and theirs[name] == english[name]] == []


def as_film(scene: LessonScene) -> Film:
    beats = tuple(
        BeatTimes(b.name, b.start, b.rest, b.end, b.narration, b.line) for b in scene.beats
    )
    return Film(scene.id, scene.title, scene.frame, {"fps": FRAME_RATE}, beats, ())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_captions_can_be_read_with_ease(entry, language, undrawn):
    scene = undrawn(entry.load(), language=language)
    scene.setup()
    scene.construct()
    film = as_film(scene)
    shown = cues(film)
    edges = {0, *(beat.end for beat in film.beats)}
    for cue in shown:
        text = " / ".join(cue.lines)
        assert cue.speed(FRAME_RATE) <= FASTEST, f"too fast to read: {text}"
        assert len(cue.lines) <= LINES, text
        assert max(map(len, cue.lines)) <= LINE, text
        assert not any(cue.start < edge < cue.end for edge in edges), f"across a beat: {text}"
    assert all(before.end <= after.start for before, after in pairwise(shown))
    said = " ".join(line for cue in shown for line in cue.lines)
    assert said.split() == " ".join(beat.narration for beat in film.beats).split()
