"""What can be said of a formula found on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from dpo_math.judge.lines import Place


class Finding(StrEnum):
    """The verdict in a word."""

    LINE = "line"
    TRUE = "true"
    DEFINITION = "definition"
    CHOICE = "choice"
    REFUTED = "refuted"
    OTHER = "other"
    NO_CLAIM = "no claim"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Numbers:
    """What the two sides are at a point where they differ."""

    left: str
    right: str

    @property
    def finite(self) -> bool:
        return isfinite(float(self.left)) and isfinite(float(self.right))

    @classmethod
    def of(cls, left: object, right: object) -> Numbers:
        """Two numbers to six digits."""
        return cls(*(f"{float(str(side)):.6g}" for side in (left, right)))


@dataclass(frozen=True)
class Edit:
    """A small change that makes a formula true, and the side as it would then be, in TeX."""

    change: str
    tex: str


@dataclass(frozen=True)
class Judgement:
    """A verdict and why.

    ``reading`` says what was read into names, ``method`` how a truth is known.
    """

    finding: Finding
    why: str = ""
    place: Place | None = None
    reading: str = ""
    method: str = ""
    numbers: Numbers | None = None
    edit: Edit | None = None

    @property
    def sentence(self) -> str:
        """The verdict in words, as it is printed beside a formula."""
        parts = [self._verdict(), self.reading, self.method, self._numbers(), self._edit()]
        return "; ".join(part for part in parts if part)

    def _verdict(self) -> str:
        match self.finding:
            case Finding.LINE if self.place is not None:
                return str(self.place)
            case Finding.TRUE:
                return self._with_why("true, though not a line of the derivation", ": ")
            case Finding.DEFINITION:
                return self._with_why("a definition", " ")
            case Finding.CHOICE:
                return self._with_why("a choice", " ")
            case Finding.REFUTED:
                return self._with_why("refuted", ": ")
            case Finding.OTHER:
                return self._with_why("not about this derivation", ": ")
            case Finding.NO_CLAIM:
                return self._with_why("no claim", ": ")
        return self.why

    def _with_why(self, verdict: str, joint: str) -> str:
        return f"{verdict}{joint}{self.why}" if self.why else verdict

    def _numbers(self) -> str:
        if self.numbers is None:
            return ""
        return f"left {self.numbers.left}, right {self.numbers.right}"

    def _edit(self) -> str:
        return f"true if you {self.edit.change}: {self.edit.tex}" if self.edit else ""


ORDER = (
    Finding.REFUTED,
    Finding.LINE,
    Finding.TRUE,
    Finding.CHOICE,
    Finding.OTHER,
    Finding.DEFINITION,
    Finding.NO_CLAIM,
)


def respelled(judgement: Judgement, letters: Mapping[str, str]) -> Judgement:
    """``judgement`` with the letters of the page in the edit that it proposes."""
    edit = judgement.edit
    if edit is None or not letters:
        return judgement
    spelled = (_respelled(text, letters) for text in (edit.change, edit.tex))
    return replace(judgement, edit=Edit(*spelled))


def _respelled(text: str, letters: Mapping[str, str]) -> str:
    wanted = "|".join(re.escape(letter) for letter in sorted(letters, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z\\])(?:{wanted})(?![A-Za-z'_])")
    return pattern.sub(lambda found: letters[found[0]], text)


def together(found: Sequence[Judgement]) -> Judgement:
    """The verdict on a display: the first in order of those on its claims."""
    if not found:
        return Judgement(Finding.NO_CLAIM)
    return min(found, key=lambda one: ORDER.index(one.finding))
