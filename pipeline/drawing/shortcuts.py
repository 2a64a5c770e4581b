"""All that is done in Manim's stead while a scene is constructed and drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.drawing.blending import blended_transforms
from pipeline.drawing.boundaries import boundaries_at_once
from pipeline.drawing.updating import updates_if_any


@contextmanager
def shortcuts() -> Iterator[None]:
    """Let Manim do in fewer steps what comes to the same."""
    with blended_transforms(), updates_if_any(), boundaries_at_once():
        yield
