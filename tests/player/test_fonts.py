"""The page's typefaces are there, are used, and have every sign that a page may show."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from dpo_math.derivation import LINES
from dpo_math.printers import mathml
from scenes.narration import FOLDER

# A sign that a font lacks is as wide as whatever stands in for it, which differs.
MISSING = """async ([file, signs]) => {
    const face = await new FontFace("Probe", `url("fonts/${file}.woff2")`).load();
    document.fonts.add(face);
    const canvas = document.createElement("canvas").getContext("2d");
    const wide = (sign, instead) => {
        canvas.font = `400px Probe, ${instead}`;
        return canvas.measureText(sign).width;
    };
    return signs.filter((sign) => wide(sign, "monospace") !== wide(sign, "serif"));
}"""
TEXT = ("libertinus-serif-regular", "libertinus-serif-italic")
MATHEMATICS = "new-computer-modern-math"
LOADED = """() => document.fonts.ready.then(() =>
    Array.from(document.fonts).filter((face) => face.status === "loaded")
        .map((face) => `${face.family.replaceAll('"', "")} ${face.style}`).sort())"""


@pytest.fixture
def page(open_page, server):
    return open_page(f"{server}/index.html")


def signs(*texts):
    return sorted({sign for text in texts for sign in text if sign.isprintable() and sign != " "})


def test_the_typefaces_of_the_films_are_loaded_under_the_strict_policy(page):
    wanted = ["Libertinus Serif italic", "Libertinus Serif normal"]
    assert page.evaluate(LOADED) == [*wanted, "New Computer Modern Math normal"]


@pytest.mark.parametrize("selector", ["article p", "article em", "article var"])
def test_they_are_used_at_the_first_visit(page, selector):
    """A typeface that is asked for late is loaded, but not used before the next page."""
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    (used, *_) = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert used["isCustomFont"]


def test_from_a_directory_they_are_loaded_as_well_and_waited_for(open_page, dist):
    """Nothing is preloaded there, so that what may be late is never used."""
    page = open_page((dist / "index.html").as_uri())
    assert len(page.evaluate(LOADED)) == 3
    assert page.evaluate("Array.from(document.fonts, (face) => face.display)") == ["block"] * 3


def test_no_sign_of_the_text_is_missing(page, dist):
    pages = [BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in dist.glob("*.html")]
    for tag in (tag for each in pages for tag in each.select("math, code, title, script")):
        tag.decompose()
    words = [each.get_text() for each in pages]
    words += [path.read_text("utf-8") for path in FOLDER.glob("*.toml")]
    for file in TEXT:
        assert page.evaluate(MISSING, [file, signs(*words)]) == []


def test_no_sign_of_the_formulas_is_missing(page):
    formulas = [BeautifulSoup(mathml(line.tree), "html.parser") for line in LINES]
    for formula in formulas:
        formula.annotation.decompose()
    written = signs(*(formula.get_text() for formula in formulas))
    italics = [chr(0x1D434 + n) for n in range(52) if n != 33] + [
        chr(0x1D6FC + n) for n in range(25)
    ]
    shown = [sign for sign in written if sign not in "\u2061\u2062"] + italics
    assert page.evaluate(MISSING, [MATHEMATICS, shown]) == []


def test_a_missing_sign_would_be_found(page):
    assert page.evaluate(MISSING, [TEXT[0], ["a", "Ж"]]) == ["Ж"]
