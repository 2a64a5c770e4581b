"""A film is told in every language: the same beats at the same times, in other words."""

from __future__ import annotations

import pytest
import webvtt as reader

from dpo_math.derivation import LINES
from pipeline import chapters
from pipeline.captions import FASTEST, LINE, cues, timestamp
from pipeline.captions import LINES as ROWS
from pipeline.film import BeatTimes, Film
from pipeline.languages import LANGUAGES, tellings
from pipeline.profile import Profile
from pipeline.shots import configured
from pipeline.writer import StillRenderer
from scenes.catalogue import SCENES, SceneEntry
from scenes.narration import languages, narration

TOLD = ("inversion", "cancellation")


def film(*beats: BeatTimes, scene: str = "cancellation", language: str = "en") -> Film:
    end = beats[-1].end
    return Film(scene, "The film", end, {"fps": 10, "language": language}, beats, ())


NUMBERS = {"beta": 0.9, "here": 6.46, "there": 2.81, "left_over": 0.75}
LEFT = BeatTimes("left_over", 0, 10, 50, "Left.", None, NUMBERS)
AGAIN = BeatTimes("again", 50, 60, 90, "Again.", None)


def test_a_film_is_told_first_in_the_words_it_was_filmed_with():
    made = film(LEFT, AGAIN)
    told = tellings(made)
    assert list(told) == ["en", *(code for code in languages() if code != "en")]
    assert told["en"] is made


def test_another_language_has_the_same_times_and_writes_the_same_numbers_its_own_way():
    told = tellings(film(LEFT, AGAIN))["fr"]
    assert [(b.start, b.rest, b.end) for b in told.beats] == [(0, 10, 50), (50, 60, 90)]
    assert "0,75" in told.beats[0].narration
    assert "0,9" in told.beats[0].narration
    assert told.title == narration("fr")("scenes", "cancellation", "title")


def test_a_film_in_french_is_told_in_english_too():
    told = tellings(film(LEFT, AGAIN, language="fr"))
    assert list(told) == ["fr", "en"]
    assert "0.75" in told["en"].beats[0].narration


def test_a_language_that_lacks_a_beat_or_the_scene_is_left_out():
    unknown = BeatTimes("unheard_of", 90, 95, 100, "Hm.", None)
    assert list(tellings(film(LEFT, AGAIN, unknown))) == ["en"]
    assert list(tellings(film(LEFT, scene="unheard_of"))) == ["en"]


def test_every_language_of_the_narration_has_a_name_for_the_captions_menu():
    assert set(languages()) <= set(LANGUAGES)


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_captions_of_a_translation_keep_to_their_beat_and_to_two_lines(entry, films):
    made = films[entry.id].film
    for code, told in tellings(made).items():
        for beat in told.beats:
            inside = [cue for cue in cues(told) if beat.start <= cue.start < beat.end]
            said = " ".join(line for cue in inside for line in cue.lines)
            assert said.split() == beat.narration.split(), code
            assert all(cue.end <= beat.end for cue in inside)
        assert all(len(cue.lines) <= ROWS for cue in cues(told))
        assert all(len(line) <= LINE for cue in cues(told) for line in cue.lines)


def undrawn(entry: SceneEntry, profile: Profile) -> Film:
    """The film of a scene as far as its times go, without its pictures."""
    with configured(profile):
        scene = entry.load()(StillRenderer(), language=profile.language)
        scene.render()
    beats = tuple(BeatTimes(**vars(beat)) for beat in scene.beats)
    return Film(entry.id, scene.title, scene.frame, profile.as_dict(), beats, ())


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_captions_in_every_language_can_be_read_with_ease_on_the_film_timed_by_english(entry):
    """At the frame rate of the lesson: where frames are long, so is what rounding to them does."""
    told = tellings(undrawn(entry, Profile()))
    assert list(told) == list(languages())
    for code, film in told.items():
        for cue in cues(film):
            text = " / ".join(cue.lines)
            assert cue.speed(film.fps) <= FASTEST, f"too fast to read in {code!r}: {text}"


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_every_scene_is_told_in_every_language(entry, films):
    assert set(tellings(films[entry.id].film)) == set(languages())


# Chapters


def test_a_chapter_is_named_after_the_move_that_it_makes_else_by_how_it_begins():
    first, second = LINES["log_exp"], LINES["times_beta"]
    assert second.follows == first.id
    made = film(
        BeatTimes("one", 0, 1, 10, "The log undoes the exponential: out it comes.", first.id),
        BeatTimes("two", 10, 11, 20, "Multiply. And wait.", second.id),
        BeatTimes("three", 20, 21, 30, "Look at it. It is alone.", second.id),
        BeatTimes("four", 30, 31, 40, "", None),
    )
    assert [chapter.title for chapter in chapters.chapters(made, "en")] == [
        "The log undoes the exponential: out it comes",
        "Multiply both sides by β",
        "Look at it",
        "four",
    ]
    assert chapters.chapters(made, "fr")[1].title == "Multiplier les deux membres par β"


@pytest.mark.parametrize("name", TOLD)
def test_chapters_are_the_beats_of_the_film(name, films):
    made = films[name].film
    text = chapters.webvtt(chapters.chapters(made, "en"), made.fps)
    read = reader.from_string(text).captions
    assert [part.end for part in read] == [timestamp(beat.end, made.fps) for beat in made.beats]
    assert [part.start for part in read[1:]] == [part.end for part in read[:-1]]
    assert all("\n" not in part.text and part.text for part in read)
