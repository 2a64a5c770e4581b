"""A film in the making, whatever its format: pictures in, one whole file out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

import numpy as np

from pipeline import files
from pipeline.conversion import Pixels
from pipeline.drawing.regions import Box

AHEAD = 8  # pictures that may wait for the encoder, while more are drawn; up to 8 MB each

Taken = TypeVar("Taken")
"""What is kept of a picture until it is encoded."""


class Shown(NamedTuple):
    """When a picture is shown, from frame ``first`` up to ``end``; and whether a beat starts with
    it."""

    first: int
    end: int
    keyframe: bool = False


class Recorder(ABC, Generic[Taken]):
    """One film in the making; use it as a context manager.

    The file appears under its name when the context is left, whole and synced; after an exception,
    or without a frame, nothing is left. ``frames`` counts what has been written. A format says how
    it encodes a picture, on a thread beside the one that draws, and how it ends.
    """

    def __init__(self, path: Path, *, width: int, height: int, fps: int) -> None:
        self.path = path
        self.frames = 0
        self._part = files.beside(path)
        self._shape, self._fps = (height, width, 4), fps
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()

    @abstractmethod
    def _take(self, pixels: Pixels, within: Sequence[Box] | None) -> Taken:
        """What it takes to encode a picture, when its pixels may have changed."""

    @abstractmethod
    def _encode(self, taken: Taken, shown: Shown) -> None:
        """Encode a picture."""

    @abstractmethod
    def _end(self) -> None:
        """Write what is left to write."""

    @abstractmethod
    def _close(self) -> None:
        """Let go of the file, ended or not; may be called twice."""

    def write(
        self,
        pixels: Pixels,
        repeat: int = 1,
        *,
        keyframe: bool = False,
        within: Sequence[Box] | None = None,
    ) -> None:
        """Add a frame, RGBA of shape (height, width, 4), and hold it for ``repeat`` frames.

        It may differ from the last one only ``within`` some boxes, if that is known.
        Afterwards the array is the caller's again. Raises ``ValueError`` when
        the pixels are of another shape or type, and whatever encoding an earlier frame raised.
        """
        if pixels.shape != self._shape or pixels.dtype != np.uint8:
            raise ValueError(
                f"a frame of shape {self._shape} and type uint8 was expected, "
                f"not {pixels.shape} and {pixels.dtype}"
            )
        self._await_all_but(AHEAD - 1)
        shown = Shown(self.frames, self.frames + repeat, keyframe)
        taken = self._take(pixels, within)
        self._pending.append(self._thread.submit(self._encode, taken, shown))
        self.frames += repeat

    def copy(self, frames: Sequence[tuple[bytes, bool]]) -> None:
        """Add frames as another file has them; not every format can."""
        raise NotImplementedError

    def _await_all_but(self, count: int) -> None:
        while len(self._pending) > count:
            self._pending.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as left:
            left.callback(self._part.unlink, missing_ok=True)
            left.callback(self._close)
            left.callback(self._thread.shutdown, cancel_futures=True)
            if kind is None and self.frames:
                self._await_all_but(0)
                self._end()
                self._close()
                files.settle(self._part, self.path)


class PictureRecorder(Recorder[Pixels]):
    """A recorder that takes pictures as they are."""

    def _take(self, pixels: Pixels, within: Sequence[Box] | None) -> Pixels:
        return pixels.copy()
