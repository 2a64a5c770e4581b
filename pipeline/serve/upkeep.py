"""Watches what the lesson is made of, and has it made again in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from contextlib import suppress
from pathlib import Path

from watchfiles import awatch

from pipeline.places import ASSETS, ROOT
from pipeline.serve.news import Board
from pipeline.serve.site import edition

WATCHED = (ROOT / "dpo_math", ROOT / "scenes", ROOT / "pipeline", ASSETS)
BUILDER = "pipeline.serve.building"
UNTOLD = "the lesson could not be made; the terminal says why"


class Upkeep:
    """Keeps the lesson in ``dist`` up to date, its films at ``quality`` where they are not."""

    def __init__(self, dist: Path, quality: str, jobs: int | None) -> None:
        self._dist = dist
        self._command = [
            sys.executable,
            "-m",
            BUILDER,
            str(dist.resolve()),
            quality,
            str(jobs or 0),
        ]

    async def go_on(self, board: Board) -> None:
        """Make the lesson now, and whenever a source changes; the newest change counts."""
        making = asyncio.create_task(self._make(board))
        try:
            async for _ in awatch(*WATCHED):
                await _stop(making)
                making = asyncio.create_task(self._make(board))
        finally:
            await _stop(making)

    async def _make(self, board: Board) -> None:
        board.post(filming=True)
        problems = await _outcome(self._command)
        before = board.news.edition
        board.post(edition=edition(self._dist), filming=False, problems=problems)
        if not problems and board.news.edition != before:
            print(f"{time.strftime('%H:%M:%S')} the page is up to date", flush=True)


async def _outcome(command: list[str]) -> tuple[str, ...]:
    """What went wrong in a builder, a line each. Cancelled, it stops the builder first."""
    # A session of its own, so that Ctrl-C reaches it through us alone.
    builder = await create_subprocess_exec(
        *command, cwd=ROOT, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    assert builder.stdout is not None
    try:
        told = await builder.stdout.read()
        status = await builder.wait()
    except asyncio.CancelledError:
        await _dismiss(builder)
        raise
    return tuple(json.loads(told)) if status == 0 else (UNTOLD,)


async def _dismiss(builder: Process) -> None:
    """A builder goes when nobody holds the other end of its standard input."""
    assert builder.stdin is not None
    builder.stdin.close()
    await builder.wait()


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
