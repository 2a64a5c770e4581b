"""Animations that nobody watches, taken straight to their ends.

Manim begins, steps and ends a skipped animation like any other: it copies what fades, twice, blends
the copies, and sorts the scene into what moves and what does not. Without, a scene is gone through
in half the time (0.6 s for 1.2). Manim's own way is taken for a play in which anything may change
by itself, and for a wait that looks at the scene to know when to stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from manim import Animation, FadeIn, FadeOut, Scene, Wait


def can_arrive(scene: Scene, animations: Sequence[Animation]) -> bool:
    """Whether the ends of ``animations`` do not depend on how they are come to."""
    return not (
        scene.always_update_mobjects
        or scene.updaters
        or any(isinstance(each, Wait) and each.stop_condition for each in animations)
        or any(_updaters(scene, animations))
    )


def arrive(scene: Scene, animations: Sequence[Animation]) -> None:
    """Leave ``scene`` as it is when ``animations`` have been played."""
    scene.add_mobjects_from_animations(list(animations))
    for animation in animations:
        animation._setup_scene(scene)
        if not _is_fade(animation):
            animation.begin()
    for animation in animations:
        if _is_fade(animation):
            Animation.clean_up_from_scene(animation, scene)
        else:
            animation.finish()
            animation.clean_up_from_scene(scene)


def _is_fade(animation: Animation) -> bool:
    """Whether an animation leaves what it shows, or takes off, as it was."""
    if type(animation) is FadeIn:
        return animation.rate_func(1) == 1
    return type(animation) is FadeOut


def _updaters(scene: Scene, animations: Sequence[Animation]) -> Iterator[object]:
    played: list[Any] = [animation.mobject for animation in animations]
    for mobject in (*scene.mobjects, *played):
        for member in mobject.get_family():
            yield from member.updaters
