"""Responses are y, prompts x, chosen y_w, rejected y_l, whatever letters a formula has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dpo_math import notation as n
from dpo_math.brackets import with_children

X, Y, CHOSEN, REJECTED, DATA = (n.Symbol(name) for name in ("x", "y", "y_w", "y_l", "D"))
DOT = n.Symbol("·")


def renamed(tree: n.Node, names: dict[str, str]) -> n.Node:
    """``tree`` with letters renamed."""

    def change(node: n.Node) -> n.Node | None:
        if isinstance(node, n.Symbol) and node.name in names:
            return n.Symbol(names[node.name])
        return None

    return n.rebuild(tree, change) if names else tree


def deep(tree: n.Node, change: Callable[[n.Node], n.Node | None]) -> n.Node:
    """``tree`` changed from the leaves up, wherever ``change`` gives something."""
    inner = with_children(tree, lambda child: deep(child, change))
    changed = change(inner)
    return inner if changed is None else changed


def any_distributions(tree: n.Node) -> n.Node:
    """KL(P ‖ Q) = Σ P(x) log … is about any two distributions: over responses, then."""
    found = {name.upper() for node in tree.walk() for name in _distributions_in(node)}
    if not found:
        return tree
    arguments = {
        node.arguments[0].name
        for node in tree.walk()
        if isinstance(node, n.Call) and node.name.upper() in found and len(node.arguments) == 1
        if isinstance(node.arguments[0], n.Symbol)
    }
    tree = renamed(tree, dict.fromkeys(arguments, "y"))

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.Call(name=name, arguments=(argument,)) if name.upper() in found:
                return n.Policy(n.Model(name.upper()), argument, X)
            case n.Symbol(name=name) if name.upper() in found:
                return n.Model(name.upper())
        return None

    return deep(tree, change)


def _distributions_in(node: n.Node) -> Iterator[str]:
    sources: tuple[n.Node | None, ...] = ()
    if isinstance(node, n.KL):
        sources = (node.left, node.right)
    elif isinstance(node, n.Draw):
        sources = (node.distribution,)
    elif isinstance(node, n.Call) and len(node.arguments) == 1 and node.arguments != (DATA,):
        sources = (n.Symbol(node.name),)
    for source in sources:
        if isinstance(source, n.Symbol) and source.name in ("P", "Q", "p", "q"):
            yield source.name


def responses_and_prompts(tree: n.Node) -> n.Node:
    """Responses become y and prompts x, whatever letter they have."""
    responses, prompts = slots(tree)
    bases = {_base(name): "y" for name in responses} | {_base(name): "x" for name in prompts}
    bases = {old: new for old, new in bases.items() if old not in ("x", "y", "·")}
    names = {}
    for node in tree.walk():
        if isinstance(node, n.Symbol) and _base(node.name) in bases:
            base = _base(node.name)
            names[node.name] = bases[base] + node.name[len(base) :]
    return renamed(tree, names)


def _base(name: str) -> str:
    return name.partition("_")[0].rstrip("'")


def slots(tree: n.Node) -> tuple[set[str], set[str]]:
    """The letters that stand for responses, and those that stand for prompts."""
    responses: set[str] = set()
    prompts: set[str] = set()
    for node in tree.walk():
        if isinstance(node, n.Policy | n.Reward):
            responses |= _letters(node.response)
            prompts |= _letters(node.prompt)
        elif isinstance(node, n.Preference):
            responses |= _letters(node.chosen, node.rejected)
            prompts |= _letters(node.prompt)
    return responses, prompts


def _letters(*nodes: n.Node) -> set[str]:
    return {node.name for node in nodes if isinstance(node, n.Symbol)}


def ranked_letters(tree: n.Node) -> n.Node:
    """y with τ(k) below it is the response at place k."""
    names = {
        node.name: node.name.replace("tau(", "").replace(")", "")
        for node in tree.walk()
        if isinstance(node, n.Symbol) and "tau(" in node.name
    }
    return renamed(tree, names)


def contestants(tree: n.Node) -> n.Node:
    """The two responses of a preference are y_w and y_l."""
    for node in tree.walk():
        if isinstance(node, n.Preference):
            chosen, rejected = node.chosen, node.rejected
            if isinstance(chosen, n.Symbol) and isinstance(rejected, n.Symbol):
                return _paired(tree, (chosen.name, rejected.name))
    return tree


def numbered(tree: n.Node) -> n.Node:
    """Where nobody says otherwise, y_1 is chosen and y_2 rejected."""
    responses, _ = slots(tree)
    return _paired(tree, ("y_1", "y_2")) if responses & {"y_1", "y_2"} else tree


def _paired(tree: n.Node, pair: tuple[str, str]) -> n.Node:
    """``tree`` with y_w and y_l for the two letters, and w and l in the names of what is theirs."""
    used = {node.name for node in tree.walk() if isinstance(node, n.Symbol)}
    names = dict(zip(pair, ("y_w", "y_l"), strict=True))
    if pair == ("y_w", "y_l") or (used & set(names.values())) - set(pair):
        return tree
    ends = {_index(old): _index(new) for old, new in names.items()}
    for name in used - set(pair):
        letter, _, index = name.partition("_")
        if index in ends and letter != "y":
            names[name] = f"{letter}_{ends[index]}"
    return renamed(tree, names | {"y_0": "y'"})


def _index(name: str) -> str:
    base, _, index = name.partition("_")
    return index or base
