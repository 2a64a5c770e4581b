"""The bundle is whole, says truly what is in it, and never harms what was there."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
import webvtt
from bs4 import BeautifulSoup
from PIL import Image

from dpo_math.derivation import LINES
from dpo_math.printers import mathml, spoken, tex
from pipeline import cuts
from pipeline.bundle import bundle
from pipeline.captions import FASTEST, cues
from pipeline.engine import Take
from pipeline.errors import BadInput
from pipeline.languages import LANGUAGES
from pipeline.manifest import NAME, files
from pipeline.pages import FONTS, PLAYER
from pipeline.profile import Profile
from pipeline.shots import Shot, shoot
from scenes.catalogue import SCENES
from scenes.narration import FOLDER
from scenes.theme import THEMES
from tests.pipeline.tiny import OTHER, TINY

KINDS = ("png", "webp")
SCRIPTS = sorted(path.name for path in PLAYER.glob("*.js"))


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    made = []
    for entry in (TINY, OTHER):
        directory = tmp_path_factory.mktemp(entry.id)
        shot = Shot(entry, Profile(160, 90, 15))
        shoot(shot, directory)
        made.append(Take.of(shot, {path.name: path for path in directory.iterdir()}))
    return made


@pytest.fixture
def dist(takes, tmp_path):
    bundle(takes, tmp_path / "dist")
    return tmp_path / "dist"


def manifest(dist):
    return json.loads((dist / NAME).read_text(encoding="utf-8"))


def snapshot(dist):
    return {str(p.relative_to(dist)): p.read_bytes() for p in dist.rglob("*") if p.is_file()}


def test_every_file_is_described_by_its_size_and_its_digest(dist):
    described = list(files(manifest(dist)))
    for file in described:
        data = (dist / file["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    assert set(snapshot(dist)) == {file["path"] for file in described} | {NAME}


def test_times_are_seconds_from_frame_counts_up_to_the_end_of_the_film(dist):
    tiny = manifest(dist)["scenes"][0]
    assert [(b["start"], b["rest"], b["end"]) for b in tiny["beats"]] == [
        (0, 6 / 15, 2),
        (2, 36 / 15, 66 / 15),
    ]
    with av.open(str(dist / tiny["film"]["path"])) as container:
        assert container.duration / 1e6 == tiny["seconds"] == 66 / 15


def test_lines_keep_their_verdict_and_are_given_in_all_their_writings(dist):
    (line,) = manifest(dist)["scenes"][0]["lines"]
    tree = LINES["inversion"].tree
    assert line == {
        "id": "inversion",
        "tex": tex(tree),
        "mathml": mathml(tree, block=True),
        "spoken": spoken(tree),
        "verdict": "proved",
        "report": "report/index.html#inversion",
    }


def test_the_page_has_for_every_scene_a_film_with_captions_and_all_its_words(dist):
    page = BeautifulSoup((dist / "index.html").read_text(encoding="utf-8"), "html.parser")
    for scene in manifest(dist)["scenes"]:
        article = page.find(id=scene["id"])
        video = article.find("video")
        assert {"controls", "muted", "playsinline", "width", "height", "poster"} <= set(video.attrs)
        assert video["preload"] == "none"
        for tag, attribute in (("source", "src"), ("track", "src")):
            assert (dist / article.find(tag)[attribute]).is_file()
        text = article.get_text()
        assert all(beat["narration"]["en"] in text for beat in scene["beats"])
        verdicts = article.select(".verdict summary")
        shown = list(zip(article.find_all("math"), verdicts, strict=True))
        for (formula, verdict), line in zip(shown, scene["lines"], strict=True):
            assert formula.find("annotation").get_text() == line["tex"]
            assert verdict.get_text() == line["verdict"]
        assert article.find("h3").get_text() == scene["title"]


def test_the_page_has_no_script_and_no_style_within_it(dist):
    text = (dist / "index.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert not page.find_all("style")
    inline = page.find_all("script", src=False)
    assert [script["type"] for script in inline] == ["application/ld+json"]  # is data, and not run
    assert {script["src"] for script in page.find_all("script", src=True)} <= set(SCRIPTS)
    assert not any(script.get_text() for script in page.find_all("script", src=True))
    assert not page.find_all(style=True)


def test_the_stylesheet_has_the_colours_of_both_themes_of_the_films(dist):
    css = (dist / "lesson.css").read_text(encoding="utf-8")
    for theme in THEMES.values():
        assert all(f"--{role}: {colour};" in css for role, colour in theme.colours.items())


def test_a_second_bundle_of_the_same_takes_changes_no_file(takes, dist):
    before = {p: p.stat().st_mtime_ns for p in dist.rglob("*")}
    bundle(takes, dist)
    assert {p: p.stat().st_mtime_ns for p in dist.rglob("*")} == before


def test_a_clip_is_its_beats_frames(takes, dist):
    beat = manifest(dist)["scenes"][0]["beats"][1]
    with av.open(str(dist / beat["clip"]["path"])) as clip, av.open(str(takes[0].video)) as film:
        frames = [frame.to_ndarray() for frame in clip.decode(video=0)]
        whole = [frame.to_ndarray() for frame in film.decode(video=0)]
    assert len(frames) == 36
    assert all((a == b).all() for a, b in zip(frames, whole[30:], strict=True))


def pixels(path):
    with Image.open(path) as picture:
        return picture.format, np.asarray(picture.convert("RGB"))


def test_stills_and_posters_are_the_pictures_as_they_were_drawn(takes, dist):
    for take, scene in zip(takes, manifest(dist)["scenes"], strict=True):
        for beat, drawn in zip(scene["beats"], take.stills.values(), strict=True):
            _, wanted = pixels(drawn)
            for kind, file in beat["still"].items():
                form, shown = pixels(dist / file["path"])
                assert form == kind.upper()
                assert (shown == wanted).all()
        form, poster = pixels(dist / scene["poster"]["path"])
        assert form == "WEBP"
        assert (poster == wanted).all()


def test_a_still_that_was_drawn_anew_is_shown_anew(takes, dist, tmp_path):
    drawn = tmp_path / "drawn.png"
    Image.new("RGB", (160, 90), "#FFC65C").save(drawn)
    bundle([replace(takes[0], stills={**takes[0].stills, "part": drawn})], dist)
    for name in ("stills/tiny/part.webp", "stills/tiny/part.png", "posters/tiny.webp"):
        assert (pixels(dist / name)[1] == pixels(drawn)[1]).all()


def cue_times(path):
    return [(caption.start, caption.end, caption.text) for caption in webvtt.read(str(path))]


def test_the_whole_film_is_all_films_with_their_captions_and_the_scenes_as_chapters(takes, dist):
    whole = manifest(dist)["lesson"]
    assert (whole["frames"], whole["starts"]) == (96, {"tiny": 0, "other": 66 / 15})
    with av.open(str(dist / whole["film"]["path"])) as container:
        frames = [frame.to_ndarray() for frame in container.decode(video=0)]
        assert container.duration / 1e6 == pytest.approx(whole["seconds"], abs=1e-5)
    with av.open(str(takes[1].video)) as film:
        last = [frame.to_ndarray() for frame in film.decode(video=0)]
    assert len(frames) == 96
    assert all((a == b).all() for a, b in zip(frames[66:], last, strict=True))
    assert cue_times(dist / whole["captions"]["en"]["path"]) == [
        ("00:00:00.000", "00:00:02.000", "A square appears."),
        ("00:00:02.000", "00:00:04.400", "It leaves the circle."),
        ("00:00:04.400", "00:00:06.400", "A circle appears."),
    ]
    assert cue_times(dist / whole["chapters"]["en"]["path"]) == [
        ("00:00:00.000", "00:00:04.400", "A square &amp; a circle"),
        ("00:00:04.400", "00:00:06.400", "A square &amp; a circle"),
    ]


def test_films_in_another_order_are_joined_anew(takes, dist, tmp_path):
    bundle(takes[::-1], dist)
    bundle(takes[::-1], tmp_path / "fresh")
    assert snapshot(dist) == snapshot(tmp_path / "fresh")


def test_films_of_several_sizes_are_not_joined_but_shown_each_by_itself(takes, dist, tmp_path):
    shot = Shot(OTHER, Profile(176, 90, 15))
    shoot(shot, tmp_path)
    other = Take.of(shot, {path.name: path for path in tmp_path.iterdir()})
    bundle([takes[0], other], dist)
    assert "lesson" not in manifest(dist)
    assert not (dist / "films/lesson.mp4").exists()
    assert (dist / "films/other.mp4").is_file()


def test_a_damaged_clip_is_cut_again(takes, dist):
    clip = dist / "clips/tiny/part.mp4"
    good = clip.read_bytes()
    clip.write_bytes(good[:100])
    bundle(takes, dist)
    assert clip.read_bytes() == good


def test_a_clip_begins_at_a_keyframe_or_not_at_all(takes, tmp_path):
    with pytest.raises(ValueError, match="no keyframe at frame 31"):
        cuts.clip(takes[0].video, tmp_path / "clip.mp4", 31, 40, 15)
    assert not (tmp_path / "clip.mp4").exists()


def test_what_a_former_lesson_left_is_removed(takes, dist):
    (dist / ".index.html.part").write_text("half")
    bundle(takes[:1], dist)
    assert sorted(snapshot(dist)) == sorted(
        [
            "captions/lesson.en.vtt",
            "captions/tiny.en.vtt",
            "card.png",
            "chapters/lesson.en.vtt",
            "chapters/tiny.en.vtt",
            "clips/tiny/appear.mp4",
            "clips/tiny/part.mp4",
            "element.html",
            "embed.html",
            "films/lesson.mp4",
            "films/tiny.mp4",
            *(f"fonts/{path.name}" for path in FONTS.glob("*.woff2")),
            "icon.svg",
            "index.html",
            *SCRIPTS,
            "embed.css",
            "lesson.css",
            "manifest.json",
            "manifest.schema.json",
            "player.html",
            "posters/tiny.webp",
            "report/index.html",
            "report/report.css",
            "report/report.json",
            *(f"stills/tiny/{beat}.{kind}" for beat in ("appear", "part") for kind in KINDS),
            "transcripts/en.html",
            "transcripts/en.txt",
        ]
    )


def test_a_directory_that_holds_something_else_is_refused_and_left_alone(takes, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput, match="holds something other than a lesson"):
        bundle(takes, tmp_path)
    assert snapshot(tmp_path) == {"thesis.txt": b"years of work"}


class Crash(BaseException):
    """The machine goes off."""


@pytest.fixture
def crash_after(monkeypatch):
    """Lets so many files be written whole, and goes off in the middle of the next."""
    write_bytes, copyfile = Path.write_bytes, shutil.copyfile
    left = [0]

    def half(path, data):
        write_bytes(path, data[: len(data) // 2])
        raise Crash

    def write(path, data):
        left[0] -= 1
        return half(path, data) if left[0] < 0 else write_bytes(path, data)

    def copy(source, path):
        left[0] -= 1
        return half(path, source.read_bytes()) if left[0] < 0 else copyfile(source, path)

    monkeypatch.setattr(Path, "write_bytes", write)
    monkeypatch.setattr(shutil, "copyfile", copy)
    return partial(left.__setitem__, 0)


def test_a_crash_in_any_file_leaves_no_half_file_in_place_of_a_good_one(
    takes, dist, tmp_path, crash_after
):
    """Two lessons that differ in every film; the second is cut short in each file in turn."""
    before = snapshot(dist)
    changed = [replace(take, shot=takes[1 - i].shot) for i, take in enumerate(takes)]
    crash_after(1000)
    bundle(changed, tmp_path / "after")
    after = snapshot(tmp_path / "after")
    crashes = 0
    for survived in range(len(after)):
        crash_after(survived)
        try:
            bundle(changed, dist)
        except Crash:
            crashes += 1
            now = {name: data for name, data in snapshot(dist).items() if ".part" not in name}
            assert all(data in (before.get(name), after.get(name)) for name, data in now.items())
            assert set(before) & set(after) <= set(now)
    assert crashes > 0
    crash_after(1000)
    bundle(changed, dist)
    assert snapshot(dist) == after


def test_the_bundle_is_the_same_bytes_wherever_it_is_made(takes, dist, tmp_path):
    bundle(takes, tmp_path / "elsewhere" / "dist")
    assert snapshot(tmp_path / "elsewhere" / "dist") == snapshot(dist)


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_the_captions_of_the_lesson_can_be_read_with_ease(entry, films, tmp_path):
    take = films[entry.id]
    bundle([take], tmp_path)
    read = webvtt.read(str(tmp_path / f"captions/{entry.id}.en.vtt"))
    assert len(read.captions) == len(cues(take.film))
    slow = [c for c in cues(take.film) if c.speed(take.film.fps) > FASTEST]
    assert slow == []


def test_the_film_of_the_cancellation_stands_over_what_the_page_says_of_it(films, tmp_path):
    page = BeautifulSoup(bundle([films["cancellation"]], tmp_path).read_text(), "html.parser")
    told = page.find(attrs={"aria-labelledby": "why-z-goes"})
    assert told.find("video").find("source")["src"] == "films/cancellation.mp4"
    assert {track["srclang"] for track in told.find_all("track")} >= {"en", "fr"}


def test_every_language_of_the_narration_has_a_name_for_the_captions_menu():
    languages = {path.stem for path in FOLDER.glob("*.toml")}
    assert languages <= set(LANGUAGES)
