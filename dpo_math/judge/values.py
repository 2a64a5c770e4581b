"""Where values stand in a tree, as against letters: in r(x, y) − β the y is a letter, β a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dpo_math import notation as n
from dpo_math.brackets import with_children

CALLED_ON_VALUES = frozenset(
    ["sides", "sigma'", "abs", "norm", "sqrt", "max", "min", "tuple", "clip", "relu", "=", "<", ">"]
)
"""Calls whose arguments are values."""

Change = Callable[[n.Node], n.Node]


def map_values(node: n.Node, change: Change) -> n.Node:
    """``node`` with ``change`` applied to what stands for values right below it."""
    match node:
        case n.Policy() | n.Reward() | n.Partition() | n.Preference():
            return node
        case n.Call(name=name) if name not in CALLED_ON_VALUES:
            return node
        case n.Draw(variables=variables, distribution=distribution):
            drawn = isinstance(distribution, n.Model | n.Policy)
            return n.Draw(variables, change(distribution)) if drawn and distribution else node
        case n.BigSum() | n.Ranged() | n.Gradient() | n.Extremum():
            return with_children(node, lambda child: change(child) if child is node.body else child)
    return with_children(node, change)


def value_nodes(tree: n.Node) -> Iterator[n.Node]:
    """The nodes of ``tree`` that stand for values or distributions, in reading order."""
    found = [tree]

    def visit(child: n.Node) -> n.Node:
        found.append(child)
        return map_values(child, visit)

    map_values(tree, visit)
    return iter(found)
