"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

PART = ".part"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException) -> bool:
    """Whether a disk, or what one may write on it, is used up."""
    return isinstance(error, OSError) and error.errno in FULL


def sync(path: Path) -> None:
    """Have a file's data, or a directory's names, on the disk before anything refers to them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(part: Path, path: Path) -> None:
    """Give a finished file its name, in place of whatever had it."""
    sync(part)
    part.replace(path)
    sync(path.parent)


def beside(path: Path) -> Path:
    """Where to write what is to become ``path``; the directory is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}{PART}")


def write(path: Path, data: bytes) -> None:
    """Write a whole file; a reader sees the old one or the new one."""
    part = beside(path)
    part.write_bytes(data)
    settle(part, path)


def copy(source: Path, path: Path) -> None:
    """Copy a whole file; a reader sees the old one or the new one."""
    part = beside(path)
    shutil.copyfile(source, part)
    settle(part, path)


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
