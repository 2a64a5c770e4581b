"""The mid-move check: does a text run through another on its way?

Every play of a scene is gone through in sampled frames, and what is seen there is judged by
:mod:`scenes.crossings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from manim import Animation, Mobject, Scene, VMobject
from manim.renderer.cairo_renderer import CairoRenderer

from scenes.choreography import TermMotion
from scenes.crossings import Crossing, Track, crossings
from scenes.equation import Equation, Outline
from scenes.figures import Figure
from scenes.furniture import Words
from scenes.lesson_scene import LessonScene
from scenes.paths import Floats, box, convoys

FRAMES: Floats = np.linspace(0.0, 1.0, 37)
"""When a play is looked at, as fractions of its run time; not when its paths were planned for."""


@dataclass(frozen=True)
class Collision:
    """Texts that cross: in which beat, in which of the scene's plays, from when to when (fractions
    of the run time), and where."""

    beat: str
    play: int
    start: float
    end: float
    where: tuple[float, float]


class Text(NamedTuple):
    """A mark of text, the marks it keeps with, and whether it vanishes with others."""

    mark: VMobject
    group: tuple[int, int]
    vanishes: bool = False


class Rehearsal(CairoRenderer):
    """Goes through the plays of a scene frame by frame, and draws none."""

    def __init__(self, look: Callable[[Sequence[Animation], Track], None]) -> None:
        super().__init__()
        self._look = look

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        assert scene.animations is not None
        if not scene.is_current_animation_frozen_frame():
            self._look(scene.animations, _track(scene.mobjects, scene.animations))
        for animation in scene.animations:
            animation.finish()
            animation.clean_up_from_scene(scene)
        self.num_plays += 1


def check_moves(make: Callable[[CairoRenderer], LessonScene]) -> list[Collision]:
    """Rehearse the scene that ``make`` makes for a renderer, and list what crosses."""
    found: list[tuple[int, Collision]] = []

    def look(_: Sequence[Animation], track: Track) -> None:
        beat, play = len(scene.beats), rehearsal.num_plays
        found.extend((beat, Collision("", play, *place)) for place in _collisions(track))

    rehearsal = Rehearsal(look)
    scene = make(rehearsal)
    scene.setup()
    scene.construct()
    # A beat has its name once it is over.
    return [replace(collision, beat=scene.beats[beat].name) for beat, collision in found]


def _track(mobjects: Iterable[Mobject], animations: Sequence[Animation]) -> Track:
    """Run ``animations`` through :data:`FRAMES` and note where all texts are."""
    moving = {id(part) for animation in animations for part in animation.mobject.get_family()}
    motions = {id(a.marks): a for a in animations if isinstance(a, TermMotion)}
    parties = {name: _parties(motion) for name, motion in motions.items()}
    texts: dict[int, Text] = {}
    rows: list[dict[int, tuple[Floats, float]]] = []
    for alpha in FRAMES:
        for animation in animations:
            animation.interpolate(alpha)
        row: dict[int, tuple[Floats, float]] = {}
        for text in _texts(mobjects, parties):
            name = id(text.mark)
            texts.setdefault(name, text)
            still = name not in moving and rows and name in rows[-1]
            row[name] = rows[-1][name] if still else (box(text.mark), _opacity(text.mark))
        rows.append(row)
    nowhere = (np.full(4, np.nan), 0.0)
    table = [[row.get(name, nowhere) for name in texts] for row in rows]
    boxes = np.array([[place for place, _ in row] for row in table]).reshape(len(rows), -1, 4)
    opacities = np.array([[opacity for _, opacity in row] for row in table])
    numbers = {group: number for number, group in enumerate({t.group: 0 for t in texts.values()})}
    groups = np.array([numbers[text.group] for text in texts.values()], dtype=np.int64)
    vanishes = np.array([text.vanishes for text in texts.values()], dtype=np.bool_)
    return Track(boxes, opacities, groups, vanishes)


def _opacity(mark: VMobject) -> float:
    return float(mark.fill_rgbas[0, 3])


Parties = dict[int, list[Text]]
"""The marks of each motion, by the id of the mobject they are in."""


def _parties(motion: TermMotion) -> list[Text]:
    """The marks of a motion: those that travel together are one group."""
    together = {
        i: number for number, group in enumerate(convoys(list(motion.actors))) for i in group
    }
    return [
        Text(mark, (id(motion), together[i]), actor.opacities == (1.0, 0.0))
        for i, (actor, mark) in enumerate(zip(motion.actors, motion.marks, strict=True))
    ]


def _texts(mobjects: Iterable[Any], parties: Parties) -> Iterator[Text]:
    """Every mark of text in the picture."""
    for mobject in mobjects:
        if id(mobject) in parties:
            yield from parties[id(mobject)]
        elif isinstance(mobject, Equation | Words | Outline):
            for mark in mobject.get_family():
                if isinstance(mark, VMobject) and mark.has_points():
                    yield Text(mark, (id(mobject), 0))
        else:
            inner = mobject.texts if isinstance(mobject, Figure) else mobject.submobjects
            yield from _texts(inner, parties)


def _collisions(track: Track) -> Iterator[tuple[float, float, tuple[float, float]]]:
    """Which groups cross in a play: from when to when, and where."""
    found: dict[tuple[int, int], list[Crossing]] = {}
    for crossing in crossings(track):
        groups = sorted((int(track.groups[crossing.one]), int(track.groups[crossing.other])))
        found.setdefault((groups[0], groups[1]), []).append(crossing)
    for together in found.values():
        (times,) = np.any([crossing.frames for crossing in together], axis=0).nonzero()
        first = together[0]
        left, bottom, right, top = track.boxes[first.frames, first.one][0]
        where = round(float(left + right) / 2, 1), round(float(bottom + top) / 2, 1)
        yield float(FRAMES[times[0]]), float(FRAMES[times[-1]]), where
