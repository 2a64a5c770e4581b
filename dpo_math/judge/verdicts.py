"""What can be said of a formula found on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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
                return ", ".join(filter(None, ("true, though not a line of the derivation", self.why)))
            case Finding.DEFINITION:
                return " ".join(filter(None, ("a definition", self.why)))
            case Finding.CHOICE:
                return " ".join(filter(None, ("a choice", self.why)))
            case Finding.REFUTED:
                return ": ".join(filter(None, ("refuted", self.why)))
            case Finding.OTHER:
                return ": ".join(filter(None, ("not about this derivation", self.why)))
            case Finding.NO_CLAIM:
                return ": ".join(filter(None, ("no claim", self.why)))
        return self.why

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


def together(found: Sequence[Judgement]) -> Judgement:
    """The verdict on a display: the first in order of those on its claims."""
    if not found:
        return Judgement(Finding.NO_CLAIM)
    return min(found, key=lambda one: ORDER.index(one.finding))
