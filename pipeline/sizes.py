"""Numbers as people write and read them: bytes, and how many of a thing."""

from __future__ import annotations

import re

from pipeline.errors import BadInput

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def bytes_of(text: str) -> int:
    """A size such as ``500MB`` or ``1.5 G`` in bytes. Raises :class:`BadInput` for any other."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", text.strip().lower())
    if not found:
        raise BadInput(f"{text!r} is not a size such as 500MB or 2GB")
    return int(float(found[1]) * UNITS[found[2]])


def told_size(count: float) -> str:
    """A number of bytes, for a person."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def count(number: int, thing: str) -> str:
    """``1 film``, ``2 films``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
