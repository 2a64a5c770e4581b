"""What is said and written in words: one TOML file a language, numbers filled in from the data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from scenes.numerals import NumberFormatter, Numerals

FOLDER = Path(__file__).parent.parent / "assets" / "narration"


class NarrationError(ValueError):
    """A word that is missing, or a text that asks for a number nobody gives."""


class Narration:
    """The words of one language."""

    def __init__(self, language: str, table: dict[str, Any]) -> None:
        self.language, self._table = language, table
        self.numerals = Numerals(**table.get("numerals", {}))

    def __call__(self, *path: str, **numbers: object) -> str:
        """The text at ``path``, with ``{name}`` filled in from ``numbers``, as the language writes
        them; ``{name:,}`` and ``{name:.2f}`` say how, as in Python.

        Raises :class:`NarrationError` naming the file and the key that is missing.
        """
        entry = self._at(path)
        where = f"assets/narration/{self.language}.toml: {'.'.join(path)}"
        if not isinstance(entry, str):
            raise NarrationError(f"{where} is not there; add it")
        wanted = {name for _, name, _, _ in Formatter().parse(entry) if name}
        if missing := wanted - set(numbers):
            raise NarrationError(f"{where} asks for {', '.join(sorted(missing))}, not known there")
        return NumberFormatter(self.numerals).vformat(entry, (), numbers)

    def has(self, *path: str) -> bool:
        """Whether there is a text at ``path``."""
        return isinstance(self._at(path), str)

    def _at(self, path: tuple[str, ...]) -> object:
        entry: object = self._table
        for part in path:
            entry = entry.get(part) if isinstance(entry, dict) else None
        return entry

    def beats(self, scene: str) -> tuple[str, ...]:
        """The names of a scene's beats, in the order of the file."""
        found = self._table.get("scenes", {}).get(scene, {}).get("beats", {})
        return tuple(found)


def languages() -> tuple[str, ...]:
    """The languages that there is a file for, English first."""
    found = {path.stem for path in FOLDER.glob("*.toml")}
    return ("en", *sorted(found - {"en"}))


@cache
def narration(language: str = "en") -> Narration:
    """The words of ``language``. Raises :class:`NarrationError` when there is no such file."""
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        raise NarrationError(f"no narration in {language!r}; known: {', '.join(languages())}")
    return Narration(language, tomllib.loads(path.read_text(encoding="utf-8")))
