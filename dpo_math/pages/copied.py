"""Formulas in text copied out of a browser, where KaTeX puts each down twice.

What a reader saw comes first, then the TeX, with nothing between: ``r(x,yw)r(x, y_w)``. The glyphs
have lost their operators, so the two are matched by their letters and digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from dpo_math.pages.delimiters import Span, delimited
from dpo_math.pages.page import MAX_FORMULAS, Formula, Text
from dpo_math.reader.commands import GREEK, UNICODE, VARIANTS

WINDOW = 600
"""The most letters of a formula that is found this way."""

_MARGIN = 200
_TOKEN = re.compile(r"\\(?P<command>[A-Za-z]+)|(?P<mark>\\.|[_^])|(?P<character>\w)")
_SPOKEN = frozenset(
    ["log", "ln", "exp", "max", "min", "arg", "argmax", "argmin", "Pr", "sup", "inf"]
)
_GLYPHS = {name: glyph for glyph, name in reversed(UNICODE.items()) if name in GREEK}
_SEEN_CLOSING = ")]}|.,*'′ \u2061\u200b\n"
_CLOSING = re.compile(r"(?:\s*(?:[)\]}|]|\\right|\\[!,;:|}]|[\^_](?:\{[*+-]\}|[*+-])|'))+")


def formulas(page: Text) -> Iterator[Formula]:
    """The formulas of copied text and of any text with delimiters, in reading order."""
    between = list(islice(delimited(page.text), MAX_FORMULAS + 1))
    covered = {place for span in between for place in range(span.start, span.end)}
    doubled = (span for span in _doubled(page.text) if span.start not in covered)
    found = sorted([*between, *islice(doubled, MAX_FORMULAS + 1)])
    return (page.formula(*span) for span in found)


@dataclass(frozen=True)
class _Glyphs:
    """The letters and digits of a text as a reader sees them.

    ``starts`` and ``ends`` are their offsets, ``marks`` the numbers of the glyphs right before
    which there is something that only TeX has.
    """

    letters: str
    starts: list[int]
    ends: list[int]
    marks: list[int]


def _glyphs(text: str) -> _Glyphs:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    marks: list[int] = []
    for token in _TOKEN.finditer(text):
        if not token["character"]:
            marks.append(len(letters))
        seen = _seen(token)
        letters.extend(seen)
        starts.extend([token.start()] * len(seen))
        ends.extend([token.end()] * len(seen))
    return _Glyphs("".join(letters), starts, ends, marks)


def _seen(token: re.Match[str]) -> str:
    """The glyphs that a token shows; operators show none that survive copying."""
    if token["character"]:
        return unicodedata.normalize("NFKC", token["character"])
    name = VARIANTS.get(token["command"] or "", token["command"] or "")
    return name if name in _SPOKEN else _GLYPHS.get(name, "")


def _doubled(text: str) -> Iterator[Span]:
    """The TeX of every formula that stands twice."""
    glyphs = _glyphs(text)
    last = 0
    for mark, before in zip(glyphs.marks, [0, *glyphs.marks], strict=False):
        if mark < last:
            continue
        run = _twin(glyphs.letters, mark, max(last, before))
        if run is not None:
            first, length = _word_start(text, glyphs, run), run.length
            last = first + length
            start, end = _tex_start(text, glyphs, first), _tex_end(text, glyphs, first, last)
            yield Span(start, end, _has_line(text, glyphs.starts[first - length], end))


class _Run(NamedTuple):
    """A second half of ``length`` glyphs may start at any glyph from ``first`` to ``latest``."""

    first: int
    latest: int
    length: int


def _twin(letters: str, mark: int, floor: int) -> _Run | None:
    """The longest stretch around ``mark`` whose glyphs, from ``floor`` on, stand twice."""
    if mark >= len(letters):
        return None
    for length in range(min(mark - floor, WINDOW), 0, -1):
        if letters[mark] != letters[mark - length]:
            continue
        first = end = mark
        while first - length > floor and letters[first - 1] == letters[first - 1 - length]:
            first -= 1
        while end < len(letters) and end < mark + length and letters[end] == letters[end - length]:
            end += 1
        if end - first >= length:
            return _Run(first, min(mark, end - length), length)
    return None


def _word_start(text: str, glyphs: _Glyphs, run: _Run) -> int:
    """The start of the second half for which the first does not start within a word."""
    for first in range(run.first, run.latest + 1):
        seen = glyphs.starts[first - run.length]
        if not text[max(0, seen - 1) : seen].isalnum():
            return first
    return run.first


def _has_line(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - _MARGIN) : start], text[end : end + _MARGIN]
    beside = before[before.rfind("\n") + 1 :] + after.partition("\n")[0]
    return not any(character.isalnum() for character in beside)


def _tex_start(text: str, glyphs: _Glyphs, first: int) -> int:
    """Where the TeX starts: behind the brackets that close what the reader saw."""
    gap_start = glyphs.ends[first - 1]
    gap = text[gap_start : glyphs.starts[first]]
    return gap_start + len(gap) - len(gap.lstrip(_SEEN_CLOSING))


def _tex_end(text: str, glyphs: _Glyphs, first: int, last: int) -> int:
    """Where the TeX ends: with the brackets and marks that belong to its last letter."""
    end = glyphs.ends[last - 1]
    closing = _CLOSING.match(text, end)
    if closing is None:
        return end
    start = _tex_start(text, glyphs, first)
    taken = closing.end()
    while taken > end and text[taken - 1] in ")]}" and _unbalanced(text[start:taken]):
        taken -= 1
    return taken


def _unbalanced(tex: str) -> bool:
    """Whether the last bracket of ``tex`` closes nothing in it."""
    opening = {")": "(", "]": "[", "}": "{"}[tex[-1]]
    return tex.count(tex[-1]) > tex.count(opening)
