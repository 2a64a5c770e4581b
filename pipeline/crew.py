"""Processes that film on this machine: one a stretch, forked from a server that has imported Manim.

The server has no thread when it forks, and imports once what all scenes need. Where there can be
none (outside Linux, or where its socket's path would be too long) a process is spawned instead, and
imports for itself.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import files
from pipeline.places import ROOT
from pipeline.shots import Shot, ShotError, Stretch, shoot

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

    from pipeline.stretches import Made

    Told = Queue[tuple[Shot, int]]  # of a shot and of frames

TELL_EVERY = 0.2  # seconds between two words of a worker about its progress
LOST = (BrokenProcessPool, ConnectionError, EOFError)  # a process, or the server it comes from
TRIES = 2  # processes that a shot may lose before it is given up


class Crew:
    """Films up to ``jobs`` stretches side by side, each into a new directory from ``scratch``.

    A process that dies takes nothing with it but its stretch, and that is begun again. Left by an
    exception, all processes are stopped at once.
    """

    def __init__(self, jobs: int, scratch: Callable[[], Path]) -> None:
        self.hands = jobs
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a core is enough
        self._context = _context()
        self._told: Told = self._context.Queue()
        self._scratch = scratch
        self._threads = ThreadPoolExecutor(jobs)
        self._work: list[Future[Made]] = []
        self._stopped = False

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stopped = kind is not None
        self._threads.shutdown(wait=not self._stopped, cancel_futures=True)
        # What was still waiting for its turn is cancelled, which `wait` does not count as done.
        begun = [work for work in self._work if not work.cancelled()]
        while self._stopped and wait(begun, TELL_EVERY / 10).not_done:
            for child in multiprocessing.active_children():
                child.terminate()

    def submit(self, stretch: Stretch, earlier: Mapping[str, Path] | None) -> Future[Made]:
        """Have a stretch filmed: the files of it by name, or :class:`ShotError`.

        What can be is copied from an ``earlier`` film of the scene.
        """
        self._work.append(self._threads.submit(self._film, stretch, earlier))
        return self._work[-1]

    def news(self) -> Iterator[tuple[Shot, int]]:
        """How many more frames of which shots are done since this was last asked."""
        try:
            while True:
                yield self._told.get_nowait()
        except queue.Empty:
            return

    def _film(self, stretch: Stretch, earlier: Mapping[str, Path] | None) -> Made:
        for _ in range(TRIES):
            directory = self._scratch()
            with ProcessPoolExecutor(1, self._context, _start, (self._told,)) as process:
                try:
                    return process.submit(_film, stretch, directory, earlier).result()
                except LOST:
                    shutil.rmtree(directory, ignore_errors=True)
            if self._stopped:
                break
        raise ShotError(f"{stretch.shot.entry.id}: its process was killed, {TRIES} times")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


SOCKET_PATH = 107  # bytes that the path of a Unix socket may have
SOCKET_NAME = len("/pymp-12345678/listener-12345678")  # of a forkserver, in the temporary directory


def _context() -> BaseContext:
    room = SOCKET_PATH - len(os.fsencode(tempfile.gettempdir()))
    if sys.platform != "linux" or room < SOCKET_NAME:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.preload"])
    with _importing_from_here():
        forkserver.ensure_running()
    return context


@contextmanager
def _importing_from_here() -> Iterator[None]:
    """Have a new Python find this project's modules, and not what has their names where we are."""
    before = dict(os.environ)
    paths = [str(ROOT), before.get("PYTHONPATH", "")]
    os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    try:
        yield
    finally:
        for name in ("PYTHONSAFEPATH", "PYTHONPATH"):
            os.environ.pop(name)
            os.environ |= {name: before[name]} if name in before else {}


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


def _film(stretch: Stretch, directory: Path, earlier: Mapping[str, Path] | None) -> Made:
    try:
        shoot(stretch.shot, directory, _Teller(stretch.shot), stretch.beats, earlier)
    except OSError as error:
        if files.is_full(error):
            raise OSError(error.errno, error.strerror) from None  # others cannot all be sent back
        raise
    return {path.name: path for path in directory.iterdir()}


class _Teller:
    """Sends on how many frames are done, now and then."""

    def __init__(self, shot: Shot) -> None:
        self._shot, self._frames, self._last = shot, 0, time.monotonic()

    def __call__(self, frames: int) -> None:
        self._frames += frames
        if time.monotonic() - self._last > TELL_EVERY:
            _told.put((self._shot, self._frames))
            self._frames, self._last = 0, time.monotonic()
