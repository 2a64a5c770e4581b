"""A shot in stretches: cut at its beats, filmed side by side, and put together again.

What comes out is the shot filmed at once, byte for byte (see :mod:`pipeline.joining`), so that how
many work on it is nobody's concern.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from pipeline.film import Film
from pipeline.fingerprint import spoken_characters
from pipeline.places import ROOT
from pipeline.shots import RECORD, SOUNDS, Beats, Shot, ShotError, Stretch, film_of

Made = Mapping[str, Path | bytes]
"""The files of a finished stretch, or shot, by name: where they are, or what is in them."""

SHORTEST = 3  # beats for which it is worth coming to them through those before


def stretches(shot: Shot, count: int) -> list[Stretch]:
    """A shot in at most ``count`` stretches, in order, of about as many beats.

    It is movement that takes time, and there is about as much of it in every beat.
    """
    beats = len(spoken_characters(shot))
    count = min(count, beats // SHORTEST)
    if count < 2 or shot.profile.suffix != ".mp4":
        return [Stretch(shot)]
    edges = [round(beats * part / count) for part in range(count)]
    return [Stretch(shot, Beats(*each)) for each in zip_longest(edges, edges[1:])]


def united(shot: Shot, parts: Sequence[Made], directory: Path) -> Made:
    """The files of a shot, of those of its stretches in order; what is new is in ``directory``.

    Raises :class:`ShotError` for a sound that cannot be heard.
    """
    if len(parts) == 1:
        return parts[0]
    from pipeline import sound
    from pipeline.joining import continued, join, starts

    at = [_on_disk(made, directory / str(number)) for number, made in enumerate(parts)]
    known = [Film.from_json(made[RECORD].read_text(encoding="utf-8")) for made in at]
    filmed = [number for number, film in enumerate(known) if film.frames]
    at, known = [at[number] for number in filmed], [known[number] for number in filmed]
    name, film = film_of(shot.profile), continued(known)
    made = {name: path for part in at for name, path in part.items() if name != SOUNDS}
    made |= {name: directory / name, RECORD: directory / RECORD}
    join([part[name] for part in at], made[name])
    made[RECORD].write_text(film.to_json(), encoding="utf-8")
    heard = [
        sound.Sound(ROOT / path, start + frame, gain)
        for part, start in zip(at, starts(known), strict=True)
        if SOUNDS in part
        for path, frame, gain in json.loads(part[SOUNDS].read_text(encoding="utf-8"))
    ]
    try:
        sound.put_beside(made[name], heard, frames=film.frames, fps=film.fps)
    except ValueError as error:
        raise ShotError(f"{shot.entry.id}: {error}") from error
    return made


def _on_disk(made: Made, directory: Path) -> dict[str, Path]:
    """The files of a stretch by where they are; those given by what is in them are written."""
    found = {}
    for name, what in made.items():
        found[name] = what if isinstance(what, Path) else directory / name
        if isinstance(what, bytes):
            directory.mkdir(exist_ok=True)
            found[name].write_bytes(what)
    return found
