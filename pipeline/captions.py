"""Captions from beats: WebVTT whose times come from frame counts.

A cue is at most two lines of 42 characters and lies within one beat. A narration too long for one
cue is broken where it breathes: after a sentence, else after a clause, else between words. The
beat's time is shared out by length, so every cue of a beat is read at the same speed.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from webvtt import Caption, WebVTT

from pipeline.film import BeatTimes, Film

LINE = 42
LINES = 2
FASTEST = 17  # characters a second that can be read with ease

# Where a text may be broken, mildest first; a no-break space is none of these.
BREATHS = (r"(?<=[.!?…]) ", r"(?<=[,;:–—]) ", r" ")


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


def _breathe(text: str, breaths: Sequence[str] = BREATHS) -> Iterator[str]:
    """The text in pieces that fit a cue each, as few as the mildest breaks allow."""
    if _lines(text):
        yield text
        return
    if not breaths:
        raise ValueError(f"no caption line of {LINE} characters can hold {text!r}")
    held = ""
    for piece in re.split(breaths[0], text):
        joined = f"{held} {piece}" if held else piece
        if _lines(joined):
            held = joined
            continue
        if held:
            yield held
        *whole, held = _breathe(piece, breaths[1:])
        yield from whole
    yield held


def _lines(text: str) -> tuple[str, ...]:
    """The text in balanced lines, or nothing if it takes too many."""
    lines = _wrap(text, LINE)
    if len(lines) > LINES or max(map(len, lines)) > LINE:
        return ()
    longest_word = max(map(len, text.split(" ")))
    widths = range(longest_word, LINE + 1)
    return next(set_ for width in widths if len(set_ := _wrap(text, width)) == len(lines))


def _wrap(text: str, width: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))
