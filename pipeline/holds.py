"""Pictures that stay: frames that say "as before", and keyframes given out once more.

x264 sees each picture once. A picture that stays is followed by P-frames of ten to fifty bytes of
which every macroblock is skipped, so the film has a constant frame rate, and every frame of a rest
decodes to the same picture, bit for bit. Where a rest needs a keyframe, the one that its picture
was coded with is given again. A minute's rest costs 25 ms instead of encoding 3600 frames.

Frames in between change the count that x264 keeps in the head of its slices (``frame_num``), and
keyframes that follow each other must differ in ``idr_pic_id``; both are put right here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.h264 import IDR, SEI, Parameters, Slice, counted_units, kind, stream


class AccessUnits:
    """The access units of a film, in order, as the byte streams that a muxer takes."""

    def __init__(self, extradata: bytes) -> None:
        self._parameters = Parameters.of(extradata)
        self._frame_num = 0
        self._idr_pic_id = 1
        self._key: list[bytes] = []
        self._has_begun = False

    def coded(self, slices: Sequence[Slice], key: bool) -> bytes:
        """The next picture, of its slices."""
        if key:
            found = [unit for each in slices for unit in self._placed(each, 0)]
            self._key = [unit for unit in found if kind(unit) != SEI]
            return self._as_key(found)
        self._frame_num += 1
        mixed = any(kind(unit) == IDR for each in slices for unit in each.units)
        placed = (self._placed(each, self._frame_num, mixed) for each in slices)
        return stream([unit for units in placed for unit in units if kind(unit) != SEI])

    def copied(self, data: bytes, key: bool) -> bytes:
        """An access unit of another film of the same kind, as an MP4 has it."""
        found = counted_units(data)
        if key:
            return self._as_key(found)
        self._frame_num += 1
        return stream(found)

    def held(self) -> bytes:
        """The picture on the screen for another frame."""
        self._frame_num += 1
        return stream([self._parameters.skipped(self._frame_num)])

    def key_again(self) -> bytes:
        """The picture on the screen as a keyframe; it must be the last that was coded as one."""
        return self._as_key(self._key)

    def _placed(self, each: Slice, frame_num: int, mixed: bool = False) -> Iterator[bytes]:
        """A slice where it belongs; what x264 says of itself, before the first slice alone."""
        if not each.units:
            yield self._parameters.skipped(frame_num, each.first, each.macroblocks, mixed=mixed)
        for unit in each.units:
            if each.first == 0 or kind(unit) != SEI:
                yield self._parameters.numbered(unit, frame_num, 0, each.first, mixed=mixed)

    def _as_key(self, found: list[bytes]) -> bytes:
        """What x264 says of itself with its first picture is said where the film begins."""
        if self._has_begun:
            found = [unit for unit in found if kind(unit) != SEI]
        self._has_begun = True
        self._frame_num, self._idr_pic_id = 0, 1 - self._idr_pic_id
        return stream([self._parameters.numbered(unit, 0, self._idr_pic_id) for unit in found])
