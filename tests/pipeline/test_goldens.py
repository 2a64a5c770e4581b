"""The stills at all rests are as they were recorded, and a change is seen."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from pipeline import goldens
from pipeline.goldens import GOLDENS, PROFILE, TILE, TOLERANCE, compared, packed, similarity
from pipeline.shots import Shot, stills
from scenes.catalogue import SCENES
from tests.pipeline.tiny import TINY


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_every_still_is_as_recorded(entry):
    changed = goldens.differences(entry)
    told = "\n".join(map(str, changed))
    assert not changed, f"{told}\nLook at them: render.py goldens -p"


def test_nothing_is_recorded_of_scenes_that_are_gone():
    assert {path.name for path in GOLDENS.iterdir()} <= {entry.id for entry in SCENES}


@pytest.fixture(scope="module")
def pictures():
    return stills(Shot(TINY, PROFILE))


def test_a_recorded_picture_is_like_itself(pictures):
    for picture in pictures.values():
        kept = np.asarray(Image.open(io.BytesIO(packed(picture))).convert("RGB"))
        assert similarity(picture, kept) > (1 + TOLERANCE) / 2


def spoilt(picture, size):
    """The picture with a hole of ``size`` pixels square at an edge of what it shows."""
    changed = picture.copy()
    apart = np.abs(picture.astype(int) - picture[0, 0]).max(axis=-1) > 60
    y, x = (int(places[0]) for places in apart.nonzero())
    changed[y : y + size, x : x + size] = picture[0, 0]
    return changed


def test_a_hole_as_small_as_a_prime_is_a_change(pictures):
    picture = pictures["appear"]
    assert similarity(picture, spoilt(picture, 6)) < TOLERANCE


def test_another_colour_is_a_change(pictures):
    picture = pictures["appear"]
    assert similarity(picture, picture[..., ::-1]) < TOLERANCE


def test_tiles_cover_the_picture():
    assert PROFILE.width % TILE == PROFILE.height % TILE == 0


def test_beats_that_came_or_went_are_told(pictures):
    appear, part = pictures["appear"], pictures["part"]
    changed = compared("tiny", {"appear": appear, "gone": part}, {"appear": appear, "new": part})
    assert [str(change) for change in changed] == [
        "tiny, new: never recorded",
        "tiny, gone: recorded, but the scene has no such beat",
    ]


def test_recording_makes_the_comparison_pass_and_forgets_what_is_gone(tmp_path):
    assert len(goldens.differences(TINY, tmp_path)) == 2
    (tmp_path / "tiny").mkdir()
    stale = tmp_path / "tiny" / "old.png"
    stale.write_bytes(b"")
    kept = goldens.record(TINY, tmp_path)
    assert not stale.exists()
    assert all(path.stat().st_size < 20_000 for path in kept)
    assert goldens.differences(TINY, tmp_path) == []


def test_the_page_shows_what_changed_side_by_side(pictures, tmp_path):
    picture = pictures["appear"]
    changed = compared("tiny", {"appear": picture}, {"appear": spoilt(picture, 12)})
    page = goldens.show(changed, tmp_path).read_text(encoding="utf-8")
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert shown == [f"tiny-appear-{kind}.png" for kind in ("recorded", "drawn", "difference")]
    assert all((tmp_path / name).is_file() for name in shown)
    assert "tiny, appear: similarity" in page
