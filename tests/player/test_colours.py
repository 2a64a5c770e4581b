"""What a reader sees has the theme's colours: on the page, in stills and in the film."""

from __future__ import annotations

from itertools import product

import pytest
from manim import FadeIn, Rectangle

from pipeline.bundle import bundle
from pipeline.engine import Take
from pipeline.profile import Profile
from pipeline.shots import Shot, shoot
from scenes.theme import THEMES
from tests.pipeline.tiny import Entry, TinyScene
from tests.player.conftest import serving

WIDTH, HEIGHT = 320, 180
PLACES = list(product((-2, 2), (-5.6, -2.8, 0, 2.8, 5.6)))  # y and x, in units of a frame 8 high
STEPS = 4  # of 255: what rounding and compression may cost
FILM_BLUE, YELLOW_BLUE = 6, 12  # what Chromium's own conversion of a film adds to that


def colours(theme):
    return [theme.line, *theme.colours.values()]


class Patches(TinyScene):
    """A patch of every colour of the theme."""

    def __init__(self, renderer=None, *, theme="dark", **look):
        super().__init__(renderer, theme=theme, **look)
        self.theme = THEMES[theme]
        self.camera.background_color = self.theme.background

    def construct(self):
        patches = [
            Rectangle(
                width=2, height=2.6, stroke_width=0, fill_color=colour, fill_opacity=1
            ).move_to((x, y, 0))
            for colour, (y, x) in zip(colours(self.theme), PLACES, strict=True)
        ]
        self.beat("shown", "Colours.", *map(FadeIn, patches))


@pytest.fixture(scope="module", params=list(THEMES))
def patches(request, tmp_path_factory):
    """A lesson of patches, and its theme."""
    directory = tmp_path_factory.mktemp("patches")
    entry = Entry("patches", "Patches", module=__name__)
    shot = Shot(entry, Profile(WIDTH, HEIGHT, 15, theme=request.param))
    shoot(shot, directory)
    take = Take.of(shot, {path.name: path for path in directory.iterdir()})
    dist = tmp_path_factory.mktemp("dist")
    bundle([take], dist)
    with serving(dist) as address:
        yield address, THEMES[request.param]


SEEN = """async ([name, points]) => {
    const picture = document.createElement(name.endsWith(".mp4") ? "video" : "img");
    picture.src = name;
    if (picture instanceof HTMLVideoElement) {
        picture.muted = true;
        await new Promise((done) => picture.addEventListener("loadeddata", done));
        // A film that has been sought may still have no picture to draw.
        const seen = new Promise((done) => picture.requestVideoFrameCallback(done));
        picture.currentTime = picture.duration - 0.2;
        await new Promise((done) => picture.addEventListener("seeked", done));
        await seen;
    } else await picture.decode();
    const canvas = new OffscreenCanvas(320, 180)
        .getContext("2d", { willReadFrequently: true });
    canvas.drawImage(picture, 0, 0);
    return points.map(([x, y]) => Array.from(canvas.getImageData(x, y, 1, 1).data.slice(0, 3)));
}"""


@pytest.mark.parametrize(
    "name", ["stills/patches/shown.png", "stills/patches/shown.webp", "films/patches.mp4"]
)
def test_a_picture_decoded_by_the_browser_has_the_colours_of_the_theme(open_page, patches, name):
    address, theme = patches
    unit = HEIGHT / 8
    points = [(WIDTH / 2 + unit * x, HEIGHT / 2 - unit * y) for y, x in PLACES]
    page = open_page(f"{address}/index.html")
    seen = page.evaluate(SEEN, [name, [(3, 3), *points]])
    for got, wanted in zip(seen, [theme.background, *colours(theme)], strict=True):
        rgb = bytes.fromhex(wanted.removeprefix("#"))
        yellow = min(rgb[:2]) - rgb[2] > 90
        blue = (YELLOW_BLUE if yellow else FILM_BLUE) if name.endswith(".mp4") else STEPS
        off = [abs(a - b) for a, b in zip(got, rgb, strict=True)]
        assert max(off[:2]) <= STEPS, (wanted, got)
        assert off[2] <= blue, (wanted, got)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_the_page_and_the_player_wear_the_theme_that_the_reader_prefers(open_page, server, theme):
    page = open_page(f"{server}/index.html", color_scheme=theme.name)
    shown = page.evaluate(
        """() => [document.documentElement, document.querySelector("lesson-steps")]
            .map((element) => getComputedStyle(element))
            .flatMap((style) => [style.backgroundColor, style.color])"""
    )
    wanted = [bytes.fromhex(each[1:]) for each in (theme.background, theme.colours["ink"])]
    assert shown == [f"rgb({', '.join(map(str, rgb))})" for rgb in wanted] * 2
