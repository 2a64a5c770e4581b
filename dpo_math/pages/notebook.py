"""Formulas in Jupyter notebooks: the Markdown cells, placed by line and column of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dpo_math.pages import markdown
from dpo_math.pages.page import MAX_TEXT, Formula, Gathering, PageError

MAX_CELLS = 5_000
"""The most cells of a notebook that is read."""

_BETWEEN = re.compile(r",\s*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|u[0-9a-fA-F]{4}|.)")


def formulas(source: str) -> Iterator[Formula]:
    """The formulas of a notebook, cell by cell. Raises :class:`PageError` where it is none."""
    try:
        notebook = json.loads(source)
    except (ValueError, RecursionError):
        raise PageError("not a notebook: its JSON does not parse") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise PageError("not a notebook: no list of cells")
    if len(cells) > MAX_CELLS:
        raise PageError(f"more than {MAX_CELLS} cells")
    position = 0
    for lines in map(_markdown_lines, cells):
        if sum(map(len, lines)) > MAX_TEXT:
            raise PageError(f"a cell of more than {MAX_TEXT >> 20} MB: split it up")
        place = _find(lines, source, position)
        if place is not None:
            start, position = place
            yield from markdown.formulas(_gathered(lines, source, start).text())


def _markdown_lines(cell: Any) -> list[str]:
    if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
        return []
    given = cell.get("source")
    lines = given if isinstance(given, list) else [given]
    return [line for line in lines if isinstance(line, str)]


def _find(lines: list[str], source: str, position: int) -> tuple[int, int] | None:
    """Start and end of the strings of a cell, which stand in the file one after the other."""
    for ascii_only in (False, True) if lines else ():
        written = [json.dumps(line, ensure_ascii=ascii_only) for line in lines]
        start = source.find(written[0], position)
        for _ in range(MAX_CELLS):
            if start < 0:
                break
            end = _end_of_run(written, source, start)
            if end is not None:
                return start, end
            start = source.find(written[0], start + 1)
    return None


def _end_of_run(written: list[str], source: str, start: int) -> int | None:
    for line in written:
        if not source.startswith(line, start):
            return None
        end = start + len(line)
        following = _BETWEEN.match(source, end)
        start = following.end() if following else end
    return end


def _gathered(lines: list[str], source: str, place: int) -> Gathering:
    """The text of a cell. Each escape is one character that is spelled longer in the file."""
    gathered = Gathering()
    for line in lines:
        place = source.index('"', place) + 1
        taken = 0
        while taken < len(line):
            escape = _ESCAPE.search(source, place)
            plain = len(line) - taken if escape is None else escape.start() - place
            plain = min(plain, len(line) - taken)
            gathered.add(line[taken : taken + plain], place)
            taken, place = taken + plain, place + plain
            if taken < len(line) and escape is not None:
                gathered.add(line[taken], place)
                taken, place = taken + 1, escape.end()
        place += 1
    return gathered
