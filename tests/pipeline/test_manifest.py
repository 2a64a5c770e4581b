"""The manifest is what its schema says, and the schema lets nothing else pass."""

from __future__ import annotations

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from dpo_math.verify import Verdict
from pipeline.bundle import bundle
from pipeline.engine import Take
from pipeline.errors import BadInput
from pipeline.manifest import NAME, SCHEMA, Invalid, as_text, claim, files, read, validate
from pipeline.profile import SHAPES, THEMES, Profile
from pipeline.shots import Shot, shoot
from pipeline.site import Site
from tests.pipeline.tiny import TINY


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tiny")
    shot = Shot(TINY, Profile(160, 90, 15))
    shoot(shot, directory)
    take = Take.of(shot, {path.name: path for path in directory.iterdir()})
    made = tmp_path_factory.mktemp("dist")
    bundle([take], made, site=Site("https://example.org/dpo/", "2026-01-31"))
    return made


@pytest.fixture
def manifest(dist):
    return json.loads((dist / NAME).read_text(encoding="utf-8"))


def test_the_schema_is_a_schema_and_ships_with_the_manifest(dist, manifest):
    schema = json.loads((dist / manifest["$schema"]).read_text(encoding="utf-8"))
    assert schema == json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_lessons_manifest_is_valid(manifest):
    validate(manifest)


def places(value, path=()):
    """Every key of every object, as the path to it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*path, key)
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value[:1]):
            yield from places(part, (*path, index))


def at(value, path):
    for key in path:
        value = value[key]
    return value


MAY_BE_ABSENT = {("site",), ("site", "base_url"), ("site", "published"), ("lesson",)}


def test_whatever_is_left_out_is_missed(manifest):
    for *above, key in places(manifest):
        if (*above, key) in MAY_BE_ABSENT:
            continue
        damaged = copy.deepcopy(manifest)
        del at(damaged, above)[key]
        with pytest.raises(Invalid):
            validate(damaged)


def test_whatever_is_added_is_refused(manifest):
    objects = {tuple(above) for *above, _ in places(manifest)}
    for path in objects:
        damaged = copy.deepcopy(manifest)
        at(damaged, path)["Made by hand"] = 1
        with pytest.raises(Invalid):
            validate(damaged)


@pytest.mark.parametrize("wrong", [[], {}, 3.5, True, "", " "], ids=repr)
def test_nothing_may_be_of_another_kind(manifest, wrong):
    number = isinstance(wrong, float)
    free = {"narration": {" ", ""}}  # a beat may be silent
    for *above, key in places(manifest):
        right = at(manifest, above)[key]
        if number and isinstance(right, int | float) and not isinstance(right, bool):
            continue
        if isinstance(wrong, bool) and isinstance(right, bool) and key == "draft":
            continue
        if key == "lines" and wrong == []:
            continue
        if above and isinstance(wrong, str) and wrong in free.get(above[-1], set()):
            continue
        damaged = copy.deepcopy(manifest)
        at(damaged, above)[key] = wrong
        with pytest.raises(Invalid):
            validate(damaged)


WRONG = {
    "a digest in capitals": (("card", "made_of"), "A" * 64),
    "a digest that is cut short": (("report", "page", "sha256"), "a" * 63),
    "an empty file": (("scenes", 0, "film", "bytes"), 0),
    "a file elsewhere on the disk": (("scenes", 0, "film", "path"), "/etc/film.mp4"),
    "a file above the directory": (("scenes", 0, "film", "path"), "films/../../film.mp4"),
    "a file on another server": (("scenes", 0, "film", "path"), "https://example.org/film.mp4"),
    "a film that is no film": (("scenes", 0, "film", "path"), "films/tiny.png"),
    "a poster that is no picture": (("scenes", 0, "poster", "path"), "posters/tiny.mp4"),
    "a still of the other kind": (("scenes", 0, "beats", 0, "still", "png", "path"), "a.webp"),
    "captions that are no captions": (("scenes", 0, "captions", "en", "path"), "tiny.srt"),
    "a time before the beginning": (("scenes", 0, "beats", 0, "start"), -0.1),
    "a film of no length": (("scenes", 0, "seconds"), 0),
    "half a frame": (("scenes", 0, "frames"), 60.5),
    "a profile of half a pixel": (("scenes", 0, "profile", "width"), 160.5),
    "no frames a second": (("scenes", 0, "profile", "fps"), 0),
    "a theme that is none": (("scenes", 0, "profile", "theme"), "sepia"),
    "a step before the first": (("scenes", 0, "step"), 0),
    "an id with a space": (("scenes", 0, "id"), "the loss"),
    "a beat of no scene": (("scenes", 0, "beats", 0, "id"), "appear"),
    "a verdict that is none": (("scenes", 0, "lines", 0, "verdict"), "plausible"),
    "a line that is refuted": (("scenes", 0, "lines", 0, "verdict"), "refuted"),
    "MathML that is none": (("scenes", 0, "lines", 0, "mathml"), "<p>x</p>"),
    "a place that is not in the report": (("scenes", 0, "lines", 0, "report"), "index.html#x"),
    "a language that is none": (("language",), "english"),
    "the same language twice": (("languages",), ["en", "en"]),
    "a paper on no archive": (("paper", "arxiv"), "2305"),
    "an address with a query": (("site", "base_url"), "https://example.org/?a=b"),
    "a day that is none": (("site", "published"), "31 January"),
    "another schema": (("$schema",), "https://example.org/schema.json"),
    "another maker": (("made_by",), "somebody"),
}


@pytest.mark.parametrize(("path", "value"), WRONG.values(), ids=WRONG)
def test_damage_is_refused_with_its_place(manifest, path, value):
    *above, key = path
    at(manifest, above)[key] = value
    with pytest.raises(Invalid) as caught:
        validate(manifest)
    assert str(path[0]) in str(caught.value).partition(": ")[0]
    assert "\n" not in str(caught.value)


def test_a_verdict_may_be_any_of_the_checkers_but_refuted():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    allowed = schema["$defs"]["line"]["properties"]["verdict"]["enum"]
    assert {*allowed, "refuted"} == {str(verdict) for verdict in Verdict}


def test_a_profile_may_be_any_that_there_is():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    profile = schema["$defs"]["profile"]["properties"]
    assert set(profile["theme"]["enum"]) == set(THEMES)
    assert set(profile["shape"]["enum"]) == set(SHAPES)
    assert set(profile) == set(Profile().as_dict())


def test_an_invalid_manifest_is_not_written(manifest):
    with pytest.raises(Invalid, match=r"\$.scenes: \[\] should be non-empty"):
        as_text({**manifest, "scenes": []})


def test_a_manifest_lists_all_its_files(dist, manifest):
    listed = {file["path"] for file in files(manifest)}
    there = {str(path.relative_to(dist)) for path in dist.rglob("*") if path.is_file()}
    assert there == listed | {NAME}


def test_beats_follow_each_other_from_the_first_frame_to_the_last(manifest):
    (scene,) = manifest["scenes"]
    at = 0
    for beat in scene["beats"]:
        assert at == beat["start"] <= beat["rest"] <= beat["end"]
        at = beat["end"]
    assert at == scene["seconds"] == scene["frames"] / scene["profile"]["fps"]


def test_what_an_older_lesson_says_is_not_trusted_but_the_directory_is_ours(tmp_path):
    (tmp_path / NAME).write_text('{"made_by": "lesson-films", "scenes": [{"id": "tiny"}]}')
    claim(tmp_path)
    assert read(tmp_path) == {"made_by": "lesson-films"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_by": "you"}', "null", "\ufeffx"])
def test_a_manifest_of_somebody_else_is_left_alone(tmp_path, text):
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="something other than a lesson"):
        claim(tmp_path)
    assert (tmp_path / NAME).read_text(encoding="utf-8") == text
