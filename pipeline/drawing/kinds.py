"""Whether a class does as Manim's own does, in the ways on which a shortcut relies."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def does_as(kind: Any, base: type, *names: str) -> bool:
    """Whether a class is a ``base``, and has these attributes of it instead of its own."""
    return issubclass(kind, base) and all(
        getattr(kind, name) is getattr(base, name) for name in names
    )
