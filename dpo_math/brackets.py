"""Putting trees together with the brackets that keep what is written unambiguous."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from dpo_math import notation as n

_SUMS = (n.Sum, n.Signed, n.Relation)
_OPEN_ENDED = (n.BigSum, n.Ranged, n.Extremum, n.Gradient)
_BRACKETED: dict[type[n.Node], tuple[type[n.Node], ...]] = {
    n.Signed: _SUMS,
    n.BigSum: _SUMS,
    n.Ranged: _SUMS,
    n.Gradient: _SUMS,
    n.Log: (*_SUMS, n.Product),
    n.Power: (*_SUMS, n.Product, n.Quotient, n.Log),
}
"""What needs brackets right below a construct."""


def bracketed(node: n.Node, *kinds: type[n.Node]) -> n.Node:
    """``node``, in brackets where it is one of ``kinds``."""
    return n.Group(node) if isinstance(node, kinds) else node


def product(nodes: Sequence[n.Node]) -> n.Node:
    """Factors side by side; sums, and what would swallow the next factor, get brackets."""
    flat = [factor for node in nodes for factor in n.factors_of(node)]
    if len(flat) == 1:
        return flat[0]
    factors = [bracketed(factor, *_SUMS) for factor in flat]
    for i, (factor, after) in enumerate(pairwise(factors)):
        swallows = isinstance(factor, n.Log) and not isinstance(after, n.Group)
        if swallows or isinstance(factor, _OPEN_ENDED):
            factors[i] = n.Group(factor)
    return n.Product(tuple(factors))


def power(base: n.Node, exponent: n.Node) -> n.Power:
    return n.Power(bracketed(base, *_BRACKETED[n.Power]), exponent)


def log(argument: n.Node) -> n.Log:
    return n.Log(bracketed(argument, *_BRACKETED[n.Log]))


def with_children(node: n.Node, change: Callable[[n.Node], n.Node]) -> n.Node:
    """The same construct over changed sub-expressions, with the brackets that they need."""
    if isinstance(node, n.Product):
        return product([bracketed(change(factor), *_SUMS) for factor in node.factors])
    if isinstance(node, n.Power):
        return replace(power(change(node.base), change(node.exponent)), key=node.key)
    kinds = _BRACKETED.get(type(node), ())
    return node.map_children(lambda child: bracketed(change(child), *kinds))


def minus(node: n.Node) -> n.Sum:
    """− node."""
    return n.Sum((n.Signed(True, bracketed(node, *_SUMS)),))
