"""A term can be followed back through the moves, to the line it came from."""

from __future__ import annotations

import pytest

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, Y, descent, forebears, policy
from dpo_math.derivation.vocabulary import log_ratio


def said_by(line: str, key: str) -> n.Node:
    return n.by_key(LINES[line].tree)[key]


def test_the_reward_in_the_inversion_is_the_one_in_the_closed_form():
    sources = descent(LINES, LINES["inversion"], LINES["closed_form"])
    (reward,) = (node for node in LINES["inversion"].tree.walk() if isinstance(node, n.Reward))
    assert said_by("closed_form", sources[reward.key]) == reward


def test_both_log_ratios_of_the_preference_come_from_the_one_in_the_inversion():
    sources = descent(LINES, LINES["preference"], LINES["inversion"])
    logs = [node for node in LINES["preference"].tree.walk() if isinstance(node, n.Log)]
    assert len(logs) == 2
    for log in logs:
        assert said_by("inversion", sources[log.key]) == log_ratio("*", Y)


def test_the_policy_to_train_comes_from_the_best_policy():
    sources = descent(LINES, LINES["loss"], LINES["preference"])
    (trained,) = n.find(LINES["loss"].tree, policy("theta", CHOSEN))
    assert said_by("preference", sources[trained.key]) == policy("*", CHOSEN)


def test_what_a_move_made_anew_comes_from_nothing():
    sources = descent(LINES, LINES["inversion"], LINES["closed_form"])
    betas = n.find(LINES["inversion"].tree, n.Symbol("beta"))
    assert betas
    assert not sources.keys() & {beta.key for beta in betas}


@pytest.mark.parametrize("line", list(LINES), ids=lambda line: line.id)
def test_every_term_of_a_line_comes_from_itself(line):
    assert dict(descent(LINES, line, line)) == {key: key for key in n.by_key(line.tree)}


def test_a_line_rests_on_what_was_moved_from_and_on_the_rules_put_in():
    names = [line.id for line in forebears(LINES, LINES["preference"])]
    assert {"objective", "closed_form", "inversion", "sigmoid", "cancelled"} < set(names)
    assert names[-1] == "preference"
    assert not {"loss", "other_prompt", "gradient"} & set(names)
