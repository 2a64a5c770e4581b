"""The reader: from TeX as people write it to the notation tree.

Characters become tokens, macros are expanded, typesetting falls away, a Lark grammar groups what
remains, and the groups become a tree in which policies, responses and rewards have one spelling.
What it does not know, or could read in two ways, is a :class:`CannotRead` with its place. Nothing
read is ever evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from dpo_math import notation as n
from dpo_math.reader.errors import MAX_DEPTH, CannotRead
from dpo_math.reader.formulas import Piece, pieces
from dpo_math.reader.grouping import Chain, group
from dpo_math.reader.layout import lay_out
from dpo_math.reader.macros import NO_MACROS, Macros, definitions, expand
from dpo_math.reader.terms import side
from dpo_math.reader.tokens import scan

__all__ = ["CannotRead", "Macros", "Statement", "definitions", "read", "read_tree"]


@dataclass(frozen=True)
class Statement:
    """One formula of a display: sides and the relations between them.

    The first side is None for a fragment that carries on from elsewhere ("= b"); a bare expression
    is one side and no relation. ``lead`` are the words in front ("where", "subject to").
    """

    sides: tuple[n.Node | None, ...]
    signs: tuple[n.RelationSign, ...] = ()
    lead: str = ""
    at: int = 0

    @property
    def relations(self) -> tuple[n.Relation, ...]:
        """The claims of the chain a = b = c: a = b and b = c."""
        pairs = zip(self.sides, self.signs, self.sides[1:], strict=False)
        return tuple(
            n.Relation(left, sign, right)
            for left, sign, right in pairs
            if left is not None and right is not None
        )


def read(tex: str, macros: Macros = NO_MACROS) -> tuple[Statement, ...]:
    """The formulas of a display, in reading order.

    Raises :class:`CannotRead` with the place of the first mark that is in the way.
    """
    try:
        marks = lay_out(expand(scan(tex), macros))
        return tuple(_statement(piece) for piece in pieces(marks))
    except RecursionError:
        raise CannotRead("a formula nested too deep", 0) from None


def read_tree(tex: str, macros: Macros = NO_MACROS) -> n.Node:
    """The one relation or expression that ``tex`` says. Raises :class:`CannotRead` for more."""
    statements = read(tex, macros)
    if len(statements) != 1 or len(statements[0].sides) > 2:
        raise CannotRead(f"one formula expected, {len(statements)} found", 0)
    statement = statements[0]
    if statement.relations:
        return statement.relations[0]
    expression = statement.sides[0]
    if expression is None or len(statement.sides) > 1:
        raise CannotRead("half a relation", statement.at)
    return expression


def _statement(piece: Piece) -> Statement:
    try:
        return _from_chain(piece, group(piece.marks))
    except n.NotationError as error:
        raise CannotRead(str(error), piece.marks[0].at) from None


def _from_chain(piece: Piece, chain: Chain) -> Statement:
    at = piece.marks[0].at
    for i, terms in enumerate(chain.sides):
        if terms is None and i:
            raise CannotRead("a relation with nothing behind it", chain.relations[i - 1].at)
    sides = tuple(None if terms is None else side(terms) for terms in chain.sides)
    if any(_depth(node) > MAX_DEPTH for node in sides if node is not None):
        raise CannotRead(f"a formula more than {MAX_DEPTH} levels deep", at)
    signs = tuple(mark.text for mark in chain.relations)
    if all(sign in n.Relation.SIGNS for sign in signs):
        return Statement(sides, cast(tuple[n.RelationSign, ...], signs), piece.lead, at)
    whole = n.Call(signs[0], tuple(node for node in sides if node is not None))
    return Statement((whole,), (), piece.lead, at)


def _depth(tree: n.Node) -> int:
    """How many constructs stand within one another, found without recursion."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in node.children]
    return depth
