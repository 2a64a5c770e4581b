"""A bar is cut where the strengths of two are in proportion."""

from __future__ import annotations

import math

import pytest
from manim import LEFT, RIGHT

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, REJECTED, reward
from dpo_math.examples import CHOSEN as BETTER
from dpo_math.examples import PROMPT
from dpo_math.examples import REJECTED as WORSE
from dpo_math.printers import tex
from scenes.equation import Equation
from scenes.figures import FigureError, Split
from scenes.layout import Room
from scenes.theme import DARK

ROOM = Room(-3.0, -3.0, 3.0, -2.2)


@pytest.fixture
def split() -> Split:
    return Split(DARK, ROOM, n.Exp(reward(CHOSEN)), n.Exp(reward(REJECTED)))


@pytest.mark.parametrize("strength", [0.5, 1.0, 4.0])
def test_each_has_its_share_of_the_bar(split, strength):
    split.draw(chosen=strength, rejected=1.0)
    parts = split.parts["chosen"], split.parts["rejected"]
    widths = [part.width for part in parts]
    assert widths[0] / sum(widths) == pytest.approx(strength / (1 + strength), abs=0.01)
    assert parts[0].get_left()[0] == pytest.approx(ROOM.left)
    assert parts[1].get_right()[0] == pytest.approx(ROOM.right)
    assert parts[0].get_right()[0] < parts[1].get_left()[0]


def test_the_share_of_the_better_response_is_how_often_it_is_preferred(split):
    rewards = PROMPT.reward[BETTER], PROMPT.reward[WORSE]
    split.draw(chosen=math.exp(rewards[0]), rejected=math.exp(rewards[1]))
    preferred = PROMPT.preference(BETTER, WORSE)
    assert split.share("chosen") == pytest.approx(preferred)
    written = {text.text for text in split.texts if hasattr(text, "text")}
    assert written == {f"{preferred:.0%}", f"{1 - preferred:.0%}"}


def test_what_is_written_follows_the_numbers(split):
    split.draw(chosen=3.0, rejected=1.0)
    before = [*split.texts]
    beside = share_beside_its_part(split)
    split.draw(chosen=3.02, rejected=1.0)  # three quarters again, when rounded
    assert share_beside_its_part(split) == pytest.approx(beside, abs=1e-9)
    written = [tex(text.tree) for text in split.texts if isinstance(text, Equation)]
    assert [each.rpartition(" ")[2] for each in written] == ["3.02", "1.00"]
    new = [text for text in split.texts if text not in before]
    assert len(new) == 1  # the strength that has changed


def share_beside_its_part(split: Split) -> list[float]:
    """How far to the right of the middle of each part its share stands."""
    shares = [text for text in split.texts if not isinstance(text, Equation)]
    pairs = zip(shares, split.parts.values(), strict=True)
    return [float(share.get_x() - part.get_x()) for share, part in pairs]


def test_over_each_end_stands_the_strength_of_its_part(split):
    split.draw(chosen=9.03, rejected=2.72)
    for (name, part), said in zip(split.parts.items(), ("9.03", "2.72"), strict=True):
        [written] = [
            text
            for text in split.texts
            if isinstance(text, Equation) and text.tree.left == n.keyed(split.names[name])
        ]
        assert tex(written.tree).endswith(rf"\approx {said}")
        assert written.get_bottom()[1] > part.get_top()[1]
        side = LEFT if name == "chosen" else RIGHT
        ends = (each.get_edge_center(side)[0] for each in (written, part))
        assert next(ends) == pytest.approx(next(ends), abs=0.05)


def test_numbers_that_change_are_written_anew(split):
    split.draw(chosen=1.0, rejected=1.0)
    split.draw(chosen=3.0)
    written = {text.text for text in split.texts if hasattr(text, "text")}
    assert written == {"75%", "25%"}


def test_all_stays_in_the_room(split):
    split.draw(chosen=1.0, rejected=9.0)
    assert split.get_bottom()[1] > ROOM.bottom - 0.01
    assert split.get_top()[1] < ROOM.top + 0.1
    assert split.get_left()[0] >= ROOM.left - 0.01
    assert split.get_right()[0] <= ROOM.right + 0.01


@pytest.mark.parametrize("numbers", [{"chosen": 0.0}, {"chosen": [1.0, 2.0]}, {"third": 1.0}])
def test_what_is_no_strength_is_refused(split, numbers):
    with pytest.raises(FigureError, match="two strengths"):
        split.draw(**numbers)
