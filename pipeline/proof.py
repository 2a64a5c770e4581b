"""The proof report beside the lesson: what ``render.py check --report`` writes, less its times.

Its bytes depend on the mathematics alone. It takes seconds to make, so it is left as it is while
what it is made of has not changed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from dpo_math import report
from pipeline.fingerprint import recipe
from pipeline.shelf import File, Shelf, described

FOLDER = "report"


def place(line_id: str) -> str:
    """Where the report speaks of a line, from the lesson's directory."""
    return f"{FOLDER}/{report.PAGE}#{line_id}"


def proof(shelf: Shelf, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Put the report on the shelf; what the manifest says of it, which last said ``before``."""
    made_of = recipe("dpo_math.report", *sorted(report.TEMPLATES.iterdir()))
    kinds = {"page": report.PAGE, "style": report.STYLE.name, "data": report.DATA}
    names = {kind: f"{FOLDER}/{name}" for kind, name in kinds.items()}
    if before is not None and before.get("made_of") == made_of and _there(shelf, names, before):
        return {"made_of": made_of, **{kind: shelf.keep(name) for kind, name in names.items()}}
    found = _entries()
    texts = {
        "page": report.as_page(found, stylesheet=report.STYLE.name),
        "style": report.STYLE.read_text(encoding="utf-8"),
        "data": report.as_json(found),
    }
    files = {kind: shelf.put(name, texts[kind].encode()) for kind, name in names.items()}
    return {"made_of": made_of, **files}


def _there(shelf: Shelf, names: dict[str, str], before: dict[str, Any]) -> bool:
    try:
        found: dict[str, File] = {kind: described(shelf.root, name) for kind, name in names.items()}
    except OSError:
        return False
    return all(before.get(kind) == file for kind, file in found.items())


@cache
def _entries() -> tuple[report.Entry, ...]:
    return report.untimed(report.entries())
