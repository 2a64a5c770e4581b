"""Formulas in LaTeX: comments, verbatim text and the bodies of macros are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dpo_math.pages.delimiters import delimited
from dpo_math.pages.page import Formula, Text

_HIDDEN = re.compile(
    r"(?<!\\)(?:\\\\)*(?P<comment>%[^\n]*)"
    r"|\\begin\{(?P<name>verbatim\*?|lstlisting|minted|comment)\}"
    r"|\\verb\*?(?P<bar>[^A-Za-z\s*])[^\n]*?(?P=bar)"
)
_MACRO_ARGUMENT = re.compile(r"(?<!\\)#\d")


def formulas(page: Text) -> Iterator[Formula]:
    """The formulas of a LaTeX source, in reading order."""
    visible = Text(_visible(page.text), page.runs)
    found = (visible.formula(*span) for span in delimited(visible.text))
    return (formula for formula in found if not _MACRO_ARGUMENT.search(formula.tex))


def _visible(text: str) -> str:
    pieces, last = [], 0
    for found in _HIDDEN.finditer(text):
        start, end = found.span("comment") if found["comment"] else found.span()
        if start < last:
            continue
        if found["name"]:
            closing = text.find(rf"\end{{{found['name']}}}", end)
            end = len(text) if closing < 0 else closing
        pieces += [text[last:start], re.sub(r"[^\n]", " ", text[start:end])]
        last = end
    return "".join([*pieces, text[last:]])
