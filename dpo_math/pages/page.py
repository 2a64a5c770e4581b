"""A page of text and the formulas found in it, each knowing where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MAX_FILE = 16 << 20
"""The largest file that is opened, in bytes: notebooks hold their pictures."""

MAX_TEXT = 1 << 20
"""The most text that formulas are looked for in, in characters."""

MAX_FORMULAS = 5_000
"""The most formulas of a page that are read."""

MAX_TEX = 150_000
"""The most characters in formulas of a page that are read."""

MAX_RUNS = 200_000
"""The most stretches that the text of a page may be in."""


class PageError(ValueError):
    """A page that cannot be looked at. The message is one line: what, where, what to do."""


@dataclass(frozen=True)
class Formula:
    """TeX found in a page. ``places`` are the offsets in the page of each of its characters.

    ``display`` tells a formula on a line of its own from one within a sentence.
    """

    tex: str
    places: Sequence[int]
    display: bool

    def offset(self, at: int) -> int:
        """Where in the page the character ``at`` of the formula stands."""
        if not len(self.places):
            return 0
        return self.places[min(max(at, 0), len(self.places) - 1)]


@dataclass(frozen=True)
class Text:
    """Text gathered from parts of a page: ``runs`` of characters and where each comes from.

    A run is its start in the gathered text and its start in the page. A character that is spelled
    longer in the page (``&amp;``) is a run of its own.
    """

    text: str
    runs: tuple[tuple[int, int], ...]

    def places(self, start: int, end: int) -> Sequence[int]:
        """The offsets in the page of the characters from ``start`` to ``end``."""
        if start >= end:
            return range(0)
        first = bisect_right(self.runs, (start, float("inf"))) - 1
        run_start, place = self.runs[first]
        if first + 1 == len(self.runs) or self.runs[first + 1][0] >= end:
            return range(place + start - run_start, place + end - run_start)
        return [self._place(i) for i in range(start, end)]

    def _place(self, at: int) -> int:
        run_start, place = self.runs[bisect_right(self.runs, (at, float("inf"))) - 1]
        return place + at - run_start

    def formula(self, start: int, end: int, display: bool) -> Formula:
        """The formula from ``start`` to ``end``, without space around it."""
        inside = self.text[start:end]
        end -= len(inside) - len(inside.rstrip())
        start += len(inside) - len(inside.lstrip())
        return Formula(self.text[start:end], self.places(start, end), display)


class Gathering:
    """Builds a :class:`Text` piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._runs: list[tuple[int, int]] = []
        self._length = 0

    def add(self, piece: str, place: int) -> None:
        """Append ``piece``, which stands at ``place`` in the page, character for character."""
        if self._length > MAX_TEXT or len(self._runs) > MAX_RUNS:
            raise PageError(f"more than {MAX_TEXT >> 20} MB of text: split it up")
        if piece:
            self._runs.append((self._length, place))
            self._pieces.append(piece)
            self._length += len(piece)

    def text(self) -> Text:
        self.add("", 0)
        return Text("".join(self._pieces), tuple(self._runs) or ((0, 0),))


def whole(text: str) -> Text:
    """A page that is text from its first character to its last."""
    gathered = Gathering()
    gathered.add(text, 0)
    return gathered.text()


@dataclass(frozen=True)
class Page:
    """A page: its name, what it says, and its formulas in reading order."""

    name: str
    text: str
    formulas: tuple[Formula, ...]

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        while (found := self.text.find("\n", starts[-1])) >= 0:
            starts.append(found + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, counted from one."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1
