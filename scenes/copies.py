"""Copies of terms, and what stays where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from scenes.crossings import MOMENTS, stretches
from scenes.equation import Equation
from scenes.paths import ALWAYS, EARLY, Actor, Window


def split_off(copies: Iterable[Actor]) -> Iterator[Actor]:
    """Copies that come to be seen only when they are clear of their original, which stays."""
    for copy in copies:
        if copy.opacities[1] > 0:
            start, end = copy.window
            clear = Window(start + 0.47 * (end - start), start + 0.8 * (end - start))
            yield replace(copy, opacities=(0.0, 1.0), fade=clear)


def lifted(copies: Iterable[Actor]) -> Iterator[Actor]:
    """Copies that come to be seen where they set out, in the place of their original."""
    for copy in copies:
        if copy.opacities == (1.0, 1.0):
            start = copy.window.start
            yield replace(copy, opacities=(0.0, 1.0), fade=Window(start - EARLY, start))
        else:
            yield copy


def lifted_from(equation: Equation, actors: Sequence[Actor]) -> list[Actor]:
    """The marks of an equation that stays: they are hardly seen while copies of them, or others,
    are before them."""
    marks = [Actor(mark, mark, ALWAYS) for mark in equation.outlines]
    boxes = np.stack([mark.boxes(mark.path, MOMENTS)[0] for mark in marks])
    before = np.zeros((len(marks), len(MOMENTS)), dtype=np.bool_)
    originals = {id(mark.start): number for number, mark in enumerate(marks)}
    copied = []
    for actor in actors:
        number = originals.get(id(actor.start))
        if number is None:
            continue
        copied.append(number)
        there = actor.boxes(actor.path, MOMENTS)
        low = np.maximum(boxes[:, None, :2], there[None, :, :2])
        high = np.minimum(boxes[:, None, 2:], there[None, :, 2:])
        before |= (low < high).all(axis=-1) & (actor.window.start <= MOMENTS)
    if not copied:
        return marks
    # A term goes and comes back as one.
    before[copied] = before[copied].any(axis=0)
    return [mark.ducking(stretches(frames)) for mark, frames in zip(marks, before, strict=True)]
