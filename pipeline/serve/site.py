"""The lesson's files over HTTP, whole or in parts, and a script that reloads the page.

The script is added to a page as it is sent, so none of it is in the lesson.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from pipeline.fingerprint import digest
from pipeline.places import ASSETS
from pipeline.serve.news import Board

OWN = "/.serve"
RELOAD = ASSETS / "serve" / "reload.js"
WAITING = ASSETS / "serve" / "waiting.html"


def site(dist: Path, board: Board) -> Starlette:
    """The application; it answers for this machine's own names only."""

    async def script(request: Request) -> Response:
        return FileResponse(RELOAD, headers={"Cache-Control": "no-store"})

    async def news(request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_events(board), media_type="text/event-stream", headers=headers)

    routes = [
        Route(f"{OWN}/reload.js", script),
        Route(f"{OWN}/news", news),
        Mount("/", _Pages(dist, board)),
    ]
    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return Starlette(routes=routes, middleware=[own_names])


def edition(dist: Path) -> str:
    """A name for what is in a directory, other when a file in it is."""
    found = sorted(path for path in dist.rglob("*") if path.is_file())
    stamps = [(os.fspath(path), path.stat().st_mtime_ns, path.stat().st_size) for path in found]
    return digest(repr(stamps).encode())[:16]


class _Pages(StaticFiles):
    """Files that are asked for again when they may have changed; pages with the script added."""

    def __init__(self, dist: Path, board: Board) -> None:
        super().__init__(directory=dist, html=True, check_dir=False)
        self._dist, self._board = dist, board

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == "." and not (self._dist / "index.html").is_file():
            return self._page(WAITING)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        if Path(full_path).suffix == ".html":
            return self._page(Path(full_path), status_code)
        return super().file_response(full_path, stat_result, scope, status_code)

    def _page(self, path: Path, status_code: int = 200) -> Response:
        """A page with the script; what is only a part of a page stays as it is."""
        name = self._board.news.edition  # before reading, so that no change can be missed
        text = path.read_text(encoding="utf-8")
        if text.lstrip().lower().startswith("<!doctype"):
            text += f'<script src="{OWN}/reload.js" data-edition="{name}"></script>\n'
        return HTMLResponse(text, status_code, {"Cache-Control": "no-cache"})


async def _events(board: Board) -> AsyncIterator[str]:
    async for news in board.read():
        yield f"data: {json.dumps(asdict(news))}\n\n"
