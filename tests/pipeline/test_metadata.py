"""What machines read of the page is true, well formed, and breaks out of nothing."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from dpo_math.paper import PAPER
from pipeline.errors import BadInput
from pipeline.metadata import duration, json_ld
from pipeline.site import Site

FILE = {"path": "films/a.mp4", "bytes": 1200, "sha256": "0" * 64}
TRACKS = {"en": {**FILE, "path": "captions/a.en.vtt"}, "fr": {**FILE, "path": "captions/a.fr.vtt"}}


def beat(name, start, end, text):
    return {"id": f"a.{name}", "start": start, "end": end, "narration": {"en": text, "fr": "…"}}


SCENE = {
    "id": "a",
    "title": "Is 1 < 2 & 2 > 1?",
    "seconds": 65.25,
    "film": FILE,
    "poster": {**FILE, "path": "posters/a.webp"},
    "captions": TRACKS,
    "profile": {"width": 1920, "height": 1080},
    "beats": [beat("one", 0, 5 / 3, "</script><b>"), beat("two", 5 / 3, 65.25, "Then.")],
}
MANIFEST = {
    "title": "The lesson",
    "language": "en",
    "scenes": [SCENE, {**SCENE, "id": "b"}],
    "card": {"image": {**FILE, "path": "card.png"}},
}
WHOLE = {
    "film": {**FILE, "path": "films/lesson.mp4"},
    "seconds": 130.5,
    "captions": TRACKS,
    "starts": {"a": 0, "b": 65.25},
}


def graph(manifest=MANIFEST, site=None):
    data = json.loads(json_ld(manifest, "About it.", site or Site()))
    assert data["@context"] == "https://schema.org"
    return {node["@id"].partition("#")[2]: node for node in data["@graph"]}


def test_the_lesson_and_its_films_are_there_and_belong_together():
    nodes = graph()
    lesson = nodes["lesson"]
    assert lesson["@type"] == "LearningResource"
    assert lesson["timeRequired"] == "PT2M10.5S"
    assert [part["@id"] for part in lesson["hasPart"]] == ["index.html#a", "index.html#b"]
    film = nodes["a"]
    assert film["@type"] == "VideoObject"
    assert film["duration"] == "PT1M5.25S"
    assert film["contentUrl"] == "films/a.mp4"
    assert film["transcript"] == "</script><b> Then."
    assert [each["inLanguage"] for each in film["caption"]] == ["en", "fr"]
    assert film["isPartOf"] == {"@id": lesson["@id"]}


def test_clips_are_the_beats_in_order_and_lead_to_them():
    first, second = graph()["a"]["hasPart"]
    assert (first["@type"], first["position"], first["url"]) == ("Clip", 1, "index.html#a.one")
    assert (first["startOffset"], first["endOffset"]) == (0, 1.667)
    assert (second["startOffset"], second["endOffset"]) == (1.667, 65.25)


def test_the_film_of_the_lesson_has_the_scenes_as_clips():
    nodes = graph({**MANIFEST, "lesson": WHOLE})
    clips = nodes["film"]["hasPart"]
    assert [clip["startOffset"] for clip in clips] == [0, 65.25]
    assert all(a["endOffset"] == b["startOffset"] for a, b in pairwise(clips))
    assert clips[-1]["endOffset"] == 130.5
    assert nodes["lesson"]["hasPart"][0] == {"@id": "index.html#film"}


def test_the_paper_is_cited_as_it_is():
    paper = graph()["lesson"]["isBasedOn"]
    assert paper["@type"] == "ScholarlyArticle"
    assert [person["name"] for person in paper["author"]] == list(PAPER.authors)
    assert paper["url"].endswith(PAPER.arxiv)


def test_no_text_ends_the_script_that_it_stands_in():
    written = str(json_ld(MANIFEST, "</script>", Site()))
    assert not re.search(r"[<>&]", written)


def addresses(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"url", "contentUrl", "thumbnailUrl", "image", "@id"}:
                yield value
            else:
                yield from addresses(value)
    elif isinstance(node, list):
        for part in node:
            yield from addresses(part)


@pytest.mark.parametrize("base", ["https://example.org/dpo/", "https://example.org/dpo"])
def test_where_the_lesson_will_be_is_known_addresses_are_whole(base):
    found = list(addresses(graph(site=Site(base))))
    assert "https://example.org/dpo/films/a.mp4" in found
    assert all(address.startswith("https://") for address in found)


def test_a_day_is_told_only_if_somebody_told_it():
    assert "uploadDate" not in graph()["a"]
    dated = graph(site=Site("", "2026-01-31"))
    assert dated["a"]["uploadDate"] == dated["lesson"]["datePublished"] == "2026-01-31"
    assert "uploadDate" not in dated["lesson"]  # which is no film


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "PT0S"), (59.9996, "PT1M"), (60, "PT1M"), (0.25, "PT0.25S"), (3600, "PT1H"),
     (3661.5, "PT1H1M1.5S"), (710.133, "PT11M50.133S")],
)  # fmt: skip
def test_durations_are_written_as_iso_8601_has_them(seconds, written):
    assert duration(seconds) == written


@pytest.mark.parametrize(
    "wrong",
    [Site.__name__, "example.org", "ftp://example.org/", "https://", "https://example.org/?a=b",
     "https://example.org/#here", "/dpo/"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_in_a_line(wrong):
    with pytest.raises(BadInput, match="is no address of a directory"):
        Site(wrong)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-02-30", "31.1.2026"])
def test_a_day_that_is_none_is_refused_in_a_line(wrong):
    with pytest.raises(BadInput, match="is no day; write it as 2026-01-31"):
        Site("", wrong)
