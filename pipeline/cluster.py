"""The same shots filmed by a Dask cluster (https://distributed.dask.org), with the same bytes.

A task starts a Python of its own in the worker's copy of this project (:mod:`pipeline.remote`). So
it films what lies there now, not what the worker imported once, and a crash is the shot's alone.
A worker that is lost in the middle of a stretch has it begun again elsewhere by Dask.
"""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.crew import TRIES
from pipeline.errors import BadInput
from pipeline.fingerprint import ingredients
from pipeline.places import ROOT
from pipeline.shots import Shot, ShotError, Stretch
from pipeline.stretches import Made

CONNECTING = 10  # seconds to find the scheduler in


class Cluster:
    """Workers of the scheduler at ``address``, such as ``tcp://192.0.2.1:8786``.

    ``say`` is given a line where there is none yet. Raises :class:`BadInput` where no scheduler
    answers, or ``distributed`` is not installed.
    """

    def __init__(self, address: str, say: Callable[[str], None]) -> None:
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise BadInput(f"--scheduler needs {error.name}; `make test` installs it") from error
        try:
            connect: Any = distributed.Client
            self._client = connect(address, timeout=CONNECTING, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInput(f"no Dask scheduler answers at {address}: {error}") from error
        if not self._client.nthreads():
            say(f"No worker has joined {address} yet; waiting for one.")
        self._address, self._topic = address, f"frames of {self._client.id}"
        self._executor = self._client.get_executor(pure=False)
        self._shots: list[Shot] = []
        self._news: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
        self._client.subscribe_topic(self._topic, lambda event: self._news.put(event[1]))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._executor.shutdown(wait=kind is None)
        self._client.close()

    @property
    def hands(self) -> int:
        """How many can film at a time, of the workers that have joined."""
        threads: Mapping[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def submit(self, stretch: Stretch, earlier: Mapping[str, Path] | None = None) -> Future[Made]:
        """Have a stretch filmed: what is in its files, by name, or :class:`ShotError`.

        All of it: an ``earlier`` film is on this machine, and a worker may not be.
        """
        shot = stretch.shot
        self._shots.append(shot)
        told = (self._topic, len(self._shots) - 1)
        answer = self._executor.submit(film, stretch, ingredients(shot), told)
        made: Future[Made] = Future()
        answer.add_done_callback(lambda done: self._pass_on(done, shot, made))
        return made

    def news(self) -> Iterator[tuple[Shot, int]]:
        """How many more frames of which shots are done since this was last asked."""
        while not self._news.empty():
            number, frames = self._news.get()
            yield self._shots[number], frames

    def _pass_on(self, done: Future[Made], shot: Shot, made: Future[Made]) -> None:
        from distributed import KilledWorker

        try:
            made.set_result(done.result())
        except KilledWorker:
            made.set_exception(
                ShotError(f"{shot.entry.id}: its workers were lost, again and again")
            )
        except CancelledError:
            made.set_exception(BadInput(f"the scheduler at {self._address} has gone"))
        except ModuleNotFoundError as error:
            advice = "start it in a copy of this project, with PYTHONPATH=."
            made.set_exception(
                BadInput(f"a worker of {self._address} has no {error.name}; {advice}")
            )
        except Exception as error:
            made.set_exception(error)


# What follows runs on a worker.


def film(stretch: Stretch, made_of: Mapping[str, str], told: tuple[str, int]) -> dict[str, bytes]:
    """The files of a stretch, filmed in a process of its own.

    Raises :class:`BadInput` where this machine's copy of what the shot is made of differs, and
    :class:`ShotError` for whatever the scene raises.
    """
    from distributed import get_worker

    worker, (topic, number) = get_worker(), told
    for _ in range(TRIES):
        with TemporaryDirectory(dir=worker.local_directory) as directory:
            outcome = None
            for message in messages(stretch, made_of, directory):
                if isinstance(message, int):
                    worker.log_event(topic, (number, message))
                else:
                    outcome = message
            if outcome is not None:
                _judge(outcome, worker.address)
                return {path.name: path.read_bytes() for path in Path(directory).iterdir()}
    raise ShotError(f"{stretch.shot.entry.id}: its process at {worker.address} died, {TRIES} times")


def messages(stretch: Stretch, made_of: Mapping[str, str], directory: str) -> Iterator[Any]:
    """What the process that films says: numbers of frames, then how it went."""
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-m", "pipeline.remote"]
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        pickle.dump((stretch, made_of, directory), process.stdin)
        process.stdin.flush()  # and it stays open: the process goes when we do
        yield from map(json.loads, process.stdout)


def _judge(outcome: dict[str, Any], address: str) -> None:
    if differing := outcome["differing"]:
        more = f" (and {len(differing) - 1} more)" if differing[1:] else ""
        raise BadInput(
            f"the worker at {address} has another version of this project: {differing[0]}{more}; "
            "bring its copy up to date"
        )
    if outcome["failed"]:
        raise ShotError(outcome["failed"])
