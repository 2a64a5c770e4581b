"""The lesson for the web, in a directory: films, stills, words, a report, a manifest and pages.

Every file is replaced whole, and only where it differs. Pages come after all they refer to, the
manifest after them, and what it no longer refers to is removed last, so that a crash leaves either
lesson playable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dpo_math.paper import PAPER
from pipeline import manifest
from pipeline.card import card
from pipeline.engine import Take
from pipeline.pages import fonts, pages, transcripts
from pipeline.proof import proof
from pipeline.scene_files import scene_files
from pipeline.shelf import Shelf
from pipeline.site import Site
from pipeline.verdicts import remembered
from pipeline.whole_film import whole_film
from scenes.narration import narration


def bundle(takes: Sequence[Take], dist: Path, *, site: Site | None = None) -> Path:
    """Write the lesson into ``dist`` and return its page.

    The takes are the scenes in order. Without a ``site``, it is the one last told. Raises
    :class:`BadInput` for a directory that holds something else.
    """
    manifest.claim(dist)
    before = manifest.read(dist)
    shelf = Shelf(dist, known=list(manifest.files(before)))
    site = site or Site(**before.get("site", {}))
    with remembered():
        said = {**_contents(takes, shelf, before), **site.as_dict()}
        texts = {name: text.encode() for name, text in pages(takes, said, site).items()}
    said["pages"] = [shelf.put(name, data) for name, data in {**fonts(), **texts}.items()]
    shelf.put(manifest.NAME, manifest.as_text(said).encode())
    shelf.sweep()
    return dist / "index.html"


def _contents(takes: Sequence[Take], shelf: Shelf, before: dict[str, Any]) -> dict[str, Any]:
    """What the manifest says of all but the pages, once it is on the shelf."""
    language = takes[0].shot.profile.language
    known = {scene["id"]: scene for scene in before.get("scenes", ())}
    scenes = [scene_files(take, shelf, known.get(take.shot.entry.id)) for take in takes]
    spoken = {
        code: {
            "html": shelf.put(f"transcripts/{code}.html", page.encode()),
            "text": shelf.put(f"transcripts/{code}.txt", text.encode()),
        }
        for code, (page, text) in transcripts(takes).items()
    }
    return {
        "title": narration(language)("lesson", "title"),
        "language": language,
        "languages": list(spoken),
        "paper": asdict(PAPER),
        "scenes": scenes,
        **whole_film(takes, shelf, scenes, before),
        "transcripts": spoken,
        "report": proof(shelf, before.get("report")),
        "card": card(shelf, language, before.get("card")),
    }
