"""Recorded runs are shown as they were recorded."""

from __future__ import annotations

import numpy as np
import pytest

from dpo_math.examples import BETA, BETAS, PROMPT
from scenes.experiments import Twins, shares, through
from scenes.figures import Distribution
from scenes.optimum_reached import OptimumReached


def test_a_way_leads_through_every_row_that_was_recorded():
    rows = [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)]
    way = through(rows)
    assert np.array([way(along) for along in (0.0, 0.5, 1.0)]) == pytest.approx(np.array(rows))
    assert way(0.25) == pytest.approx((0.25, 0.75))


def test_recorded_policies_sum_to_one_whatever_was_rounded_off():
    rows = Twins(OptimumReached(), top=1.0).runs[BETA]["dpo"].policies
    assert max(abs(sum(row) - 1) for row in rows) > 1e-7
    assert shares(rows).sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-12)
    assert shares(rows) == pytest.approx(np.array(rows), rel=1e-5)


def test_every_run_begins_at_the_reference_and_ends_at_the_closed_form(undrawn):
    scene = undrawn(OptimumReached)
    ends: list[dict[str, np.ndarray]] = []

    def note(beat: str) -> None:
        if beat == "everywhere":
            ends.extend(p.numbers for p in scene.mobjects if isinstance(p, Distribution))

    scene.on_rest = note
    scene.setup()
    scene.construct()
    assert len(ends) == 2
    for shown in ends:
        assert shown["policy"] == pytest.approx(shown["optimum"], abs=1e-6)
        assert shown["optimum"] == pytest.approx(PROMPT.optimum(BETAS[-1]), abs=1e-5)
        assert shown["reference"] == pytest.approx(PROMPT.reference)


def test_the_numbers_of_the_narration_are_those_of_the_runs():
    twins = Twins(OptimumReached(), top=1.0)
    runs = twins.runs[BETA].values()
    parts = twins.parts(BETA)
    assert all(run.distances[-1] < 1 / parts for run in runs)
    assert any(run.distances[-1] > 0.1 / parts for run in runs)


def test_the_runs_of_the_present_beta_alone_are_lit():
    twins = Twins(OptimumReached(), top=1.0)
    for panel in twins.panels.values():
        panel.draw(policy=PROMPT.reference)
    for animation in twins.restart(BETAS[0]):
        animation.begin()
        animation.interpolate(1.0)
    lit = dict(zip(twins.plot.tracks, twins.plot.numbers["lit"], strict=True))
    assert {name for name, bright in lit.items() if bright == 1} == {
        f"{side} at {BETAS[0]}" for side in twins.SIDES
    }


def test_the_reason_has_a_line_for_each_step_that_comes_up():
    assert len(Twins(OptimumReached(), top=1.0).reason(OptimumReached())) == 3
