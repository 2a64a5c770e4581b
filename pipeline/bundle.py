"""The lesson for the web, in a directory: films, stills, captions, a manifest and a page.

Every file is replaced whole. The manifest and the page come after all they refer to, and what they
no longer refer to is removed last, so that a crash leaves either lesson playable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dpo_math.derivation import LINES
from dpo_math.printers import mathml
from pipeline import cuts, files, player, prose
from pipeline.captions import webvtt
from pipeline.engine import Take
from pipeline.errors import BadInput
from pipeline.film import LineShown
from pipeline.fingerprint import digest
from pipeline.places import ASSETS
from scenes.theme import THEMES

PAGE = ASSETS / "page"
PLAYER = ASSETS / "player"
LANGUAGES = {"en": "English", "fr": "Français"}
MANIFEST = "manifest.json"
MADE_BY = "lesson-films"
OURS = (
    "films",
    "clips",
    "stills",
    "captions",
)  # directories in which nothing but the lesson's files stays


def bundle(takes: Sequence[Take], dist: Path, *, language: str = "en") -> Path:
    """Write the lesson into ``dist`` and return its page.

    Raises :class:`BadInput` for a directory that holds something else.
    """
    claim(dist)
    before = {scene["id"]: scene for scene in _read_manifest(dist)["scenes"]}
    scenes = [_scene(take, dist, language, before.get(take.shot.entry.id)) for take in takes]
    written = [name for scene in scenes for name in _paths(scene)]
    beats = [player.beats(take.film) for take in takes]
    for name, text in {**_scripts(), **_pages(scenes, beats, language)}.items():
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
        made_by = _read_manifest(dist)["made_by"]
    except (OSError, ValueError, KeyError, TypeError):
        made_by = None
    if made_by != MADE_BY:
        raise BadInput(f"{dist} holds something other than a lesson; choose an empty directory")


def _read_manifest(dist: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((dist / MANIFEST).read_text(encoding="utf-8"))
    return read


def _scene(
    take: Take, dist: Path, language: str, before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Write one scene's files; what the manifest says of it, which last said ``before``."""
    film, scene = take.film, take.shot.entry.id
    copied = _copied(take.video, dist, f"films/{scene}.mp4")
    same = before is not None and before["film"] == copied and before["profile"] == film.profile
    beats_before = before["beats"] if before and same else []
    captions = webvtt(film).encode()
    _put(dist / f"captions/{scene}.{language}.vtt", captions)
    return {
        "id": scene,
        "title": film.title,
        "step": take.shot.entry.step,
        "profile": film.profile,
        "frames": film.frames,
        "seconds": film.seconds,
        "film": copied,
        "still": _copied(take.stills[film.beats[-1].name], dist, f"stills/{scene}.png"),
        "captions": {language: _described(captions, f"captions/{scene}.{language}.vtt")},
        "beats": [_beat(take, index, dist, beats_before) for index in range(len(film.beats))],
        "lines": [_line(line) for line in film.lines],
    }


def _beat(take: Take, index: int, dist: Path, beats_before: list[dict[str, Any]]) -> dict[str, Any]:
    film, video = take.film, take.video
    beat, name = film.beats[index], f"{film.scene}/{film.beats[index].name}"
    cut = {
        f"clips/{name}.mp4": partial(
            cuts.clip, video, start=beat.start, end=beat.end, fps=film.fps
        ),
        f"stills/{name}.webp": partial(cuts.picture, video, frame=beat.end - 1, fps=film.fps),
    }
    known = [before.get(kind) for before in beats_before for kind in ("clip", "still")]
    clip, still = (_cut(make, dist, path, known) for path, make in cut.items())
    times = {name: getattr(beat, name) / film.fps for name in ("start", "rest", "end")}
    words = {"narration": beat.narration, "line": beat.line}
    return {"name": beat.name, **times, **words, "clip": clip, "still": still}


def _cut(
    make: Callable[[Path], None], dist: Path, name: str, known: Iterable[dict[str, Any] | None]
) -> dict[str, Any]:
    """A file cut out of a film, unless it is there already as the last manifest describes it."""
    path = dist / name
    if not path.is_file() or _described(path.read_bytes(), name) not in known:
        make(path)
    return _described(path.read_bytes(), name)


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
    described = [scene["film"], scene["still"], *scene["captions"].values()]
    described += [beat[kind] for beat in scene["beats"] for kind in ("clip", "still")]
    return [file["path"] for file in described]


def _manifest(scenes: list[dict[str, Any]], language: str) -> str:
    lesson = {"made_by": MADE_BY, "language": language, "scenes": scenes}
    return json.dumps(lesson, ensure_ascii=False, indent=1) + "\n"


def _scripts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(PLAYER.glob("*.js"))}


def _pages(
    scenes: list[dict[str, Any]], beats: list[tuple[player.PlayerBeat, ...]], language: str
) -> dict[str, str]:
    """The page and its stylesheet, by name."""
    environment = Environment(
        loader=FileSystemLoader([PAGE, PLAYER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    context = {
        "scenes": scenes,
        "beats": beats,
        "example": player.example(),
        "formula": prose.formula,
        "numbers": prose.numbers(),
        "language": language,
        "languages": LANGUAGES,
        "themes": THEMES,
    }
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
