"""What is heard is heard with the frame it belongs to, and a silent film has no track for it."""

from __future__ import annotations

import wave

import av
import numpy as np
import pytest
from manim import Circle, FadeIn

from pipeline import cuts, sound
from pipeline.joining import join
from pipeline.profile import FORMATS, Profile
from pipeline.shots import FILM, Shot, ShotError, film_of, shoot
from pipeline.sound import RATE, Sound, decoded, mixed
from tests.pipeline import tiny
from tests.pipeline.test_holds import FPS, filmed
from tests.pipeline.test_holds import decoded as pictures

LATE = RATE // 100  # samples: how much later a beep may be heard than it is meant to be


@pytest.fixture(scope="module")
def beep(tmp_path_factory):
    """A tenth of a second of 1 kHz, at another rate than films have, in mono."""
    path = tmp_path_factory.mktemp("beep") / "beep.wav"
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(4410) / 44100)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes((tone * 32767).astype("<i2").tobytes())
    return path


def onsets(samples):
    """Where it starts to be loud after a hundredth of a second of silence."""
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > 0.2)
    return [int(at) for at in loud[np.diff(loud, prepend=-RATE) > RATE // 100]]


def heard_at(path, *frames, fps=FPS):
    """Whether beeps start with these frames, and no others."""
    found = onsets(decoded(path))
    assert len(found) == len(frames), found
    return all(-48 <= at - n * RATE / fps <= LATE for at, n in zip(found, frames, strict=True))


def dubbed(path, *sounds):
    filmed(path)
    frames = len(pictures(path))
    sound.put_beside(path, sounds, frames=frames, fps=FPS)
    return path


def test_a_sound_is_heard_from_its_frame_on(tmp_path, beep):
    path = dubbed(tmp_path / "film.mp4", Sound(beep, 0), Sound(beep, 61), Sound(beep, 200))
    assert heard_at(path, 0, 61, 200)
    assert not heard_at(path, 0, 62, 200)


def test_the_pictures_stay_as_they_are_and_the_track_is_as_long(tmp_path, beep):
    silent = pictures(filmed(tmp_path / "silent.mp4"))
    path = dubbed(tmp_path / "film.mp4", Sound(beep, 5))
    again = pictures(path)
    assert len(again) == len(silent)
    assert all(map(np.array_equal, silent, again))
    with av.open(str(path)) as container:
        track = container.streams.audio[0]
        assert track.codec_context.name == "aac"
        assert container.streams.video[0].start_time == track.start_time == 0
    assert abs(decoded(path).shape[1] - len(silent) * RATE // FPS) <= 1024
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_sounds_are_mixed_louder_by_their_gain_and_cut_off_with_the_film(beep):
    once = mixed([Sound(beep, 0)], frames=30, fps=30)
    assert once.shape == (2, RATE)
    twice = mixed([Sound(beep, 0), Sound(beep, 0, gain=-6.0206)], frames=30, fps=30)
    assert np.allclose(twice, 1.5 * once, atol=1e-4)
    end = mixed([Sound(beep, 29)], frames=30, fps=30)
    assert np.array_equal(end[:, 29 * RATE // 30 :], once[:, : RATE // 30])
    assert np.abs(mixed([Sound(beep, 0)] * 9, frames=30, fps=30)).max() == 1


class Beeping(tiny.TinyScene):
    """Two beats; a beep with the start of the second, and one a third of a second later.

    The first is made of animations that take half a frame less than the frames they are given.
    """

    path = ""

    def construct(self):
        for _ in range(10):
            self.play(FadeIn(Circle()), run_time=2.5 / 15)
        self.wait(1 / 15)
        self.beats.append(tiny.Beat("first", 0, 31, 31, "One."))
        self.add_sound(self.path)
        self.add_sound(self.path, time_offset=5 / 15)
        self.beat("second", "Two.", Circle().animate.shift([1, 0, 0]))


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov", "gif"])
def test_a_scene_is_heard_with_the_frames_it_was_at(tmp_path, monkeypatch, beep, kind):
    monkeypatch.setattr(Beeping, "path", str(beep))
    profile = Profile(160, 90, 15, format=kind)
    film = shoot(Shot(tiny.Entry("beeping", "Beeping", __name__), profile), tmp_path)
    path = tmp_path / film_of(profile)
    assert film.beats[1].start == 31
    if kind == "gif":
        with av.open(str(path)) as container:
            assert not container.streams.audio
    else:
        assert path.suffix == FORMATS[kind]
        assert heard_at(path, 31, 36, fps=15)


def test_a_silent_scene_has_no_track(tmp_path):
    shoot(Shot(tiny.OTHER, Profile(160, 90, 15)), tmp_path)
    with av.open(str(tmp_path / FILM)) as container:
        assert not container.streams.audio


def test_a_file_without_sound_is_told_with_the_scene(tmp_path, monkeypatch, beep):
    (tmp_path / "words.wav").write_text("no sound at all")
    monkeypatch.setattr(Beeping, "path", str(tmp_path / "words.wav"))
    shot = Shot(tiny.Entry("beeping", "Beeping", __name__), Profile(160, 90, 15))
    with pytest.raises(ShotError, match=r"beeping.*words\.wav cannot be heard"):
        shoot(shot, tmp_path)


def test_a_joined_film_and_a_clip_are_heard_where_their_films_were(tmp_path, beep):
    one = dubbed(tmp_path / "one.mp4", Sound(beep, 10))
    two, three = filmed(tmp_path / "two.mp4"), dubbed(tmp_path / "three.mp4", Sound(beep, 4))
    join([one, two, three], tmp_path / "joined.mp4")
    frames = len(pictures(one))
    assert heard_at(tmp_path / "joined.mp4", 10, 2 * frames + 4)
    assert len(pictures(tmp_path / "joined.mp4")) == 3 * frames
    cuts.clip(tmp_path / "joined.mp4", tmp_path / "clip.mp4", 2 * frames, 3 * frames, FPS)
    assert heard_at(tmp_path / "clip.mp4", 4)
    join([two, two], tmp_path / "silent.mp4")
    with av.open(str(tmp_path / "silent.mp4")) as container:
        assert not container.streams.audio


def test_the_same_sounds_give_the_same_bytes(tmp_path, beep):
    films = [dubbed(tmp_path / f"{n}.mp4", Sound(beep, 10)) for n in range(2)]
    assert films[0].read_bytes() == films[1].read_bytes()
