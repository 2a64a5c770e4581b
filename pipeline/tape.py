"""What a beat shows, told by a digest before any of it is drawn; and drawn only if it must be.

After an edit most beats of a scene show what they showed before. Of each beat it is noted, frame by
frame, what is drawn: that takes a third of the time of drawing and encoding it. If a beat of the
film before showed the same, its frames are copied out of that film, and nothing is drawn.

Whatever tells one picture from another goes into the digest: the looks of all marks as
:mod:`pipeline.drawing.marks` has them, their order, the ground, and how long each frame stays.
Numbers are told to the last bit, so where a figure comes to its place in other steps than before, a
beat may be drawn once more for nothing.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Camera

from pipeline.drawing.layer import Sight
from pipeline.drawing.marks import Mark
from pipeline.drawing.renderer import Picture, Pixels

MOST = 256e6  # bytes that the frames of a beat may take up while they wait to be drawn
COPIES = 4  # of its outline, that a mark keeps: its own, those of its look and of its path


class Shown:
    """The digest of what a beat shows."""

    def __init__(self, camera: Camera) -> None:
        self._hash = hashlib.sha256(repr(_view(camera)).encode())
        self._camera = camera
        self._ground: Pixels | None = None
        self._picture: Picture | None = None
        self._is_known = True

    @property
    def digest(self) -> str | None:
        """SHA-256, in hexadecimal; None where something was drawn of which not all is known."""
        return self._hash.hexdigest() if self._is_known else None

    def forget(self) -> None:
        """Something is drawn of which not all is known."""
        self._is_known = False

    def see(self, picture: Picture, sight: Sight) -> None:
        """A layer of ``picture`` shows ``sight``.

        The first of what moves is told with all that it is made of, whatever was seen before the
        beat; what follows, by how it differs from the sight before.
        """
        if self._ground is not self._camera.background:
            self._ground = self._camera.background
            assert self._ground is not None, "a camera has one from the start"
            self._hash.update(b"ground" + hashlib.sha256(self._ground.tobytes()).digest())
        moves = sight is picture.moving.sight
        if self._picture is picture:
            self._tell(b"moves" if moves else b"still", sight.places, sight.new)
        elif moves:
            self._picture = picture
            for layer in (picture.still, picture.moving):
                self._tell(b"all", [], layer.sight.marks)

    def hold(self, frames: int) -> None:
        """What was seen last stays for so many frames."""
        self._hash.update(b"%d frames" % frames)

    def rest(self) -> None:
        """The next frame is what the beat rests on."""
        self._hash.update(b"rest")

    def _tell(self, kind: bytes, places: list[int], marks: list[Mark]) -> None:
        looks = [mark.look for mark in marks]
        if None in looks:
            self._is_known = False
        try:
            told = marshal.dumps(looks, 2)  # the version that has no references to what came before
        except ValueError:
            told = repr(looks).encode()
        where = np.array([len(places), *places], dtype=np.int32).tobytes()
        self._hash.update(kind + where + len(told).to_bytes(8) + told)


class Tape:
    """What drawing and encoding a beat takes, to be done later in the same order."""

    def __init__(self) -> None:
        self._actions: list[Callable[[], None]] = []
        self._bytes = 0.0

    @property
    def is_full(self) -> bool:
        """Whether no more should wait."""
        return self._bytes > MOST

    def put(self, action: Callable[[], None], marks: list[Mark] | None = None) -> None:
        """Note what is to be done, and the new marks that it keeps."""
        self._actions.append(action)
        self._bytes += sum(COPIES * mark.mobject.points.nbytes for mark in marks or ())

    def play(self) -> None:
        """Do it all."""
        for action in self._actions:
            action()
        self._actions.clear()


def can_wait(marks: list[Mark]) -> bool:
    """Whether these can be drawn when their mobjects have changed: all that it takes is noted."""
    return all(mark.paths or not mark.box for mark in marks)


def _view(camera: Camera) -> tuple[Any, ...]:
    """What a picture follows from besides its ground and its marks."""
    return (
        camera.pixel_width,
        camera.pixel_height,
        camera.frame_width,
        camera.frame_height,
        camera.frame_center.tolist(),
        camera.cairo_line_width_multiple,
        camera.frame_rate,
    )
