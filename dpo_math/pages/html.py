"""Formulas in HTML: between delimiters, in TeX annotations of MathML, in MathJax scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import islice

from dpo_math.pages.delimiters import delimited
from dpo_math.pages.page import MAX_FORMULAS, Formula, Gathering, PageError

_SILENT = frozenset(["script", "style", "pre", "code", "textarea", "math", "noscript", "template"])
_BLOCKS = frozenset(["p", "div", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr"])
_TEX = "application/x-tex"
_HIDDEN = re.compile(r"<!--|<(?P<name>script|style|svg)\b(?![^<>]*math/tex)[^<>]*>", re.IGNORECASE)
_UNCLOSED = re.compile(r"<[^<>]*(?=<)")
MAX_HTML = 4 << 20
"""The largest HTML page that is read, in characters: formulas made by KaTeX take a lot of it."""

MAX_UNCLOSED = 200
"""The most tags without their > that are put up with."""

MAX_TAGS = 150_000
"""The most tags and character references of a page that is read."""


def formulas(source: str) -> Iterator[Formula]:
    """The formulas of an HTML page, in reading order.

    Raises :class:`PageError` for a page that is too large or mostly broken tags.
    """
    if len(source) > MAX_HTML:
        raise PageError(f"HTML of more than {MAX_HTML >> 20} MB: split it up")
    visible = _visible(source)
    if sum(1 for _ in islice(_UNCLOSED.finditer(visible), MAX_UNCLOSED)) == MAX_UNCLOSED:
        raise PageError(f"not HTML: {MAX_UNCLOSED} tags or more that are never closed")
    if visible.count("<") + visible.count("&") > MAX_TAGS:
        raise PageError(f"more than {MAX_TAGS} tags: split it up")
    reader = _Reader(visible)
    prose = reader.prose.text()
    between = (prose.formula(*span) for span in delimited(prose.text))
    found = [*reader.annotations, *islice(between, MAX_FORMULAS + 1)]
    return iter(sorted(found, key=lambda formula: formula.offset(0)))


def _visible(source: str) -> str:
    """The page with comments, scripts and drawings blank, so that offsets stay."""
    pieces, last = [], 0
    for opener in _HIDDEN.finditer(source):
        if opener.start() < last:
            continue
        closer = f"</{opener['name'].lower()}" if opener["name"] else "-->"
        end = source.find(closer, opener.end())
        end = len(source) if end < 0 else end
        pieces += [source[last : opener.end()], re.sub(r"[^\n]", " ", source[opener.end() : end])]
        last = end
    return "".join([*pieces, source[last:]])


class _Reader(HTMLParser):
    """Gathers the text that a reader sees and, apart from it, the TeX given as TeX."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.prose = Gathering()
        self.annotations: list[Formula] = []
        self._silent: list[str] = []
        self._tex: Gathering | None = None
        self._display = False
        self._starts = [0]
        for i, character in enumerate(source):
            if character == "\n":
                self._starts.append(i + 1)
        self.feed(source)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "math":
            self._display = given.get("display") == "block"
        if tag == "annotation" and given.get("encoding") == _TEX:
            self._tex = Gathering()
        kind = given.get("type") or ""
        if tag == "script" and kind.startswith("math/tex"):
            self._tex, self._display = Gathering(), "mode=display" in kind
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BLOCKS:
            self.prose.add("\n", self._here())

    def handle_endtag(self, tag: str) -> None:
        if tag in ("annotation", "script") and self._tex is not None:
            gathered = self._tex.text()
            self.annotations.append(gathered.formula(0, len(gathered.text), self._display))
            self._tex = None
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        if tag in _BLOCKS:
            self.prose.add("\n", self._here())

    def handle_data(self, data: str) -> None:
        self._take(data, self._here())

    def handle_entityref(self, name: str) -> None:
        self._take(unescape(f"&{name};"), self._here())

    def handle_charref(self, name: str) -> None:
        self._take(unescape(f"&#{name};"), self._here())

    def _take(self, data: str, place: int) -> None:
        if self._tex is not None:
            self._tex.add(data, place)
        elif not self._silent:
            self.prose.add(data, place)
