"""Finished shots on disk, by fingerprint; every file is verified when it is read.

``objects/ab/cdef…`` holds files by their SHA-256, ``shots/<fingerprint>`` names the digest of a
shot's record, and that record (an object itself) names its files and what the shot was made of. So
nothing can be damaged unnoticed, and two shots that come out the same are kept once.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from filelock import FileLock, Timeout

from pipeline import files
from pipeline.errors import BadInput
from pipeline.fingerprint import DIGEST, digest

VERSION = "2"
"""Of how records are written; a store of another version is emptied."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)

BUSY = "Another render.py is at work in this directory; waiting for it."
OTHER_VERSION = "The films kept in {} are another version's; they are made again."


class Damaged(RuntimeError):
    """A stored shot that is not what was stored; it has been dropped."""


@dataclass(frozen=True, slots=True)
class About:
    """What a stored shot is: its scene, its profile, and digests of what it was made of."""

    scene: str
    profile: Mapping[str, Any]
    made_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored shot as it lies on the disk. ``used`` is when it was last asked for, in seconds
    since 1970; ``files`` are its files' sizes in bytes, by address."""

    key: str
    about: About
    used: float
    files: Mapping[str, int]


class Store:
    """The shots below ``root``. Use :meth:`opened` around all that reads or writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def opened(self, tell: Callable[[str], None] = lambda text: None) -> Iterator[None]:
        """Keep other commands out, and clear away what a killed one was in the middle of.

        ``tell`` is given a line when another command has the store and this one has to wait, and
        when what is kept was written by another version. Raises :class:`BadInput` where nothing can
        be written.
        """
        lock = FileLock(self.root / "lock")
        with self.writing():
            self.root.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                tell(BUSY)
                lock.acquire()
        try:
            with self.writing():
                self._clear()
                self._agree_on_version(tell)
            yield
        finally:
            self._clear()
            lock.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Tell what to do where a disk takes nothing: raises :class:`BadInput`."""
        try:
            yield
        except OSError as error:
            advice = "set LESSON_FILMS_CACHE to a directory that can be written"
            if files.is_full(error):
                advice = f"`render.py cache --max-size 1GB` makes room, or {advice}"
            told = error.strerror or str(error)
            raise BadInput(f"the store {self.root} cannot be written: {told}; {advice}") from error

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
            found = self._record(shot)["files"]
            made = {name: self._verified(address) for name, address in found.items()}
        except UNREADABLE as error:
            shot.unlink()
            raise Damaged(str(error)) from error
        with suppress(OSError):
            os.utime(shot)
        return made

    def put(self, key: str, made: Mapping[str, Path | bytes], about: About) -> dict[str, Path]:
        """Keep the files of a finished shot under ``key``; those given by their paths are moved."""
        addresses = {name: self._keep(what) for name, what in made.items()}
        record = {"files": addresses, "about": asdict(about)}
        address = self._keep(json.dumps(record, sort_keys=True).encode())
        files.write(self.root / "shots" / key, address.encode())
        return {name: self._object(address) for name, address in addresses.items()}

    def kept(self) -> Iterator[Kept]:
        """All shots whose records can be read."""
        for shot in sorted((self.root / "shots").glob("[!.]*")):
            with suppress(*UNREADABLE):
                record = self._record(shot)
                addresses = {*record["files"].values(), shot.read_text(encoding="ascii").strip()}
                sizes = {address: self._object(address).stat().st_size for address in addresses}
                yield Kept(shot.name, About(**record["about"]), shot.stat().st_mtime, sizes)

    def drop(self, key: str) -> None:
        """Forget a shot; its files go with the next :meth:`sweep`."""
        (self.root / "shots" / key).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove the files that belong to no shot, and shots whose records cannot be read."""
        kept = list(self.kept())
        keys, addresses = (
            {shot.key for shot in kept},
            {name for shot in kept for name in shot.files},
        )
        for shot in list((self.root / "shots").glob("*")):
            if shot.name not in keys:
                shot.unlink()
        for path in list((self.root / "objects").glob("*/*")):
            if path.parent.name + path.name not in addresses:
                path.unlink()

    def _clear(self) -> None:
        shutil.rmtree(self.root / "work", ignore_errors=True)

    def _agree_on_version(self, tell: Callable[[str], None]) -> None:
        note = self.root / "version"
        written = note.read_text(encoding="utf-8") if note.exists() else ""
        if written == VERSION:
            return
        if (self.root / "shots").exists():
            tell(OTHER_VERSION.format(self.root))
        for name in ("shots", "objects"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        files.write(note, VERSION.encode())

    def _record(self, shot: Path) -> dict[str, Any]:
        address = shot.read_text(encoding="ascii").strip()
        record: dict[str, Any] = json.loads(self._verified(address).read_bytes())
        return record

    def _object(self, address: str) -> Path:
        return self.root / "objects" / address[:2] / address[2:]

    def _keep(self, what: Path | bytes) -> str:
        address = digest(what) if isinstance(what, bytes) else files.sha256(what)
        kept = self._object(address)
        if isinstance(what, bytes):
            files.write(kept, what)
        else:
            kept.parent.mkdir(parents=True, exist_ok=True)
            files.settle(what, kept)
        return address

    def _verified(self, address: str) -> Path:
        if not DIGEST.fullmatch(address):
            raise ValueError(f"{address[:64]!r} is no digest")
        path = self._object(address)
        if files.sha256(path) != address:
            path.unlink()
            raise ValueError(f"{path.relative_to(self.root)} is not what was written")
        return path
