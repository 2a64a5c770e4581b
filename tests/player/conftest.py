"""A browser, a small lesson, and servers of several kinds to have it from."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from pipeline.bundle import bundle
from pipeline.engine import Take
from pipeline.profile import Profile
from pipeline.shots import Shot, shoot
from tests.pipeline.tiny import OTHER, TINY

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
FROM_A_DIRECTORY = ("URL file:", "font at 'file:", "preload for 'file:", "net::ERR_FAILED")
STRICT = "default-src 'none'; " + "; ".join(
    f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "media")
)


class Server(SimpleHTTPRequestHandler):
    """Gives files out, whole or in parts, under a content-security policy."""

    ranges = True
    policy = STRICT
    pause = 0.0
    """Seconds to wait in the middle of the page, so that a browser paints what it has."""

    def do_GET(self):
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if self.pause and self.path == "/index.html":
            self.send_slowly()
            return
        if not (self.ranges and wanted):
            super().do_GET()
            return
        data = Path(self.translate_path(self.path)).read_bytes()
        first, last = int(wanted[1]), int(wanted[2] or len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(len(data[first : last + 1])))
        self.end_headers()
        self.wfile.write(data[first : last + 1])

    def send_slowly(self):
        data = Path(self.translate_path(self.path)).read_bytes()
        middle = data.index(b"</section>")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        for part in (data[:middle], data[middle:]):
            self.wfile.write(part)
            self.wfile.flush()
            time.sleep(self.pause)

    def end_headers(self):
        self.send_header("Accept-Ranges", "bytes" if self.ranges else "none")
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def serving(directory, **traits):
    handler = type("Handler", (Server,), traits)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=directory)) as server:
        server.handle_error = lambda *_: None  # a browser that hangs up is no error
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "no Chromium here: install it, or set CHROMIUM to one, to test the player"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-quic", *QUIET]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    """A lesson of two films: tiny, with two beats, and other, with one."""
    takes = []
    for entry in (TINY, OTHER):
        directory = tmp_path_factory.mktemp(entry.id)
        shot = Shot(entry, Profile(320, 180, 15))
        shoot(shot, directory)
        takes.append(Take.of(shot, {path.name: path for path in directory.iterdir()}))
    made = tmp_path_factory.mktemp("dist")
    bundle(takes, made)
    return made


@pytest.fixture(scope="session")
def server(dist):
    with serving(dist) as address:
        yield address


@pytest.fixture(scope="session")
def plain_server(dist):
    with serving(dist, ranges=False) as address:
        yield address


@pytest.fixture
def open_page(browser):
    """Opens pages; whatever one complains of, or asks of another server, fails the test."""
    contexts, complaints = [], []

    def open_(address, **options):
        context = browser.new_context(**{"viewport": {"width": 900, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        own = ("http://127.0.0.1:", "file://")

        def said(message):
            # From a directory a browser shows no captions without script, and preloads no fonts.
            own_directory = page.url.startswith("file:") and any(
                words in message.text for words in FROM_A_DIRECTORY
            )
            if not own_directory:
                complaints.append(message.text)

        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: sent.url.startswith(own) or complaints.append(sent.url))
        page.on("response", lambda got: got.status < 400 or complaints.append(got.url))
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
