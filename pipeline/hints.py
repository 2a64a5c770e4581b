"""Telling x264 where a picture is the same as the one before it.

It then skips what it would have looked for there, a fifth of its time, for the same bytes but one
in three hundred; each place by itself, and not one box around all, is another tenth, and 3 to 18 %
of the bytes. What it skips cannot be taken from elsewhere, on which :mod:`pipeline.bands` relies,
which spares it far more. FFmpeg takes this from a frame's side data, which PyAV cannot make; so it
is made by FFmpeg's own function, found through PyAV's library and given the frame that PyAV holds.
Where either is not as expected, nothing is told.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from functools import cache

from av.sidedata.sidedata import Type as SideData
from av.video import frame as av_frame
from av.video.frame import VideoFrame

from pipeline.conversion import Area

CHANGED = 1
"""``AV_VIDEO_HINT_TYPE_CHANGED``, of FFmpeg 7.1 and later."""


class _Frame(ctypes.Structure):
    """How PyAV keeps a frame: ``av/frame.pxd``, ``Frame``, which is a Cython class."""

    _fields_ = (
        ("head", ctypes.c_byte * object.__basicsize__),
        ("methods", ctypes.c_void_p),
        ("frame", ctypes.c_void_p),
    )


class _Hint(ctypes.Structure):
    """``libavutil/video_hint.h``, ``AVVideoHint``."""

    _fields_ = (
        ("count", ctypes.c_size_t),
        ("offset", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
        ("type", ctypes.c_int),
    )


class _Rectangle(ctypes.Structure):
    """``libavutil/video_hint.h``, ``AVVideoRect``."""

    _fields_ = tuple((name, ctypes.c_uint32) for name in ("x", "y", "width", "height"))


def settings() -> Mapping[str, str]:
    """What the encoder has to be opened with to listen."""
    return {"mb_info": "1"} if _library() else {}


def tell(frame: VideoFrame, changed: Sequence[Area]) -> None:
    """Say that a frame differs from the last one encoded in these areas at most; none: anywhere."""
    library = _library()
    if library is None:
        return
    address = _Frame.from_address(id(frame)).frame
    library.av_frame_remove_side_data(address, SideData.VIDEO_HINT.value)
    if changed:
        hint = library.av_video_hint_create_side_data(address, len(changed)).contents
        hint.type = CHANGED
        first = ctypes.addressof(hint) + hint.offset
        rectangles = (_Rectangle * len(changed)).from_address(first)
        for rectangle, (rows, columns) in zip(rectangles, changed, strict=True):
            rectangle.x, rectangle.width = columns.start, columns.stop - columns.start
            rectangle.y, rectangle.height = rows.start, rows.stop - rows.start


@cache
def _library() -> ctypes.PyDLL | None:
    """FFmpeg's, as PyAV has loaded it; None if it cannot be told, or frames are not where they
    should be."""
    try:
        library = ctypes.PyDLL(av_frame.__file__)
        create, remove = library.av_video_hint_create_side_data, library.av_frame_remove_side_data
    except (AttributeError, OSError):
        return None
    create.argtypes, create.restype = (ctypes.c_void_p, ctypes.c_size_t), ctypes.POINTER(_Hint)
    remove.argtypes, remove.restype = (ctypes.c_void_p, ctypes.c_int), None
    some = VideoFrame(16, 16, "yuv420p")
    address = _Frame.from_address(id(some)).frame
    # An AVFrame starts with the address of its first plane.
    is_there = address and ctypes.c_void_p.from_address(address).value == some.planes[0].buffer_ptr
    return library if is_there else None
