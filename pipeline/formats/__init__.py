"""What a scene can be filmed to: a recorder for each format that is a film.

MP4 is the web's and this project's own (:mod:`pipeline.encoder`); the others are for where it does
not do: WebM and MOV with the background left out, GIF where nothing else is taken, PNGs for other
programs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.recorder import Recorder

if TYPE_CHECKING:
    from pipeline.profile import Profile


def recorder(profile: Profile, path: Path) -> Recorder[Any]:
    """The recorder of films in a profile."""
    size = {"width": profile.width, "height": profile.height, "fps": profile.fps}
    match profile.format:
        case "webm":
            from pipeline.formats.webm import WebM

            return WebM(path, **size, transparent=profile.transparent)
        case "mov":
            from pipeline.formats.mov import Mov

            return Mov(path, **size, transparent=profile.transparent)
        case "gif":
            from pipeline.formats.gif import Gif

            return Gif(path, **size)
        case "png-sequence":
            from pipeline.formats.pngs import Pngs

            return Pngs(path, **size, transparent=profile.transparent)
        case _:
            from pipeline.encoder import DRAFT, PUBLISHING, FilmEncoder

            return FilmEncoder(path, **size, settings=DRAFT if profile.is_draft else PUBLISHING)
