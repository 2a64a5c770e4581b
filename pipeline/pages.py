"""The lesson's pages, stylesheet and scripts, as texts by name."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dpo_math.paper import PAPER
from pipeline import player, prose
from pipeline.captions import timestamp
from pipeline.engine import Take
from pipeline.languages import LANGUAGES, shared_tellings
from pipeline.manifest import SCHEMA
from pipeline.metadata import json_ld
from pipeline.places import ASSETS
from pipeline.site import Site
from scenes.narration import narration
from scenes.theme import THEMES

PAGE = ASSETS / "page"
PLAYER = ASSETS / "player"
FONTS = PAGE / "fonts"
PAGES = ("element.html", "player.html", "embed.html", "index.html")
LOOKS = ("icon.svg", "lesson.css", "embed.css")


def fonts() -> dict[str, bytes]:
    """The typefaces of the pages, which are those of the films."""
    return {f"fonts/{path.name}": path.read_bytes() for path in sorted(FONTS.glob("*.woff2"))}


def scripts() -> dict[str, str]:
    """The player's scripts, as they are."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(PLAYER.glob("*.js"))}


def pages(takes: Sequence[Take], manifest: Mapping[str, Any], site: Site) -> dict[str, str]:
    """The stylesheet, the scripts, the schema and the pages, those that need others last.

    ``manifest`` is what the lesson's manifest says, but of these.
    """
    environment = _environment()
    texts = {
        SCHEMA.name: SCHEMA.read_text(encoding="utf-8"),
        **{name: _rendered(environment, name, themes=THEMES) for name in LOOKS},
        **scripts(),
    }
    context = {
        **manifest,
        "beats": [player.beats(take.film) for take in takes],
        "about": prose.ABOUT,
        "example": player.example(),
        "formula": prose.formula,
        "counts": prose.counts(manifest["scenes"]),
        "ladder": [
            (scene, prose.STEPS[scene["step"]]) for scene in manifest["scenes"] if scene["step"]
        ],
        "numbers": prose.numbers(),
        "paper": PAPER,
        "names": {code: language.name for code, language in LANGUAGES.items()},
        "themes": THEMES,
        "site": site,
        "integrity": {name: integrity(text) for name, text in texts.items()},
        "linked_data": json_ld(dict(manifest), prose.ABOUT, site),
    }
    return {**texts, **{name: _rendered(environment, name, **context) for name in PAGES}}


def transcripts(takes: Sequence[Take]) -> dict[str, tuple[str, str]]:
    """All that is said, as a page and as plain text, in every language that has all of it."""
    environment = _environment()
    written = {}
    for code, films in shared_tellings([take.film for take in takes]).items():
        context = {
            "language": code,
            "title": narration(code)("lesson", "title"),
            "heading": LANGUAGES[code].transcript,
            "films": films,
            "beats": [player.beats(film) for film in films],
            "at": lambda frame, fps: timestamp(frame, fps)[3:8],
        }
        written[code] = (
            _rendered(environment, "transcript.html", **context),
            _rendered(environment, "transcript.txt", **context),
        )
    return written


def integrity(text: str) -> str:
    """What a page that loads this file from elsewhere says of it, to get no other."""
    return "sha384-" + base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([PAGE, PLAYER]),
        autoescape=lambda name: name is None or ".txt" not in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment


def _rendered(environment: Environment, name: str, **context: Any) -> str:
    return environment.get_template(f"{name}.j2").render(context)
