"""What is known of a film besides its pictures: beats in whole frames, and the lines it showed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class BeatTimes:
    """A beat in frames: movement from ``start``, a still picture from ``rest`` up to ``end``.

    ``numbers`` fill its narration in, in whatever language that is told. ``shown`` is a digest of
    what was drawn, if all of that is known.
    """

    name: str
    start: int
    rest: int
    end: int
    narration: str
    line: str | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    shown: str | None = None


def shifted(beats: Iterable[BeatTimes], frames: int) -> Iterator[BeatTimes]:
    """Beats as many frames later."""
    for beat in beats:
        start, rest, end = (at + frames for at in (beat.start, beat.rest, beat.end))
        yield replace(beat, start=start, rest=rest, end=end)


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the derivation as a film showed it: its id, its TeX and the checker's verdict."""

    id: str
    tex: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Film:
    """One scene, filmed. ``profile`` is what :meth:`pipeline.profile.Profile.as_dict` says."""

    scene: str
    title: str
    frames: int
    profile: dict[str, Any]
    beats: tuple[BeatTimes, ...]
    lines: tuple[LineShown, ...]

    def __post_init__(self) -> None:
        """Refuse beats that do not tile the film; every time on the page is made from them.

        Raises ``ValueError`` naming the beat.
        """
        at = 0
        for beat in self.beats:
            if not at == beat.start <= beat.rest <= beat.end:
                raise ValueError(f"{self.scene}: after frame {at}, beat {beat} is out of order")
            at = beat.end
        if at != self.frames:
            raise ValueError(f"{self.scene}: {self.frames} frames, but beats up to frame {at}")

    @property
    def fps(self) -> int:
        """Whole frames a second."""
        return int(self.profile["fps"])

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return self.frames / self.fps

    def to_json(self) -> str:
        """As text that :meth:`from_json` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Film:
        """Read what :meth:`to_json` wrote; raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        data = json.loads(text)
        data["beats"] = tuple(BeatTimes(**beat) for beat in data["beats"])
        data["lines"] = tuple(LineShown(**line) for line in data["lines"])
        return cls(**data)
