"""Finished shots on disk, by fingerprint; every file is verified when it is read.

``objects/ab/cdef…`` holds files by their SHA-256, ``shots/<fingerprint>`` names the digest of a
shot's list, and that list (an object itself) names its files. So nothing can be damaged unnoticed,
and two shots that come out the same are kept once.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from pipeline import files
from pipeline.fingerprint import digest

ADDRESS = re.compile("[0-9a-f]{64}")


class Damaged(RuntimeError):
    """A stored shot that is not what was stored; it has been dropped."""


class Store:
    """The shots below ``root``. Use :meth:`opened` around all that reads or writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def opened(self, wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Keep other commands out, and clear away what a killed one was in the middle of.

        ``wait`` is called once if another command has the store and this one has to wait.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            wait()
            lock.acquire()
        try:
            shutil.rmtree(self.root / "work", ignore_errors=True)
            yield
        finally:
            shutil.rmtree(self.root / "work", ignore_errors=True)
            lock.release()

    def scratch(self) -> Path:
        """A new directory on the same disk, for :meth:`put` to move files from."""
        work = self.root / "work"
        work.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(dir=work))

    def __contains__(self, key: str) -> bool:
        """Whether a shot is kept under ``key``; only :meth:`get` tells whether it is whole."""
        return (self.root / "shots" / key).exists()

    def get(self, key: str) -> dict[str, Path] | None:
        """The files of a stored shot by name, or None; their bytes are those that were stored.

        Raises :class:`Damaged`, once, when they are not.
        """
        shot = self.root / "shots" / key
        if not shot.exists():
            return None
        try:
            listed = self._verified(shot.read_text(encoding="ascii").strip())
            found = json.loads(listed.read_bytes())
            return {name: self._verified(address) for name, address in found.items()}
        except (OSError, ValueError) as error:
            shot.unlink()
            raise Damaged(str(error)) from error

    def put(self, key: str, made: Mapping[str, Path]) -> dict[str, Path]:
        """Move the files of a finished shot into the store; they are kept under ``key``."""
        addresses = {name: self._keep(path) for name, path in made.items()}
        listed = json.dumps(addresses, sort_keys=True).encode()
        files.write(self._object(digest(listed)), listed)
        files.write(self.root / "shots" / key, digest(listed).encode())
        return {name: self._object(address) for name, address in addresses.items()}

    def _object(self, address: str) -> Path:
        return self.root / "objects" / address[:2] / address[2:]

    def _keep(self, path: Path) -> str:
        address = files.sha256(path)
        kept = self._object(address)
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.settle(path, kept)
        return address

    def _verified(self, address: str) -> Path:
        if not ADDRESS.fullmatch(address):
            raise ValueError(f"{address[:64]!r} is no digest")
        path = self._object(address)
        if files.sha256(path) != address:
            path.unlink()
            raise ValueError(f"{path.relative_to(self.root)} is not what was written")
        return path
