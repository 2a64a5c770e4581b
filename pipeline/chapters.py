"""Chapters as WebVTT: the beats of a film, or the films of the lesson."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from dpo_math.derivation import LINES
from pipeline.captions import Cue, as_webvtt
from pipeline.film import BeatTimes, Film
from scenes.narration import Narration, narration


class Chapter(NamedTuple):
    """A part of a film, from one frame up to another."""

    start: int
    end: int
    title: str


def chapters(film: Film, language: str) -> list[Chapter]:
    """A chapter a beat: named after the move that it makes, else by how its narration begins."""
    say = narration(language)
    before = [None, *(beat.line for beat in film.beats)]
    return [
        Chapter(beat.start, beat.end, (_move(beat, last, say) or _beginning(beat)))
        for beat, last in zip(film.beats, before, strict=False)
    ]


def webvtt(parts: Iterable[Chapter], fps: int) -> str:
    """The chapters as a WebVTT file's text."""
    return as_webvtt((Cue(start, end, (title,)) for start, end, title in parts), fps)


def _move(beat: BeatTimes, before: str | None, say: Narration) -> str | None:
    """What the film calls the move to the line that a beat brings, if one does."""
    if beat.line is None or beat.line == before:
        return None
    step, follows = LINES[beat.line].step, LINES[beat.line].follows
    if step is None or follows != before:
        return None
    names = (name for name in (beat.line, step.move) if say.has("moves", name))
    name = next(names, None)
    return _capitalised(say("moves", name)) if name else None


def _beginning(beat: BeatTimes) -> str:
    first = re.split(r"(?<=[.!?…]) ", beat.narration.strip(), maxsplit=1)[0]
    return first.rstrip(".") or beat.name


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
