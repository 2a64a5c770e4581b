"""A browser plays, seeks and holds films whose rests are frames that say "as before"."""

from __future__ import annotations

import pytest

from pipeline.encoder import FilmEncoder
from tests.pipeline.test_encoder import flat
from tests.pipeline.test_holds import FPS, SIZE
from tests.player.conftest import serving

COLOURS = ["#C23B22", "#2E86DE", "#27AE60"]
SHOW = """async ([address, time]) => {
    const video = document.querySelector("video") ?? document.createElement("video");
    if (!video.isConnected) {
        video.muted = true;
        video.src = address;
        document.body.append(video);
        await new Promise((done, failed) => { video.onloadeddata = done; video.onerror = failed; });
    }
    // Sought is not shown yet; and where the frame is the same, none is shown anew.
    const shown = new Promise((done) => video.requestVideoFrameCallback(done));
    await new Promise((done) => { video.onseeked = done; video.currentTime = time; });
    await Promise.race([shown, new Promise((done) => setTimeout(done, 500))]);
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    return [...context.getImageData(32, 24, 1, 1).data.slice(0, 3)];
}"""
PLAY = """async () => {
    const video = document.querySelector("video");
    video.currentTime = 0;
    video.playbackRate = 4;
    await video.play();
    await new Promise((done, failed) => { video.onended = done; video.onerror = failed; });
    const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
    return [video.duration, video.error, totalVideoFrames, corruptedVideoFrames ?? 0];
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Three colours: a frame, a rest of five seconds, and one of a second and a half."""
    folder = tmp_path_factory.mktemp("held")
    (folder / "index.html").write_text("<!doctype html><title>Held</title>")
    with FilmEncoder(folder / "film.mp4", **SIZE) as encoder:
        for colour, repeat in zip(COLOURS, (1, 5 * FPS, 45), strict=True):
            encoder.write(flat(colour), repeat)
    return folder, encoder.frames


def test_a_rest_is_played_to_its_end_and_seen_wherever_it_is_sought(film, open_page):
    folder, frames = film
    with serving(folder) as address:
        page = open_page(f"{address}/index.html")
        for frame, colour in [
            (0, 0),
            (1, 1),
            (75, 1),
            (150, 1),
            (151, 2),
            (frames - 1, 2),
            (40, 1),
        ]:
            seen = page.evaluate(SHOW, ["film.mp4", (frame + 0.5) / FPS])
            drawn = bytes.fromhex(COLOURS[colour].removeprefix("#"))
            assert max(abs(a - b) for a, b in zip(seen, drawn, strict=True)) <= 12, (frame, seen)
        duration, error, _, corrupted = page.evaluate(PLAY)
        assert (round(duration * FPS, 3), error, corrupted) == (frames, None, 0)
