"""Manim's own renderer with the writing of files taken out.

Frames go straight to whoever wants them: no partial movie files, no hashing of play calls, a wait
drawn once however long it is. Drawing, timing and the order of play calls stay Manim's, so a scene
needs no change to be filmed here, and none to be rendered by ``manim render``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from manim import Animation, Mobject, Scene
from manim.scene.scene_file_writer import SceneFileWriter
from manim.utils.exceptions import EndSceneEarlyException
from manim.utils.sounds import get_full_sound_file_path

from pipeline.arriving import arrive, can_arrive
from pipeline.drawing.layer import Sight
from pipeline.drawing.marks import Mark
from pipeline.drawing.regions import Box
from pipeline.drawing.renderer import LayeredRenderer, Picture
from pipeline.shots import Beats
from pipeline.sound import Sound
from pipeline.tape import Shown, Tape, can_wait

if TYPE_CHECKING:
    from manim._config.render_session import RenderSessionSpec
    from manim.scene.scene_file_writer import _SceneFileWriterSettings
    from manim.typing import StrPath

Pixels = npt.NDArray[Any]
Sink = Callable[[Pixels, int], None]
"""Takes a frame, RGBA of shape (height, width, 4), and for how many frames it stays; the array is
drawn into afterwards."""


class FilmWriter(SceneFileWriter):
    """Hands every frame to a sink, remembers what is to be heard, and writes no files."""

    def __init__(
        self, settings: _SceneFileWriterSettings, sink: Sink, renderer: FilmRenderer
    ) -> None:
        super().__init__(settings)
        self._sink, self._renderer = sink, renderer
        self._frames = 0
        self.sounds: list[Sound] = []

    def write_frame(self, pixels: Pixels, *, repeat: int = 1) -> None:
        if self._renderer.is_filming:
            self._sink(pixels, repeat)
            self._frames += repeat

    def add_sound(
        self,
        sound_file: StrPath,
        time: float | None = None,
        gain: float | None = None,
        **_: Any,
    ) -> None:
        """Have a file heard from ``time`` on, in seconds, ``gain`` decibels louder.

        It is placed by the frames that were written; only how far ``time`` is from now is taken
        from Manim's clock.
        """
        if not self._renderer.is_filming:
            return
        path = get_full_sound_file_path(sound_file, self.settings.assets_dir)
        now = self._renderer.time
        later = round(((now if time is None else time) - now) * self._renderer.camera.frame_rate)
        self.sounds.append(Sound(path, self._frames + later, gain or 0))

    def add_partial_movie_file(self, hash_animation: str | None) -> None:
        """There are none."""

    def begin_animation(self, *_: Any, **__: Any) -> None:
        """Nothing to open."""

    def end_animation(self, allow_write: bool = False) -> None:
        """Nothing to close."""

    def finish(self) -> None:
        """Whoever owns the sink ends the film."""

    def abort_encode_jobs(self, reraise_encoder_failures: bool = False) -> None:
        """Whoever owns the sink drops it."""


class FilmRenderer(LayeredRenderer):
    """Draws a scene's frames for a sink."""

    def __init__(self, sink: Sink, *, skip_animations: bool = False) -> None:
        super().__init__(skip_animations=skip_animations)
        self._sink = sink

    @property
    def is_filming(self) -> bool:
        """Whether what is shown and heard now is wanted."""
        return True

    def init_scene(
        self,
        scene: Scene,
        session_spec: RenderSessionSpec,
        file_writer_settings: _SceneFileWriterSettings,
    ) -> None:
        self.file_writer = FilmWriter(file_writer_settings, self._sink, self)
        if not isinstance(self.camera, scene.camera_class):
            self.camera = scene.camera_class()

    def _arrive(self, scene: Scene, prepared: list[Animation]) -> bool:
        """Take animations to their ends, if it does not matter how these are come to."""
        if not can_arrive(scene, prepared):
            return False
        self.time += scene.get_run_time(prepared)
        arrive(scene, prepared)
        self.num_plays += 1
        return True

    def freeze_current_frame(self, duration: float) -> None:
        """Hold the frame; Manim's own loses one now and then to rounding (at 123/60 s, say)."""
        self.add_frame(self.get_frame(), num_frames=int(duration * self.camera.frame_rate + 1e-6))


class Reel(Protocol):
    """Takes a film, beat by beat."""

    def begin(self) -> None:
        """A beat begins with the next frame."""

    def take(self, pixels: Pixels, repeat: int, within: Sequence[Box]) -> None:
        """A frame stays for ``repeat`` frames; it differs from the one before ``within`` boxes."""

    def rest(self, beat: str) -> None:
        """The next frame is what this beat rests on."""

    def copy(self, beat: str, shown: str | None) -> bool:
        """Take a beat from the film before, if one showed the same there; whether it was."""

    def end(self, shown: str | None) -> None:
        """A beat is over; ``shown`` is the digest of what it showed, if that is known."""


SOON = np.empty(0)
"""Stands for a frame that is drawn later."""


class StretchRenderer(FilmRenderer):
    """Draws some of a scene's beats: it comes to them without drawing, and ends after them.

    With ``copying``, a beat is drawn only once it is over, and only if the reel has no copy.
    """

    def __init__(self, reel: Reel, beats: Beats, *, copying: bool = False) -> None:
        super().__init__(self._take)
        self._reel, self._beats, self._copying = reel, beats, copying
        self._scene: Any = None
        self._number = -1
        """Of the beat that the scene was in when it was last followed."""
        self._shown: Shown | None = None
        self._tape: Tape | None = None

    def init_scene(self, scene: Any, *args: Any) -> None:
        self._scene = scene
        super().init_scene(scene, *args)

    @property
    def is_filming(self) -> bool:
        return len(self._scene.beats) in self._beats

    def play(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        """Play animations if their beat is wanted.

        Those before are taken to their ends. Where these may depend on the way, that is gone, and
        nobody looks.
        """
        self._follow()
        if self._beats.are_over(self._number):
            raise EndSceneEarlyException
        prepared = scene.compile_animations(*animations, **kwargs)
        if self.is_filming or not self._arrive(scene, prepared):
            super().play(scene, *prepared)

    def _follow(self) -> None:
        """End the last beat and begin the next, if the scene has come to it."""
        number = len(self._scene.beats)
        if number == self._number:
            return
        self.end_beat()
        self._number = number
        if number in self._beats:
            self._shown = Shown(self.camera)
            self._tape = Tape() if self._copying else None
            self._do(self._reel.begin)

    def end_beat(self) -> None:
        """Have the beat that is over filmed, or copied."""
        if self._shown is None:
            return
        shown, self._shown, tape = self._shown.digest, None, self._tape
        self._tape = None
        if tape and not self._reel.copy(self._scene.beats[self._number].name, shown):
            tape.play()
        self._reel.end(shown)

    def rest(self, beat: str) -> None:
        """A beat's rest begins with the next frame."""
        self._follow()
        if self._shown:
            self._shown.rest()
            self._do(partial(self._reel.rest, beat))

    def on_sight(self, picture: Picture, sight: Sight, show: Callable[[], None]) -> None:
        if self._shown:
            self._shown.see(picture, sight)
        if self._tape and (self._tape.is_full or not can_wait(sight.new)):
            self._wait_no_longer()
        self._do(show, sight.new)

    def on_nothing_known(self) -> None:
        if self._shown:
            self._shown.forget()
        self._wait_no_longer()

    def get_frame(self) -> Pixels:
        return SOON if self._tape else super().get_frame()

    def _take(self, pixels: Pixels, repeat: int) -> None:
        if self._shown:
            self._shown.hold(repeat)
        self._do(partial(self._hand_on, pixels, repeat))

    def _hand_on(self, pixels: Pixels, repeat: int) -> None:
        if pixels is SOON:
            pixels = super().get_frame()
        self._reel.take(pixels, repeat, self.boxes_changed())

    def _do(self, action: Callable[[], None], marks: list[Mark] | None = None) -> None:
        """Do it, now or later."""
        if self._tape:
            self._tape.put(action, marks)
        else:
            action()

    def _wait_no_longer(self) -> None:
        """Film what there is of the beat, and the rest as it comes."""
        tape, self._tape = self._tape, None
        if tape:
            tape.play()


class StillRenderer(FilmRenderer):
    """Constructs a scene without drawing it: every animation goes straight to its end."""

    def __init__(self) -> None:
        super().__init__(lambda pixels, repeat: None, skip_animations=True)

    def play(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        """Take animations to their ends."""
        prepared = scene.compile_animations(*animations, **kwargs)
        if not self._arrive(scene, prepared):
            super().play(scene, *prepared)

    def update_frame(
        self, scene: Scene, mobjects: Iterable[Mobject] | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Nobody looks at what is passed on the way."""

    def save_static_frame_data(self, scene: Scene, static_mobjects: Iterable[Mobject]) -> None:
        """Nothing will be drawn over it."""

    def picture(self, scene: Scene) -> Pixels:
        """What is on the screen now, RGBA of shape (height, width, 4)."""
        super().update_frame(scene)
        return self.get_frame()
