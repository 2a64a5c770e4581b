"""The page plays its films in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from pipeline.bundle import bundle
from pipeline.engine import Take
from pipeline.profile import Profile
from pipeline.shots import FILM, STILL, Shot, shoot
from scenes.theme import THEMES
from tests.pipeline.tiny import OTHER, TINY

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "no Chromium here: install it, or set CHROMIUM to one, to test the page"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-quic", *QUIET]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    takes = []
    for entry in (TINY, OTHER):
        directory = tmp_path_factory.mktemp(entry.id)
        shot = Shot(entry, Profile(320, 180, 15))
        takes.append(Take(shot, shoot(shot, directory), directory / FILM, directory / STILL))
    made = tmp_path_factory.mktemp("dist")
    bundle(takes, made)
    return made


class Quiet(SimpleHTTPRequestHandler):
    """A plain server: no Range requests, nothing printed, and no icon for the tab."""

    def do_GET(self):
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(dist):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=dist)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser, address):
    """The page, opened; whatever it complains of, or asks of another server, fails the test."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    own = address.rpartition("/")[0]
    page.on(
        "request",
        lambda request: request.url.startswith(own) or complaints.append(request.url),
    )
    page.on("response", lambda response: response.ok or complaints.append(response.url))
    page.goto(address)
    yield page
    page.close()
    assert complaints == []


SHOWN = """async (video) => {
    video.scrollIntoView();
    await video.play();
    await new Promise((seen) => video.requestVideoFrameCallback(seen));
    const first = video.currentTime;
    await new Promise((done) => video.addEventListener("ended", done, { once: true }));
    const { totalVideoFrames, droppedVideoFrames, corruptedVideoFrames } =
        video.getVideoPlaybackQuality();
    return {
        first, last: video.currentTime, duration: video.duration, error: video.error,
        ready: video.readyState, size: [video.videoWidth, video.videoHeight],
        frames: totalVideoFrames, corrupted: corruptedVideoFrames,
    };
}"""


@pytest.mark.parametrize(("scene", "seconds"), [("tiny", 66 / 15), ("other", 2.0)])
def test_a_film_plays_from_its_start_to_its_end(page, scene, seconds):
    page.emulate_media(media="print")  # shows what stands within the player
    shown = page.locator(f"#{scene} video").evaluate(SHOWN)
    assert shown["error"] is None
    assert shown["first"] < shown["last"] == pytest.approx(seconds, abs=0.01)
    assert shown["duration"] == pytest.approx(seconds, abs=0.001)
    assert shown["size"] == [320, 180]
    assert shown["frames"] > 0
    assert shown["corrupted"] == 0


def test_captions_are_there_and_come_with_their_beats(page):
    cues = page.locator("#tiny video").evaluate(
        """async (video) => {
            const track = video.textTracks[0];
            track.mode = "showing";
            const element = video.querySelector("track");
            if (element.readyState !== 2)
                await new Promise((loaded) => element.addEventListener("load", loaded));
            return Array.from(track.cues, (cue) => [cue.startTime, cue.endTime, cue.text]);
        }"""
    )
    assert cues == [
        [0, 2, "A square appears."],
        [2, 4.4, "It leaves the circle."],
    ]


def test_a_film_that_has_not_been_started_shows_its_last_picture_and_keeps_its_place(page):
    page.emulate_media(media="print")
    video = page.locator("#tiny video")
    assert video.get_attribute("poster") == "stills/tiny.png"
    box = video.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(320 / 180, rel=0.02)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_wears_the_theme_that_the_reader_prefers(page, theme):
    page.emulate_media(color_scheme=theme)
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    wanted = bytes.fromhex(THEMES[theme].background.removeprefix("#"))
    assert colour == f"rgb({', '.join(map(str, wanted))})"


@pytest.mark.parametrize("width", [320, 900])
def test_nothing_sticks_out_of_the_page_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_transcript_can_be_opened_from_the_keyboard(page):
    page.get_by_text("Transcript", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="It leaves the circle.").is_visible()
