"""Moves on both sides of an equation, and on the products in them."""

from __future__ import annotations

from collections.abc import Mapping
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


def distribute(line: n.Relation, at: n.Node | None = None) -> Step:
    """c (a + b) becomes c a + c b."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Product(factors=(*_, n.Group(body=n.Sum()))):
                return True
        return False

    product = target_of(line, at, fits, "distribute", "factor before brackets")
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


def factor_out(line: n.Relation, factor: n.Node, at: n.Node | None = None) -> Step:
    """c a − c b becomes c (a − b)."""

    def fits(node: n.Node) -> bool:
        return (
            isinstance(node, n.Sum)
            and len(node.terms) > 1
            and all(n.factors_of(t.body)[0] == factor != t.body for t in node.terms)
        )

    total = target_of(line, at, fits, "factor out", f"sum with {tex(factor)} in every term")
    assert isinstance(total, n.Sum)
    trace = Trace("factor_out", line)
    moved, *others = (n.factors_of(term.body)[0] for term in total.terms)
    for other in others:
        trace.merge(other.walk(), moved.walk())

    def rest_of(term: n.Signed) -> n.Signed:
        _, *rest = n.factors_of(term.body)
        body = rest[0] if len(rest) == 1 else replace(term.body, factors=tuple(rest))  # type: ignore[call-arg]
        return replace(term, body=body)

    inner = replace(total, terms=tuple(map(rest_of, total.terms)))
    above = n.parents(line)[total.key]
    if isinstance(above, n.Group):
        bracket, place = replace(above, body=inner), above
        product = trace.grow(n.Product((moved, bracket)), total)
        return trace.step(put(line, place, product))
    product = trace.grow(n.Product((moved, n.Group(inner))), total)
    return trace.step(put(line, total, product))


def subtract_line(line: n.Relation, rule: n.Relation, letters: Mapping[str, str]) -> Step:
    """a = b and the rule c = d, read for other letters, become a − c = b − d."""
    require(
        line.sign == "=" == rule.sign, f"subtract: {tex(line)} and {tex(rule)} are not equations"
    )
    rename: dict[n.Node, n.Node] = {n.Symbol(old): n.Symbol(new) for old, new in letters.items()}
    trace = Trace("subtract_line", line, rule)

    def less(side: n.Node, other: n.Node) -> n.Node:
        taken = trace.copy(other, "rule", rename)
        if isinstance(taken, n.Sum):
            taken = trace.grow(n.Group(taken), side)
        minus = trace.grow(n.Signed(True, taken), side)
        if isinstance(side, n.Sum):
            return replace(side, terms=(*side.terms, minus))
        return trace.grow(n.Sum((n.Signed(False, side), minus)), side)

    sides = less(line.left, rule.left), less(line.right, rule.right)
    return trace.step(replace(line, left=sides[0], right=sides[1]))
