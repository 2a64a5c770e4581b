"""Formulas in Markdown and MDX: what is code, a comment or front matter is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from dpo_math.pages.delimiters import Span, delimited
from dpo_math.pages.page import MAX_FORMULAS, Formula, Text

_FENCE = re.compile(
    r"^(?P<indent>[ \t>]*(?:[-*+]\s+)?)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.M
)
_TICKS = re.compile(r"`+")
_HIDDEN = {"<!--": "-->", "<script": "</script>", "<style": "</style>", "<pre": "</pre>"}
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.M)
_TICKED_MATH = re.compile(r"\$`([^`\n]{1,2000})`\$")
_QUOTE = re.compile(r"[ \t]*>[ \t>]*")
_MODULE = re.compile(r"^(?:import|export)\b.*(?:\n(?!\n).*)*", re.M)


def formulas(page: Text, *, mdx: bool = False) -> Iterator[Formula]:
    """The formulas of a Markdown page, in reading order."""
    visible = _Visible(page.text)
    found = list(visible.fenced_math())
    visible.hide_comments()
    found += [Span(m.start(1), m.end(1), False) for m in _TICKED_MATH.finditer(visible.text)]
    visible.hide_code_spans()
    if mdx:
        visible.hide_all(_MODULE)
    found += islice(delimited(visible.text, doubled=True), MAX_FORMULAS + 1)
    return (_unquoted(page, span) for span in sorted(found))


class _Visible:
    """The text of a page in which hidden parts become blank, so that offsets stay."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._hide_spans([match.span() for match in _FRONT_MATTER.finditer(text)])

    def _hide_spans(self, spans: list[tuple[int, int]]) -> None:
        pieces, last = [], 0
        for start, end in spans:
            pieces += [self.text[last:start], re.sub(r"[^\n]", " ", self.text[start:end])]
            last = end
        self.text = "".join([*pieces, self.text[last:]])

    def hide_all(self, pattern: re.Pattern[str]) -> None:
        self._hide_spans([match.span() for match in pattern.finditer(self.text)])

    def fenced_math(self) -> Iterator[Span]:
        """The insides of fences marked ``math``; every fence is hidden."""
        opened: re.Match[str] | None = None
        spans = []
        for fence in _FENCE.finditer(self.text):
            if opened is None:
                opened = fence
            elif fence["fence"].startswith(opened["fence"]) and not fence["info"].strip():
                spans.append((opened.start(), fence.end()))
                if opened["info"].strip().split()[:1] in (["math"], ["{math}"]):
                    yield Span(opened.end() + 1, fence.start(), True)
                opened = None
        if opened is not None:
            spans.append((opened.start(), len(self.text)))
        self._hide_spans(spans)

    def hide_comments(self) -> None:
        spans, position = [], 0
        for opener in re.finditer("|".join(map(re.escape, _HIDDEN)), self.text):
            if opener.start() < position:
                continue
            end = self.text.find(_HIDDEN[opener[0]], opener.end())
            position = len(self.text) if end < 0 else end + len(_HIDDEN[opener[0]])
            spans.append((opener.start(), position))
        self._hide_spans(spans)

    def hide_code_spans(self) -> None:
        """Runs of backticks up to the next run of the same length, as CommonMark has it."""
        runs = [match.span() for match in _TICKS.finditer(self.text)]
        following: dict[int, int] = {}
        closing: dict[int, int] = {}
        for i in range(len(runs) - 1, -1, -1):
            length = runs[i][1] - runs[i][0]
            closing[i] = following.get(length, -1)
            following[length] = i
        spans, i = [], 0
        while i < len(runs):
            end = closing[i]
            if end > i:
                spans.append((runs[i][0], runs[end][1]))
            i = end + 1 if end > i else i + 1
        self._hide_spans(spans)


def _unquoted(page: Text, span: Span) -> Formula:
    """The formula; where it starts in a block quote, without the quote's marks on its lines."""
    text, whole = page.text, page.formula(*span)
    delimiter = span.start
    while delimiter and text[delimiter - 1] in " \t\n>":
        delimiter -= 1
    if not _QUOTE.match(text, text.rfind("\n", 0, delimiter) + 1):
        return whole
    kept: list[int] = []
    for line in re.finditer(r"[^\n]+\n?|\n", text[span.start : span.end]):
        mark = _QUOTE.match(line[0]) if line.start() else None
        start = span.start + line.start()
        kept.extend(range(start + (mark.end() if mark else 0), span.start + line.end()))
    tex = "".join(text[i] for i in kept)
    kept = kept[len(tex) - len(tex.lstrip()) : len(tex.rstrip())]
    return Formula(tex.strip(), [page.places(i, i + 1)[0] for i in kept], span.display)
