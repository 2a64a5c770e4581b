"""A film with copied beats is the film drawn anew, byte for byte, and less is drawn for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from manim import (
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    ImageMobject,
    LineJointType,
    Square,
)

from pipeline import engine, shots, tape
from pipeline.engine import film_all
from pipeline.film import Film
from pipeline.fingerprint import draws_alike, ingredients
from pipeline.joining import join
from pipeline.profile import FORMATS, Profile
from pipeline.shots import FILM, RECORD, Beats, Shot, shoot, still_of
from pipeline.store import Store
from scenes.catalogue import SCENES
from tests.pipeline import test_sound, tiny
from tests.pipeline.test_encoder import packets
from tests.pipeline.test_engine import Notes
from tests.pipeline.test_sound import beep

__all__ = ["beep"]

SMALL = Profile(160, 90, 15)


class Edited(tiny.TinyScene):
    """Four beats, of which a test says how they are edited."""

    edit: str = ""

    def construct(self):
        square = Square(fill_opacity=1, color="#FFC65C")
        circle = Circle(color="#FF0000" if self.edit == "colour" else "#74B9FF").shift(LEFT)
        beats = [
            ("appear", lambda: FadeIn(square)),
            ("away", lambda: square.animate.shift(RIGHT)),
            ("circle", lambda: FadeIn(circle)),
            ("gone", lambda: FadeOut(square)),
        ]
        if self.edit == "first":
            beats.insert(0, ("before", lambda: FadeIn(Circle().shift(UP))))
        if self.edit == "last":
            beats.append(("after", lambda: circle.animate.shift(UP)))
        if self.edit == "fewer":
            del beats[3]
        say = {"words": {"away": "It moves away."}}.get(self.edit, {})
        longer = {"longer": {"away": 45}}.get(self.edit, {})
        for name, move in beats:
            self.beat(name, say.get(name, name), move(), rest=longer.get(name, 24))


SHOT = Shot(tiny.Entry("edited", "Edited", __name__), SMALL)
EDITS = {"colour": 2, "first": 5, "last": 1, "fewer": 0, "words": 0, "longer": 1}
"""How many beats of each edit show what none of the unedited scene does. With another beat before
them all, all others show its circle as well."""


def made(folder, edit="", beats=None, earlier=None):
    folder.mkdir(parents=True)
    Edited.edit = edit
    try:
        shoot(SHOT, folder, beats=beats or Beats(), earlier=earlier)
    finally:
        Edited.edit = ""
    return {path.name: path for path in folder.iterdir()}


def bytes_of(files):
    return {name: path.read_bytes() for name, path in files.items()}


@pytest.fixture
def unedited(tmp_path):
    return made(tmp_path / "unedited")


@pytest.fixture
def drawn(monkeypatch):
    """How many beats have been drawn."""
    begun = []
    begin = shots._Reel.begin
    monkeypatch.setattr(shots._Reel, "begin", lambda reel: begun.append(reel) or begin(reel))
    return lambda: len(begun)


@pytest.mark.parametrize("edit", EDITS)
def test_a_film_with_copied_beats_is_the_film_drawn_anew(edit, tmp_path, unedited, drawn):
    before = drawn()
    copied = made(tmp_path / "copied", edit, earlier=unedited)
    assert drawn() - before == EDITS[edit]
    assert bytes_of(copied) == bytes_of(made(tmp_path / "anew", edit))


def test_stretches_copy_as_well(tmp_path, unedited, drawn):
    before = drawn()
    parts = [
        made(tmp_path / f"{number}", "colour", beats, unedited)[FILM]
        for number, beats in enumerate((Beats(0, 1), Beats(1, 3), Beats(3)))
    ]
    assert drawn() - before == EDITS["colour"]
    join(parts, tmp_path / "joined.mp4")
    anew = made(tmp_path / "anew", "colour")
    assert (tmp_path / "joined.mp4").read_bytes() == anew[FILM].read_bytes()


def test_another_theme_shows_something_else(tmp_path, unedited, drawn):
    light = Shot(SHOT.entry, replace(SMALL, theme="light"))
    (tmp_path / "light").mkdir()
    before = drawn()
    film = shoot(light, tmp_path / "light", earlier=unedited)
    assert drawn() - before == len(film.beats)


def test_a_beat_that_waits_for_too_much_is_drawn_as_it_comes(tmp_path, unedited, monkeypatch):
    monkeypatch.setattr(tape, "MOST", 0)
    copied = made(tmp_path / "copied", "colour", earlier=unedited)
    assert bytes_of(copied) == bytes_of(made(tmp_path / "anew", "colour"))


def film_of(kind, folder, edit="", earlier=None):
    """The files of a scene of this module."""
    folder.mkdir()
    kind.edit = edit
    try:
        shoot(
            Shot(tiny.Entry(kind.__name__, kind.__name__, __name__), SMALL), folder, earlier=earlier
        )
    finally:
        kind.edit = ""
    return {path.name: path for path in folder.iterdir()}


class Changing(tiny.TinyScene):
    """In a beat, after what is drawn first, something changes that is no mobject's shape."""

    edit: str = ""

    def construct(self):
        square = Square(stroke_width=30)
        self.beat("appear", "A square.", FadeIn(square))
        self.under_way = "away"
        if self.edit == "later":
            square.set_stroke(width=20)
        self.play(square.animate.shift(LEFT), run_time=0.3)
        if self.edit == "ground":
            self.camera.background_color = "#444444"
        if self.edit == "joints":
            square.joint_type = LineJointType.ROUND
        self.beat("away", "It moves.", square.animate.shift(LEFT))
        last = self.beats[-1]
        frames = round(self.renderer.time * SMALL.fps)
        self.beats[1] = replace(last, rest=frames - 24, end=frames)
        if self.edit == "later":
            square.joint_type = LineJointType.ROUND
            self.beat("back", "It moves back.", square.animate.shift(RIGHT))


@pytest.mark.parametrize("edit", ["ground", "joints", "later"])
def test_what_changes_within_a_beat_is_told_and_drawn_as_it_was(edit, tmp_path):
    before = film_of(Changing, tmp_path / "before")
    copied = film_of(Changing, tmp_path / "copied", edit, before)
    anew = film_of(Changing, tmp_path / "anew", edit)
    assert bytes_of(copied) == bytes_of(anew)
    assert anew[FILM].read_bytes() != before[FILM].read_bytes()


class Pictured(tiny.TinyScene):
    """An image, which Manim draws in its own way, comes in the middle of a beat."""

    def construct(self):
        square = Square(fill_opacity=1)
        self.beat("appear", "A square.", FadeIn(square))
        image = ImageMobject(np.full((8, 8, 3), 200, dtype=np.uint8)).scale(20)
        self.beat("image", "An image.", FadeIn(image))
        self.remove(image)
        self.beat("away", "It moves.", square.animate.shift(LEFT))


def test_what_manim_draws_in_its_own_way_is_not_copied(tmp_path, drawn, blank_images):
    shot = Shot(tiny.Entry("pictured", "Pictured", __name__), SMALL)
    folders = [tmp_path / name for name in ("before", "copied")]
    for folder in folders:
        folder.mkdir()
    shoot(shot, folders[0])
    earlier = {path.name: path for path in folders[0].iterdir()}
    shown = [beat.shown for beat in Film.from_json(earlier[RECORD].read_text("utf-8")).beats]
    assert [digest is None for digest in shown] == [False, True, False]
    before = drawn()
    shoot(shot, folders[1], earlier=earlier)
    assert drawn() - before == 1
    assert bytes_of({path.name: path for path in folders[1].iterdir()}) == bytes_of(earlier)


def test_a_sound_is_heard_where_frames_are_copied(tmp_path, beep, monkeypatch):
    monkeypatch.setattr(test_sound.Beeping, "path", str(beep))
    shot = Shot(tiny.Entry("beeping", "Beeping", test_sound.__name__), SMALL)
    folders = [tmp_path / name for name in ("before", "copied")]
    for folder in folders:
        folder.mkdir()
    shoot(shot, folders[0])
    earlier = {path.name: path for path in folders[0].iterdir()}
    shoot(shot, folders[1], earlier=earlier)
    assert bytes_of({path.name: path for path in folders[1].iterdir()}) == bytes_of(earlier)


def test_an_edit_is_filmed_with_what_the_store_has_of_the_scene(tmp_path, monkeypatch):
    asked = []
    submit = engine.Crew.submit

    def submitted(crew, part, earlier):
        asked.append(earlier)
        return submit(crew, part, earlier)

    monkeypatch.setattr(engine.Crew, "submit", submitted)
    store, notes = Store(tmp_path / "store"), Notes()
    said = ingredients(SHOT)
    with store.opened():
        (before,) = film_all([SHOT], store, notes, jobs=1)
        monkeypatch.setattr(engine, "ingredients", lambda _: {**said, "narration here": "new"})
        (after,) = film_all([SHOT], store, notes, jobs=1)
    assert asked[0] is None
    assert asked[1][FILM] == before.video
    assert after.video.read_bytes() == before.video.read_bytes()


def test_a_damaged_film_is_not_copied_from(tmp_path, monkeypatch):
    store, notes, said = Store(tmp_path / "store"), Notes(), ingredients(SHOT)
    with store.opened():
        (before,) = film_all([SHOT], store, notes, jobs=1)
        kept = before.video.read_bytes()
        before.video.write_bytes(kept[:-9] + b"otherwise")
        monkeypatch.setattr(engine, "ingredients", lambda _: {**said, "narration here": "new"})
        (after,) = film_all([SHOT], store, notes, jobs=1)
        assert after.video.read_bytes() == kept


@pytest.mark.parametrize("kind", sorted({*FORMATS} - {"mp4", "png"}))
def test_formats_without_packets_to_copy_are_drawn(kind, tmp_path, monkeypatch):
    shot, said = Shot(SHOT.entry, replace(SMALL, format=kind)), {}
    store, notes = Store(tmp_path / "store"), Notes()
    for word in ("one", "two"):
        said = {**ingredients(SHOT), "narration here": word}
        monkeypatch.setattr(engine, "ingredients", lambda _, said=said: said)
        with store.opened():
            assert len(film_all([shot], store, notes, jobs=1)) == 1
    assert notes.failed == {}


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("scenes/theme.py", True),
        ("narration scenes.loss.title", True),
        ("assets/data/pairs.json", True),
        ("pipeline/encoder.py", False),
        ("profile theme", False),
        ("av (library)", False),
        ("python", False),
        ("scene", False),
    ],
)
def test_films_are_copied_from_if_only_what_they_show_may_differ(name, alike):
    now = ingredients(SHOT)
    assert draws_alike({**now, name: "something else"}, now) is alike


def test_a_copied_film_says_once_what_x264_says_of_itself(tmp_path, unedited):
    """Where its first beat is drawn and where it is copied."""
    for edit in ("first", "last"):
        film = made(tmp_path / edit, edit, earlier=unedited)[FILM]
        assert film.read_bytes().count(b"x264 - core") == 1
        assert b"x264 - core" in bytes(packets(film)[0])


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_a_scene_that_shows_what_it_showed_is_not_drawn(entry, films, tmp_path, drawn):
    take = films[entry.id]
    before = {FILM: take.video, RECORD: tmp_path / RECORD}
    before |= {still_of(beat): still for beat, still in take.stills.items()}
    before[RECORD].write_text(take.film.to_json(), encoding="utf-8")
    (tmp_path / "copied").mkdir()
    film = shoot(take.shot, tmp_path / "copied", earlier=before)
    assert drawn() == 0
    assert film == take.film
    for name, path in before.items():
        assert (tmp_path / "copied" / name).read_bytes() == path.read_bytes()


class Shaded(tiny.TinyScene):
    """A square of two colours, whose look follows from more than is noted."""

    def construct(self):
        square = Square(fill_opacity=1).set_fill(["#FF0000", "#0000FF"])
        self.beat("appear", "A square.", FadeIn(square))
        self.beat("away", "It moves.", square.animate.shift(LEFT))


class Later(tiny.TinyScene):
    """A square appears, first of all or after a beat of nothing."""

    edit: str = ""

    def construct(self):
        if self.edit == "":
            unseen = Circle(stroke_opacity=0)
            self.beat("nothing", "Nothing.", unseen.animate.shift(UP))
            self.remove(unseen)
        square = Square(fill_opacity=1)
        self.beat("appear", "A square.", FadeIn(square))
        self.beat("away", "It moves.", square.animate.shift(LEFT))


def test_what_has_no_look_of_its_own_is_drawn_as_it_comes(tmp_path, drawn):
    before = film_of(Shaded, tmp_path / "before")
    assert film_of(Shaded, tmp_path / "copied", earlier=before)
    assert drawn() == 4
    assert bytes_of(before) == bytes_of(film_of(Shaded, tmp_path / "anew"))
    copied = {path.name: path for path in (tmp_path / "copied").iterdir()}
    assert bytes_of(copied) == bytes_of(before)


def test_a_film_starts_with_a_beat_that_started_one(tmp_path, drawn):
    before = film_of(Later, tmp_path / "before")
    counted = drawn()
    copied = film_of(Later, tmp_path / "copied", "first", before)
    assert drawn() - counted == 1
    assert bytes_of(copied) == bytes_of(film_of(Later, tmp_path / "anew", "first"))
