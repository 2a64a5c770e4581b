"""What each term of a formula stands for, and so which colour it has."""

from __future__ import annotations

from dpo_math import notation as n
from scenes.theme import Role


def roles_of(tree: n.Node) -> dict[str, Role]:
    """The role of every node that has one: its own, or that of what it is inside."""
    found: dict[str, Role] = {}

    def visit(node: n.Node, inherited: Role | None) -> None:
        own = role_of(node)
        role = own if own in (Role.CHOSEN, Role.REJECTED) else inherited or own
        if role:
            found[node.key] = role
        for child in node.children:
            visit(child, role if own is not Role.BETA else inherited)

    visit(tree, None)
    return found


def role_of(node: n.Node) -> Role | None:
    """What a node stands for by itself."""
    match node:
        case n.Policy(model=model):
            return role_of(model)
        case n.Model(name=name):
            return Role.REFERENCE if name == "ref" else Role.POLICY
        case n.Reward():
            return Role.REWARD
        case n.Partition():
            return Role.PARTITION
        case n.Symbol(name="beta"):
            return Role.BETA
        case n.Symbol(name="y_w"):
            return Role.CHOSEN
        case n.Symbol(name="y_l"):
            return Role.REJECTED
    return None
