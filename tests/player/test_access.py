"""Whoever reads the page, by eye, ear or key, large or small or on paper, gets all of it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

THEMES = ("dark", "light")


def complaints(page):
    """What axe-core finds, with where."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def open_all(page):
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong(open_page, server, theme):
    page = open_page(f"{server}/index.html", color_scheme=theme)
    assert complaints(page) == []
    open_all(page)
    page.get_by_role("button", name="Captions").click()
    page.get_by_role("button", name="Next").click()
    assert complaints(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_with_what_stands_there_without_script(open_page, server, theme):
    page = open_page("about:blank", color_scheme=theme)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{server}/index.html")
    open_all(page)
    assert complaints(page) == []


def test_axe_would_find_something(open_page, server):
    page = open_page(f"{server}/index.html", color_scheme="dark")
    page.evaluate("document.querySelector('lesson-steps').style.color = '#333'")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert {"color-contrast", "button-name"} <= {name for name, _ in complaints(page)}


def test_every_film_has_captions_in_its_language(open_page, server):
    page = open_page(f"{server}/index.html", java_script_enabled=False)
    for video in page.locator("video").all():
        track = video.locator("track[kind=captions][default]")
        assert track.get_attribute("srclang") == "en"
        assert track.get_attribute("label")


# By keyboard

FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const name = element.ariaLabel || element.textContent.trim();
    return [name, outlineStyle, parseFloat(outlineWidth)];
}"""


def test_the_whole_lesson_can_be_gone_through_by_keyboard(open_page, server):
    page = open_page(f"{server}/index.html")
    player = page.locator("lesson-steps")
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, style, width = page.evaluate(FOCUSED)
        assert (style, width >= 2) == ("solid", True), f"focus on {name} cannot be seen"
        stops.append(name)
        if name == "Transcript":
            break
    wanted = ["Previous", "Next", "Replay", "Play through", "Captions", "Copy TeX"]
    wanted += ["Link to this line", "Formula", "proved", "Transcript"]
    assert [name for name in stops if name in wanted] == wanted
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert player.evaluate("(player) => player.current.id") == "other.only"
    while page.evaluate(FOCUSED)[0] != "Previous":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert player.evaluate("(player) => player.current.id") == "tiny.part"


def test_the_explorer_can_be_used_by_keyboard_and_heard(open_page, server):
    page = open_page(f"{server}/index.html")
    explorer = page.locator("dpo-explorer")
    sliders = explorer.get_by_role("slider").all()
    sliders[0].focus()
    for slider in sliders:
        _, style, _ = page.evaluate(FOCUSED)
        heard = slider.get_attribute("aria-valuetext")
        page.keyboard.press("ArrowLeft")
        assert slider.get_attribute("aria-valuetext") != heard
        assert style == "solid"
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert explorer.evaluate("(e) => Math.abs(e.effect.margin)") < 1e-9


# Small, large, on paper


@pytest.fixture
def long_page(open_page, server):
    """A page with a lesson of ten steps, in a window of this size."""

    def open_(width, **options):
        page = open_page(
            f"{server}/index.html", viewport={"width": width, "height": 700}, **options
        )
        page.evaluate(
            """() => {
                const player = document.querySelector("lesson-steps");
                const one = player.querySelector("section");
                for (let step = 1; step < 10; step++) {
                    const copy = one.cloneNode(true);
                    for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.id += step;
                    copy.dataset.step = String(step);
                    copy.querySelector("h3").textContent = "A step with a title that is not short";
                    player.append(copy);
                }
            }"""
        )
        page.get_by_role("button", name="Step 9").click()
        return page

    return open_


@pytest.mark.parametrize(
    ("width", "scale"),
    [(320, 1), (320, 4), (640, 2), (1280, 1)],
    ids=["phone", "400%", "200%", "1"],
)
def test_nothing_sticks_out_or_covers_anything(long_page, width, scale):
    """A window 1280 wide at 200 % has 640 CSS pixels, with two of the screen's to each."""
    page = long_page(width, device_scale_factor=scale)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    buttons = page.locator("lesson-steps button:visible, lesson-steps a.link, dpo-explorer input")
    boxes = [button.bounding_box() for button in buttons.all()]
    assert len(boxes) >= 20
    for box in boxes:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    for i, one in enumerate(boxes):
        for two in boxes[:i]:
            apart = (
                one["x"] >= two["x"] + two["width"]
                or two["x"] >= one["x"] + one["width"]
                or one["y"] >= two["y"] + two["height"]
                or two["y"] >= one["y"] + one["height"]
            )
            assert apart, (one, two)


def test_a_report_left_open_takes_no_room_on_other_lines(long_page):
    page = long_page(640)
    height = (
        "document.querySelector('lesson-steps').shadowRoot.querySelector('.lines').offsetHeight"
    )
    before = page.evaluate(height)
    page.locator("lesson-steps .current summary").click()
    assert page.evaluate(height) > before
    page.get_by_role("button", name="Next").click()
    assert page.evaluate(height) == before


def test_paper_gets_every_still_that_was_not_yet_loaded(open_page, server):
    page = open_page("about:blank")
    loaded = []
    page.on("requestfinished", lambda request: loaded.append(request.url.removeprefix(server)))
    page.goto(f"{server}/index.html")
    page.pdf()
    for still in ("tiny/appear.webp", "tiny/part.webp", "other/only.webp"):
        assert f"/stills/{still}" in loaded
