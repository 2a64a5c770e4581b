"""Shorter ways for some of Manim's methods, taken while a scene is filmed.

Each does what Manim's own does, and calls it where it cannot be sure to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from manim import Mobject, Transform

from pipeline.drawing import blending, copies

SHORTCUTS: tuple[tuple[type, str, Callable[..., Any]], ...] = (
    (Mobject, "__deepcopy__", copies.deepcopy),
    (Transform, "interpolate_mobject", blending.interpolate_mobject),
)


@contextmanager
def shortcuts() -> Iterator[None]:
    """Put the shorter ways in the place of Manim's methods, and these back afterwards."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in SHORTCUTS]
    for owner, name, shorter in SHORTCUTS:
        setattr(owner, name, shorter)
    try:
        yield
    finally:
        for owner, name, own in before:
            setattr(owner, name, own)
