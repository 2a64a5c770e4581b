"""Shots are filmed once, side by side; one that fails, or is killed, harms no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import crew, engine
from pipeline.crew import TRIES
from pipeline.engine import expected_frames, film_all
from pipeline.places import ROOT
from pipeline.profile import Profile
from pipeline.shots import Shot, ShotError, shoot
from pipeline.store import Store
from scenes.catalogue import SCENES
from tests.pipeline.tiny import ENDLESS, LONG, OTHER, RAISING, TINY

SMALL = Profile(160, 90, 15)
LENGTHY = Shot(LONG, Profile(320, 180, 60))


class Notes:
    """A report that remembers what it was told."""

    def __init__(self):
        self.said, self.expected, self.finished, self.failed = [], [], [], {}
        self.frames = Counter()

    def say(self, text):
        self.said.append(text)

    def expect(self, frames):
        self.expected = [shot.entry.id for shot in frames]

    def advance(self, shot, frames):
        self.frames[shot] += frames

    def finish(self, shot, film):
        self.finished.append(shot.entry.id)

    def fail(self, shot, reason):
        self.failed[shot.entry.id] = reason


def film(store, *entries, jobs=2):
    notes = Notes()
    with store.opened():
        takes = film_all([Shot(entry, SMALL) for entry in entries], store, notes, jobs=jobs)
        assert not list((store.root / "work").rglob("*.part"))
    return takes, notes


def test_shots_come_back_in_the_order_asked_for_with_films_that_are_as_if_filmed_alone(tmp_path):
    takes, notes = film(Store(tmp_path / "cache"), OTHER, TINY)
    assert [take.shot.entry for take in takes] == [OTHER, TINY]
    assert sorted(notes.finished) == ["other", "tiny"]
    for take in takes:
        alone = tmp_path / take.shot.entry.id
        alone.mkdir()
        assert take.film == shoot(take.shot, alone)
        assert take.video.read_bytes() == (alone / "film.mp4").read_bytes()


def test_one_job_and_two_give_the_same_bytes(tmp_path):
    one, two = (
        [
            take.video.read_bytes()
            for take in film(Store(tmp_path / str(jobs)), TINY, OTHER, jobs=jobs)[0]
        ]
        for jobs in (1, 2)
    )
    assert one == two


def test_what_has_been_filmed_is_not_filmed_again(tmp_path):
    first, _ = film(Store(tmp_path), TINY)
    second, notes = film(Store(tmp_path), TINY)
    assert second == first
    assert notes.expected == notes.finished == []


def test_a_damaged_film_is_made_again_the_same_and_that_is_said(tmp_path):
    store = Store(tmp_path)
    (take,), _ = film(store, TINY)
    good = take.video.read_bytes()
    take.video.write_bytes(good[:-100])
    (again,), notes = film(store, TINY)
    assert again.video.read_bytes() == good
    assert "tiny is damaged" in notes.said[0]


def test_a_shot_that_fails_is_reported_and_the_others_are_filmed(tmp_path):
    takes, notes = film(Store(tmp_path), RAISING, TINY)
    assert [take.shot.entry for take in takes] == [TINY]
    assert "raising, in beat 'break'" in notes.failed["raising"]


def test_the_scene_with_most_to_say_is_filmed_first(tmp_path, monkeypatch):
    lengths = {"tiny": 3, "other": 9, "long": 5}
    monkeypatch.setattr(engine, "expected_frames", lambda shot: lengths[shot.entry.id])
    _, notes = film(Store(tmp_path), TINY, OTHER, LONG, jobs=1)
    assert notes.expected == notes.finished == ["other", "long", "tiny"]


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_a_films_length_is_guessed_within_a_factor_of_two(entry, films):
    guess = expected_frames(Shot(entry, films[entry.id].shot.profile))
    assert 0.5 < guess / films[entry.id].film.frames < 2


def test_the_lesson_lasts_eight_to_twelve_minutes(films):
    assert 8 <= sum(take.film.seconds for take in films.values()) / 60 <= 12


FILM = """
import sys
import tempfile
from pathlib import Path
from pipeline.engine import film_all
from pipeline.profile import Profile
from pipeline.progress import reporting
from pipeline.shots import Shot
from pipeline.store import Store
from tests.pipeline import tiny
if __name__ == "__main__":
    store, *entries = Store(Path(sys.argv[1])), *(getattr(tiny, name) for name in sys.argv[2:])
    shots = [Shot(entry, Profile(320, 180, 60)) for entry in entries]
    with store.opened(), reporting() as report:
        print(*(take.video for take in film_all(shots, store, report, jobs=1)))
"""


@pytest.fixture
def passing():
    """A temporary directory with a path that is short enough for a socket's."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


def hear_interrupts():
    """Let Ctrl-C reach a command even in the background, where shells shut it out."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def command(tmp_path, passing):
    """Starts filming a scene in a process of its own, and returns that; none outlives the test."""
    script = tmp_path / "film.py"
    script.write_text(FILM)
    started = []

    def start(store, *entries):
        running = subprocess.Popen(
            [sys.executable, str(script), str(store), *entries],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(passing)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hear_interrupts,
        )
        started.append(running)
        return running

    yield start
    for running in started:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


PATIENCE = 60  # seconds, on a machine with much else to do


def until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def alive(group):
    """Whether any process of the group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("waiting", [[], ["TINY"]], ids=["alone", "with a scene waiting"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_command_stopped_while_filming_leaves_no_process_and_no_film(
    tmp_path, passing, command, how, waiting
):
    running = command(tmp_path, "ENDLESS", *waiting)
    until(lambda: list(tmp_path.glob("work/*/.film.mp4.part")))
    os.kill(running.pid, how)
    running.communicate(timeout=PATIENCE)
    until(lambda: not alive(running.pid))
    assert not list(tmp_path.glob("shots/*"))
    assert not list(passing.iterdir())


def test_processes_are_spawned_where_the_path_of_a_socket_would_be_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
    assert crew._context().get_start_method() == "spawn"
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    assert crew._context().get_start_method() == "forkserver"


def test_the_same_command_after_a_kill_makes_the_same_film_and_clears_up(tmp_path, command):
    whole, _ = command(tmp_path / "undisturbed", "LONG").communicate(timeout=120)
    store = tmp_path / "disturbed"
    running = command(store, "LONG")
    until(lambda: list(store.glob("work/*/.film.mp4.part")))
    running.kill()
    running.communicate(timeout=PATIENCE)
    assert list(store.glob("work/*/.film.mp4.part"))
    again, _ = command(store, "LONG").communicate(timeout=120)
    assert Path(whole.strip()).read_bytes() == Path(again.strip()).read_bytes()
    assert not (store / "work").exists()


class Killing(Notes):
    """Kills all workers when the first of them tells of its frames, so many times.

    What one has told before it was killed may be heard when there is none.
    """

    def __init__(self, times):
        super().__init__()
        self.times = times

    def advance(self, shot, frames):
        workers = multiprocessing.active_children()
        if self.times and workers:
            self.times -= 1
            for child in workers:
                child.kill()
                child.join()


def test_a_shot_whose_process_is_killed_is_begun_again_and_comes_out_the_same(tmp_path):
    whole, disturbed = Store(tmp_path / "whole"), Store(tmp_path / "disturbed")
    notes = Killing(1)
    with whole.opened(), disturbed.opened():
        (expected,) = film_all([LENGTHY], whole, Notes())
        (take,) = film_all([LENGTHY], disturbed, notes)
    assert notes.times == 0
    assert take.video.read_bytes() == expected.video.read_bytes()


def test_a_shot_that_loses_every_process_is_reported_and_the_others_are_filmed(tmp_path):
    notes = Killing(TRIES)
    store = Store(tmp_path)
    with store.opened():
        assert film_all([Shot(ENDLESS, LENGTHY.profile)], store, notes) == []
        assert notes.failed == {"endless": "endless: its process was killed, 2 times"}
        assert len(film_all([Shot(TINY, SMALL)], store, notes)) == 1


def test_the_server_that_workers_are_forked_from_has_no_thread_and_the_projects_own_modules(
    tmp_path, python
):
    """Started where other modules have the names of ours."""
    (tmp_path / "scenes.py").write_text("raise SystemExit('not this one')")
    told = python(SERVER, tmp_path / "cache", cwd=tmp_path)
    assert told.split() == [str(ROOT / "scenes" / "lesson_scene.py"), "1"]


SERVER = """
import sys
import tempfile
sys.path.remove("")  # as for a command in another directory
from pathlib import Path
from pipeline.crew import _context
from concurrent.futures import ProcessPoolExecutor
import multiprocessing.forkserver as server

if __name__ == "__main__":
    with ProcessPoolExecutor(1, _context()) as pool:
        loaded = "__import__('sys').modules['scenes.lesson_scene'].__file__"
        print(pool.submit(eval, loaded).result())
    status = Path(f"/proc/{server._forkserver._forkserver_pid}/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("Threads")))
"""


FULL = """
import resource, sys
from pathlib import Path
from pipeline.engine import film_all
from pipeline.errors import BadInput
from pipeline.store import Store
from tests.pipeline.test_engine import LENGTHY, Notes
if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    store = Store(Path(sys.argv[1]))
    try:
        with store.opened():
            film_all([LENGTHY], store, Notes())
    except BadInput as error:
        print(error)
"""


@pytest.mark.parametrize("room", [3000, 10_000], ids=["for the encoder", "for the store"])
def test_a_disk_that_takes_no_more_is_one_line_and_leaves_no_film(tmp_path, python, room):
    """A limit on the size of files is met in the same places as the end of a disk."""
    told = python(FULL, tmp_path, room)
    assert told.count("\n") == 1
    assert told.startswith(f"the store {tmp_path} cannot be written: File too large; `render.py")
    assert {path.name for path in tmp_path.iterdir()} <= {"lock", "version", "objects"}


def test_an_error_of_a_scene_survives_the_way_between_processes():
    import pickle

    error = pickle.loads(pickle.dumps(ShotError("tiny, in its first beat: no")))
    assert str(error) == "tiny, in its first beat: no"
