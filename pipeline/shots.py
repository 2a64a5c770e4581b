"""A shot is one scene in one profile: filmed from nothing but its inputs, whole or in stretches."""

from __future__ import annotations

import importlib
import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pipeline import files
from pipeline.errors import unknown
from pipeline.film import BeatTimes, Film, LineShown, shifted
from pipeline.late import import_manim
from pipeline.places import ROOT
from pipeline.profile import Profile

if TYPE_CHECKING:
    import numpy.typing as npt
    from manim._config.utils import ManimConfig

    from pipeline.copying import Earlier
    from pipeline.drawing.regions import Box
    from pipeline.recorder import Recorder
    from pipeline.sound import Sound
    from pipeline.writer import FilmRenderer

FILM, RECORD, SOUNDS = "film.mp4", "film.json", "sounds.json"


Advance = Callable[[int], None]
"""Is told how many frames have been written since it was last called."""


class Entry(Protocol):
    """How the catalogue names a scene."""

    @property
    def id(self) -> str: ...
    @property
    def module(self) -> str: ...
    @property
    def cls(self) -> str: ...
    @property
    def step(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Shot:
    """One scene in one profile."""

    entry: Entry
    profile: Profile

    def __str__(self) -> str:
        """As a person calls it."""
        return f"{self.entry.id} at {self.profile.name}"


class Beats(NamedTuple):
    """Some of a scene's beats, counted from 0: from ``first`` up to ``end``, or to the last."""

    first: int = 0
    end: int | None = None

    def __contains__(self, number: object) -> bool:
        """Whether the beat of this number is one of them."""
        assert isinstance(number, int)
        return self.first <= number and not self.are_over(number)

    def are_over(self, number: int) -> bool:
        """Whether they all come before the beat of this number."""
        return self.end is not None and number >= self.end


ALL = Beats()


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one process films: some beats of a shot, or all of it."""

    shot: Shot
    beats: Beats = ALL


class ShotError(RuntimeError):
    """A scene that could not be filmed; the text names the scene, the beat and the place."""


def shoot(
    shot: Shot,
    directory: Path,
    advance: Advance = lambda frames: None,
    beats: Beats = ALL,
    earlier: Mapping[str, Path] | None = None,
) -> Film:
    """Film a shot into ``directory``: film.mp4, film.json, and a PNG of what each beat rests on.

    Of ``beats`` that are not all, it is the film of these beats alone, without a track of sound;
    sounds.json then says what is to be heard. Beats that show what they showed in an ``earlier``
    film of this scene, given by its files, are copied from it.

    Raises :class:`ShotError` for whatever the scene raises, when it plays nothing, and when its
    beats do not tile the frames that were encoded.
    """
    import_manim()
    from pipeline.copying import Earlier
    from pipeline.formats import recorder
    from pipeline.sound import put_beside
    from pipeline.writer import StretchRenderer

    path = directory / film_of(shot.profile)
    with configured(shot.profile, directory), recorder(shot.profile, path) as encoder:
        reel = _Reel(encoder, advance, Earlier(earlier) if earlier else None, beats)
        renderer = StretchRenderer(reel, beats, copying=earlier is not None)
        scene = _construct(shot, renderer)
        scene.on_rest = renderer.rest
        with _blamed(shot, scene):
            scene.render()
            renderer.end_beat()
            film = _film(shot, scene, beats.first, encoder.frames, reel.shown)
    if beats == ALL and not film.frames:
        raise ShotError(f"{shot.entry.id}: it plays nothing, so there is no film of it")
    sounds = renderer.file_writer.sounds
    if beats == ALL:
        with _blamed(shot, scene):
            put_beside(path, sounds, frames=film.frames, fps=film.fps)
    elif sounds:
        (directory / SOUNDS).write_text(_listed(sounds), encoding="utf-8")
    for beat, picture in reel.stills.items():
        (directory / still_of(beat)).write_bytes(picture)
    (directory / RECORD).write_text(film.to_json(), encoding="utf-8")
    return film


def film_of(profile: Profile) -> str:
    """The name of the file with the film."""
    return Path(FILM).with_suffix(profile.suffix).name


def still_of(beat: str) -> str:
    """The name of the file with the picture that a beat rests on."""
    return f"{beat}.png"


def still(shot: Shot, beat: str | None = None) -> npt.NDArray[Any]:
    """The picture at the rest of ``beat``, or the last one: RGB of shape (height, width, 3), or
    RGBA where the profile leaves the background out.

    Nothing is drawn on the way. Raises :class:`BadInput` for a beat that the scene does not have,
    and :class:`ShotError` for whatever the scene raises.
    """
    passed: list[str] = []

    with configured(shot.profile):
        from manim.utils.exceptions import EndSceneEarlyException

        from pipeline.formats.opacity import straight
        from pipeline.writer import StillRenderer

        def stop(name: str) -> None:
            passed.append(name)
            if name == beat:
                raise EndSceneEarlyException

        renderer = StillRenderer()
        scene = _construct(shot, renderer)
        scene.on_rest = stop
        with _blamed(shot, scene):
            scene.render()
            if beat is None or beat in passed:
                picture = renderer.picture(scene)
                return straight(picture) if shot.profile.transparent else picture[..., :3]
    raise unknown(f"beat of {shot.entry.id}", beat, passed)


def stills(shot: Shot) -> dict[str, npt.NDArray[Any]]:
    """The pictures at the rests of all beats, by beat: RGB of shape (height, width, 3).

    Raises :class:`ShotError` for whatever the scene raises.
    """
    pictures: dict[str, npt.NDArray[Any]] = {}

    def take(name: str) -> None:
        pictures[name] = renderer.picture(scene)[..., :3].copy()

    with configured(shot.profile):
        from pipeline.writer import StillRenderer

        renderer = StillRenderer()
        scene = _construct(shot, renderer)
        scene.on_rest = take
        with _blamed(shot, scene):
            scene.render()
    return pictures


class _Reel:
    """Takes a scene's frames to the encoder, with a keyframe where a beat starts, and keeps the
    picture that each beat rests on, and by its digest what each showed."""

    def __init__(
        self, encoder: Recorder[Any], advance: Advance, earlier: Earlier | None, beats: Beats
    ) -> None:
        self._encoder, self._advance, self._earlier = encoder, advance, earlier
        self._starts_the_film = beats.first == 0
        self.stills: dict[str, bytes] = {}
        self.shown: list[str | None] = []
        self._begins = False
        self._resting: str | None = None

    def begin(self) -> None:
        self._begins = True

    def take(self, pixels: npt.NDArray[Any], repeat: int, within: Sequence[Box]) -> None:
        self._encoder.write(pixels, repeat, keyframe=self._begins, within=within)
        self._begins = False
        if self._resting:
            self.stills[self._resting] = _png(pixels)
            self._resting = None
        self._advance(repeat)

    def rest(self, beat: str) -> None:
        self._resting = beat

    def copy(self, beat: str, shown: str | None) -> bool:
        copy = self._earlier.of(shown) if self._earlier and shown else None
        # A film starts with a word of x264's about itself, and with nothing else.
        is_first = self._starts_the_film and self._encoder.frames == 0
        if copy is None or (is_first and copy.first > 0):
            return False
        self._encoder.copy(copy.frames)
        if copy.still:
            self.stills[beat] = copy.still
        self._advance(len(copy.frames))
        return True

    def end(self, shown: str | None) -> None:
        self.shown.append(shown)


def _png(pixels: npt.NDArray[Any]) -> bytes:
    """An opaque PNG of a picture in RGBA."""
    import av

    codec = av.VideoCodecContext.create("png", "w")
    codec.height, codec.width, _ = pixels.shape
    codec.pix_fmt, codec.time_base = "rgb24", Fraction(1)
    codec.sample_aspect_ratio = Fraction(1)
    # Without predicting pixels: two thirds of Pillow's time, for a tenth more bytes.
    codec.options = {"pred": "none", "compression_level": "3"}
    frame = av.VideoFrame.from_numpy_buffer(pixels, "rgba").reformat(format="rgb24")
    return b"".join(map(bytes, (*codec.encode(frame), *codec.encode(None))))


@contextmanager
def configured(profile: Profile, directory: Path | None = None) -> Iterator[None]:
    """Manim's configuration for a profile, and a media directory of our own, gone afterwards.

    It is made in ``directory``, where whoever clears up after a killed process finds it. Verdicts
    on lines are kept for other processes.
    """
    import_manim()
    from manim import config, tempconfig

    from pipeline.drawing.shortcuts import shortcuts
    from pipeline.verdicts import remembered

    with TemporaryDirectory(dir=directory) as media, remembered():
        settings = {**profile.manim_settings(), "media_dir": media, "verbosity": "ERROR"}
        unheard = settings.keys() - config.keys()
        assert not unheard, f"Manim would drop these settings without a word: {unheard}"
        with tempconfig({}):
            config.update(_stock_settings())
            with tempconfig(settings), shortcuts():
                yield


@cache
def _stock_settings() -> ManimConfig:
    """Manim's own settings, without those of a manim.cfg in this directory or this user's home."""
    from manim._config.utils import ManimConfig, config_file_paths

    parser = ConfigParser()
    parser.read_string(config_file_paths()[0].read_text(encoding="utf-8"))
    return ManimConfig().digest_parser(parser)


def _construct(shot: Shot, renderer: FilmRenderer) -> Any:
    profile = shot.profile
    look = {"theme": profile.theme, "shape": profile.shape, "language": profile.language}
    try:
        scene = getattr(importlib.import_module(shot.entry.module), shot.entry.cls)
        return scene(renderer, **look)
    except Exception as error:
        raise ShotError(f"{shot.entry.id}: {blame(error, shot.entry.module)}") from error


@contextmanager
def _blamed(shot: Shot, scene: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if files.is_full(error):
            raise
        where = f"{shot.entry.id}, {_whereabouts(scene)}"
        raise ShotError(f"{where}: {blame(error, shot.entry.module)}") from error


def _whereabouts(scene: Any) -> str:
    if scene.under_way:
        return f"in beat {scene.under_way!r}"
    return f"after beat {scene.beats[-1].name!r}" if scene.beats else "before its first beat"


def blame(error: BaseException, module: str | None = None) -> str:
    """An error in one line, after the line of ``module`` in which it happened and the innermost
    line of this project that it passed through."""
    text = f"{type(error).__name__}: {error}"
    passed = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        passed.append((error.filename or "", error.lineno))
        text = f"{type(error).__name__}: {error.msg}"
    own = [
        (str(path.relative_to(ROOT)), line)
        for name, line in passed
        if (path := Path(name)).is_relative_to(ROOT) and ".venv" not in path.parts
    ]
    home = f"{(module or '').replace('.', '/')}.py"
    places = dict.fromkeys([place for place in own if place[0] == home][-1:] + own[-1:])
    return " ".join(": ".join([*(f"{name}:{line}" for name, line in places), text]).split())


def _film(shot: Shot, scene: Any, first: int, frames: int, shown: Sequence[str | None]) -> Film:
    beats = tuple(
        BeatTimes(
            beat.name,
            beat.start,
            beat.rest,
            beat.end,
            beat.narration,
            beat.line,
            {name: _plain(number) for name, number in beat.numbers.items()},
        )
        for beat in scene.beats
    )
    filmed = beats[first:]
    if filmed:
        filmed = tuple(shifted(filmed, -filmed[0].start))
        told = zip(filmed, shown, strict=True)
        filmed = tuple(replace(beat, shown=digest) for beat, digest in told)
    lines = tuple(LineShown(line.id, line.tex, str(line.verdict)) for line in scene.lines)
    return Film(shot.entry.id, scene.title, frames, shot.profile.as_dict(), filmed, lines)


def _listed(sounds: Sequence[Sound]) -> str:
    """Sounds as JSON; files of this project by where they are in it, on whatever machine."""
    return json.dumps(
        [
            [str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path), *rest]
            for path, *rest in sounds
        ]
    )


def _plain(number: float) -> float:
    """A number of Python's own, for JSON."""
    return number if isinstance(number, int) else float(number)
