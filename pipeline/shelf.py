"""The directory of a lesson: files put whole where they differ, and described as they stand."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import TypedDict

from pipeline import files
from pipeline.fingerprint import digest

FOLDERS = (
    "captions",
    "chapters",
    "clips",
    "films",
    "fonts",
    "posters",
    "report",
    "stills",
    "transcripts",
)
"""Where nothing but the lesson's own files stays."""


class File(TypedDict):
    """A file as the manifest describes it; ``path`` is from the manifest's directory."""

    path: str
    bytes: int
    sha256: str


class Shelf:
    """Puts a lesson's files into ``root`` and remembers which they are.

    ``known`` are descriptions that were true of what is there when it was last put there.
    """

    def __init__(self, root: Path, known: Container[File] = ()) -> None:
        self.root, self._known = root, known
        self.put_here: dict[str, File] = {}

    def put(self, name: str, data: bytes) -> File:
        """Have a file with these bytes."""
        path = self.root / name
        if not path.is_file() or path.read_bytes() != data:
            files.write(path, data)
        return self._described(name)

    def copy(self, name: str, source: Path) -> File:
        """Have a file that is the same as ``source``."""
        path = self.root / name
        if not path.is_file() or files.sha256(path) != files.sha256(source):
            files.copy(source, path)
        return self._described(name)

    def make(self, name: str, maker: Callable[[Path], None], *, stale: bool) -> File:
        """Have a file that ``maker`` writes, unless it is there as described and not ``stale``."""
        path = self.root / name
        if stale or not path.is_file() or described(self.root, name) not in self._known:
            maker(path)
        return self._described(name)

    def keep(self, name: str) -> File:
        """Have a file that is there already."""
        return self._described(name)

    def sweep(self) -> None:
        """Remove what former lessons left, and the parts of files that a kill left unfinished."""
        kept = {self.root / name for name in self.put_here}
        found = [path for name in FOLDERS for path in (self.root / name).rglob("*")]
        for path in [*found, *self.root.glob(f".*{files.PART}")]:
            if path.is_file() and path not in kept:
                path.unlink()

    def _described(self, name: str) -> File:
        self.put_here[name] = described(self.root, name)
        return self.put_here[name]


def described(root: Path, name: str) -> File:
    """A file of the directory ``root`` as it stands there."""
    data = (root / name).read_bytes()
    return {"path": name, "bytes": len(data), "sha256": digest(data)}
