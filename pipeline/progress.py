"""Tells a person how the filming goes: a bar a shot and one for all with the time left, or lines
where no bar can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from pipeline.engine import Report
from pipeline.film import Film
from pipeline.shots import Shot


def names(shots: Iterable[Shot]) -> dict[Shot, str]:
    """What to call shots: their scenes, and where one has several shots their profiles too."""
    wanted = list(shots)
    times = Counter(shot.entry.id for shot in wanted)
    return {shot: shot.entry.id if times[shot.entry.id] == 1 else str(shot) for shot in wanted}


class Lines:
    """A line of text for every shot that is done, and for whatever goes wrong."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console, self._quiet = console, quiet
        self._names: dict[Shot, str] = {}
        self._left = 0

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def expect(self, frames: dict[Shot, int]) -> None:
        self._names, self._left = names(frames), len(frames)
        if frames and not self._quiet:
            self.say(f"Filming {', '.join(self._names.values())}")

    def advance(self, shot: Shot, frames: int) -> None:
        """Lines tell only of whole films."""

    def finish(self, shot: Shot, film: Film) -> None:
        self._left -= 1
        if not self._quiet:
            self.say(f"Filmed {self._names[shot]}: {film.seconds:.1f} s, {self._left} to go")

    def fail(self, shot: Shot, reason: str) -> None:
        self._left -= 1
        self.say(reason)


class Bars(Lines):
    """A bar for each shot that is being filmed, and one for all of them.

    A film's length is guessed until it is done, then known.
    """

    def __init__(self, console: Console, display: Progress) -> None:
        super().__init__(console)
        self._display = display
        self._tasks: dict[Shot, TaskID] = {}
        self._all = display.add_task("Filming", visible=False)

    def expect(self, frames: dict[Shot, int]) -> None:
        self._names, self._left = names(frames), len(frames)
        for shot, guess in frames.items():
            name = self._names[shot]
            self._tasks[shot] = self._display.add_task(name, total=guess, visible=False)
        total = sum(frames.values())
        self._display.update(self._all, total=total, visible=bool(frames))
        self._tell_left()

    def advance(self, shot: Shot, frames: int) -> None:
        if (task := self._tasks.get(shot)) is None:
            return
        done, guess = self._state(task)
        step = min(frames, guess - done)
        self._display.update(task, advance=step, visible=True)
        self._display.advance(self._all, step)

    def finish(self, shot: Shot, film: Film) -> None:
        self._settle(shot, film.frames)
        super().finish(shot, film)

    def fail(self, shot: Shot, reason: str) -> None:
        self._settle(shot, 0)
        super().fail(shot, reason)

    def _settle(self, shot: Shot, frames: int) -> None:
        task = self._tasks.pop(shot)
        done, guess = self._state(task)
        self._display.remove_task(task)
        total = int(self._display.tasks[0].total or 0) + frames - guess
        self._display.update(self._all, total=total, advance=frames - done)
        self._tell_left()

    def _state(self, task: TaskID) -> tuple[int, int]:
        """Frames done and frames there are, as far as is known."""
        (found,) = (each for each in self._display.tasks if each.id == task)
        return int(found.completed), int(found.total or 0)

    def _tell_left(self) -> None:
        self._display.update(self._all, description=f"Filming, {len(self._tasks)} to go")


@contextmanager
def reporting(style: str = "display", *, quiet: bool = False) -> Iterator[Report]:
    """A report on standard error; ``style`` is Manim's: ``display``, ``leave`` or ``none``."""
    console = Console(stderr=True)
    if quiet or style == "none" or not console.is_terminal:
        yield Lines(console, quiet=quiet)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console, transient=style == "display") as display:
        yield Bars(console, display)
