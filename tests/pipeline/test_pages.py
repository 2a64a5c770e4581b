"""The pages of the whole lesson: what they link to is there, and what they say is so."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from dpo_math.derivation import LINES
from dpo_math.paper import PAPER
from dpo_math.printers import mathml
from dpo_math.verify import report
from pipeline import prose
from pipeline.bundle import bundle
from pipeline.manifest import NAME
from pipeline.site import Site
from scenes.catalogue import SCENES
from scenes.narration import languages

BASE = "https://example.org/dpo/"


@pytest.fixture(scope="module")
def dist(films, tmp_path_factory):
    made = tmp_path_factory.mktemp("lesson")
    bundle([films[entry.id] for entry in SCENES], made)
    return made


@pytest.fixture(scope="module")
def manifest(dist):
    return json.loads((dist / NAME).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pages(dist):
    found = {str(path.relative_to(dist)): path for path in dist.rglob("*.html")}
    return {name: soup(path.read_text(encoding="utf-8")) for name, path in found.items()}


def soup(text):
    return BeautifulSoup(text, "html.parser")


def test_everything_that_a_page_refers_to_is_there(dist, pages):
    ids = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    wrong = []
    for name, page in pages.items():
        for tag in page.select("[href], [src], [poster], [data-clip]"):
            for attribute in ("href", "src", "poster", "data-clip"):
                address = urlsplit(tag.get(attribute, ""))
                if address.scheme == "https" and address.netloc == "arxiv.org":
                    continue
                file = (dist / name).parent / unquote(address.path) if address.path else dist / name
                target = str(file.resolve().relative_to(dist.resolve())) if file.exists() else None
                missing = address.fragment and address.fragment not in ids.get(target, ())
                if target is None or address.scheme or missing:
                    wrong.append((name, tag.get(attribute)))
    assert wrong == []


def test_no_id_comes_twice_and_labels_are_there(pages):
    for name, page in pages.items():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        named = {tag["aria-labelledby"] for tag in page.select("[aria-labelledby]")}
        assert named <= set(ids), name


def test_every_page_says_its_language_and_has_one_heading_and_no_style_of_its_own(pages):
    for name, page in pages.items():
        if name == "element.html":
            continue
        assert page.html["lang"] in {*languages(), "en-GB"}
        assert len(page.find_all("h1")) == 1
        assert page.find("meta", charset="utf-8")
        assert not page.find_all("style")
        assert not page.find_all(style=True)
        attributes = {name for tag in page.find_all(True) for name in tag.attrs}
        assert not [name for name in attributes if name.startswith("on")]


def test_the_pages_formulas_are_the_derivations_with_their_verdicts(pages):
    lines = pages["index.html"].select("figure.line")
    assert len(lines) > 5
    for figure in lines:
        line = LINES[figure["id"].removeprefix("line-")]
        plain = soup(mathml(line.tree))
        assert figure.annotation == plain.annotation
        assert figure.mrow.get_text() == plain.mrow.get_text()
        verdict = figure.select_one("a.verdict")
        assert verdict.get_text() == report(line).verdict
        assert verdict["href"] == f"report/index.html#{line.id}"


def test_terms_have_the_classes_of_their_roles():
    written = soup(str(prose.coloured(LINES["inversion"].tree)))
    classed = {(tag["class"][0], tag.get_text()) for tag in written.select("mrow[class]")}
    assert ("reward", "r\u2061(x,y)") in classed
    assert ("beta", "β") in classed
    assert {"policy", "reference", "partition"} <= {name for name, _ in classed}


def test_the_five_steps_lead_to_their_films(pages):
    steps = pages["index.html"].select(".ladder li")
    assert [step.select_one(".number").get_text() for step in steps] == list("12345")
    for step, entry in zip(steps, [e for e in SCENES if e.step], strict=True):
        assert step.a["href"] == f"#{entry.id}"
        line = LINES[prose.STEPS[entry.step]]
        assert step.annotation == soup(mathml(line.tree)).annotation


def test_each_verdict_in_the_player_leads_to_its_place_in_the_report(pages):
    for item in pages["index.html"].select("lesson-steps li:has(details)"):
        (link,) = item.select("details a")
        assert link["href"] == f"report/index.html#{item['data-line']}"


def test_the_paper_is_cited_as_it_is(pages):
    quoted = pages["index.html"].select_one("blockquote.paper").get_text()
    for words in (PAPER.title, PAPER.subtitle, PAPER.venue, PAPER.arxiv, *PAPER.authors):
        assert words in quoted


def test_the_numbers_of_films_lines_and_minutes_are_counted(pages, manifest):
    text = pages["index.html"].get_text()
    shown = {line["id"] for scene in manifest["scenes"] for line in scene["lines"]}
    minutes = round(sum(scene["seconds"] for scene in manifest["scenes"]) / 60)
    assert f"{len(SCENES)} films, {len(shown)} lines: " in text
    assert f"{minutes} minutes of film" in text


def test_the_transcript_is_all_that_is_said_in_every_language(dist, manifest):
    assert list(manifest["transcripts"]) == manifest["languages"] == list(languages())
    for code, forms in manifest["transcripts"].items():
        text = (dist / forms["text"]["path"]).read_text(encoding="utf-8")
        page = soup((dist / forms["html"]["path"]).read_text(encoding="utf-8"))
        assert page.html["lang"] == code
        said = [b["narration"][code] for scene in manifest["scenes"] for b in scene["beats"]]
        places = [text.index(words) for words in said]
        assert places == sorted(places)
        assert "&" not in text
        assert [p.get_text() for p in page.select("dd > p")] == said


# Links to the lesson, and its pictures


def test_a_link_to_the_page_has_a_picture_a_title_and_a_sentence(dist, pages):
    head = pages["index.html"].head
    told = {m["property"]: m["content"] for m in head.find_all("meta", property=True)}
    cards = {m["name"]: m["content"] for m in head.find_all("meta", attrs={"name": True})}
    assert told["og:title"] == cards["twitter:title"] == head.title.get_text()
    assert told["og:description"] == cards["description"] == prose.ABOUT
    assert cards["twitter:card"] == "summary_large_image"
    assert told["og:image"] == cards["twitter:image"] == "card.png"
    size = (int(told["og:image:width"]), int(told["og:image:height"]))
    with Image.open(dist / "card.png") as card:
        assert card.format == "PNG"
        assert card.size == size == (1200, 630)
    assert (dist / "card.png").stat().st_size < 300_000


def test_a_published_page_gives_whole_addresses_to_those_who_read_it_elsewhere(films, tmp_path):
    bundle([films["loss"]], tmp_path, site=Site(BASE, "2026-01-31"))
    page = soup((tmp_path / "index.html").read_text(encoding="utf-8"))
    head = page.head
    assert head.find("meta", property="og:image")["content"] == BASE + "card.png"
    assert head.find("link", rel="canonical")["href"] == BASE + "index.html"
    assert not urlsplit(page.select_one("lesson-steps source")["src"]).scheme
    snippets = " ".join(code.get_text() for code in embed_snippets(tmp_path))
    assert f'src="{BASE}films/loss.mp4"' in snippets
    assert f'<iframe src="{BASE}player.html"' in snippets
    again = bundle([films["loss"]], tmp_path)  # without saying it again
    assert BASE in again.read_text(encoding="utf-8")
    assert json.loads((tmp_path / NAME).read_text(encoding="utf-8"))["site"] == {
        "base_url": BASE,
        "published": "2026-01-31",
    }


# Embedding


def embed_snippets(dist):
    return soup((dist / "embed.html").read_text(encoding="utf-8")).select("pre code")


def test_what_is_to_be_copied_is_markup_of_a_film_a_frame_and_the_elements(dist):
    snippets = [soup(code.get_text()) for code in embed_snippets(dist)]
    films = [snippet.video for snippet in snippets if snippet.video]
    names = ["lesson", *(entry.id for entry in SCENES)]
    assert [film.source["src"] for film in films] == [f"films/{name}.mp4" for name in names]
    for film in films:
        assert {"controls", "muted", "playsinline", "width", "height", "poster"} <= set(film.attrs)
        captions = film.find_all("track", kind="captions")
        assert [track["srclang"] for track in captions] == list(languages())
        assert film["style"] == "max-width: 100%; height: auto"
    assert all("max-width: 100%" in each.iframe["style"] for each in snippets if each.iframe)
    for tag in ("iframe", "script", "dpo-explorer", "link"):
        assert any(snippet.find(tag) for snippet in snippets)
    addresses = [
        tag.get("src") or tag.get("href")
        for snippet in snippets
        for tag in snippet.select("[src], [href]")
    ]
    assert all((dist / address).is_file() for address in addresses)


def test_scripts_and_styles_from_elsewhere_are_taken_only_as_they_are(dist):
    snippets = [soup(code.get_text()) for code in embed_snippets(dist)]
    tags = [tag for snippet in snippets for tag in snippet.select("script, link")]
    assert {tag.get("src") or tag.get("href") for tag in tags} == {
        "embed.css",
        "lesson-steps.js",
        "dpo-explorer.js",
    }
    for tag in tags:
        data = (dist / (tag.get("src") or tag.get("href"))).read_bytes()
        digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
        assert tag["integrity"] == f"sha384-{digest}"
        assert tag["crossorigin"] == "anonymous"


def test_the_frames_page_is_the_element_with_its_script(pages):
    page, element = pages["player.html"], pages["element.html"]
    assert page.select_one("lesson-steps") == element.select_one("lesson-steps")
    assert [script["src"] for script in page.find_all("script")] == ["lesson-steps.js"]


def test_the_element_has_no_empty_line_that_would_end_it_in_markdown(dist):
    assert "\n\n" not in (dist / "element.html").read_text(encoding="utf-8").strip()


def test_the_stylesheet_for_other_pages_touches_the_two_elements_alone(dist):
    style = re.sub(r"/\*.*?\*/", "", (dist / "embed.css").read_text("utf-8"), flags=re.DOTALL)
    selectors = [found.strip() for found in re.findall(r"([^{};]+)\{", style)]
    own = [each for each in selectors if not each.startswith("@")]
    assert len(own) > 5
    assert not [each for each in own if "lesson-steps" not in each and "dpo-explorer" not in each]


def test_the_report_has_the_icon_of_the_pages_and_leads_back(dist):
    page = BeautifulSoup((dist / "report" / "index.html").read_text("utf-8"), "html.parser")
    icon = dist / "report" / page.select_one("link[rel=icon]")["href"]
    assert icon.resolve() == dist.resolve() / "icon.svg"
    assert page.select_one("header a")["href"] == "../index.html"
