"""Readings of a formula: each of its names given something to stand for, in every way on offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import cast

from dpo_math import notation as n
from dpo_math.brackets import bracketed
from dpo_math.judge.letters import X, Y, renamed
from dpo_math.judge.names import Atom, Option, atom_of, options
from dpo_math.judge.values import CALLED_ON_VALUES, map_values, value_nodes

MAX_READINGS = 60
"""The most readings of one formula that are tried."""

MAX_EXPANSIONS = 4
"""How deep definitions of a page are followed within one another."""

MAX_NODES = 500
"""The largest formula, definitions written out, that is looked at."""


@dataclass(frozen=True)
class Reading:
    """The sides of a formula with every name read, and what was read into them."""

    sides: tuple[n.Node, ...]
    words: str
    certain: bool


@dataclass
class Definitions:
    """What a page has defined so far, by name."""

    _trees: dict[Atom, n.Node] = field(default_factory=dict)

    def note(self, name: n.Node, meaning: n.Node) -> None:
        """Remember that the page defines ``name``."""
        atom = atom_of(name)
        if atom is not None:
            self._trees[atom] = bracketed(meaning, n.Sum)

    def defines(self, name: n.Node) -> bool:
        return atom_of(name) in self._trees

    def without(self, name: n.Node) -> Definitions:
        """These definitions, but for that of ``name``."""
        return Definitions({atom: t for atom, t in self._trees.items() if atom != atom_of(name)})

    def written_out(self, tree: n.Node) -> n.Node:
        """``tree`` with what the page defines in the place of its names."""
        for _ in range(MAX_EXPANSIONS):
            changed = substituted(tree, self._trees)
            if changed == tree or _size(changed) > MAX_NODES:
                return tree
            tree = changed
        return tree


def _size(tree: n.Node) -> int:
    return sum(1 for _ in islice(tree.walk(), MAX_NODES + 1))


def readings(sides: tuple[n.Node, ...], page: Definitions) -> list[Reading]:
    """The readings of a formula, the likely first; none where a name in it means nothing here."""
    plain: n.Node = n.Call("sides", sides)
    written_out = page.written_out(plain)
    found = list(_read(written_out))
    return found if written_out == plain else [*found, *_read(plain)]


def unknown(sides: tuple[n.Node, ...], page: Definitions) -> str | None:
    """The first name or letter of a formula that means nothing in the derivation, as it is written.

    None where each has a reading.
    """
    tree = page.written_out(n.Call("sides", sides))
    for node in value_nodes(tree):
        atom = atom_of(node)
        if isinstance(node, n.Call) and node.name in CALLED_ON_VALUES - {"sides", "sigma'"}:
            return node.name
        known = atom is None or atom[1] in CALLED_ON_VALUES or node == n.Symbol("D")
        if not known and next(options(cast(Atom, atom), tree), None) is None:
            return cast(Atom, atom)[1]
    return next(_loose_letters(tree), None)


LETTERS = frozenset(["x", "x'", "y", "y'", "y_w", "y_l", "·"])


def _loose_letters(tree: n.Node) -> Iterator[str]:
    """Responses that the derivation does not have and that no ranking counts."""
    counted = {
        variable.name
        for node in tree.walk()
        if isinstance(node, n.Ranged)
        for variable in node.variables
        if isinstance(variable, n.Symbol)
    }
    for node in tree.walk():
        if isinstance(node, n.Policy | n.Reward) and isinstance(node.response, n.Symbol):
            name = node.response.name
            if name not in LETTERS | counted and name.partition("_")[2] not in counted:
                yield name


def _read(tree: n.Node) -> Iterator[Reading]:
    named = list(dict.fromkeys(_atoms(tree)))
    offered = [list(options(atom, tree)) for atom in named]
    if not all(offered):
        return
    for chosen in islice(_likely_first(offered), MAX_READINGS):
        meanings = {atom: option.tree for atom, option in zip(named, chosen, strict=True)}
        read = cast(n.Call, substituted(tree, meanings))
        words = "; ".join(dict.fromkeys(option.words for option in chosen if option.words))
        yield Reading(read.arguments, words, all(option.certain for option in chosen))


def _atoms(tree: n.Node) -> Iterator[Atom]:
    for node in value_nodes(tree):
        atom = atom_of(node)
        if atom is not None and atom[1] not in CALLED_ON_VALUES and node != n.Symbol("D"):
            yield atom


def _likely_first(offered: list[list[Option]]) -> Iterator[tuple[Option, ...]]:
    ranked = islice(product(*(enumerate(options) for options in offered)), 20 * MAX_READINGS)
    ordered = sorted(ranked, key=lambda choice: sum(rank for rank, _ in choice))
    return (tuple(option for _, option in choice) for choice in ordered)


def substituted(tree: n.Node, meanings: Mapping[Atom, n.Node]) -> n.Node:
    """``tree`` with names replaced by what they stand for, for the letters where they stand."""

    def visit(node: n.Node) -> n.Node:
        atom = atom_of(node)
        if atom is not None and atom in meanings:
            return _for_letters(meanings[atom], node)
        if isinstance(node, n.Extremum) and ("model", _name(node.over)) in meanings:
            over = _for_letters(meanings["model", _name(node.over)], node.over)
            return n.Extremum(node.kind, over, visit(node.body))
        return map_values(node, visit)

    return visit(tree)


def _name(over: n.Node) -> str:
    return over.name if isinstance(over, n.Model) else "no policy"


def _for_letters(meaning: n.Node, node: n.Node) -> n.Node:
    """``meaning`` where ``node`` stands: of r(x, y_w) with y_w for y, of π the model."""
    match node:
        case n.Model():
            return meaning.model if isinstance(meaning, n.Policy) else meaning
        case n.Policy(response=response, prompt=prompt) if isinstance(meaning, n.Model):
            return n.Policy(meaning, response, prompt)
        case (
            n.Policy(response=response, prompt=prompt) | n.Reward(response=response, prompt=prompt)
        ):
            return _renamed(meaning, response, prompt)
        case n.Call(name="E", arguments=(response, prompt)):
            return _renamed(meaning, response, prompt)
    return meaning


def _renamed(meaning: n.Node, response: n.Node, prompt: n.Node) -> n.Node:
    pairs = ((Y, response), (X, prompt))
    names = {old.name: new.name for old, new in pairs if isinstance(new, n.Symbol) and new != old}
    return renamed(meaning, names)
