"""Captions from beats: WebVTT whose times come from frame counts.

A cue is at most two lines of 42 characters and lies within one beat. A narration too long for one
cue is broken where it breathes: after a sentence rather than a clause, after a clause rather than
between words, but not so that a word or two flash by on their own. The beat's time is shared out by
length, so every cue of a beat is read at the same speed.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from webvtt import Caption, WebVTT

from pipeline.film import BeatTimes, Film

LINE = 42
LINES = 2
FASTEST = 17  # characters a second that can be read with ease

# What breaking a text costs, by the word before the break; a no-break space is no break.
CUE = 10
AFTER_SENTENCE, AFTER_CLAUSE, BETWEEN_WORDS, AFTER_ARTICLE = 0, 4, 12, 16
ARTICLE = 3  # characters; a word no longer leads on to the next, as "the" and "of" do
SHORT, FLASH = 22, 15  # a cue of fewer characters is gone in a second, and what that costs


@dataclass(frozen=True, slots=True)
class Cue:
    """Text on the screen from one frame up to another."""

    start: int
    end: int
    lines: tuple[str, ...]

    def speed(self, fps: int) -> float:
        """Characters a second."""
        return len(" ".join(self.lines)) * fps / (self.end - self.start)


def cues(film: Film) -> list[Cue]:
    """A film's captions, in order; a beat without narration has none."""
    return [cue for beat in film.beats if beat.narration.strip() for cue in _beat_cues(beat)]


def webvtt(film: Film) -> str:
    """The captions as a WebVTT file's text."""
    return as_webvtt(cues(film), film.fps)


def as_webvtt(shown: Iterable[Cue], fps: int) -> str:
    """Cues as a WebVTT file's text."""
    written = WebVTT()
    for cue in shown:
        text = [html.escape(line, quote=False) for line in cue.lines]
        times = timestamp(cue.start, fps), timestamp(cue.end, fps)
        written.captions.append(Caption(*times, text))
    return written.content.rstrip() + "\n"


def timestamp(frame: int, fps: int) -> str:
    """When a frame is shown, as ``hh:mm:ss.ttt``, to the nearest millisecond."""
    seconds, thousandths = divmod(round(1000 * frame / fps), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"


def _beat_cues(beat: BeatTimes) -> Iterator[Cue]:
    parts = [_lines(text) for text in _breathe(" ".join(re.split(r"[ \n]+", beat.narration)))]
    lengths = [len(" ".join(lines)) for lines in parts]
    shares = [done / sum(lengths) for done in accumulate(lengths, initial=0)]
    edges = [beat.start + round(share * (beat.end - beat.start)) for share in shares]
    for (start, end), lines in zip(pairwise(edges), parts, strict=True):
        yield Cue(start, end, lines)


@cache
def _breathe(text: str) -> tuple[str, ...]:
    """The text in pieces that fit a cue each, broken where it costs least."""
    words = text.split(" ")
    cheapest: list[tuple[float, tuple[str, ...]]] = [(0, ())]  # of the first so many words
    for end in range(1, len(words) + 1):
        ways = [
            (spent + _cost(piece), (*pieces, piece))
            for start, (spent, pieces) in enumerate(cheapest)
            if _fits(piece := " ".join(words[start:end]))
        ]
        if not ways:
            raise ValueError(f"no caption line of {LINE} characters can hold {words[end - 1]!r}")
        spent, pieces = min(ways)
        cheapest.append((spent + _breaking_after(words[end - 1]), pieces))
    return cheapest[-1][1]


def _cost(piece: str) -> float:
    """Of a cue: its being one more, its being short, and its being longer than others."""
    return CUE + FLASH * (len(piece) < SHORT) + (len(piece) / (LINE * LINES)) ** 2


def _breaking_after(word: str) -> int:
    if word.endswith((".", "!", "?", "…")):
        return AFTER_SENTENCE
    if word.endswith((",", ";", ":", "–", "—")):
        return AFTER_CLAUSE
    return BETWEEN_WORDS if len(word) > ARTICLE else AFTER_ARTICLE


def _fits(text: str) -> bool:
    """Whether a cue can hold the text."""
    if len(text) >= LINES * (LINE + 1):
        return False
    lines = _wrap(text, LINE)
    return len(lines) <= LINES and max(map(len, lines)) <= LINE


@cache
def _lines(text: str) -> tuple[str, ...]:
    """A cue's text in balanced lines, no more than it takes."""
    fewest = len(_wrap(text, LINE))
    longest_word = max(map(len, text.split(" ")))
    widths = range(longest_word, LINE + 1)
    return next(set_ for width in widths if len(set_ := _wrap(text, width)) == fewest)


def _wrap(text: str, width: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))
