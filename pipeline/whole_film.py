"""All films in one, with captions, and with the scenes as its chapters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pipeline import captions, chapters
from pipeline.chapters import Chapter
from pipeline.engine import Take
from pipeline.film import Film
from pipeline.joining import join, joined, starts
from pipeline.languages import shared_tellings
from pipeline.shelf import Shelf
from scenes.narration import narration

ID = "lesson"


def whole_film(
    takes: Sequence[Take], shelf: Shelf, scenes: Sequence[dict[str, Any]], before: dict[str, Any]
) -> dict[str, Any]:
    """Put the joined film on the shelf; what the manifest says of it, which last said ``before``.

    ``scenes`` are what the manifest says of the takes. Films of several profiles cannot be joined:
    then there is nothing to say.
    """
    films = [take.film for take in takes]
    if any(film.profile != films[0].profile for film in films):
        return {}
    parts = [scene["film"] for scene in scenes]
    stale = parts != [scene["film"] for scene in before.get("scenes", ())]
    videos = [take.video for take in takes]
    file = shelf.make(f"films/{ID}.mp4", lambda path: join(videos, path), stale=stale)
    fps, told = films[0].fps, shared_tellings(films)
    whole = {code: _told(code, parts) for code, parts in told.items()}
    made = next(iter(whole.values()))
    return {
        "lesson": {
            "frames": made.frames,
            "seconds": made.seconds,
            "film": file,
            "captions": {
                code: shelf.put(f"captions/{ID}.{code}.vtt", captions.webvtt(film).encode())
                for code, film in whole.items()
            },
            "chapters": {
                code: shelf.put(
                    f"chapters/{ID}.{code}.vtt", chapters.webvtt(_chapters(parts), fps).encode()
                )
                for code, parts in told.items()
            },
            "starts": {
                film.scene: start / fps for film, start in zip(films, starts(films), strict=True)
            },
        }
    }


def _told(code: str, films: Sequence[Film]) -> Film:
    return joined(films, scene=ID, title=narration(code)("lesson", "title"))


def _chapters(films: Sequence[Film]) -> list[Chapter]:
    """A chapter a film."""
    edges = [*starts(films), sum(film.frames for film in films)]
    pairs = zip(pairwise(edges), films, strict=True)
    return [Chapter(start, end, film.title) for (start, end), film in pairs]
