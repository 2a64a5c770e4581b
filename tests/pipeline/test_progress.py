"""A person is told how the filming goes: by bars with the time left, or by lines."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from pipeline.film import BeatTimes, Film
from pipeline.profile import Profile
from pipeline.progress import Bars, Lines, names, reporting
from pipeline.shots import Shot
from tests.pipeline.tiny import Entry

ONE, TWO = (Shot(Entry(scene, scene.title()), Profile(fps=10)) for scene in ("one", "two"))


def film(shot: Shot, frames: int) -> Film:
    beat = BeatTimes("only", 0, 0, frames, "")
    return Film(shot.entry.id, shot.entry.id, frames, {"fps": 10}, (beat,), ())


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=60)


def test_lines_tell_of_every_film_and_what_is_left(console):
    lines = Lines(console)
    lines.expect({ONE: 100, TWO: 50})
    lines.advance(ONE, 10)
    lines.finish(TWO, film(TWO, 40))
    lines.fail(ONE, "one, in beat 'first': it broke [red]")
    assert console.file.getvalue().splitlines() == [
        "Filming one, two",
        "Filmed two: 4.0 s, 1 to go",
        "one, in beat 'first': it broke [red]",
    ]


def test_quiet_lines_tell_only_of_failures(console):
    lines = Lines(console, quiet=True)
    lines.expect({ONE: 100, TWO: 50})
    lines.finish(ONE, film(ONE, 100))
    lines.fail(TWO, "two: no")
    assert console.file.getvalue() == "two: no\n"


def test_a_line_is_not_broken_however_narrow_the_terminal(console):
    Lines(console).say("word " * 40)
    assert console.file.getvalue().count("\n") == 1


def test_shots_of_one_scene_are_told_apart_by_their_profiles():
    light = Shot(ONE.entry, Profile(fps=10, theme="light"))
    called = names([ONE, light, TWO])
    assert list(called.values()) == ["one at 1080p10", "one at 1080p10-light", "two"]


def test_each_shot_has_a_bar_from_its_first_frame_to_its_last(console):
    display = Progress(console=console)
    bars = Bars(console, display)
    bars.expect({ONE: 100, TWO: 50})

    def shown():
        return {t.description: (t.completed, t.total) for t in display.tasks if t.visible}

    assert shown() == {"Filming, 2 to go": (0, 150)}
    bars.advance(ONE, 30)
    bars.advance(TWO, 70)  # longer than was guessed: the bar waits rather than run ahead
    assert shown() == {"Filming, 2 to go": (80, 150), "one": (30, 100), "two": (50, 50)}
    bars.finish(TWO, film(TWO, 90))
    assert shown() == {"Filming, 1 to go": (120, 190), "one": (30, 100)}
    bars.advance(TWO, 5)  # news that came late
    bars.fail(ONE, "one: no")
    assert shown() == {"Filming, 0 to go": (90, 90)}
    assert display.finished


def test_bars_draw_the_time_that_is_left(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with reporting("leave") as report:
        report.expect({ONE: 100})
        report.advance(ONE, 30)
    drawn = capsys.readouterr().err
    assert "30 %" in drawn
    assert "-:--:--" in drawn


def test_no_bar_is_drawn_where_nobody_sees_it(capsys):
    with reporting() as report:
        assert type(report) is Lines


def test_a_bar_is_drawn_on_a_terminal_unless_it_is_not_wanted(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with reporting() as report:
        assert type(report) is Bars
    with reporting("none") as report:
        assert type(report) is Lines
