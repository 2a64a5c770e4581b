"""How a scene is filmed: size, frame rate, theme and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from pipeline.errors import BadInput
from scenes.layout import LAYOUTS
from scenes.narration import languages
from scenes.theme import THEMES as PALETTES

THEMES, SHAPES, LANGUAGES = tuple(PALETTES), tuple(LAYOUTS), languages()


# What a scene can be filmed to, and the end of the file's name. As in Manim, a ``png`` is the last
# picture, and ``png-sequence`` all of them; those are kept as one archive.
FORMATS: Mapping[str, str] = {
    "mp4": ".mp4",
    "webm": ".webm",
    "mov": ".mov",
    "gif": ".gif",
    "png": ".png",
    "png-sequence": ".zip",
}
SEE_THROUGH = ("mov", "webm", "png", "png-sequence")


class Quality(NamedTuple):
    """One of Manim's presets: pixels and frames a second."""

    name: str
    width: int
    height: int
    fps: int


# Manim's own table, known here so that `--help` need not import Manim; a test compares them.
QUALITIES: Mapping[str, Quality] = {
    "l": Quality("low_quality", 854, 480, 15),
    "m": Quality("medium_quality", 1280, 720, 30),
    "h": Quality("high_quality", 1920, 1080, 60),
    "p": Quality("production_quality", 2560, 1440, 60),
    "k": Quality("fourk_quality", 3840, 2160, 60),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """Width and height in pixels (both even: 4:2:0 halves them), whole frames a second, the look,
    the language of what is written in the picture, the format, whether the background is left
    out of it, and whether an MP4 is coded as a draft, whatever its size."""

    width: int = 1920
    height: int = 1080
    fps: int = 60
    theme: str = "dark"
    shape: str = "wide"
    language: str = "en"
    format: str = "mp4"
    transparent: bool = False
    draft: bool = False

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 16 or self.width % 2 or self.height % 2:
            size = f"{self.width}×{self.height}"
            raise BadInput(f"a film of {size} pixels cannot be made; both must be even, from 16 up")
        if not 1 <= self.fps <= 240:
            raise BadInput(f"a film of {self.fps} frames a second cannot be made; choose 1 to 240")
        if self.transparent and self.format not in SEE_THROUGH:
            others = ", ".join(SEE_THROUGH)
            raise BadInput(f"{self.format} cannot be transparent; choose one of {others}")

    @classmethod
    def of(
        cls,
        quality: str = "h",
        *,
        resolution: tuple[int, int] | None = None,
        fps: int | None = None,
        theme: str = "dark",
        shape: str = "wide",
        language: str = "en",
        kind: str | None = None,
        transparent: bool = False,
        draft: bool = False,
    ) -> Profile:
        """The profile for Manim's quality letter, with what overrides it.

        ``kind`` is one of :data:`FORMATS`: MP4, or MOV where the background is left out. Whether it
        is to be a ``draft`` is asked only of an MP4 that would not be one anyway.
        """
        preset = QUALITIES[quality]
        width, height = resolution or _shaped(preset, shape)
        kind = kind or ("mov" if transparent else "mp4")
        draft = draft and kind == "mp4" and not _is_small(width, height)
        look = (theme, shape, language)
        return cls(width, height, fps or preset.fps, *look, kind, transparent, draft)

    @property
    def name(self) -> str:
        """As Manim names its folders (``1080p60``, by the shorter side), with the look where it is
        not the usual one."""
        usual = ("dark", "wide", "en")
        look = [part for part in (self.theme, self.shape, self.language) if part not in usual]
        look += ["transparent"] if self.transparent else []
        look += ["draft"] if self.draft else []
        return "-".join([f"{min(self.width, self.height)}p{self.fps}", *look])

    @property
    def suffix(self) -> str:
        """The end of the name of a file in this format."""
        return FORMATS[self.format]

    @property
    def is_draft(self) -> bool:
        """Whether this is for working with: below 1080 lines, as ``-ql`` and ``-qm`` are, or if
        that was asked for."""
        return self.draft or _is_small(self.width, self.height)

    def as_dict(self) -> dict[str, Any]:
        """All that tells this profile from another, for digests and manifests."""
        return asdict(self)

    def manim_settings(self) -> dict[str, Any]:
        """What Manim's configuration has to say while a scene is constructed and drawn."""
        return {
            "pixel_width": self.width,
            "pixel_height": self.height,
            "frame_rate": self.fps,
            "disable_caching": True,
            "progress_bar": "none",
            "background_opacity": float(not self.transparent),
        }


def _is_small(width: int, height: int) -> bool:
    return min(width, height) < QUALITIES["h"].height


def _shaped(preset: Quality, shape: str) -> tuple[int, int]:
    """The pixels of a preset, which is wide, for another shape of the same short side."""
    short, long = preset.height, preset.width
    return {"wide": (long, short), "square": (short, short), "tall": (short, long)}[shape]
