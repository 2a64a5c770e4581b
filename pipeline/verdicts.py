"""The verdicts on lines, kept from one process to the next.

A film shows a line only with its verdict, and every process that films or draws has to know it:
a second of sympy a scene, and a fifth of one to import it. A verdict is kept under the digest of
the line and of all that decides on it, so that it is never an old one; whatever cannot be read is
decided again.
"""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dpo_math.derivation import Line
from dpo_math.verify import Decision, Verdict, remembering
from pipeline.fingerprint import digest
from pipeline.places import CACHE, ROOT

LIBRARIES = ("sympy", "mpmath")


class KeptVerdicts:
    """The decisions on lines below ``root``, a file each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def recall(self, line: Line) -> Decision | None:
        """The decision on a line, if it is kept."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path(line).read_bytes())
            witness = kept["witness"] and tuple(kept["witness"])
            return Decision(Verdict(kept["verdict"]), kept["method"], witness)
        return None

    def keep(self, line: Line, decision: Decision) -> None:
        """Keep a decision. A disk that takes nothing is no reason not to go on."""
        path = self._path(line)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(decision)), encoding="utf-8")
            part.replace(path)

    def _path(self, line: Line) -> Path:
        return self.root / digest(f"{_judge()}{line!r}".encode())


def remembered() -> AbstractContextManager[None]:
    """Have verdicts kept, and recalled, where films are kept too."""
    return remembering(KeptVerdicts(CACHE / "verdicts"))


@cache
def _judge() -> str:
    """The digest of what decides on a line: all of dpo_math, which imports nothing else of ours."""
    sources = sorted((ROOT / "dpo_math").rglob("*.py"))
    parts = [digest(path.read_bytes()) for path in sources]
    return digest("".join([*parts, *map(version, LIBRARIES)]).encode())
