"""When texts cross, and how a text on its way avoids being seen as it does.

Two marks cross in a frame where their boxes overlap and both are seen, unless it is the move that
they do: what splits off another lies on it from the first frame on, what arrives at another until
the last, and two terms that vanish together meet. Marks of one group travel together and do not
cross each other, but for those that come apart on the way: a group may be a long chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from manim import VMobject

from scenes.paths import ALWAYS, COHESION, EARLY, Actor, Floats, Window, convoys, is_moving

Booleans = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

SEEN = 0.4
"""A mark of less opacity does not disturb another."""
GRAZE = 1 / 2
"""Boxes that overlap by less than this share of the smaller, across or upwards, pass each other."""


class Track(NamedTuple):
    """Where marks of text are in each frame of a play, and how much is seen of them.

    ``boxes`` (left, bottom, right, top) has the shape (frames, marks, 4), ``opacities`` (frames,
    marks); a mark that is not there has NaN for its box. ``groups`` numbers the marks that travel
    together; ``vanishes`` tells those that go out of sight.
    """

    boxes: Floats
    opacities: Floats
    groups: Indices
    vanishes: Booleans


class Crossing(NamedTuple):
    """Two marks, by their indices, and the frames in which they cross."""

    one: int
    other: int
    frames: Booleans


def crossings(track: Track, seen: float = SEEN, graze: float = GRAZE) -> Iterator[Crossing]:
    """All marks that cross, each pair once."""
    return _seen(_encounters(track, graze), track.opacities, seen)


def _encounters(track: Track, graze: float) -> list[Crossing]:
    """All marks whose boxes cross, each pair once, however much is seen of them."""
    some, others = _pairs(track)
    low = np.maximum(track.boxes[:, some, :2], track.boxes[:, others, :2])
    high = np.minimum(track.boxes[:, some, 2:], track.boxes[:, others, 2:])
    sizes = np.maximum(track.boxes[..., 2:] - track.boxes[..., :2], 1e-6)
    smaller = np.minimum(sizes[:, some], sizes[:, others])
    depth = np.nan_to_num((high - low) / smaller, nan=-1.0).min(axis=-1)
    deep, touching = depth > graze, depth > 0
    crossing = deep & ~_meant(deep, touching) & ~_meeting(touching, track, some, others)
    return [
        Crossing(int(some[pair]), int(others[pair]), crossing[:, pair])
        for pair in crossing.any(axis=0).nonzero()[0]
    ]


def _seen(
    encounters: Iterable[Crossing], opacities: Floats, seen: float = SEEN
) -> Iterator[Crossing]:
    """Those of which both marks are seen, in the frames in which they are."""
    shown = opacities > seen
    for one, other, frames in encounters:
        crossing = frames & shown[:, one] & shown[:, other]
        if crossing.any():
            yield Crossing(one, other, crossing)


def _pairs(track: Track) -> tuple[Indices, Indices]:
    """The marks of different groups, or of one group that come apart, one of them moving, that
    sweep over a common place."""
    boxes = np.where(
        np.isnan(track.boxes), np.array([np.inf, np.inf, -np.inf, -np.inf]), track.boxes
    )
    low, high = boxes[..., :2].min(axis=0), boxes[..., 2:].max(axis=0)
    meet = (low[:, None] < high[None]).all(axis=-1) & (low[None] < high[:, None]).all(axis=-1)
    moves = (np.ptp(boxes, axis=0) > 0).any(axis=-1)
    some, others = np.triu(meet & (moves[:, None] | moves[None])).nonzero()
    apart = track.groups[some] != track.groups[others]
    apart[~apart] = _drift(track.boxes, some[~apart], others[~apart]) > COHESION
    return some[apart], others[apart]


def _drift(boxes: Floats, some: Indices, others: Indices) -> Floats:
    """How far the two of each pair of marks come apart or together, across or upwards."""
    middles = (boxes[..., :2] + boxes[..., 2:]) / 2
    between = middles[:, some] - middles[:, others]
    farthest, nearest = np.fmax.reduce(between), np.fmin.reduce(between)
    return np.asarray((farthest - nearest).max(axis=-1))


def _meant(deep: Booleans, touching: Booleans) -> Booleans:
    """Where boxes lie on each other in the first frame and touch since, or in the last and until
    then."""
    since_start = np.logical_and.accumulate(touching) & deep[0]
    until_end = np.logical_and.accumulate(touching[::-1])[::-1] & deep[-1]
    return np.asarray(since_start | until_end)


def _meeting(touching: Booleans, track: Track, some: Indices, others: Indices) -> Booleans:
    """Where two groups that vanish run into each other, or come out of each other backwards."""
    met = np.zeros_like(touching)
    vanishing = track.vanishes[some] & track.vanishes[others]
    pairs = np.sort(np.stack([track.groups[some], track.groups[others]]), axis=0)
    for one, other in np.unique(pairs[:, vanishing], axis=1).T:
        members = vanishing & (pairs[0] == one) & (pairs[1] == other)
        together = np.asarray(touching[:, members].any(axis=1))
        met[:, members] = _meant(together, together)[:, None]
    return met


ROUNDS = 3
BRIEF = 1
"""For how many moments marks may graze each other: ducking for that would be a blink."""
POINT = 0.002
"""In how much they may overlap then, in square frame units."""
MOMENTS: Floats = np.linspace(0.0, 1.0, 121)
"""When it is looked for crossings to avoid, as fractions of the run time."""


def ducking(actors: Sequence[Actor], standing: Iterable[VMobject] = ()) -> list[Actor]:
    """Actors that duck out of sight while they cross others or the marks that are ``standing``.

    A convoy ducks as a whole, but if it crosses itself, a company of it does: one that moves while
    they cross, of such the one that comes or goes, else the one of fewer marks, else the one with
    the longer way.
    """
    cast = list(actors)
    around = [Actor(mark, mark, ALWAYS) for mark in standing]
    if not cast:
        return cast
    groups = np.full(len(cast) + len(around), -1)
    members = convoys(cast)
    for number, convoy in enumerate(members):
        groups[convoy] = number
    boxes = np.stack([actor.boxes(actor.path, MOMENTS) for actor in [*cast, *around]], axis=1)
    vanishes = np.array([actor.opacities == (1.0, 0.0) for actor in [*cast, *around]])
    opacities = np.ones(boxes.shape[:2])
    encounters = _encounters(Track(boxes, opacities, groups, vanishes), 0.35)
    for _ in range(ROUNDS if encounters else 0):
        opacities = np.stack([actor.opacities_at(MOMENTS) for actor in [*cast, *around]], axis=1)
        hidden: dict[tuple[int, ...], Booleans] = defaultdict(
            lambda: np.zeros(len(MOMENTS), dtype=np.bool_)
        )
        for crossing in _seen(encounters, opacities, SEEN - 0.1):
            if _is_graze(boxes, crossing):
                continue
            pair = [i for i in (crossing.one, crossing.other) if i < len(cast)]
            is_one = groups[crossing.one] == groups[crossing.other]
            parties = [_party(cast, i, pair) if is_one else members[groups[i]] for i in pair]
            way = [
                _gives_way(cast[i], [cast[j] for j in party], crossing.frames)
                for i, party in zip(pair, parties, strict=True)
            ]
            hidden[tuple(parties[way.index(max(way))])] |= crossing.frames
        if not hidden:
            break
        for party, frames in hidden.items():
            windows = tuple(stretches(frames))
            for i in party:
                cast[i] = cast[i].ducking(windows)
    return cast


def _is_graze(boxes: Floats, crossing: Crossing) -> bool:
    """Whether marks cross but briefly, and in little more than a point."""
    one, other = (boxes[crossing.frames, mark] for mark in (crossing.one, crossing.other))
    common = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    return len(common) <= BRIEF and bool((common.prod(axis=1) < POINT).all())


def _party(cast: Sequence[Actor], one: int, pair: Sequence[int]) -> list[int]:
    """An actor with those of its company, if not both of the ``pair`` that cross are of that."""
    name = cast[one].company
    if all(cast[i].company == name for i in pair):
        return [one]
    return [i for i, actor in enumerate(cast) if i == one or (name and actor.company == name)]


def _gives_way(
    actor: Actor, convoy: Sequence[Actor], frames: Booleans
) -> tuple[bool, bool, int, float]:
    """How much sooner than others an actor should duck, with its ``convoy``."""
    moving = bool((frames & is_moving(actor, MOMENTS)).any())
    comes_or_goes = all(each.opacities != (1.0, 1.0) for each in convoy)
    return moving, comes_or_goes, -len(convoy), float(np.linalg.norm(actor.travel))


def stretches(frames: Booleans) -> Iterator[Window]:
    """The stretches of :data:`MOMENTS` that are true, as windows a moment longer at either end."""
    padded = np.concatenate([[False], frames, [False]]).astype(np.int8)
    edges = np.diff(padded)
    for start, end in zip((edges == 1).nonzero()[0], (edges == -1).nonzero()[0], strict=True):
        first, last = float(MOMENTS[max(start - 1, 0)]), float(MOMENTS[min(end, len(MOMENTS) - 1)])
        # At either end of the play a mark is seen as it is.
        yield Window(max(first, EARLY), min(last, 1 - EARLY))
