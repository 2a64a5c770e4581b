"""The page plays its films in a real browser."""

from __future__ import annotations

import pytest

from dpo_math.derivation import LINES
from dpo_math.verify import report
from scenes.theme import THEMES


@pytest.fixture
def page(open_page, plain_server):
    return open_page(f"{plain_server}/index.html")


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
    assert video.get_attribute("poster") == "posters/tiny.webp"
    box = video.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(320 / 180, rel=0.02)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_wears_the_theme_that_the_reader_prefers(page, theme):
    page.emulate_media(color_scheme=theme)
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    wanted = bytes.fromhex(THEMES[theme].background.removeprefix("#"))
    assert colour == f"rgb({', '.join(map(str, wanted))})"


def test_on_paper_it_is_light_whatever_the_reader_prefers_on_a_screen(page):
    page.emulate_media(color_scheme="dark", media="print")
    ink = page.evaluate("getComputedStyle(document.documentElement).color")
    wanted = bytes.fromhex(str(THEMES["light"].colours["ink"]).removeprefix("#"))
    assert ink == f"rgb({', '.join(map(str, wanted))})"


def test_the_sign_of_a_verdict_stands_beside_its_word_without_script_as_well(page):
    page.emulate_media(media="print")  # shows what stands within the player
    verdict = page.locator("#tiny details.verdict")
    assert verdict.evaluate("(e) => getComputedStyle(e, '::before').content") == "none"
    summary = verdict.locator("summary")
    assert "✓" in summary.evaluate("(e) => getComputedStyle(e, '::before').content")


@pytest.mark.parametrize("width", [320, 900])
def test_nothing_sticks_out_of_the_page_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_proved_given_the_assumption_is_marked_as_in_the_films(page):
    sign = "(link) => getComputedStyle(link, '::after').content"
    assert "△" in page.locator("#line-bradley_terry a").evaluate(sign)
    assert page.locator("#line-closed_form a").evaluate(sign) == "none"
    assert sum(report(line).given for line in LINES) > 1


def test_the_transcript_can_be_opened_from_the_keyboard(page):
    page.get_by_text("Transcript", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="It leaves the circle.").is_visible()
