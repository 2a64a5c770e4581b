"""Tells a person how the filming goes: one bar with the time left, or lines where no bar can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.engine import Report
from pipeline.film import Film


class Lines:
    """A line of text for every shot that is done, and for whatever goes wrong."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console, self._quiet = console, quiet
        self._left = 0

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def expect(self, frames: dict[str, int]) -> None:
        self._left = len(frames)
        if frames and not self._quiet:
            self.say(f"Filming {', '.join(frames)}")

    def advance(self, scene: str, frames: int) -> None:
        """Lines tell only of whole films."""

    def finish(self, scene: str, film: Film) -> None:
        self._left -= 1
        if not self._quiet:
            self.say(f"Filmed {scene}: {film.seconds:.1f} s, {self._left} to go")

    def fail(self, scene: str, reason: str) -> None:
        self._left -= 1
        self.say(reason)


class Bar(Lines):
    """All shots on one bar; each scene's share is guessed until it is done, then known."""

    def __init__(self, console: Console, bar: Progress) -> None:
        super().__init__(console)
        self._bar = bar
        self._task = bar.add_task("Filming", visible=False)
        self._running: dict[str, list[int]] = {}

    def expect(self, frames: dict[str, int]) -> None:
        self._left = len(frames)
        self._running = {scene: [0, guess] for scene, guess in frames.items()}
        self._total = sum(frames.values())
        self._bar.update(self._task, total=self._total, visible=bool(frames))
        self._show()

    def advance(self, scene: str, frames: int) -> None:
        done, guess = self._running.get(scene, (0, 0))
        step = min(frames, guess - done)
        if step > 0:
            self._running[scene] = [done + step, guess]
            self._bar.advance(self._task, step)

    def finish(self, scene: str, film: Film) -> None:
        self._settle(scene, film.frames)
        super().finish(scene, film)

    def fail(self, scene: str, reason: str) -> None:
        self._settle(scene, 0)
        super().fail(scene, reason)

    def _settle(self, scene: str, frames: int) -> None:
        done, guess = self._running.pop(scene)
        self._total += frames - guess
        self._bar.update(self._task, total=self._total, advance=frames - done)
        self._show()

    def _show(self) -> None:
        self._bar.update(self._task, description=f"Filming {', '.join(self._running)}")


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
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console, transient=style == "display") as bar:
        yield Bar(console, bar)
