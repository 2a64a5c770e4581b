"""What there is to tell those who look at the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class News:
    """How the lesson stands. ``edition`` names what is in the directory, and changes with it."""

    edition: str
    filming: bool = False
    problems: tuple[str, ...] = ()


class Board:
    """The latest news, and a way to wait for the next."""

    def __init__(self, news: News) -> None:
        self.news = news
        self._changed = asyncio.Event()
        self._closed = False

    def post(self, **changes: Any) -> None:
        """Change what is said, and wake up all who read."""
        self.news = replace(self.news, **changes)
        self._wake()

    def close(self) -> None:
        """Let all who read go."""
        self._closed = True
        self._wake()

    async def read(self) -> AsyncIterator[News]:
        """The news as they are now, and again whenever they change."""
        while not self._closed:
            changed = self._changed
            yield self.news
            await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
