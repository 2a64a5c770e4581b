"""Captions can be read: two short lines, one beat at a time, at a pace."""

from __future__ import annotations

from itertools import pairwise

import webvtt as reader
from hypothesis import given
from hypothesis import strategies as some

from pipeline.captions import FASTEST, cues, timestamp, webvtt
from pipeline.film import BeatTimes, Film

SPOKEN = 15  # characters a second

words = some.text("abcdefghij.,;:—’π", min_size=1, max_size=18)
narrations = some.lists(words, min_size=1, max_size=60).map(" ".join)


def film(*narrations: str, fps: int = 60, pace: float = SPOKEN) -> Film:
    """A film whose beats are as long as reading them aloud."""
    beats, at = [], 0
    for index, text in enumerate(narrations):
        end = at + max(1, round(len(text) / pace * fps))
        beats.append(BeatTimes(f"beat {index}", at, at, end, text))
        at = end
    return Film("film", "Film", at, {"fps": fps}, tuple(beats), ())


@given(some.lists(narrations, min_size=1, max_size=4))
def test_every_cue_is_at_most_two_lines_of_42_characters(texts):
    for cue in cues(film(*texts)):
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= 42 for line in cue.lines)


@given(some.lists(narrations, min_size=1, max_size=4))
def test_cues_say_every_word_once_in_order_within_their_beat(texts):
    made = film(*texts)
    shown = cues(made)
    for beat in made.beats:
        inside = [cue for cue in shown if beat.start <= cue.start and cue.end <= beat.end]
        said = " ".join(line for cue in inside for line in cue.lines)
        assert said.split() == beat.narration.split()
        assert inside[0].start == beat.start
        assert inside[-1].end == beat.end
    assert all(a.end == b.start for a, b in pairwise(shown))


@given(some.lists(narrations, min_size=1, max_size=4))
def test_captions_of_narration_read_aloud_can_be_read_with_ease(texts):
    made = film(*texts)
    assert all(cue.end - cue.start > 0 for cue in cues(made))
    assert all(cue.speed(60) <= FASTEST for cue in cues(made) if cue.end - cue.start > 20)


def test_a_cue_ends_with_its_sentence_where_one_ends_in_time():
    text = (
        "Every factor here is positive. So take the logarithm of both sides, "
        "and a product becomes a sum. Z is left."
    )
    assert [" ".join(cue.lines) for cue in cues(film(text))] == [
        "Every factor here is positive.",
        "So take the logarithm of both sides, and a product becomes a sum. Z is left.",
    ]


def test_a_sentence_too_long_for_a_cue_is_broken_after_a_clause():
    text = (
        "It adds up every response there could ever be, one after the other, "
        "and there are more of them than anyone could count."
    )
    assert [" ".join(cue.lines) for cue in cues(film(text))] == [
        "It adds up every response there could ever be, one after the other,",
        "and there are more of them than anyone could count.",
    ]


def test_a_word_or_two_do_not_flash_by_on_their_own():
    """Two words more, and this would be three cues, the last gone in half a second."""
    text = (
        "Bradley and Terry assume that each has a strength, and that the two compete: "
        "w wins, l loses."
    )
    assert [" ".join(cue.lines) for cue in cues(film(text))] == [
        "Bradley and Terry assume that each has a strength,",
        "and that the two compete: w wins, l loses.",
    ]


def test_a_text_is_not_broken_after_a_word_that_leads_on():
    text = (
        "So in this model a preference sees only the difference of two rewards for one prompt "
        "and nothing else"
    )
    first, _ = cues(film(text))
    assert first.lines[-1].endswith("difference")


def test_the_two_lines_of_a_cue_are_about_as_long():
    (cue,) = cues(film("The log of a product is a sum of logs, one each."))
    assert cue.lines == ("The log of a product is", "a sum of logs, one each.")


def test_a_beat_without_words_has_no_cue():
    assert cues(film("", "Here.")) == [cues(film("", "Here."))[0]]


def test_the_file_is_read_back_by_another_reader_as_it_was_meant():
    made = film("x < y & y > x.", "Then it is over.")
    (first, second) = reader.from_string(webvtt(made)).captions
    assert first.raw_text == "x &lt; y &amp; y &gt; x."
    assert first.end == second.start == timestamp(made.beats[1].start, 60)
    assert second.end == timestamp(made.frames, 60)


def test_times_are_frames_to_the_millisecond():
    assert timestamp(0, 60) == "00:00:00.000"
    assert timestamp(1, 60) == "00:00:00.017"
    assert timestamp(60 * 3661 + 59, 60) == "01:01:01.983"
    assert timestamp(59_999_999, 1_000_000) == "00:01:00.000"
