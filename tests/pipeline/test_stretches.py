"""A shot filmed in stretches is the shot filmed at once, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from manim import LEFT, UP, FadeIn, Rotate, Square, linear

from pipeline import engine, stretches
from pipeline.engine import film_all
from pipeline.film import Film
from pipeline.fingerprint import spoken_characters
from pipeline.joining import join
from pipeline.profile import FORMATS, Profile
from pipeline.shots import ALL, FILM, RECORD, Beats, Shot, ShotError, Stretch, shoot
from pipeline.store import Store
from pipeline.stretches import SHORTEST, united
from scenes.beats import BeatScene
from scenes.catalogue import SCENES
from tests.pipeline import test_sound, tiny
from tests.pipeline.test_encoder import packets
from tests.pipeline.test_engine import Notes
from tests.pipeline.test_holds import filmed
from tests.pipeline.test_sound import beep

__all__ = ["beep"]

SMALL = Profile(160, 90, 15)


def bytes_of(made):
    return {name: path.read_bytes() for name, path in made.items()}


def in_stretches(shot, folder, *beats):
    parts = []
    for number, wanted in enumerate(beats):
        directory = folder / f"part {number}"
        directory.mkdir(parents=True)
        shoot(shot, directory, beats=wanted)
        parts.append({path.name: path for path in directory.iterdir()})
    return united(shot, parts, folder)


def at_once(shot, folder):
    folder.mkdir()
    shoot(shot, folder)
    return {path.name: path for path in folder.iterdir()}


def test_films_cut_at_a_keyframe_are_joined_to_the_film_encoded_at_once(tmp_path):
    takes = [(0, 1, True), (1, 70, False), (1, 9, True), (2, 1, False), (3, 1, True), (4, 5, False)]
    whole = filmed(tmp_path / "whole.mp4", takes=takes)
    for cut in (2, 4):
        parts = [
            filmed(tmp_path / f"{cut} {number}.mp4", takes=part)
            for number, part in enumerate((takes[:cut], takes[cut:]))
        ]
        join(parts, tmp_path / "joined.mp4")
        assert (tmp_path / "joined.mp4").read_bytes() == whole.read_bytes()
        assert sum(len(packets(part)) for part in parts) == len(packets(whole))


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_every_scene_of_the_lesson_may_be_filmed_in_stretches(entry, films, tmp_path):
    take = films[entry.id]
    last = len(take.film.beats) - 1
    made = in_stretches(
        take.shot, tmp_path, Beats(0, 1), Beats(1, last // 2), Beats(last // 2, last), Beats(last)
    )
    assert made[FILM].read_bytes() == take.video.read_bytes()
    assert Film.from_json(made[RECORD].read_text(encoding="utf-8")) == take.film
    for beat, still in take.stills.items():
        assert made[f"{beat}.png"].read_bytes() == still.read_bytes()


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_a_scenes_beats_are_told_in_the_order_they_are_played(entry, films):
    take = films[entry.id]
    assert len(spoken_characters(take.shot)) == len(take.film.beats)


class Turning(BeatScene):
    """A square turns by itself, ever faster, whatever else is played."""

    id, title, lines = "turning", "A square", ()

    def __init__(self, renderer, *, shape, **look):
        super().__init__(renderer, **look)

    def construct(self):
        self.say = lambda *names, **numbers: "It turns."
        square = Square(fill_opacity=1)
        speed = np.array([0.1])

        def turn(mobject, dt):
            speed[:] *= 1 + dt
            mobject.rotate(speed[0] * dt)

        square.add_updater(turn)
        self.add(square)
        with self.beat("appear"):
            self.play(FadeIn(Square().shift(2 * LEFT)))
        with self.beat("move"):
            self.play(square.animate(rate_func=linear).shift(UP))
        with self.beat("back"):
            self.play(Rotate(square, -1))


def test_what_moves_by_itself_is_gone_through_frame_by_frame(tmp_path):
    shot = Shot(tiny.Entry("turning", "Turning", __name__), SMALL)
    made = in_stretches(shot, tmp_path, Beats(0, 1), Beats(1, 2), Beats(2))
    assert bytes_of(made) == bytes_of(at_once(shot, tmp_path / "whole"))


def test_a_sound_is_heard_once_and_across_the_cut(tmp_path, beep, monkeypatch):
    monkeypatch.setattr(test_sound.Beeping, "path", str(beep))
    shot = Shot(tiny.Entry("beeping", "Beeping", test_sound.__name__), SMALL)
    made = in_stretches(shot, tmp_path, Beats(0, 1), Beats(1))
    assert bytes_of(made) == bytes_of(at_once(shot, tmp_path / "whole"))


def test_a_sound_that_cannot_be_heard_is_the_shots_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(test_sound.Beeping, "path", __file__)
    shot = Shot(tiny.Entry("beeping", "Beeping", test_sound.__name__), SMALL)
    with pytest.raises(ShotError, match=r"^beeping: "):
        in_stretches(shot, tmp_path, Beats(0, 1), Beats(1))


def test_a_stretch_after_the_last_beat_adds_nothing(tmp_path):
    shot = Shot(tiny.TINY, SMALL)
    made = in_stretches(shot, tmp_path, Beats(0, 1), Beats(1, 5), Beats(5))
    assert bytes_of(made) == bytes_of(at_once(shot, tmp_path / "whole"))


def test_what_comes_over_a_wire_is_put_together_like_what_lies_on_the_disk(tmp_path):
    shot = Shot(tiny.TINY, SMALL)
    parts = []
    for number, beats in enumerate((Beats(0, 1), Beats(1))):
        (tmp_path / f"far {number}").mkdir()
        shoot(shot, tmp_path / f"far {number}", beats=beats)
        parts.append({p.name: p.read_bytes() for p in (tmp_path / f"far {number}").iterdir()})
    made = united(shot, parts, tmp_path)
    assert bytes_of(made) == bytes_of(at_once(shot, tmp_path / "whole"))


def narrated(monkeypatch, **beats):
    """Have scenes of these ids say so much, as far as the planning goes."""
    for module in (stretches, engine):
        monkeypatch.setattr(
            module, "spoken_characters", lambda shot: [50] * beats.get(shot.entry.id, 0)
        )


def shares(shot, count):
    return [stretch.beats for stretch in stretches.stretches(shot, count)]


def test_stretches_have_about_as_many_beats_and_leave_none_out(monkeypatch):
    narrated(monkeypatch, tiny=10)
    shot = Shot(tiny.TINY, SMALL)
    assert shares(shot, 1) == [ALL]
    assert shares(shot, 2) == [Beats(0, 5), Beats(5)]
    assert shares(shot, 3) == shares(shot, 9) == [Beats(0, 3), Beats(3, 7), Beats(7)]
    narrated(monkeypatch, tiny=2 * SHORTEST - 1)
    assert shares(shot, 2) == [ALL]


@pytest.mark.parametrize("kind", sorted({*FORMATS} - {"mp4", "png"}))
def test_a_format_that_cannot_be_joined_is_filmed_at_once(kind, monkeypatch):
    narrated(monkeypatch, tiny=10)
    assert shares(Shot(tiny.TINY, replace(SMALL, format=kind)), 2) == [ALL]


def test_shots_are_cut_only_when_there_are_hands_that_would_have_nothing_to_do(monkeypatch):
    narrated(monkeypatch, tiny=30, other=30, long=60)
    shots = [Shot(entry, SMALL) for entry in (tiny.LONG, tiny.TINY, tiny.OTHER)]

    def counts(hands):
        return [len(parts) for parts in engine.planned(shots, hands).values()]

    assert counts(1) == counts(2) == [1, 1, 1]
    assert counts(3) == [2, 1, 1]
    assert counts(6) == [3, 2, 2]


def test_one_shot_is_filmed_by_all_hands_and_told_of_once(tmp_path, monkeypatch):
    narrated(monkeypatch, long=30)
    shot, notes, store = Shot(tiny.LONG, SMALL), Notes(), Store(tmp_path / "cache")
    asked = []
    submit = engine.Crew.submit
    monkeypatch.setattr(
        engine.Crew, "submit", lambda crew, part, _: asked.append(part) or submit(crew, part, None)
    )
    with store.opened():
        (take,) = film_all([shot], store, notes, jobs=3)
    assert asked == [Stretch(shot, beats) for beats in (Beats(0, 10), Beats(10, 20), Beats(20))]
    assert notes.expected == notes.finished == ["long"]
    whole = at_once(shot, tmp_path / "whole")
    assert take.video.read_bytes() == whole[FILM].read_bytes()
    assert json.loads(whole[RECORD].read_text(encoding="utf-8"))["frames"] == take.film.frames


def test_a_shot_that_fails_in_stretches_fails_once_and_says_where(tmp_path, monkeypatch):
    narrated(monkeypatch, raising=9)
    notes, store = Notes(), Store(tmp_path)
    with store.opened():
        assert film_all([Shot(tiny.RAISING, SMALL)], store, notes, jobs=3) == []
    assert "raising, in beat 'break'" in notes.failed["raising"]
