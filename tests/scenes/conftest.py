"""What tests of scenes use: Manim without a window, a file or a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from manim import tempconfig

from pipeline.writer import StillRenderer
from scenes.lesson_scene import LessonScene

FRAME_RATE = 20


@pytest.fixture(autouse=True)
def small_and_silent() -> Iterator[None]:
    settings: dict[str, Any] = {
        "pixel_width": 256,
        "pixel_height": 144,
        "frame_rate": FRAME_RATE,
        "dry_run": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
    }
    with tempconfig(settings):
        yield


@pytest.fixture
def undrawn() -> Callable[..., LessonScene]:
    """Makes a scene that runs through its beats without drawing a frame."""

    def make(scene_class: type[LessonScene], **kwargs: Any) -> LessonScene:
        return scene_class(StillRenderer(), **kwargs)

    return make
