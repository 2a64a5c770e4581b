"""Profiles are Manim's, and refuse what cannot be encoded."""

from __future__ import annotations

import pytest
from manim.constants import QUALITIES as MANIM

from pipeline.errors import BadInput
from pipeline.profile import QUALITIES, SHAPES, Profile
from scenes.layout import LAYOUTS


def test_the_quality_letters_mean_what_they_mean_to_manim():
    theirs = {
        preset["flag"]: (name, preset["pixel_width"], preset["pixel_height"], preset["frame_rate"])
        for name, preset in MANIM.items()
        if preset["flag"]
    }
    assert theirs == {letter: tuple(quality) for letter, quality in QUALITIES.items()}


@pytest.mark.parametrize(
    "given",
    [{"resolution": (641, 480)}, {"resolution": (640, 0)}, {"fps": 241}, {"fps": -1}],
)
def test_a_size_or_rate_that_cannot_be_encoded_is_refused(given):
    with pytest.raises(BadInput, match="cannot be made"):
        Profile.of("l", **given)


def test_what_is_given_stands_instead_of_the_quality():
    profile = Profile.of("l", resolution=(640, 360), fps=24, theme="light")
    assert (profile.width, profile.height, profile.fps) == (640, 360, 24)
    assert profile.name == "360p24-light"
    assert Profile.of("h").name == "1080p60"


def test_below_1080_lines_all_are_drafts_and_from_there_on_those_asked_for():
    assert Profile.of("m").is_draft
    assert Profile.of("m", draft=True) == Profile.of("m")
    assert not Profile.of("h").is_draft
    draft = Profile.of("h", draft=True)
    assert draft.is_draft
    assert draft.name == "1080p60-draft"
    assert Profile.of("h", draft=True, kind="gif") == Profile.of("h", kind="gif")


def test_the_shapes_are_those_of_the_scenes_in_their_pixels():
    made = {shape: Profile.of("h", shape=shape) for shape in SHAPES}
    assert {name: (p.width, p.height) for name, p in made.items()} == {
        name: layout.pixels for name, layout in LAYOUTS.items()
    }
