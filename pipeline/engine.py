"""Films many shots side by side: those not in the store, the longest first.

Where there are more processes than shots for them, long shots are filmed in stretches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Protocol

from pipeline.crew import TELL_EVERY, Crew, cores
from pipeline.film import Film
from pipeline.fingerprint import draws_alike, fingerprint, ingredients, spoken_characters
from pipeline.shots import RECORD, Shot, ShotError, Stretch, film_of, still_of
from pipeline.store import About, Damaged, Kept, Store
from pipeline.stretches import Made, stretches, united

CHARACTERS_A_SECOND = 13  # narration read aloud, and what moves meanwhile: guesses a film's length


class Report(Protocol):
    """Is told how the work goes."""

    def say(self, text: str) -> None:
        """Something worth a line."""

    def expect(self, frames: dict[Shot, int]) -> None:
        """What is to be filmed, and about how many frames each."""

    def advance(self, shot: Shot, frames: int) -> None:
        """So many more frames of this shot are done."""

    def finish(self, shot: Shot, film: Film) -> None:
        """This shot is done."""

    def fail(self, shot: Shot, reason: str) -> None:
        """This shot could not be filmed; one line says why."""


class Workers(Protocol):
    """Who films: processes here, or a cluster."""

    @property
    def hands(self) -> int:
        """How many can film at a time."""

    def submit(self, stretch: Stretch, earlier: Mapping[str, Path] | None) -> Future[Made]:
        """Have a stretch filmed: its files by name, or :class:`ShotError`.

        What can be is copied from an ``earlier`` film of the scene, by whom that is at hand to.
        """

    def news(self) -> Iterator[tuple[Shot, int]]:
        """How many more frames of which shots are done since this was last asked."""


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
        return cls(shot, film, made[film_of(shot.profile)], stills)


def film_all(
    shots: Sequence[Shot],
    store: Store,
    report: Report,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> list[Take]:
    """The takes of all shots that could be had, in order; those not in the store are filmed.

    They are filmed here, ``jobs`` side by side, or by the Dask cluster whose ``scheduler`` is at
    that address. A shot that fails is reported and the others go on. The store must be open.
    Raises :class:`BadInput` where the store takes nothing, or the cluster cannot be had.
    """
    made_of = {shot: ingredients(shot) for shot in shots}
    keys = {shot: fingerprint(parts) for shot, parts in made_of.items()}
    takes = {shot: take for shot in shots if (take := _stored(shot, keys[shot], store, report))}
    missing = sorted((s for s in keys if s not in takes), key=expected_frames, reverse=True)
    report.expect({shot: expected_frames(shot) for shot in missing})
    if missing:
        with store.writing(), _workers(store, report, jobs, scheduler) as workers:
            parts = planned(missing, workers.hands)
            kept = sorted(store.kept(), key=lambda each: each.used, reverse=True)
            earlier = {shot: _earlier(shot, made_of[shot], kept, store) for shot in missing}
            for shot, filmed in _as_finished(parts, earlier, workers, report):
                about = About(shot.entry.id, shot.profile.as_dict(), made_of[shot])
                try:
                    made = united(shot, [part.result() for part in filmed], store.scratch())
                    takes[shot] = Take.of(shot, store.put(keys[shot], made, about))
                except ShotError as error:
                    report.fail(shot, str(error))
                else:
                    report.finish(shot, takes[shot].film)
    return [takes[shot] for shot in shots if shot in takes]


def expected_frames(shot: Shot) -> int:
    """A guess, before anything is drawn, at how long a film will be."""
    return shot.profile.fps * (sum(spoken_characters(shot)) // CHARACTERS_A_SECOND + 1)


def _stored(shot: Shot, key: str, store: Store, report: Report) -> Take | None:
    try:
        found = store.get(key)
        return Take.of(shot, found) if found else None
    except Damaged as damage:
        report.say(f"The stored film of {shot.entry.id} is damaged ({damage}); filming it again.")
        return None


def _earlier(
    shot: Shot, made_of: Mapping[str, str], kept: Sequence[Kept], store: Store
) -> Mapping[str, Path] | None:
    """The first film that is ``kept`` from which frames can be copied, by its files."""
    for each in kept if shot.profile.suffix == ".mp4" else ():
        if draws_alike(each.about.made_of, made_of):
            with suppress(Damaged):
                return store.get(each.key)
    return None


def _workers(
    store: Store, report: Report, jobs: int | None, scheduler: str | None
) -> AbstractContextManager[Workers]:
    if scheduler is None:
        return Crew(jobs or cores(), store.scratch)
    from pipeline.cluster import Cluster

    return Cluster(scheduler, report.say)


def planned(missing: Sequence[Shot], hands: int) -> dict[Shot, list[Stretch]]:
    """The shots in stretches, none longer than what each hand has to film if all have as much."""
    frames = {shot: expected_frames(shot) for shot in missing}
    fair = sum(frames.values()) / hands
    return {shot: stretches(shot, ceil(frames[shot] / fair)) for shot in missing}


def _as_finished(
    parts: Mapping[Shot, Sequence[Stretch]],
    earlier: Mapping[Shot, Mapping[str, Path] | None],
    workers: Workers,
    report: Report,
) -> Iterator[tuple[Shot, Sequence[Future[Made]]]]:
    """Each shot once all of its stretches have been filmed, or have failed."""
    filming = {
        shot: [workers.submit(part, earlier[shot]) for part in parts[shot]] for shot in parts
    }
    running = {part for filmed in filming.values() for part in filmed}
    while running:
        _, running = wait(running, TELL_EVERY, return_when=FIRST_COMPLETED)
        for news in workers.news():
            report.advance(*news)
        for shot in [shot for shot, filmed in filming.items() if running.isdisjoint(filmed)]:
            yield shot, filming.pop(shot)
