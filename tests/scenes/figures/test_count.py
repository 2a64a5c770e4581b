"""A formula counts up, and its sign stays where it is."""

from __future__ import annotations

import numpy as np
import pytest
from manim import VGroup

from dpo_math import statements
from dpo_math.printers import tex
from scenes.equation import Equation
from scenes.figures import Count, FigureError
from scenes.furniture import Words
from scenes.theme import DARK

LAST = 100


@pytest.fixture
def last() -> Equation:
    return Equation(statements.responses(LAST), DARK, DARK.type.aside, at=(2.0, -1.0))


@pytest.fixture
def count(last) -> Count:
    return Count(last, statements.responses)


def sign_of(line: Equation) -> np.ndarray:
    return VGroup(*line.own_marks(line.tree.key)).get_center()


@pytest.mark.parametrize(("value", "whole"), [(1.0, 1), (2.4, 2), (99.6, 100)])
def test_it_says_of_a_whole_number_what_is_true_of_it(count, last, value, whole):
    count.draw(count=value)
    assert tex(count.line.tree) == tex(statements.responses(whole))
    assert np.allclose(sign_of(count.line), sign_of(last))


@pytest.mark.parametrize("value", [1, 9, 10, 99, LAST])
def test_both_sides_begin_where_they_end(count, last, value):
    count.draw(count=value)
    for side in ("left", "right"):
        ends = [
            VGroup(*line.marks_of(getattr(line.tree, side))).get_left()[0]
            for line in (count.line, last)
        ]
        assert ends[0] == pytest.approx(ends[1])


def test_words_say_the_same_number_and_keep_their_left_end(last):
    def words(length: int) -> Words:
        return Words(f"of length {length}", DARK, 0.3, at=(2.0, -2.0), anchor="centre")

    count = Count(last, statements.responses, words(LAST), words)
    for value in (1, 20, LAST):
        count.draw(count=value)
        assert count.label.text == words(value).text
        assert count.label.get_left()[0] == pytest.approx(words(LAST).get_left()[0])


def test_what_it_said_before_is_gone(count):
    count.draw(count=1.0)
    before = count.line
    count.draw(count=2.0)
    assert before not in count.submobjects
    assert not any(mark.has_points() for mark in before.outlines)
    count.draw(count=2.2)
    assert len(count.submobjects) == 1


def test_it_ends_as_the_line_it_was_given(count, last):
    count.draw(count=float(LAST))
    pairs = zip(count.line.outlines, last.outlines, strict=True)
    assert all(np.allclose(one.points, other.points) for one, other in pairs)


@pytest.mark.parametrize("numbers", [{"count": 0.2}, {"count": [1.0, 2.0]}, {"length": 3.0}])
def test_what_cannot_be_counted_is_refused(count, numbers):
    with pytest.raises(FigureError, match="from 1 up"):
        count.draw(**numbers)
