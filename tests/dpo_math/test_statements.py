"""What is said of the worked example's numbers is true of them, as the checker reads it."""

from __future__ import annotations

import math

import pytest

from dpo_math import notation as n
from dpo_math import statements
from dpo_math.derivation import X_OTHER, X
from dpo_math.examples import BETA, OTHER_PROMPT, PROMPT
from dpo_math.meaning import letters_in, lower
from dpo_math.worlds import NumericWorld, Place


class Example(NumericWorld):
    """The world of the example: its β, and a table for each of the two prompts."""

    def __init__(self) -> None:
        super().__init__(len(PROMPT), seed=0, exact=False)
        letters = letters_in(self)
        self.tables = {letters["x"]: PROMPT, letters["x'"]: OTHER_PROMPT}

    @property
    def beta(self):
        return BETA

    def given(self, model: str, place: Place):
        assert model == "ref"
        return self.tables[place.prompt].reference[place.response]

    def score(self, family: str, place: Place):
        assert not family
        return self.tables[place.prompt].reward[place.response]


@pytest.mark.parametrize(
    "said",
    [
        statements.left_over(),
        statements.beta_of_example(),
        statements.partition_of(PROMPT, X),
        statements.partition_of(OTHER_PROMPT, X_OTHER),
    ],
)
def test_both_sides_are_the_same_but_for_rounding(said):
    value, written = (lower(side, Example()) for side in (said.left, said.right))
    assert isinstance(said.right, n.Decimal)
    half = 0.5 * 10 ** -len(said.right.digits.partition(".")[2])
    assert value == pytest.approx(written, abs=0 if said.sign == "=" else half)


def test_what_is_left_over_follows_from_the_numbers_that_are_given():
    here, there = PROMPT.partition(BETA), OTHER_PROMPT.partition(BETA)
    assert statements.amount_left_over() == pytest.approx(BETA * math.log(here / there))
