"""A motion among what else is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from manim import Scene

from scenes.choreography import TermMotion
from scenes.crossings import ducking
from scenes.equation import Outline
from scenes.paths import Actor


def motion_in(
    scene: Scene, cast: Callable[..., list[Actor]], *parts: Any, backwards: bool = False
) -> TermMotion:
    """A motion of the actors that ``cast`` finds for ``parts``, clear of the marks that stand in
    ``scene``; of no actors where nothing is drawn."""
    if scene.renderer.skip_animations:
        return TermMotion([], backwards)
    shown = (part for mobject in scene.mobjects for part in mobject.get_family())
    standing = (part for part in shown if isinstance(part, Outline) and part.has_points())
    return TermMotion(ducking(cast(*parts), standing), backwards)
