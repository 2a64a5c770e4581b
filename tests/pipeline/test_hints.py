"""x264 is told where a picture has changed, and believes it; films do not depend on it."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from pipeline import hints
from pipeline.encoder import FilmEncoder

SIZE = {"width": 320, "height": 160, "fps": 30}
LEFT, MIDDLE, RIGHT = slice(32, 64), slice(144, 176), slice(256, 288)
ROWS = slice(64, 96)


def picture(*columns: slice) -> np.ndarray:
    """Black, with white squares."""
    pixels = np.zeros((SIZE["height"], SIZE["width"], 4), np.uint8)
    pixels[..., 3] = 255
    for each in columns:
        pixels[ROWS, each] = 255
    return pixels


def luma(path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray()[: SIZE["height"]] for frame in container.decode(video=0)]


def filmed(path, pictures) -> list[np.ndarray]:
    with FilmEncoder(path, **SIZE) as encoder:
        for index, each in enumerate(pictures):
            encoder.write(each, keyframe=index == 0)
    return luma(path)


def told(frame: VideoFrame) -> list[Type]:
    """What kinds of side data a frame has."""
    return [data.type for data in frame.side_data]


def test_a_frame_that_is_used_again_has_the_last_hint_alone():
    frame = VideoFrame(64, 64, "yuv420p")
    for end in (16, 32, 48):
        hints.tell(frame, [(slice(0, 16), slice(0, end))])
    assert told(frame) == [Type.VIDEO_HINT]


def test_a_frame_that_may_have_changed_anywhere_has_none():
    frame = VideoFrame(64, 64, "yuv420p")
    hints.tell(frame, [(slice(0, 16), slice(0, 16))])
    hints.tell(frame, [])
    assert told(frame) == []


def test_what_is_told_to_have_stayed_is_not_looked_at(tmp_path, monkeypatch):
    """Told a lie, x264 leaves the middle square out: so it hears what it is told, also of what
    lies between two areas."""
    tell = hints.tell

    def lie(frame: VideoFrame, changed) -> None:
        tell(frame, [(rows, columns) for rows, _ in changed for columns in (LEFT, RIGHT)])

    monkeypatch.setattr(hints, "tell", lie)
    _, last = filmed(tmp_path / "film.mp4", [picture(), picture(LEFT, MIDDLE, RIGHT)])
    assert last[ROWS, LEFT].mean() > 200
    assert last[ROWS, MIDDLE].mean() < 20
    assert last[ROWS, RIGHT].mean() > 200


@pytest.mark.parametrize("reach", ["found", "out of reach"])
def test_every_change_is_in_the_film_with_hints_and_without(tmp_path, monkeypatch, reach):
    if reach == "out of reach":
        monkeypatch.setattr(hints, "_library", lambda: None)
    shown = [picture(), picture(LEFT), picture(LEFT, RIGHT), picture(RIGHT), picture()]
    shown += [picture(LEFT, RIGHT), picture(MIDDLE)]
    for wanted, got in zip(shown, filmed(tmp_path / "film.mp4", shown), strict=True):
        expected = 16 + wanted[..., 0] * (219 / 255)
        assert np.abs(got - expected).mean() < 2
