"""Moves with the signs of a sum."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import MoveError, Step, Trace, put, require, sum_or_term, target_of
from dpo_math.printers import tex


def distribute_sign(line: n.Relation) -> Step:
    """a − (b + c) becomes a − b − c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Signed(negative=True, body=n.Group(body=n.Sum())):
                return True
        return False

    minus = target_of(line, None, fits, "distribute the sign", "minus before brackets")
    assert isinstance(minus, n.Signed) and isinstance(minus.body, n.Group)
    group = minus.body
    assert isinstance(group.body, n.Sum)
    trace = Trace("distribute_sign", line)
    first, *rest = group.body.terms
    lead = trace.like(n.Signed(False, first.body), first) if first.negative else None
    flipped = [trace.like(n.Signed(not term.negative, term.body), term) for term in rest]
    kept = lead or replace(minus, body=first.body)
    trace.drop(group)

    def change(node: n.Node) -> n.Node | None:
        if isinstance(node, n.Sum) and any(term.key == minus.key for term in node.terms):
            parts = [(kept, *flipped) if t.key == minus.key else (t,) for t in node.terms]
            return replace(node, terms=tuple(term for part in parts for term in part))
        return None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return trace.step(changed)


def cancel(line: n.Relation, term: n.Node, against: n.Node | None = None) -> Step:
    """Remove + ``term`` and − ``against`` from one sum; they must say the same.

    Raises :class:`MoveError`, naming what differs, where they do not.
    """
    other = term if against is None else against
    totals = [node for node in line.walk() if isinstance(node, n.Sum)]
    for total in totals:
        plus = [t for t in total.terms if t.body == term and not t.negative]
        minus = [t for t in total.terms if t.body == other and t.negative]
        if plus and minus:
            break
    else:
        pair = f"+ {tex(term)} and − {tex(other)}"
        raise MoveError(f"cancel: {pair} are not in one sum of {tex(line)}")
    if term != other:
        here, there = _difference(term, other)
        why = f"{tex(here)} is not {tex(there)}"
        raise MoveError(f"cancel: {tex(term)} against {tex(other)}: {why}", (here, there))
    trace = Trace("cancel", line)
    trace.cancel(plus[0].walk(), minus[0].walk())
    kept = [t for t in total.terms if t is not plus[0] and t is not minus[0]]
    require(bool(kept), "cancel: nothing would be left")
    return trace.step(put(line, total, sum_or_term(kept, total)))


def _difference(left: n.Node, right: n.Node) -> tuple[n.Node, n.Node]:
    """The first place, in reading order, where two trees say different things."""
    if type(left) is type(right) and len(left.children) == len(right.children):
        for a, b in zip(left.children, right.children, strict=True):
            if a != b:
                return _difference(a, b)
    return left, right


def reorder(line: n.Relation, first: n.Node) -> Step:
    """b + a becomes a + b: the term that says ``first`` goes to the front of its sum."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Sum) and any(t.body == first for t in node.terms[1:])

    total = target_of(line, None, fits, "reorder", f"sum with {tex(first)} behind another term")
    assert isinstance(total, n.Sum)
    lead = next(term for term in total.terms[1:] if term.body == first)
    rest = [term for term in total.terms if term is not lead]
    trace = Trace("reorder", line)
    return trace.step(put(line, total, replace(total, terms=(lead, *rest))))


def turn_difference(line: n.Relation, at: n.Node | None = None) -> Step:
    """b − a becomes −(a − b)."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Sum(terms=(n.Signed(negative=False), n.Signed(negative=True))):
                return True
        return False

    gap = target_of(line, at, fits, "turn a difference", "difference")
    assert isinstance(gap, n.Sum)
    first, second = gap.terms
    trace = Trace("turn_difference", line)
    lead = trace.like(n.Signed(False, second.body), second)
    behind = trace.like(n.Signed(True, first.body), first)
    inner = replace(gap, terms=(lead, behind))
    turned = trace.grow(n.Sum((n.Signed(True, n.Group(inner)),)), gap)
    return trace.step(put(line, gap, turned))


def turned_difference(line: n.Relation) -> Step:
    """−(a − b) becomes b − a."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Sum(terms=(n.Signed(negative=True, body=n.Group(body=inner)),)):
                return isinstance(inner, n.Sum) and [t.negative for t in inner.terms] == [
                    False,
                    True,
                ]
        return False

    outer = target_of(line, None, fits, "turn a difference", "minus before a difference")
    assert isinstance(outer, n.Sum)
    group = outer.terms[0].body
    assert isinstance(group, n.Group) and isinstance(group.body, n.Sum)
    first, second = group.body.terms
    trace = Trace("turned_difference", line)
    lead = trace.like(n.Signed(False, second.body), second)
    behind = trace.like(n.Signed(True, first.body), first)
    trace.drop(outer, outer.terms[0], group)
    return trace.step(put(line, outer, replace(group.body, terms=(lead, behind))))
