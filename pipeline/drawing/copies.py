"""Copies of mobjects without asking Python how to copy what everyone knows how to copy.

Manim copies by ``copy.deepcopy``, attribute by attribute: for FadeIn alone three times all marks.
An outline has thirty attributes, of which all but six are numbers, names and the like.
"""

from __future__ import annotations

import copy
from enum import Enum
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
from manim import ManimColor, Mobject

Some = TypeVar("Some", bound=Mobject)
FIXED = frozenset({int, float, bool, str, bytes, type(None), type, FunctionType, np.float64})
"""Types of what is its own copy."""


def deepcopy(self: Some, memo: dict[int, Any]) -> Some:
    """:meth:`Mobject.__deepcopy__`; colours, which nothing changes, are shared."""
    made = type(self).__new__(type(self))
    memo[id(self)] = made
    for name, value in self.__dict__.items():
        kind = type(value)
        if kind in FIXED or isinstance(value, Enum | ManimColor):
            setattr(made, name, value)
        elif kind is np.ndarray and value.dtype != object and id(value) not in memo:
            memo[id(value)] = copied = value.copy(order="K")
            setattr(made, name, copied)
        else:
            setattr(made, name, copy.deepcopy(value, memo))
    made.original_id = str(id(self))
    return made
