"""One scene's part of the lesson: its film, clips, stills and words as files, and what they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from dpo_math.derivation import LINES
from dpo_math.printers import mathml, spoken
from pipeline import captions, chapters, cuts, files
from pipeline.engine import Take
from pipeline.film import Film, LineShown
from pipeline.languages import tellings
from pipeline.proof import place
from pipeline.shelf import File, Shelf


def scene_files(take: Take, shelf: Shelf, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Put one scene's files on the shelf; what the manifest says of it, which last said ``before``.

    Times are in seconds, from whole frames.
    """
    film, scene = take.film, take.shot.entry.id
    told = tellings(film)
    copied = shelf.copy(f"films/{scene}.mp4", take.video)
    stale = before is None or (before["film"], before["profile"]) != (copied, film.profile)
    return {
        "id": scene,
        "title": film.title,
        "step": take.shot.entry.step,
        "profile": film.profile,
        "frames": film.frames,
        "seconds": film.seconds,
        "film": copied,
        **tracks(shelf, scene, told),
        "beats": [_beat(take, index, told, shelf, stale) for index in range(len(film.beats))],
        "poster": _poster(film, shelf),
        "lines": [_line(line) for line in film.lines],
    }


def tracks(shelf: Shelf, name: str, told: dict[str, Film]) -> dict[str, dict[str, File]]:
    """Captions and chapters in every language in which a film is told."""
    return {
        "captions": {
            code: shelf.put(f"captions/{name}.{code}.vtt", captions.webvtt(film).encode())
            for code, film in told.items()
        },
        "chapters": {
            code: shelf.put(
                f"chapters/{name}.{code}.vtt",
                chapters.webvtt(chapters.chapters(film, code), film.fps).encode(),
            )
            for code, film in told.items()
        },
    }


def _beat(
    take: Take, index: int, told: dict[str, Film], shelf: Shelf, stale: bool
) -> dict[str, Any]:
    film, beat = take.film, take.film.beats[index]
    name = f"{film.scene}/{beat.name}"
    cut = partial(cuts.clip, take.video, start=beat.start, end=beat.end, fps=film.fps)
    return {
        "id": f"{film.scene}.{beat.name}",
        "start": beat.start / film.fps,
        "rest": beat.rest / film.fps,
        "end": beat.end / film.fps,
        "narration": {code: film.beats[index].narration for code, film in told.items()},
        "line": beat.line,
        "clip": shelf.make(f"clips/{name}.mp4", cut, stale=stale),
        "still": _still(take.stills[beat.name], name, shelf),
    }


def _still(drawn: Path, name: str, shelf: Shelf) -> dict[str, File]:
    """A beat's picture, twice: as it was drawn, and without loss in half the bytes."""
    there = shelf.root / f"stills/{name}.png"
    fresh = not there.is_file() or files.sha256(there) != files.sha256(drawn)
    png = shelf.copy(f"stills/{name}.png", drawn)
    return {
        "png": png,
        "webp": shelf.make(f"stills/{name}.webp", partial(_webp, drawn), stale=fresh),
    }


def _poster(film: Film, shelf: Shelf) -> File:
    """What stands in the place of a film that has not been started: the last picture of it."""
    last = shelf.root / f"stills/{film.scene}/{film.beats[-1].name}.webp"
    return shelf.copy(f"posters/{film.scene}.webp", last)


def _webp(drawn: Path, path: Path) -> None:
    part = files.beside(path)
    with Image.open(drawn) as picture:
        picture.save(part, "WEBP", lossless=True, method=4, quality=50)
    files.settle(part, path)


def _line(line: LineShown) -> dict[str, str]:
    tree = LINES[line.id].tree
    return {
        "id": line.id,
        "tex": line.tex,
        "mathml": mathml(tree, block=True),
        "spoken": spoken(tree),
        "verdict": line.verdict,
        "report": place(line.id),
    }
