"""The notation tree: what it keeps, what it refuses, and how it is keyed."""

from __future__ import annotations

import dataclasses

import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES

X, Y, BETA = n.Symbol("x"), n.Symbol("y"), n.Symbol("beta")
Z = n.Partition(X)
LOG_Z = n.Product((BETA, n.Log(Z)))
GAP = n.Sum((n.Signed(False, LOG_Z), n.Signed(True, LOG_Z)))


def test_keys_take_no_part_in_equality():
    assert n.keyed(Z, "a") == n.keyed(Z, "b") == Z
    assert n.keyed(Z, "a").key != n.keyed(Z, "b").key


def test_a_difference_of_equal_terms_stays_as_written():
    assert len(GAP.terms) == 2
    assert n.Relation(Z, "=", Z).left == Z


def test_keys_are_unique_and_in_reading_order():
    tree = n.keyed(GAP)
    assert [node.key for node in tree.walk()] == [f"t{i}" for i in range(1, 14)]
    assert set(n.by_key(tree)) == {node.key for node in tree.walk()}


def test_two_terms_under_one_key_are_an_error():
    twice = n.Sum((n.Signed(False, n.keyed(Z)), n.Signed(True, n.keyed(Z))))
    with pytest.raises(n.NotationError, match="not unique"):
        n.by_key(n.Group(dataclasses.replace(twice, key="s"), key="g"))


def test_every_node_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        BETA.name = "alpha"


@pytest.mark.parametrize(
    "build",
    [
        lambda: n.Signed(True, GAP),
        lambda: n.Product((BETA, GAP)),
        lambda: n.Product((BETA, LOG_Z)),
        lambda: n.Product((n.BigSum(Y, Z), BETA)),
        lambda: n.Product((n.Log(Z), Z)),
        lambda: n.Power(GAP, BETA),
        lambda: n.Log(LOG_Z),
        lambda: n.BigSum(Y, GAP),
        lambda: n.Gradient(BETA, GAP),
    ],
)
def test_what_would_be_misread_without_brackets_is_refused(build):
    with pytest.raises(n.NotationError, match="needs a Group"):
        build()


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: n.Number(-1), "Signed"),
        (lambda: n.Decimal("1e5"), "1e5"),
        (lambda: n.Sum(()), "at least one"),
        (lambda: n.Product((BETA,)), "at least two"),
        (lambda: n.Relation(Z, "~", Z), "unknown relation '~'"),
    ],
)
def test_what_cannot_be_written_is_an_error_that_says_why(build, told):
    with pytest.raises(n.NotationError, match=told):
        build()


def test_rebuild_offers_parents_first_and_leaves_replacements_alone():
    def change(node):
        return n.Group(BETA) if node == BETA else None

    assert n.rebuild(LOG_Z, change) == n.Product((n.Group(BETA), n.Log(Z)))
    assert n.rebuild(LOG_Z, lambda node: Z if node == LOG_Z else None) == Z


def test_find_gives_every_place_in_reading_order():
    tree = n.keyed(GAP)
    assert [node.key for node in n.find(tree, BETA)] == ["t4", "t10"]


def test_parents_are_right_above():
    for line in LINES:
        above = n.parents(line.tree)
        root, *others = line.tree.walk()
        assert all(node in above[node.key].children for node in others)
        assert root.key not in above


def test_anything_is_a_sum_of_terms_and_a_product_of_factors():
    assert n.terms_of(Z) == (n.Signed(False, Z),)
    assert n.terms_of(GAP) == GAP.terms
    assert n.factors_of(Z) == (Z,)
    assert n.factors_of(LOG_Z) == LOG_Z.factors
