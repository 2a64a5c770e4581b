"""What each command of render.py does. A command returns its exit status: 0, or 1 for a failure."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import files
from pipeline.errors import BadInput
from pipeline.places import CACHE, MEDIA
from pipeline.profile import Profile
from scenes.catalogue import SCENES, SceneEntry, UnknownScene, find, title

if TYPE_CHECKING:
    from dpo_math.report import Entry as ReportEntry
    from dpo_math.verify import Report as LineReport
    from pipeline.engine import Take
    from pipeline.shots import Entry
    from pipeline.site import Site

MARKS = {"proved": "✓", "refuted": "✗"}


def entries(names: Sequence[str]) -> list[SceneEntry]:
    """The scenes of these names, each once, in the order given; all of them for no name.

    Raises :class:`BadInput`, with the nearest name, for one that is not there.
    """
    try:
        return list(dict.fromkeys(map(find, names))) or list(SCENES)
    except UnknownScene as error:
        raise BadInput(str(error)) from error


def list_scenes() -> int:
    """Print the scenes in the order of the lesson."""
    longest = max(len(entry.id) for entry in SCENES)
    for entry in SCENES:
        step = f"step {entry.step}" if entry.step else ""
        print(f"{step:8}{entry.id:{longest}}  {title(entry)}")
    return 0


def render(
    names: Sequence[str],
    profile: Profile,
    *,
    output: Path | None = None,
    media: Path = MEDIA,
    jobs: int | None = None,
    scheduler: str | None = None,
    progress: str = "display",
    quiet: bool = False,
    preview: bool = False,
) -> int:
    """Film scenes and print where their films are, each with its captions beside it.

    Where the profile's format is a picture, draw that of the end.
    """
    from pipeline.captions import webvtt
    from pipeline.formats.pngs import unpack

    if profile.format == "png":
        return still(names, profile, output=output, media=media, preview=preview)
    wanted = entries(names)
    if output and len(wanted) != 1:
        raise BadInput("-o names one film, so one scene has to be named as well")
    takes = _takes(wanted, profile, jobs=jobs, scheduler=scheduler, progress=progress, quiet=quiet)
    for take in takes:
        entry = take.shot.entry
        film = output or media / "videos" / _folder(entry) / profile.name / entry.cls
        if profile.format == "png-sequence":
            unpack(take.video, film)
        else:
            film = _named(film, profile.suffix)
            files.copy(take.video, film)
            files.write(film.with_suffix(".vtt"), webvtt(take.film).encode())
        _hand_over(film, preview)
    return int(len(takes) < len(wanted))


def still(
    names: Sequence[str],
    profile: Profile,
    *,
    beat: str | None = None,
    output: Path | None = None,
    media: Path = MEDIA,
    preview: bool = False,
) -> int:
    """Draw the picture at the rest of a beat, or the last one, and print where it is."""
    from PIL import Image

    from pipeline import shots

    wanted = entries(names)
    if output and len(wanted) != 1:
        raise BadInput("-o names one picture, so one scene has to be named as well")
    for entry in wanted:
        try:
            picture = Image.fromarray(shots.still(shots.Shot(entry, profile), beat))
        except shots.ShotError as error:
            print(error, file=sys.stderr)
            return 1
        name = "_".join([entry.cls, *([beat] if beat else [])])
        path = _named(output or media / "images" / _folder(entry) / name, ".png")
        part = files.beside(path)
        picture.save(part, "PNG")
        files.settle(part, path)
        _hand_over(path, preview)
    return 0


def lesson(
    profile: Profile,
    dist: Path,
    *,
    site: Site | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    progress: str = "display",
    quiet: bool = False,
    preview: bool = False,
) -> int:
    """Film every scene and bundle them into ``dist``; nothing there changes unless all succeed."""
    from pipeline.bundle import bundle
    from pipeline.manifest import claim

    claim(dist)
    takes = _takes(SCENES, profile, jobs=jobs, scheduler=scheduler, progress=progress, quiet=quiet)
    if len(takes) < len(SCENES):
        return 1
    _hand_over(bundle(takes, dist, site=site), preview)
    return 0


def serve(
    dist: Path,
    *,
    quality: str = "l",
    port: int | None = None,
    jobs: int | None = None,
    preview: bool = True,
) -> int:
    """Serve the lesson in ``dist`` and make it anew as it changes, until interrupted."""
    from pipeline import serve
    from pipeline.manifest import claim

    def ready(address: str) -> None:
        print(f"Serving {dist}, which is made anew as its sources change; Ctrl-C stops this.")
        sys.stdout.flush()
        _hand_over(address, preview)

    claim(dist)
    serve.serve(dist, quality=quality, port=port, jobs=jobs, ready=ready)
    return 0


def check(*, mutants: bool = False, report_to: Path | None = None) -> int:
    """Print every line of the derivation with its verdict; 1 if one is refuted.

    With ``mutants``, also how many wrong versions of the lines are refuted; 1 if one is not.
    ``report_to`` is a directory for the proof report.
    """
    from dpo_math.verify import Verdict, verify

    reports = verify()
    for report in reports:
        print(_told(report))
    refuted = [report.line.id for report in reports if report.verdict is Verdict.REFUTED]
    print(f"{len(reports)} lines, {len(refuted)} refuted" + "".join(f" {name}" for name in refuted))
    failed = bool(refuted)
    if mutants or report_to:
        from dpo_math.report import entries, write_report

        found = entries(reports)
        failed |= mutants and _tell_score(found)
        if report_to:
            print(write_report(report_to, found))
    return int(failed)


def check_pages(
    pages: Sequence[Path],
    *,
    macros: Sequence[Path] = (),
    strict: bool = False,
    json_to: Path | None = None,
    junit_to: Path | None = None,
) -> int:
    """Print the verdict on every formula of the pages; 1 if one is refuted.

    Raises :class:`BadInput` for a file of macros that cannot be read.
    """
    from dpo_math.pages import PageError
    from dpo_math.pages.check import run

    try:
        return run(pages, macros=macros, strict=strict, json_to=json_to, junit_to=junit_to)
    except PageError as error:
        raise BadInput(str(error)) from error


def _tell_score(found: tuple[ReportEntry, ...]) -> bool:
    """Print how many wrong versions were refuted, and which were not; whether there are any."""
    from dpo_math.report import Totals

    totals = Totals.of(found)
    for entry in found:
        for change in entry.mutants_survived:
            print(f"✗ {entry.id}: not refuted: {change}")
    share = totals.mutants_refuted / totals.mutants_wrong
    print(
        f"{totals.mutants_tried} mutants: {totals.mutants_refuted} of {totals.mutants_wrong} wrong "
        f"versions refuted ({share:.1%}), {totals.mutants_harmless} leave their line true"
    )
    return totals.mutants_refuted < totals.mutants_wrong


def why(names: Sequence[str], profile: Profile) -> int:
    """Print for each scene whether its film is up to date, and what has changed if it is not."""
    from pipeline.keeping import why
    from pipeline.shots import Shot
    from pipeline.store import Store

    for entry in entries(names):
        print(*why(Shot(entry, profile), Store(CACHE)), sep="\n")
    return 0


def cache(*, days: float | None = None, size: str | None = None) -> int:
    """Print how large the store is; first drop films by age and size, if limits are given."""
    from pipeline.keeping import prune, summary
    from pipeline.sizes import bytes_of
    from pipeline.store import Store

    store = Store(CACHE)
    limit = None if size is None else bytes_of(size)
    if days is not None or limit is not None:
        with store.opened(lambda text: print(text, file=sys.stderr)):
            print(prune(store, days=days, size=limit))
    print(summary(store))
    return 0


def doctor() -> int:
    """Print what is installed, what is missing and what to type; 1 if the lesson lacks anything."""
    from pipeline.doctor import findings

    found = list(findings(cache=CACHE))
    print(*found, sep="\n")
    return int(any(one.needed and not one.well for one in found))


def data(*, check: bool) -> int:
    """Measure what films show; with ``check``, print what differs from what is stored.

    Raises :class:`BadInput` where torch is not installed.
    """
    try:
        from dpo_math import tabular
    except ModuleNotFoundError as error:
        raise BadInput(f"the experiments need {error.name}: run `make test` first") from error
    if check:
        drifted = tabular.check_data()
        print(*drifted, f"{len(drifted)} numbers have drifted", sep="\n")
        return int(bool(drifted))
    print(*tabular.write_data(), sep="\n")
    return 0


def _told(report: LineReport) -> str:
    from dpo_math.printers import tex

    line, decision = report.line, report.decision
    mark = MARKS.get(report.verdict, "·")
    how = f"{line.step.move} → " if line.step else ""
    told = [f"{mark} {report.verdict:12} {line.id}: {how}{tex(line.tree)}"]
    if decision.witness:
        told.append(f"  {decision.method}: {' against '.join(decision.witness)}")
    return "\n".join(told)


def goldens(
    names: Sequence[str], *, record: bool = False, media: Path = MEDIA, preview: bool = False
) -> int:
    """Compare scenes' stills with the recorded ones, or record them; 1 if some have changed."""
    from pipeline import goldens
    from pipeline.shots import ShotError

    wanted = entries(names)
    try:
        if record:
            for entry in wanted:
                print(f"{entry.id}: {len(goldens.record(entry))} stills recorded")
            return 0
        found = [change for entry in wanted for change in goldens.differences(entry)]
    except ShotError as error:
        print(error, file=sys.stderr)
        return 1
    for change in found:
        print(change)
    _hand_over(goldens.show(found, media / "goldens"), preview)
    return int(bool(found))


def _takes(
    wanted: Iterable[SceneEntry],
    profile: Profile,
    *,
    jobs: int | None,
    scheduler: str | None,
    progress: str,
    quiet: bool,
) -> list[Take]:
    from pipeline.engine import film_all
    from pipeline.progress import reporting
    from pipeline.shots import Shot
    from pipeline.store import Store

    store = Store(CACHE)
    shots = [Shot(entry, profile) for entry in wanted]
    with reporting(progress, quiet=quiet) as report, store.opened(report.say):
        return film_all(shots, store, report, jobs=jobs, scheduler=scheduler)


def _folder(entry: Entry) -> str:
    return entry.module.rpartition(".")[2]


def _named(path: Path, suffix: str) -> Path:
    return path if path.suffix == suffix else path.with_name(path.name + suffix)


def _hand_over(path: Path | str, preview: bool) -> None:
    """Print where something is, and open it if that was asked for."""
    print(path, flush=True)
    if preview:
        import click

        if click.launch(os.fspath(path)) != 0:
            kind = f"{path.suffix} files" if isinstance(path, Path) else "web pages"
            print(f"no program here opens {kind}", file=sys.stderr)
