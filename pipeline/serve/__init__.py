"""The lesson on this machine, made anew and reloaded as its sources change.

The page is served from here; films are made in a process of their own, so that every change of a
source is read, and one that breaks a scene breaks nothing else.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from pipeline.errors import BadInput
from pipeline.serve.news import Board, News
from pipeline.serve.site import edition, site
from pipeline.serve.upkeep import Upkeep

HOST = "127.0.0.1"
PORT = 8000
PATIENCE = 1  # second in which what is still being sent may end


class _Server(uvicorn.Server):
    """Leaves signals to :func:`serve`, which has more than a server to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    dist: Path,
    *,
    quality: str = "l",
    port: int | None = None,
    jobs: int | None = None,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the lesson in ``dist`` and keep it up to date, until SIGINT or SIGTERM.

    ``ready`` is called with the page's address as soon as there is someone to answer. Raises
    :class:`BadInput` for a port that is taken; no ``port`` means 8000, or any where that is taken.
    """
    with _listening(port) as listener:
        ready(f"http://{HOST}:{listener.getsockname()[1]}/")
        asyncio.run(_serve(dist, listener, Upkeep(dist, quality, jobs)))


async def _serve(dist: Path, listener: socket.socket, upkeep: Upkeep) -> None:
    board = Board(News(edition(dist), filming=True))
    settings = uvicorn.Config(
        site(dist, board),
        log_level="critical",
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(settings)

    def stop() -> None:
        server.should_exit = True
        board.close()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(upkeep.go_on(board))
        await server.serve([listener])
        keeping.cancel()


@contextmanager
def _listening(port: int | None) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, PORT if port is None else port))
        except OSError as error:
            if port is not None:
                raise BadInput(f"port {port}: {error.strerror}; choose another one") from error
            listener.bind((HOST, 0))
        listener.listen()
        yield listener
