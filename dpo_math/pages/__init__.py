"""Pages: where formulas stand in Markdown, HTML, LaTeX, notebooks and copied text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from dpo_math.pages import copied, html, latex, markdown, notebook
from dpo_math.pages.page import MAX_FILE, MAX_FORMULAS, MAX_TEX, Formula, Page, PageError, whole

__all__ = ["KINDS", "Formula", "Page", "PageError", "page", "read_page"]

KINDS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "mdx", ".qmd": "markdown",
    ".rmd": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".tex": "latex",
    ".ltx": "latex", ".sty": "latex", ".ipynb": "notebook", ".txt": "text",
}  # fmt: skip
"""The kind of page that a file name's ending says; any other file is read as plain text."""


def read_page(path: Path) -> Page:
    """The page in a file, by the kind that its name's ending says.

    Raises :class:`PageError` for a file that is missing, too large or not text of its kind.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise PageError(f"{path}: {size >> 20} MB; files up to {MAX_FILE >> 20} MB are read")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PageError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise PageError(f"{path}: not UTF-8 (byte {error.start})") from None
    return page(str(path), text, KINDS.get(path.suffix.lower(), "text"))


def page(name: str, text: str, kind: str) -> Page:
    """The page ``text``. Raises :class:`PageError`, naming it, where it is not of its ``kind``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        found = tuple(islice(_formulas(text, kind), MAX_FORMULAS + 1))
    except PageError as error:
        raise PageError(f"{name}: {error}") from None
    if len(found) > MAX_FORMULAS:
        raise PageError(f"{name}: more than {MAX_FORMULAS} formulas")
    if sum(len(formula.tex) for formula in found) > MAX_TEX:
        raise PageError(f"{name}: more than {MAX_TEX} characters in formulas: split it up")
    return Page(name, text, found)


def _formulas(text: str, kind: str) -> Iterator[Formula]:
    match kind:
        case "markdown" | "mdx":
            return markdown.formulas(whole(text), mdx=kind == "mdx")
        case "html":
            return html.formulas(text)
        case "latex":
            return latex.formulas(whole(text))
        case "notebook":
            return notebook.formulas(text)
    return copied.formulas(whole(text))
