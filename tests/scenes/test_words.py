"""Words come from the narration, scenes from the catalogue, and both say what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dpo_math import notation as n
from scenes import typesetting
from scenes.catalogue import SCENES, UnknownScene, find, title
from scenes.equation import Equation
from scenes.furniture import Words, lettered
from scenes.narration import Narration, NarrationError, narration
from scenes.numerals import Numerals
from scenes.theme import DARK


def test_numbers_are_filled_in():
    words = Narration("xx", {"a": {"b": "{count} responses"}})
    assert words("a", "b", count=6) == "6 responses"


def test_a_text_that_asks_for_an_unknown_number_is_an_error():
    with pytest.raises(NarrationError, match=r"xx\.toml: a asks for count"):
        Narration("xx", {"a": "{count}"})("a")


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(NarrationError, match=r"known: .*en"):
        narration("tlh")


@pytest.mark.parametrize("entry", SCENES, ids=lambda entry: entry.id)
def test_a_scene_is_found_by_id_and_by_class_name_in_any_case(entry):
    assert find(entry.id) is find(entry.cls.upper()) is entry
    assert title(entry)


def test_an_unknown_scene_suggests_the_nearest():
    with pytest.raises(UnknownScene, match="did you mean cancellation"):
        find("cancelation")


def test_a_symbol_in_words_is_set_as_a_formula():
    symbol = n.keyed(n.Symbol("x'"))
    plain = Words("the same x in both", DARK, 0.3)
    formula = Words("the same {x} in both", DARK, 0.3, symbols={"x": symbol})
    assert len(formula) == len(plain) + 1, "one mark more: the prime"
    assert formula.smallest_em < plain.smallest_em == 0.3


def test_a_sign_that_the_text_face_lacks_is_that_of_formulas():
    """Or a box would stand there."""
    settings = typesetting.words("≻"), typesetting.formula("succ")
    sign, meant = (np.ptp(setting.marks[0].points, axis=0) for setting in settings)
    assert sign == pytest.approx(meant, abs=1e-3)


def test_a_formula_in_words_has_the_decimal_sign_of_the_language():
    comma = replace(DARK, numerals=Numerals(point=","))
    tree = n.keyed(n.Decimal("6.46"))
    words = Words("{z}", comma, 0.3, symbols={"z": tree})
    for theme, same in ((comma, True), (DARK, False)):
        pairs = zip(words, Equation(tree, theme, 0.3).outlines, strict=True)
        shapes = [[mark.points - mark.get_center() for mark in pair] for pair in pairs]
        assert all(a.shape == b.shape and np.allclose(a, b) for a, b in shapes) is same


def test_words_stand_on_their_baseline_and_at_their_anchor():
    for anchor, edge in (("left", 0), ("right", 1)):
        words = Words("xxx", DARK, 1.0, at=(2.0, 1.0), anchor=anchor)
        sides = (words.get_left()[0], words.get_right()[0])
        assert sides[edge] == pytest.approx(2.0, abs=0.05)
        assert words.get_bottom()[1] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("anchor", ["left", "centre", "right"])
def test_words_put_elsewhere_are_to_the_last_bit_what_they_would_be_there(anchor):
    words = Words("0.45", DARK, 0.3, at=(0.1, 0.7), anchor=anchor)
    marks = [*words]
    words.place((-1.3, 2.2))
    there = Words("0.45", DARK, 0.3, at=(-1.3, 2.2), anchor=anchor)
    assert [*words] == marks
    assert all(np.array_equal(a.points, b.points) for a, b in zip(words, there, strict=True))


def test_what_looks_like_markup_is_text():
    assert len(Words("#pi $x$ *a*", DARK, 0.3)) == len("#pi$x$*a*")


def test_numbers_are_written_as_the_language_writes_them():
    signs = {"point": ",", "group": "\u202f", "percent": "\u202f%"}
    french = Narration("fr", {"numerals": signs, "a": "{count:,}; {share:.1%}; {gap:.2f}"})
    assert french("a", count=50257, share=0.125, gap=-0.5) == "50\u202f257; 12,5\u202f%; −0,50"
    assert Narration("en", {"a": "{count:,} and {gap:.2f}"})("a", count=50257, gap=0.5) == (
        "50,257 and 0.50"
    )


def test_a_decimal_comma_stands_close_to_its_digits():
    number = n.keyed(n.Decimal("0.46"))
    french = replace(DARK, numerals=Numerals(","))
    english, theirs = Equation(number, DARK, 1.0), Equation(number, french, 1.0)
    assert len(english) == len(theirs) == 4
    assert theirs.width == pytest.approx(english.width, abs=0.02)


def test_thousands_stand_apart_in_formulas_as_the_language_has_them():
    number = n.keyed(n.Number(128256))
    signs = {"comma": ",", "space": "\u202f", "none": ""}
    marks = {
        name: Equation(number, replace(DARK, numerals=Numerals(group=group)), 1.0)
        for name, group in signs.items()
    }
    assert [len(line) for line in marks.values()] == [7, 6, 6]
    assert marks["none"].width < marks["space"].width < marks["none"].width + 0.25


@pytest.mark.parametrize(
    ("said", "letters"),
    [
        ("multiply both sides by β", ["β"]),
        ("divide below by Z, take log Z off again", ["Z"]),
        ("à la place de π*", ["π*"]),
        ("put the difference back into σ", ["σ"]),
        ("Zero is no letter", []),
    ],
)
def test_letters_of_formulas_are_set_as_formulas_set_them(said, letters):
    text, symbols = lettered(said)
    assert list(symbols) == letters
    set_as_words, set_as_said = (
        Words(each, DARK, DARK.type.move, symbols=found)
        for each, found in ((text, symbols), (said, {}))
    )
    same = len(set_as_words) == len(set_as_said) and all(
        len(one.points) == len(other.points)
        for one, other in zip(set_as_words, set_as_said, strict=True)
    )
    assert same is not bool(letters)
