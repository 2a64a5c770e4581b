"""The lesson for the web, in a directory: films, stills, captions, a manifest and a page.

Every file is replaced whole. The manifest and the page come after all they refer to, and what they
no longer refer to is removed last, so that a crash leaves either lesson playable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dpo_math.derivation import LINES
from dpo_math.printers import mathml
from pipeline import files
from pipeline.captions import webvtt
from pipeline.engine import Take
from pipeline.errors import BadInput
from pipeline.film import Film, LineShown
from pipeline.fingerprint import digest
from pipeline.places import ASSETS
from scenes.theme import THEMES

PAGE = ASSETS / "page"
LANGUAGES = {"en": "English"}
MANIFEST = "manifest.json"
MADE_BY = "lesson-films"
OURS = ("films", "stills", "captions")  # directories in which nothing but the lesson's files stays


def bundle(takes: Sequence[Take], dist: Path, *, language: str = "en") -> Path:
    """Write the lesson into ``dist`` and return its page.

    Raises :class:`BadInput` for a directory that holds something else.
    """
    claim(dist)
    scenes = [_scene(take, dist, language) for take in takes]
    written = [name for scene in scenes for name in _paths(scene)]
    for name, text in _pages(scenes, language).items():
        _put(dist / name, text.encode())
        written.append(name)
    _put(dist / MANIFEST, _manifest(scenes, language).encode())
    _sweep(dist, {*written, MANIFEST})
    return dist / "index.html"


def claim(dist: Path) -> None:
    """Make sure that what is in ``dist`` is ours to replace; raises :class:`BadInput`."""
    if not dist.exists() or not any(dist.iterdir()):
        _put(dist / MANIFEST, _manifest([], "en").encode())
        return
    try:
        made_by = json.loads((dist / MANIFEST).read_text(encoding="utf-8"))["made_by"]
    except (OSError, ValueError, KeyError, TypeError):
        made_by = None
    if made_by != MADE_BY:
        raise BadInput(f"{dist} holds something other than a lesson; choose an empty directory")


def _scene(take: Take, dist: Path, language: str) -> dict[str, Any]:
    """Write one scene's files; what the manifest says of it."""
    film, scene = take.film, take.shot.entry.id
    captions = webvtt(film).encode()
    _put(dist / f"captions/{scene}.{language}.vtt", captions)
    return {
        "id": scene,
        "title": film.title,
        "step": take.shot.entry.step,
        "profile": film.profile,
        "frames": film.frames,
        "seconds": film.seconds,
        "film": _copied(take.video, dist, f"films/{scene}.mp4"),
        "still": _copied(take.still, dist, f"stills/{scene}.png"),
        "captions": {language: _described(captions, f"captions/{scene}.{language}.vtt")},
        "beats": [_beat(film, index) for index in range(len(film.beats))],
        "lines": [_line(line) for line in film.lines],
    }


def _beat(film: Film, index: int) -> dict[str, Any]:
    beat = film.beats[index]
    times = {name: getattr(beat, name) / film.fps for name in ("start", "rest", "end")}
    return {"name": beat.name, **times, "narration": beat.narration, "line": beat.line}


def _line(line: LineShown) -> dict[str, str]:
    formula = mathml(LINES[line.id].tree, block=True)
    return {"id": line.id, "tex": line.tex, "mathml": formula, "verdict": line.verdict}


def _copied(source: Path, dist: Path, name: str) -> dict[str, Any]:
    path = dist / name
    address = files.sha256(source)
    if not path.is_file() or files.sha256(path) != address:
        files.copy(source, path)
    return {"path": name, "bytes": source.stat().st_size, "sha256": address}


def _described(data: bytes, name: str) -> dict[str, Any]:
    return {"path": name, "bytes": len(data), "sha256": digest(data)}


def _put(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        files.write(path, data)


def _paths(scene: dict[str, Any]) -> list[str]:
    described = (scene["film"], scene["still"], *scene["captions"].values())
    return [file["path"] for file in described]


def _manifest(scenes: list[dict[str, Any]], language: str) -> str:
    lesson = {"made_by": MADE_BY, "language": language, "scenes": scenes}
    return json.dumps(lesson, ensure_ascii=False, indent=1) + "\n"


def _pages(scenes: list[dict[str, Any]], language: str) -> dict[str, str]:
    """The page and its stylesheet, by name."""
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    context = {"scenes": scenes, "language": language, "languages": LANGUAGES, "themes": THEMES}
    templates = {path.name.removesuffix(".j2"): path.name for path in PAGE.glob("*.j2")}
    return {
        name: environment.get_template(template).render(context)
        for name, template in sorted(templates.items(), reverse=True)
    }


def _sweep(dist: Path, kept: Iterable[str]) -> None:
    """Remove what former lessons left, and the parts of files that a kill left unfinished."""
    keep = {dist / name for name in kept}
    found = [path for name in OURS for path in (dist / name).rglob("*")]
    for path in [*found, *dist.glob(f".*{files.PART}")]:
        if path.is_file() and path not in keep:
            path.unlink()
