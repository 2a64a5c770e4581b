"""A person is told how the filming goes: by a bar with the time left, or by lines."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from pipeline.film import BeatTimes, Film
from pipeline.progress import Bar, Lines, reporting


def film(scene: str, frames: int) -> Film:
    beat = BeatTimes("only", 0, 0, frames, "")
    return Film(scene, scene, frames, {"fps": 10}, (beat,), ())


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=60)


def test_lines_tell_of_every_film_and_what_is_left(console):
    lines = Lines(console)
    lines.expect({"one": 100, "two": 50})
    lines.advance("one", 10)
    lines.finish("two", film("two", 40))
    lines.fail("one", "one, in its first beat: it broke [red]")
    assert console.file.getvalue().splitlines() == [
        "Filming one, two",
        "Filmed two: 4.0 s, 1 to go",
        "one, in its first beat: it broke [red]",
    ]


def test_quiet_lines_tell_only_of_failures(console):
    lines = Lines(console, quiet=True)
    lines.expect({"one": 100})
    lines.finish("one", film("one", 100))
    lines.fail("two", "two: no")
    assert console.file.getvalue() == "two: no\n"


def test_a_line_is_not_broken_however_narrow_the_terminal(console):
    Lines(console).say("word " * 40)
    assert console.file.getvalue().count("\n") == 1


def test_the_bar_counts_guessed_frames_until_a_film_is_done_and_then_the_true_ones(console):
    progress = Progress(console=console)
    bar = Bar(console, progress)
    bar.expect({"one": 100, "two": 50})
    (task,) = progress.tasks
    assert (task.completed, task.total) == (0, 150)
    bar.advance("one", 30)
    bar.advance("two", 70)  # longer than was guessed: the bar waits rather than run ahead
    assert (task.completed, task.total) == (80, 150)
    assert task.description == "Filming one, two"
    bar.finish("two", film("two", 90))
    assert (task.completed, task.total) == (120, 190)
    assert task.description == "Filming one"
    bar.fail("one", "one: no")
    assert (task.completed, task.total) == (90, 90)
    assert progress.finished


def test_no_bar_is_drawn_where_nobody_sees_it(capsys):
    with reporting() as report:
        assert type(report) is Lines


def test_a_bar_is_drawn_on_a_terminal_unless_it_is_not_wanted(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with reporting() as report:
        assert type(report) is Bar
    with reporting("none") as report:
        assert type(report) is Lines
