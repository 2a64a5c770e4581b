"""A film's words in other languages: the same beats at the same times, told anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.film import BeatTimes, Film
from scenes.narration import Narration, languages, narration


@dataclass(frozen=True, slots=True)
class Language:
    """What a page calls a language in that language, and the words over its transcript."""

    name: str
    transcript: str


LANGUAGES: Mapping[str, Language] = {
    "en": Language("English", "Transcript"),
    "fr": Language("Français", "Transcription"),
}


def tellings(film: Film) -> dict[str, Film]:
    """The film as each language tells it whole, by code; the one it was filmed in comes first."""
    own = str(film.profile.get("language", "en"))
    others = (code for code in languages() if code != own)
    told = {code: retold for code in others if (retold := _retold(film, narration(code)))}
    return {own: film, **told}


def shared_tellings(films: Sequence[Film]) -> dict[str, list[Film]]:
    """The films in every language in which all of them are told, the first one's own first."""
    told = [tellings(film) for film in films]
    codes = [code for code in told[0] if all(code in each for each in told)]
    return {code: [each[code] for each in told] for code in codes}


def _retold(film: Film, say: Narration) -> Film | None:
    scene = ("scenes", film.scene)
    if not say.has(*scene, "title"):
        return None
    beats = [_retold_beat(beat, say, *scene, "beats", beat.name) for beat in film.beats]
    told = tuple(beat for beat in beats if beat)
    if len(told) < len(film.beats):
        return None
    return replace(film, title=say(*scene, "title"), beats=told)


def _retold_beat(beat: BeatTimes, say: Narration, *path: str) -> BeatTimes | None:
    return replace(beat, narration=say(*path, **beat.numbers)) if say.has(*path) else None
