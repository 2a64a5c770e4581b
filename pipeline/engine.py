"""Films many shots side by side: those not in the store, the longest first, a process a core."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.film import Film
from pipeline.fingerprint import fingerprint, ingredients, spoken_characters
from pipeline.shots import FILM, RECORD, Shot, ShotError, shoot, still_of
from pipeline.store import Damaged, Store

TELL_EVERY = 0.2  # seconds between two words of a worker about its progress
CHARACTERS_A_SECOND = 13  # narration read aloud, and what moves meanwhile: guesses a film's length

Made = dict[str, Path]
if TYPE_CHECKING:
    from multiprocessing.queues import Queue

    Told = Queue[tuple[str, int]]  # of a scene's id and frames


class Report(Protocol):
    """Is told how the work goes; shots are named by their scene's id."""

    def say(self, text: str) -> None:
        """Something worth a line."""

    def expect(self, frames: dict[str, int]) -> None:
        """What is to be filmed, and about how many frames each."""

    def advance(self, scene: str, frames: int) -> None:
        """So many more frames of this scene are done."""

    def finish(self, scene: str, film: Film) -> None:
        """This scene is done."""

    def fail(self, scene: str, reason: str) -> None:
        """This scene could not be filmed; one line says why."""


@dataclass(frozen=True, slots=True)
class Take:
    """A finished shot: what is known of it, where its film is, and by beat its stills."""

    shot: Shot
    film: Film
    video: Path
    stills: Mapping[str, Path]

    @classmethod
    def of(cls, shot: Shot, made: Mapping[str, Path]) -> Take:
        """The take whose files these are, by name."""
        film = Film.from_json(made[RECORD].read_text(encoding="utf-8"))
        stills = {beat.name: made[still_of(beat.name)] for beat in film.beats}
        return cls(shot, film, made[FILM], stills)


def film_all(
    shots: Sequence[Shot], store: Store, report: Report, *, jobs: int | None = None
) -> list[Take]:
    """The takes of all shots that could be had, in order; those not in the store are filmed.

    A shot that fails is reported and the others go on. The store must be open.
    """
    keys = {shot: fingerprint(ingredients(shot)) for shot in shots}
    takes = {shot: take for shot in shots if (take := _stored(shot, keys[shot], store, report))}
    missing = sorted((s for s in keys if s not in takes), key=expected_frames, reverse=True)
    report.expect({shot.entry.id: expected_frames(shot) for shot in missing})
    if missing:
        with _pool(min(jobs or cores(), len(missing))) as (pool, told):
            running = {pool.submit(_film, shot, store.scratch()): shot for shot in missing}
            for future in _as_finished(running, told, report):
                shot = running[future]
                try:
                    takes[shot] = Take.of(shot, store.put(keys[shot], future.result()))
                except ShotError as error:
                    report.fail(shot.entry.id, str(error))
                except BrokenProcessPool:
                    report.fail(shot.entry.id, f"{shot.entry.id}: its process was killed")
                else:
                    report.finish(shot.entry.id, takes[shot].film)
    return [takes[shot] for shot in shots if shot in takes]


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def expected_frames(shot: Shot) -> int:
    """A guess, before anything is drawn, at how long a film will be."""
    return shot.profile.fps * (spoken_characters(shot) // CHARACTERS_A_SECOND + 1)


def _stored(shot: Shot, key: str, store: Store, report: Report) -> Take | None:
    try:
        found = store.get(key)
        return Take.of(shot, found) if found else None
    except Damaged as damage:
        report.say(f"The stored film of {shot.entry.id} is damaged ({damage}); filming it again.")
        return None


@contextmanager
def _pool(size: int) -> Iterator[tuple[ProcessPoolExecutor, Told]]:
    """Worker processes with Manim at hand, and the queue on which they tell of their progress.

    Left by an exception, it stops them at once.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a core is enough
    context = _context()
    told: Told = context.Queue()
    pool = ProcessPoolExecutor(size, context, initializer=_start, initargs=(told,))
    try:
        yield pool, told
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """Workers forked from a clean process that has imported Manim once; elsewhere, spawned."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["manim", "av", "PIL.Image"])
    return context


def _as_finished(
    running: Iterable[Future[Made]], told: Told, report: Report
) -> Iterator[Future[Made]]:
    pending = set(running)
    while pending:
        done, pending = wait(pending, TELL_EVERY, return_when=FIRST_COMPLETED)
        with suppress(queue.Empty):
            while True:
                report.advance(*told.get_nowait())
        yield from done


# What follows runs in a worker.

_told: Told


def _start(told: Told) -> None:
    """Leave Ctrl-C to the command, and go when it goes, however it goes."""
    from tqdm import tqdm

    global _told
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tqdm.set_lock(threading.RLock())  # else it takes a semaphore, left behind when we are stopped
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _film(shot: Shot, directory: Path) -> Made:
    shoot(shot, directory, _Teller(shot.entry.id))
    return {path.name: path for path in directory.iterdir()}


class _Teller:
    """Sends on how many frames are done, now and then."""

    def __init__(self, scene: str) -> None:
        self._scene, self._frames, self._last = scene, 0, time.monotonic()

    def __call__(self, frames: int) -> None:
        self._frames += frames
        if time.monotonic() - self._last > TELL_EVERY:
            _told.put((self._scene, self._frames))
            self._frames, self._last = 0, time.monotonic()
