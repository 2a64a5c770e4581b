"""Every frame as a PNG: an archive in the store, numbered files where they are wanted."""

from __future__ import annotations

import io
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path

from PIL import Image

from pipeline import files
from pipeline.conversion import Pixels
from pipeline.formats.opacity import straight
from pipeline.recorder import PictureRecorder, Shown

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # else an archive says when it was written


class Pngs(PictureRecorder):
    """A ZIP with each picture once, named by the first frame that shows it; its comment is the
    number of frames."""

    def __init__(
        self, path: Path, *, width: int, height: int, fps: int, transparent: bool = False
    ) -> None:
        super().__init__(path, width=width, height=height, fps=fps)
        self._transparent = transparent
        self._archive = zipfile.ZipFile(self._part, "w")

    def _encode(self, pixels: Pixels, shown: Shown) -> None:
        written = io.BytesIO()
        kept = straight(pixels) if self._transparent else pixels[..., :3]
        Image.fromarray(kept).save(written, "PNG")
        self._archive.writestr(
            zipfile.ZipInfo(f"{shown.first:05}.png", LONG_AGO), written.getvalue()
        )

    def _end(self) -> None:
        self._archive.comment = str(self.frames).encode()

    def _close(self) -> None:
        self._archive.close()


def unpack(archive: Path, folder: Path) -> None:
    """Write every frame as ``00000.png`` and so on into a new folder, in place of one there."""
    part = files.beside(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    with zipfile.ZipFile(archive) as pictures:
        names = pictures.namelist()
        firsts = [*(int(Path(name).stem) for name in names), int(pictures.comment)]
        for name, (first, end) in zip(names, pairwise(firsts), strict=True):
            data = pictures.read(name)
            for frame in range(first, end):
                (part / f"{frame:05}.png").write_bytes(data)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
