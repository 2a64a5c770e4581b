"""Moves on both sides of an equation, and on the products in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dpo_math import notation as n
from dpo_math.moves.step import (
    MoveError,
    Step,
    Trace,
    is_positive,
    product_or_factor,
    put,
    require,
    target_of,
)
from dpo_math.printers import tex


def multiply_both_sides(line: n.Relation, factor: n.Node) -> Step:
    """a = b becomes c a = c b, for a positive ``factor`` c; a sum goes into brackets."""
    require(line.sign == "=", f"multiply both sides: {tex(line)} is not an equation")
    require(is_positive(factor), f"multiply both sides: {tex(factor)} might be zero")
    trace = Trace("multiply_both_sides", line)

    def times(side: n.Node) -> n.Node:
        bare = n.Group(side) if isinstance(side, n.Sum) else side
        return trace.grow(n.Product((factor, *n.factors_of(bare))), line)

    return trace.step(replace(line, left=times(line.left), right=times(line.right)))


def distribute(line: n.Relation) -> Step:
    """c (a + b) becomes c a + c b."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Product(factors=(*_, n.Group(body=n.Sum()))):
                return True
        return False

    product = target_of(line, None, fits, "distribute", "factor before brackets")
    *outer, group = n.factors_of(product)
    assert isinstance(group, n.Group) and isinstance(group.body, n.Sum)
    trace = Trace("distribute", line)
    trace.drop(group)
    terms = []
    for i, term in enumerate(group.body.terms):
        factors = outer if i == 0 else [trace.copy(factor) for factor in outer]
        inner = n.factors_of(term.body)
        spread = trace.grow(n.Product((*factors, *inner)), term)
        terms.append(replace(term, body=spread))
    return trace.step(put(line, product, replace(group.body, terms=tuple(terms))))


def cancel_factor(line: n.Relation, factor: n.Node) -> Step:
    """c (1/c) a becomes a."""
    inverse = n.Quotient(n.Number(1), factor)

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Product) and factor in node.factors and inverse in node.factors

    product = target_of(line, None, fits, "cancel a factor", f"{tex(factor)} beside its inverse")
    assert isinstance(product, n.Product)
    first = next(part for part in product.factors if part == factor)
    second = next(part for part in product.factors if part == inverse)
    rest = tuple(part for part in product.factors if part is not first and part is not second)
    trace = Trace("cancel_factor", line)
    trace.cancel(first.walk(), second.walk())
    return trace.step(put(line, product, product_or_factor(rest, product)))


def isolate(line: n.Relation, target: n.Node) -> Step:
    """Move every other term of ``target``'s side across, with its sign turned."""
    require(line.sign == "=", f"isolate: {tex(line)} is not an equation")
    here: Literal["left", "right"]
    for here in ("left", "right"):
        side = getattr(line, here)
        alone = [term for term in n.terms_of(side) if term.body == target and not term.negative]
        if isinstance(side, n.Sum) and len(alone) == 1:
            break
    else:
        raise MoveError(f"isolate: {tex(target)} is not a positive term of a sum in {tex(line)}")
    trace = Trace("isolate", line)
    across: n.Node = line.right if here == "left" else line.left
    staying = across.terms if isinstance(across, n.Sum) else (n.Signed(False, across),)
    moved = [
        trace.like(n.Signed(not term.negative, term.body), term)
        for term in side.terms
        if term is not alone[0]
    ]
    total = trace.grow(n.Sum((*staying, *moved)), across)
    sides = (alone[0].body, total) if here == "left" else (total, alone[0].body)
    return trace.step(replace(line, left=sides[0], right=sides[1]))


def swap_sides(line: n.Relation) -> Step:
    """a = b becomes b = a."""
    require(line.sign == "=", f"swap sides: {tex(line)} is not an equation")
    return Trace("swap_sides", line).step(replace(line, left=line.right, right=line.left))
