"""The picture that stands for a link to the lesson, drawn by the films' own code."""

from __future__ import annotations

import io
from typing import Any

from pipeline import files
from pipeline.fingerprint import recipe
from pipeline.places import ASSETS
from pipeline.profile import Profile
from pipeline.shelf import Shelf
from scenes.layout import CARD

NAME = "card.png"
MODULE = "scenes.card"


def card(shelf: Shelf, language: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Put the card on the shelf; what the manifest says of it, which last said ``before``.

    It is dark in either theme: it stands on other people's pages, which have their own.
    """
    words = ASSETS / "narration" / f"{language}.toml"
    made_of = recipe(MODULE, words)
    stale = before is None or before.get("made_of") != made_of
    image = shelf.make(NAME, lambda path: files.write(path, draw(language)), stale=stale)
    width, height = CARD.pixels
    return {"made_of": made_of, "image": image, "width": width, "height": height}


def draw(language: str = "en") -> bytes:
    """The card as a PNG."""
    from PIL import Image

    from pipeline.shots import configured
    from pipeline.writer import StillRenderer
    from scenes.card import Card

    with configured(Profile(*CARD.pixels)):
        renderer = StillRenderer()
        scene = Card(renderer, language=language)
        scene.render()
        picture = renderer.picture(scene)[..., :3]
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "PNG")
    return written.getvalue()
