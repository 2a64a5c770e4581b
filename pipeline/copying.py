"""The film of a shot before an edit, for the beats of it that show what they showed.

Frames are copied as they were encoded. Nothing that x264 keeps outlives the keyframe that a beat
starts with, so a film with copied beats is the film encoded at once, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import av

from pipeline.film import Film
from pipeline.shots import FILM, RECORD, still_of


class Copy(NamedTuple):
    """A beat of the film before: its frames, of which the first is ``first`` there, each with
    whether it is a keyframe; and its still, a PNG, if it was looked at as it rested."""

    first: int
    frames: list[tuple[bytes, bool]]
    still: bytes | None


@dataclass(frozen=True)
class Earlier:
    """An earlier film of the same scene in the same profile, by its files."""

    files: Mapping[str, Path]

    def of(self, shown: str) -> Copy | None:
        """A beat that showed what has this digest."""
        film = self._film
        for beat in film.beats:
            if beat.shown == shown:
                still = self.files.get(still_of(beat.name))
                frames = self._frames[beat.start : beat.end]
                return Copy(beat.start, frames, still.read_bytes() if still else None)
        return None

    @cached_property
    def _film(self) -> Film:
        return Film.from_json(self.files[RECORD].read_text(encoding="utf-8"))

    @cached_property
    def _frames(self) -> list[tuple[bytes, bool]]:
        """All frames as they are in the file, by their numbers."""
        with av.open(str(self.files[FILM])) as film:
            packets = (p for p in film.demux(film.streams.video[0]) if p.pts is not None)
            return [(bytes(packet), packet.is_keyframe) for packet in packets]
