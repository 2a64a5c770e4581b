r"""Formulas between delimiters: ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]`` and LaTeX environments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

ENVIRONMENTS = (
    "equation", "align", "gather", "multline", "eqnarray", "flalign", "alignat", "displaymath",
    "math", "dmath", "IEEEeqnarray",
)  # fmt: skip

_OPENER = re.compile(
    r"(?P<double>\\\\[(\[])"
    r"|\\(?P<bracket>[(\[])"
    r"|\\begin\{(?P<environment>" + "|".join(ENVIRONMENTS) + r")(?P<star>\*?)\}"
    r"|(?P<escaped>\\.)"
    r"|(?P<dollars>\${1,2})",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]"}
_INLINE_LIMIT = 2_000
_LOOKS_LIKE_TEX = re.compile(r"[\\_^=]")


class _Closers:
    """Finds the next closing delimiter of each kind in time linear in the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def after(self, closer: str, start: int) -> int:
        """The offset of the next unescaped ``closer`` from ``start`` on, or -1."""
        known = self._next.get(closer, 0)
        if known < 0 or known >= start > 0:
            return known
        found = self._text.find(closer, start)
        while closer.startswith("$") and found > 0 and self._text[found - 1] == "\\":
            found = self._text.find(closer, found + 1)
        self._next[closer] = found
        return found


class Span(NamedTuple):
    """Where a formula stands in a text, and whether it has a line of its own."""

    start: int
    end: int
    display: bool


def delimited(text: str, *, doubled: bool = False) -> Iterator[Span]:
    r"""The formulas of ``text`` between delimiters, in order.

    ``doubled`` reads ``\\(…\\)`` too, as Markdown needs it where it takes backslashes away.
    """
    closers, position = _Closers(text), 0
    while (opener := _OPENER.search(text, position)) is not None:
        position = opener.end()
        found = _formula_at(opener, text, closers, doubled)
        if found is not None:
            span, position = found
            if not text[span.start : span.end].isspace() and span.start < span.end:
                yield span


def _formula_at(
    opener: re.Match[str], text: str, closers: _Closers, doubled: bool
) -> tuple[Span, int] | None:
    """The formula behind an opening delimiter, and where to go on."""
    start = opener.end()
    if opener["escaped"] or (opener["double"] and not doubled):
        return None
    if opener["environment"]:
        closer = rf"\end{{{opener['environment']}{opener['star']}}}"
        end = closers.after(closer, start)
        after = end + len(closer)
        display = opener["environment"] != "math"
        return None if end < 0 else (Span(opener.start(), after, display), after)
    if opener["dollars"]:
        return _dollars(opener, text, closers)
    bracket = opener[0][-1]
    closer = opener[0][:-1] + _CLOSING[bracket]
    end = closers.after(closer, start)
    return None if end < 0 else (Span(start, end, bracket == "["), end + len(closer))


def _dollars(opener: re.Match[str], text: str, closers: _Closers) -> tuple[Span, int] | None:
    start, mark = opener.end(), opener[0]
    end = closers.after(mark, start)
    if end < 0:
        return None
    if mark == "$$":
        return Span(start, end, True), end + 2
    if end - start > _INLINE_LIMIT or end == start:
        return None
    content = text[start:end]
    price = text[end + 1 : end + 2].isdigit() and not _LOOKS_LIKE_TEX.search(content)
    spaced = content[0].isspace() or content[-1].isspace()
    if price or "\n\n" in content or (spaced and not _LOOKS_LIKE_TEX.search(content)):
        return None
    return Span(start, end, False), end + 1
