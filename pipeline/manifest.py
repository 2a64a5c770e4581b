"""What is in a lesson's directory, as one JSON document, valid against the schema beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from pipeline.errors import BadInput
from pipeline.files import write
from pipeline.places import ASSETS
from pipeline.shelf import File

NAME = "manifest.json"
SCHEMA = ASSETS / "page" / "manifest.schema.json"
MADE_BY = "lesson-films"


class Invalid(ValueError):
    """A manifest that its schema does not allow; the text says where and why."""


def claim(dist: Path) -> None:
    """Make sure that what is in ``dist`` is ours to replace; raises :class:`BadInput`."""
    if not dist.exists() or not any(dist.iterdir()):
        write(dist / NAME, _text({"made_by": MADE_BY}).encode())
    elif not _ours(read(dist)):
        raise BadInput(f"{dist} holds something other than a lesson; choose an empty directory")


def read(dist: Path) -> dict[str, Any]:
    """The manifest that is there; without what it should say where it is not one of today's."""
    try:
        found = json.loads((dist / NAME).read_text(encoding="utf-8"))
        validate(found)
    except Invalid:
        return {"made_by": MADE_BY} if _ours(found) else {}
    except (OSError, ValueError):
        return {}
    return dict(found)


def validate(manifest: Any) -> None:
    """Raise :class:`Invalid`, naming the place, if ``manifest`` is not what the schema asks for."""
    problem = min(_validator().iter_errors(manifest), key=lambda e: e.json_path, default=None)
    if problem:
        raise Invalid(f"{problem.json_path}: {problem.message[:200]}")


def as_text(manifest: dict[str, Any]) -> str:
    """The manifest as a file's text. Raises :class:`Invalid` for one that says too little."""
    text = _text({"$schema": SCHEMA.name, "made_by": MADE_BY, **manifest})
    validate(json.loads(text))
    return text


def files(value: Any) -> Iterator[File]:
    """Every file that a manifest, or a part of one, describes."""
    if isinstance(value, dict) and value.keys() == File.__annotations__.keys():
        yield File(path=value["path"], bytes=value["bytes"], sha256=value["sha256"])
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from files(part)


def _ours(found: Any) -> bool:
    return isinstance(found, dict) and found.get("made_by") == MADE_BY


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
