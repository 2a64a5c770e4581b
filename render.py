#!/usr/bin/env python3
"""The command line: films, stills, the whole lesson, and the check of its derivation."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import profile as profiles
from pipeline.errors import BadInput
from pipeline.places import DIST, MEDIA

MISSING = (
    "render.py: this Python has no {}; `make lesson` puts all that is needed into .venv, and "
    "`. .venv/bin/activate` has it used"
)

try:
    import click
except ModuleNotFoundError as missing:
    sys.stderr.write(MISSING.format(missing.name) + "\n")
    sys.exit(2)

OURS = ("dpo_math", "pipeline", "scenes")

gc.set_threshold(20_000, 20, 20)  # importing leaves no rubbish: not to look spares a still 4 %


class OneLine(click.Group):
    """Says what is wrong in one line: exit status 2 for bad input, 130 when interrupted."""

    def main(self, *args: Any, standalone_mode: bool = True, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            status = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            status = 2
        except click.ClickException as error:
            click.echo(f"render.py: {error.format_message()}", err=True)
            status = error.exit_code
        except (BadInput, OSError) as error:
            click.echo(f"render.py: {error}", err=True)
            status = 2
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in OURS:
                raise
            click.echo(MISSING.format(error.name), err=True)
            status = 2
        except SyntaxError as error:  # in a module that whoever runs this is at work on
            click.echo(f"render.py: {error.filename}:{error.lineno}: {error.msg}", err=True)
            status = 2
        except click.Abort:
            click.echo("render.py: interrupted", err=True)
            status = 130
        if standalone_mode:
            sys.exit(status)
        return status


class Resolution(click.ParamType[tuple[int, int]]):
    """``W,H`` in pixels, as Manim takes it."""

    name = "W,H"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        width, _, height = str(value).partition(",")
        if not (width.strip().isdecimal() and height.strip().isdecimal()):
            self.fail(f"{value!r} is not two whole numbers such as 1280,720", param, ctx)
        return int(width), int(height)


def options(*wanted: Callable[..., Any]) -> Callable[..., Any]:
    """Several options as one decorator, in the order they are to be listed."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(wanted):
            function = option(function)
        return function

    return decorate


def sizes() -> str:
    """What the quality letters mean."""
    each = (f"{q} {p.width}×{p.height} at {p.fps}" for q, p in profiles.QUALITIES.items())
    return ", ".join(each)


picture_options = options(
    click.option(
        "-q",
        "--quality",
        type=click.Choice(list(profiles.QUALITIES), case_sensitive=False),
        default="h",
        show_default=True,
        help=f"Pixels and frames a second: {sizes()}.",
    ),
    click.option("-r", "--resolution", type=Resolution(), help="Pixels, instead of the quality's."),
    click.option(
        "--fps",
        "--frame_rate",
        type=click.IntRange(1, 240),
        help="Frames a second, instead of the quality's.",
    ),
    click.option(
        "--theme",
        type=click.Choice(profiles.THEMES),
        default="dark",
        show_default=True,
        help="The palette.",
    ),
    click.option(
        "--shape",
        type=click.Choice(profiles.SHAPES),
        default="wide",
        show_default=True,
        help="16:9, 1:1 or 9:16; the quality then tells the short side.",
    ),
    click.option(
        "--language",
        type=click.Choice(profiles.LANGUAGES),
        default="en",
        show_default=True,
        help="What captions and words in the picture are written in.",
    ),
)
format_options = options(
    click.option(
        "--format",
        type=click.Choice(list(profiles.FORMATS), case_sensitive=False),
        help="What to make; png is the last picture, png-sequence a folder of all."
        "  [default: mp4, or mov with -t]",
    ),
    click.option(
        "-t",
        "--transparent",
        is_flag=True,
        help="Leave the background out: of MOV, WebM and PNG.",
    ),
)
draft_option = click.option(
    "--draft",
    is_flag=True,
    help="Code an MP4 in less time and more bytes, to work with; below 1080 lines it always is.",
)
file_options = options(
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="The file to write, of one scene."
    ),
    click.option(
        "--media_dir",
        "media",
        type=click.Path(path_type=Path, file_okay=False),
        default=MEDIA,
        show_default=True,
        help="Where files go that are not named by -o.",
    ),
)
preview_option = click.option(
    "-p", "--preview", is_flag=True, help="Open what was made with the program for it."
)
work_options = options(
    click.option(
        "--jobs",
        type=click.IntRange(1),
        help="Processes side by side; several share a long scene.  [default: the cores]",
    ),
    click.option(
        "--scheduler", metavar="tcp://…", help="Film on the Dask cluster whose scheduler is there."
    ),
    click.option(
        "--progress_bar",
        "progress",
        type=click.Choice(["display", "leave", "none"]),
        default="display",
        show_default=True,
        help="Whether a bar is drawn, and stays; lines are printed where none can be.",
    ),
    click.option(
        "-v",
        "--verbosity",
        type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], case_sensitive=False),
        default="INFO",
        show_default=True,
        help="From WARNING on, only what goes wrong is told.",
    ),
)


def profile_of(given: dict[str, Any]) -> profiles.Profile:
    """The profile that the picture options ask for; they are taken out of ``given``."""
    return profiles.Profile.of(
        given.pop("quality"),
        resolution=given.pop("resolution"),
        fps=given.pop("fps"),
        theme=given.pop("theme"),
        shape=given.pop("shape"),
        language=given.pop("language"),
        kind=given.pop("format", None),
        transparent=given.pop("transparent", False),
        draft=given.pop("draft", False),
    )


def quiet(given: dict[str, Any]) -> bool:
    """Whether only problems are to be told; the verbosity is taken out of ``given``."""
    return given.pop("verbosity") in ("WARNING", "ERROR", "CRITICAL")


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Films of a derivation in which what is on screen is what was checked.

    \b
    Example:
      render.py lesson                      films and page, in dist/
      render.py render cancellation -ql -p  one film, quickly, and play it
    """


@cli.command("list")
def list_command() -> int:
    """List the scenes in the order of the lesson.

    \b
    Example:
      render.py list
    """
    from pipeline import commands

    return commands.list_scenes()


@cli.command()
@click.argument("scenes", nargs=-1, metavar="[SCENE]...")
@click.option("-s", "--save_last_frame", is_flag=True, help="Only the last picture, as PNG.")
@picture_options
@format_options
@draft_option
@file_options
@preview_option
@work_options
def render(scenes: tuple[str, ...], save_last_frame: bool, **given: Any) -> int:
    """Film the scenes named, by id or class, or all of them.

    A film whose scene, narration, data and settings have not changed is not made again.

    \b
    Example:
      render.py render                      every scene at 1080p60
      render.py render inversion -qm -p     one scene at 720p30, then play it
      render.py render cancellation -t      without its background, to edit with
    """
    from pipeline import commands

    if save_last_frame:
        given["format"] = "png"
    silent = quiet(given)
    return commands.render(scenes, profile_of(given), quiet=silent, **given)


@cli.command()
@click.argument("scene")
@click.option("--beat", metavar="NAME", help="The beat at whose rest to draw.  [default: the last]")
@picture_options
@file_options
@preview_option
def still(scene: str, **given: Any) -> int:
    """Draw one picture of a scene, without filming it.

    \b
    Example:
      render.py still cancellation --beat cancelled --theme light -p
    """
    from pipeline import commands

    return commands.still([scene], profile_of(given), **given)


@cli.command()
@click.option(
    "-o",
    "--output",
    "dist",
    type=click.Path(path_type=Path, file_okay=False),
    default=DIST,
    help="The directory to write.  [default: dist]",
)
@click.option(
    "--base-url",
    metavar="URL",
    default="",
    help="Where the directory will be on the web: for previews of links and search engines.",
)
@click.option(
    "--published", metavar="DATE", default="", help="The day of that, for search engines."
)
@picture_options
@draft_option
@preview_option
@work_options
def lesson(dist: Path, base_url: str, published: str, **given: Any) -> int:
    """Film every scene and write the page that plays them.

    \b
    Example:
      render.py lesson -p
      render.py lesson --base-url https://example.org/dpo/ --published 2026-01-31
    """
    from pipeline import commands
    from pipeline.site import Site

    profile, site = profile_of(given), Site(base_url, published)
    return commands.lesson(profile, dist, site=site, quiet=quiet(given), **given)


@cli.command()
@click.option(
    "-o",
    "--output",
    "dist",
    type=click.Path(path_type=Path, file_okay=False),
    default=DIST,
    help="The lesson's directory.  [default: dist]",
)
@click.option(
    "-q",
    "--quality",
    type=click.Choice(list(profiles.QUALITIES), case_sensitive=False),
    default="l",
    show_default=True,
    help="How a scene that has changed is filmed.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Where to listen; 0 is any free one.  [default: 8000, or any if that is taken]",
)
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Processes side by side; several share a long scene."
)
def serve(dist: Path, no_open: bool, **given: Any) -> int:
    """Show the page on this machine, and make it anew as scenes, words or the player change.

    What has not changed is left as it is; a lesson that is not there yet is filmed first. What goes
    wrong is said here and on the page. Ctrl-C ends it.

    \b
    Example:
      render.py serve --port 8765
    """
    from pipeline import commands

    return commands.serve(dist, preview=not no_open, **given)


@cli.command()
@click.argument("pages", metavar="[PAGE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--macros",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="TeX macros that the pages use beside their own.",
)
@click.option(
    "--strict", is_flag=True, help="Exit status 1 for a formula that cannot be read, too."
)
@click.option(
    "--json",
    "json_to",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the verdicts on the pages as JSON.",
)
@click.option(
    "--junit",
    "junit_to",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the verdicts on the pages as JUnit XML.",
)
@click.option(
    "--mutants",
    is_flag=True,
    help="Also try every small wrong version of every line; exit status 1 if one is not refuted.",
)
@click.option(
    "--report",
    "report_to",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the proof report there: a page, and the same as JSON.",
)
def check(pages: tuple[Path, ...], mutants: bool, report_to: Path | None, **given: Any) -> int:
    """Check every line of the derivation, or every formula of the PAGEs.

    A page is Markdown, MDX, HTML, LaTeX, a notebook or copied text. Exit status 1 if a line or a
    formula is refuted.

    \b
    Example:
      render.py check --mutants --report dist/report
      render.py check notes.md lecture.tex --junit formulas.xml
    """
    from pipeline import commands

    if pages:
        return commands.check_pages(pages, **given)
    return commands.check(mutants=mutants, report_to=report_to)


@cli.command()
@click.argument("scenes", nargs=-1, metavar="[SCENE]...")
@picture_options
@draft_option
def why(scenes: tuple[str, ...], **given: Any) -> int:
    """Tell whether films are up to date, and which files, words or versions changed if not.

    \b
    Example:
      render.py why cancellation -ql
    """
    from pipeline import commands

    return commands.why(scenes, profile_of(given))


@cli.command()
@click.option(
    "--max-age",
    "days",
    metavar="DAYS",
    type=click.FloatRange(0),
    help="Drop films that have not been used for longer.",
)
@click.option(
    "--max-size", "size", metavar="SIZE", help="Drop films, those longest unused first, down to it."
)
def cache(**given: Any) -> int:
    """Tell how large the store of finished films is, and drop some.

    A film that is dropped is made again when it is next asked for.

    \b
    Example:
      render.py cache --max-age 30 --max-size 2GB
    """
    from pipeline import commands

    return commands.cache(**given)


@cli.command()
def doctor() -> int:
    """Tell what is installed, what is missing, and what to type.

    Exit status 1 if something is missing without which the lesson cannot be made.

    \b
    Example:
      render.py doctor
    """
    from pipeline import commands

    return commands.doctor()


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if a number has drifted.")
def data(check: bool) -> int:
    """Run the experiments whose results the films show, and store what they measured.

    The one command that needs torch, which `make test` installs.

    \b
    Example:
      render.py data --check
    """
    from pipeline import commands

    return commands.data(check=check)


@cli.command()
@click.argument("scenes", nargs=-1, metavar="[SCENE]...")
@click.option("--record", is_flag=True, help="Keep the stills as they are drawn now.")
@preview_option
def goldens(scenes: tuple[str, ...], record: bool, preview: bool) -> int:
    """Compare the stills at all rests with those recorded; exit status 1 if one has changed.

    What changed is shown on a page: what was recorded, what is drawn now, and where they differ.

    \b
    Example:
      render.py goldens -p
      render.py goldens --record cancellation
    """
    from pipeline import commands

    return commands.goldens(scenes, record=record, preview=preview)


if __name__ == "__main__":
    cli()
