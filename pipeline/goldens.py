"""Golden stills: the picture at every beat's rest, kept to be compared with.

One picture a beat, 640×360, in a palette. Two pictures are alike by structural similarity (Wang,
Bovik, Sheikh and Simoncelli, 2004), tile by tile and colour by colour: what counts is the least
alike tile, for a subscript that changes is a small part of a picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from pipeline import files
from pipeline.errors import BadInput
from pipeline.places import ASSETS, ROOT
from pipeline.profile import Profile
from pipeline.shots import Entry, Shot, stills

Pixels = npt.NDArray[np.uint8]

GOLDENS = ROOT / "tests" / "goldens"
PROFILE = Profile(640, 360)
TOLERANCE = 0.95
"""The least similarity of a tile, from 1 (the same) downwards, that counts as unchanged. A picture
and its stored self are alike to 0.99; with a hole of 6×6 pixels in a letter, to 0.9."""
TILE = 20
"""The side of a tile in pixels; it divides both sides of the picture."""
COLOURS = 128
"""In the palette of a stored picture."""


@dataclass(frozen=True)
class Difference:
    """A beat whose picture is not as recorded. A picture that is not there is None."""

    scene: str
    beat: str
    similarity: float
    recorded: Pixels | None
    drawn: Pixels | None

    def __str__(self) -> str:
        if self.recorded is None:
            return f"{self.scene}, {self.beat}: never recorded"
        if self.drawn is None:
            return f"{self.scene}, {self.beat}: recorded, but the scene has no such beat"
        return f"{self.scene}, {self.beat}: similarity {self.similarity:.2f}, below {TOLERANCE}"


def similarity(one: Pixels, other: Pixels) -> float:
    """How alike the least alike tiles of two pictures are: RGB of shape (height, width, 3).

    Raises :class:`BadInput` where scikit-image is missing, which comes with the tests.
    """
    try:
        from skimage.metrics import structural_similarity
    except ImportError:
        raise BadInput("comparing pictures needs scikit-image; run tools/setup.sh test") from None
    _, everywhere = structural_similarity(one, other, channel_axis=-1, full=True)
    height, width, channels = everywhere.shape
    tiles = everywhere.reshape(height // TILE, TILE, width // TILE, TILE, channels)
    return float(tiles.mean(axis=(1, 3)).min())


def record(entry: Entry, folder: Path = GOLDENS) -> list[Path]:
    """Draw a scene's stills and keep them; those of beats that are gone are removed."""
    drawn = stills(Shot(entry, PROFILE))
    for beat, picture in drawn.items():
        files.write(_path(folder, entry.id, beat), packed(picture))
    kept = [_path(folder, entry.id, beat) for beat in drawn]
    for path in set((folder / entry.id).glob("*.png")) - set(kept):
        path.unlink()
    return kept


def packed(picture: Pixels) -> bytes:
    """A picture as a small PNG."""
    palette = Image.Quantize.FASTOCTREE  # keeps the colours of small things
    small = Image.fromarray(picture).quantize(COLOURS, palette, dither=Image.Dither.NONE)
    data = io.BytesIO()
    small.save(data, "PNG", optimize=True)
    return data.getvalue()


def differences(entry: Entry, folder: Path = GOLDENS) -> list[Difference]:
    """The beats of a scene whose stills are not as recorded, in order."""
    return compared(entry.id, _recorded(folder / entry.id), stills(Shot(entry, PROFILE)))


def compared(
    scene: str, recorded: Mapping[str, Pixels], drawn: Mapping[str, Pixels]
) -> list[Difference]:
    """What differs between the pictures of two sets of beats."""
    found = []
    for beat in dict.fromkeys([*drawn, *recorded]):
        before, now = recorded.get(beat), drawn.get(beat)
        alike = similarity(before, now) if before is not None and now is not None else 0.0
        if alike < TOLERANCE:
            found.append(Difference(scene, beat, alike, before, now))
    return found


def _recorded(folder: Path) -> dict[str, Pixels]:
    return {path.stem: np.asarray(Image.open(path).convert("RGB")) for path in folder.glob("*.png")}


def _path(folder: Path, scene: str, beat: str) -> Path:
    return folder / scene / f"{beat}.png"


def show(found: Iterable[Difference], folder: Path) -> Path:
    """Write a page with what was recorded, what is drawn now and where they differ; its path."""
    rows = []
    for difference in found:
        name = f"{difference.scene}-{difference.beat}"
        pictures = {
            "recorded": difference.recorded,
            "drawn": difference.drawn,
            "difference": _contrast(difference.recorded, difference.drawn),
        }
        row: dict[str, str] = {"text": str(difference)}
        for kind, picture in pictures.items():
            if picture is not None:
                row[kind] = f"{name}-{kind}.png"
                files.write(folder / row[kind], packed(picture))
        rows.append(row)
    environment = Environment(
        loader=FileSystemLoader(ASSETS / "goldens"), autoescape=True, undefined=StrictUndefined
    )
    page = folder / "index.html"
    text = environment.get_template("differences.html.j2").render(rows=rows, tolerance=TOLERANCE)
    files.write(page, text.encode())
    return page


def _contrast(one: Pixels | None, other: Pixels | None) -> Pixels | None:
    """Where two pictures differ, bright on black."""
    if one is None or other is None:
        return None
    apart = np.abs(one.astype(np.int16) - other).max(axis=-1, keepdims=True)
    return np.repeat(np.minimum(255, 3 * apart), 3, axis=-1).astype(np.uint8)
