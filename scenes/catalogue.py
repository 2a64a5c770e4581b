"""The scenes, in the order of the lesson."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from scenes.narration import narration


@dataclass(frozen=True)
class SceneEntry:
    """Where a scene is. ``step`` is its number in the five-step derivation, if it has one."""

    id: str
    module: str
    cls: str
    step: int | None

    def load(self) -> type[Any]:
        """The scene's class. Imports Manim."""
        return cast(type[Any], getattr(import_module(self.module), self.cls))


SCENES = (
    SceneEntry("prologue", "scenes.prologue", "Prologue", None),
    SceneEntry("objective", "scenes.objective", "Objective", 1),
    SceneEntry("optimum", "scenes.optimum", "Optimum", 2),
    SceneEntry("inversion", "scenes.inversion", "Inversion", 3),
    SceneEntry("cancellation", "scenes.cancellation", "Cancellation", 4),
    SceneEntry("loss", "scenes.loss", "Loss", 5),
    SceneEntry("what_the_loss_does", "scenes.what_the_loss_does", "WhatTheLossDoes", None),
    SceneEntry("optimum_reached", "scenes.optimum_reached", "OptimumReached", None),
    SceneEntry("when_it_wins", "scenes.when_it_wins", "WhenItWins", None),
    SceneEntry("epilogue", "scenes.epilogue", "Epilogue", None),
)


class UnknownScene(ValueError):
    """A name that no scene has."""


def title(entry: SceneEntry, language: str = "en") -> str:
    """The scene's title in words."""
    return narration(language)("scenes", entry.id, "title")


def find(name: str) -> SceneEntry:
    """The scene with this id or class name, in any case.

    Raises :class:`UnknownScene`, with the nearest name, for any other.
    """
    names = {alias.lower(): entry for entry in SCENES for alias in (entry.id, entry.cls)}
    if entry := names.get(name.lower()):
        return entry
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(e.id for e in SCENES)}"
    raise UnknownScene(f"no scene is called {name!r}; {hint}")
