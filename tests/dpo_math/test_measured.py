"""Storing measurements: what is kept, what is noticed, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from dpo_math import measured
from dpo_math.measured import Arrival, DataError, Run, Sampled

SAMPLED = Sampled(beta=0.9, repeats=2, pairs=(100, 1000), distances=(0.123456789, 1.23456e-9))
RUN = Run(beta=0.1, policies=((0.25, 0.75), (1 / 3, 2 / 3)), distances=(0.5, 1e-9))
ARRIVAL = Arrival(optima=((0.5, 0.5),), dpo=(RUN,), ascent=(RUN, RUN))


def test_what_is_written_is_read_back_to_its_digits(tmp_path):
    path = measured.write(SAMPLED, tmp_path)
    assert path.name == "sampled.json"
    assert measured.read(Sampled, tmp_path) == replace(SAMPLED, distances=(0.123, 1.23e-9))


def test_measurements_within_measurements_are_read_back_too(tmp_path):
    measured.write(ARRIVAL, tmp_path)
    back = measured.read(Arrival, tmp_path)
    assert isinstance(back.ascent[1], Run)
    assert back.dpo[0].policies[1] == (0.333333, 0.666667)


def test_writing_leaves_nothing_else_behind(tmp_path):
    for _ in "twice":
        measured.write(SAMPLED, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["sampled.json"]


def test_reading_needs_no_torch():
    code = (
        "import sys; from dpo_math.measured import Slide, read; read(Slide);"
        "print({'torch', 'manim'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(DataError, match=r"sampled\.json.*render\.py data"):
        measured.read(Sampled, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"beta": 0.9}',
        '{"beta": 0.9, "repeats": 2, "pairs": 7, "distances": [1]}',
        '{"beta": 0.9, "repeats": 2, "pairs": [7], "distances": ["near"]}',
        '{"beta": 0.9, "repeats": 2, "pairs": [7], "distances": [1], "colour": 3}',
    ],
)
def test_a_damaged_file_is_refused(tmp_path, text):
    (tmp_path / "sampled.json").write_text(text)
    with pytest.raises(DataError, match=r"sampled\.json"):
        measured.read(Sampled, tmp_path)


def drifts_after(tmp_path, change):
    """The drifts of ``ARRIVAL`` when its stored JSON is changed in place."""
    path = measured.write(ARRIVAL, tmp_path)
    stored = json.loads(path.read_text())
    change(stored)
    path.write_text(json.dumps(stored))
    return list(measured.drifts([ARRIVAL], tmp_path))


def test_no_change_is_no_drift(tmp_path):
    assert drifts_after(tmp_path, lambda stored: None) == []


def test_a_changed_number_is_named_by_its_place(tmp_path):
    def change(stored):
        stored["dpo"][0]["policies"][1][0] = 0.3334

    assert drifts_after(tmp_path, change) == [
        "arrival.json: dpo[0].policies[1][0] is 0.3334, measured 0.333333"
    ]


def test_one_in_the_last_digit_is_rounding_and_two_are_drift(tmp_path):
    def by(last_digits):
        def change(stored):
            stored["dpo"][0]["policies"][1][0] += last_digits * 1e-6
            stored["dpo"][0]["distances"][1] += last_digits * 1e-11

        return change

    assert drifts_after(tmp_path, by(1)) == []
    assert drifts_after(tmp_path, by(-1)) == []
    assert len(drifts_after(tmp_path, by(2))) == 2


def test_values_that_are_gone_added_or_of_another_kind_are_drift(tmp_path):
    def change(stored):
        del stored["optima"]
        stored["dpo"][0]["colour"] = 3
        stored["ascent"].pop()
        stored["ascent"][0]["beta"] = "0.1"

    assert drifts_after(tmp_path, change) == [
        "arrival.json: optima is None, measured [[0.5, 0.5]]",
        "arrival.json: dpo[0]: colour is stored, and no longer measured",
        "arrival.json: ascent holds 1 values, measured 2",
        "arrival.json: ascent[0].beta is '0.1', measured 0.1",
    ]


def test_missing_damaged_and_forgotten_files_are_drift(tmp_path):
    (tmp_path / "sampled.json").write_text("{")
    (tmp_path / "old.json").write_text("{}")
    first, second, third = measured.drifts([SAMPLED, ARRIVAL], tmp_path)
    assert first == "old.json is stored, and no longer measured"
    assert second.startswith("sampled.json cannot be read:")
    assert third == "arrival.json is missing"


def test_whole_numbers_must_be_equal(tmp_path):
    measured.write(SAMPLED, tmp_path)
    more = replace(SAMPLED, repeats=3)
    assert list(measured.drifts([more], tmp_path)) == ["sampled.json: repeats is 2, measured 3"]
