"""What authors leave unsaid: π for π(y | x), 𝔼 without what is drawn, Σ without its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from dpo_math import notation as n
from dpo_math.brackets import bracketed, product
from dpo_math.judge.letters import CHOSEN, DATA, DOT, REJECTED, X, Y, deep
from dpo_math.judge.values import CALLED_ON_VALUES, map_values

THETA = n.Symbol("theta")
PLAIN_REWARDS = frozenset(["*", "phi", "psi", "RM", "pi", "R", "w"])
KNOWN_MODELS = frozenset(["ref", "*", "tilde", "'"])
"""Policies that have one meaning in the derivation."""

Change = Callable[[n.Node], n.Node | None]


# --- rewards and policies -----------------------------------------------------------------------


def rewards(tree: n.Node) -> n.Node:
    """r, r*, r_φ and their kind are the reward that the formula speaks of."""
    named = {node.name for node in tree.walk() if isinstance(node, n.Reward)}
    plain = {name for name in named if name in PLAIN_REWARDS}
    if "" in named and plain - {"*"}:
        plain = {"*"}

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.Reward(name=name) if name in plain:
                return replace(node, name="")
            case n.Symbol(name="r" | "R"):
                return n.Reward("", X, Y)
        return None

    return _in_values(tree, change)


def _in_values(tree: n.Node, change: Change) -> n.Node:
    """``tree`` changed wherever a value stands."""
    changed = change(tree)
    return map_values(tree, lambda child: _in_values(child, change)) if changed is None else changed


def policies_in_values(tree: n.Node) -> n.Node:
    """π for π(y | x), and π(· | x) for it where one probability is meant."""

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.KL(left=left, right=right):
                return n.KL(_distribution(left), _distribution(right))
            case n.Draw():
                return node
            case n.Model():
                return n.Policy(node, Y, X)
            case n.Policy(response=response) if response == DOT:
                return replace(node, response=Y)
        return None

    sides = cast(n.Call, tree).arguments
    arguments = tuple(
        side if isinstance(side, n.Model) and _has_arg(sides) else _in_values(side, change)
        for side in sides
    )
    return n.Call("sides", arguments)


def _distribution(side: n.Node) -> n.Node:
    """A side of a divergence: a policy by its name, or an expression in y."""
    if isinstance(side, n.Model):
        return n.Policy(side, Y, X)
    if isinstance(side, n.Policy):
        return replace(side, response=Y)
    spelled = policies_in_values(n.Call("sides", (side,)))
    return cast(n.Call, spelled).arguments[0]


def _has_arg(sides: Sequence[n.Node]) -> bool:
    return any(isinstance(side, n.Extremum) and side.kind.startswith("arg") for side in sides)


# --- what is drawn, summed and varied -----------------------------------------------------------


def draws(tree: n.Node) -> n.Node:
    """x from the data, y from the policy, a pair from the data: said even where it goes unsaid."""
    source = n.Policy(n.Model(policy_of(tree)), Y, X)

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.Expectation(draws=(), body=body):
                letters = free_letters(body)
                if letters >= {"y_w", "y_l"}:
                    return replace(node, draws=(n.Draw((X, CHOSEN, REJECTED), DATA),))
                if "y" in letters:
                    return replace(node, draws=(n.Draw((X,), DATA), n.Draw((Y,), source)))
                return replace(node, draws=(n.Draw((X,), DATA),)) if "x" in letters else body
            case n.Draw(variables=variables, distribution=distribution):
                return _draw(variables, distribution, source)
        return None

    return deep(tree, change)


def _draw(
    variables: tuple[n.Node, ...], distribution: n.Node | None, source: n.Policy
) -> n.Node | None:
    names = {variable.name for variable in variables if isinstance(variable, n.Symbol)}
    if isinstance(distribution, n.Model | n.Policy):
        source = (
            replace(distribution, response=Y)
            if isinstance(distribution, n.Policy)
            else n.Policy(distribution, Y, X)
        )
        return n.Draw(variables or (Y,), source)
    if names == {"x", "y_w", "y_l"}:
        return n.Draw((X, CHOSEN, REJECTED), DATA)
    if names == {"x"}:
        return n.Draw((X,), DATA)
    if names in ({"x", "y"}, {"y"}) and distribution is None:
        return n.Draw(variables, source)
    return None


def free_letters(tree: n.Node) -> set[str]:
    """The letters for responses and prompts in ``tree`` that nothing in it binds."""
    match tree:
        case n.Symbol(name=name):
            return {name}
        case n.Expectation(draws=draws, body=body):
            bound = {v.name for d in draws for v in d.variables if isinstance(v, n.Symbol)}
            sources = (d.distribution for d in draws if d.distribution is not None)
            drawn = set().union(*map(free_letters, sources))
            return (free_letters(body) | drawn - {"y"}) - bound
        case n.BigSum(index=index, body=body):
            return free_letters(body) - {index.name}
        case n.Ranged(variables=variables, body=body):
            return free_letters(body) - {v.name for v in variables if isinstance(v, n.Symbol)}
        case n.KL(left=left, right=right):
            return (free_letters(left) | free_letters(right)) - {"y", "·"}
        case n.Call(name=name, arguments=arguments) if name not in CALLED_ON_VALUES:
            return {a.name for a in arguments if isinstance(a, n.Symbol) and a.name[0] in "xy"}
        case n.Extremum(body=body) | n.Gradient(body=body):
            return free_letters(body)
    return set().union(*(free_letters(child) for child in tree.children))


def policy_of(tree: n.Node) -> str:
    """The policy that a formula is about: what it varies, or the first that is no fixed one."""
    for node in tree.walk():
        if isinstance(node, n.Extremum) and isinstance(node.over, n.Model | n.Policy):
            return node.over.model.name if isinstance(node.over, n.Policy) else node.over.name
    named = [node.name for node in tree.walk() if isinstance(node, n.Model)]
    return next((name for name in named if name not in KNOWN_MODELS), "")


def rankings(tree: n.Node) -> n.Node:
    """A ranking that is drawn is any ranking: its letters are y_1, y_2 … in order."""

    def change(node: n.Node) -> n.Node | None:
        if isinstance(node, n.Expectation):
            kept = tuple(draw for draw in node.draws if not _is_ranking(draw))
            return node if kept == node.draws else replace(node, draws=kept) if kept else node.body
        return None

    return deep(tree, change)


def _is_ranking(draw: n.Draw) -> bool:
    names = {variable.name for variable in draw.variables if isinstance(variable, n.Symbol)}
    numbered = {name for name in names if name.startswith("y_")}
    return draw.distribution is None and "…" in names and names == numbered | {"…"}


def open_sums(tree: n.Node) -> n.Node:
    """Σ without anything below it sums all that follows."""

    def change(node: n.Node) -> n.Node | None:
        if not isinstance(node, n.Sum):
            return None
        for i, term in enumerate(node.terms[:-1]):
            *before, last = n.factors_of(term.body)
            if isinstance(last, n.Ranged) and last.kind == "sum" and not last.variables:
                inside = n.Sum((n.Signed(False, bracketed(last.body, n.Sum)), *node.terms[i + 1 :]))
                whole = product([*before, replace(last, body=n.Group(inside))])
                return n.Sum((*node.terms[:i], n.Signed(term.negative, whole)))
        return None

    return deep(tree, change)


def ranges(tree: n.Node) -> n.Node:
    """Sums over responses, over places of a ranking, or over the pairs of the data."""

    def change(node: n.Node) -> n.Node | None:
        if not isinstance(node, n.Ranged):
            return None
        names = {variable.name for variable in node.variables if isinstance(variable, n.Symbol)}
        inner = free_letters(node.body)
        if node.kind == "sum" and names == {"y"} and node.start is None:
            return n.BigSum(Y, node.body)
        counted = names in ({"i"}, {"n"}) or names == {"x", "y_w", "y_l"} or not names
        if counted and inner >= {"y_w", "y_l"}:
            pair = (X, CHOSEN, REJECTED)
            return replace(node, variables=pair, start=None, stop=None, domain=DATA)
        if node.kind != "prod" and not names and "y" in inner:
            return n.BigSum(Y, node.body)
        return None

    return deep(tree, change)


def extrema(tree: n.Node) -> n.Node:
    """What varies in an optimum is a policy, by its name."""

    def change(node: n.Node) -> n.Node | None:
        if not isinstance(node, n.Extremum):
            return None
        over = node.over.model if isinstance(node.over, n.Policy) else node.over
        varied = {part.name for part in node.body.walk() if isinstance(part, n.Model)}
        varied -= KNOWN_MODELS
        if over == THETA and varied:
            over = n.Model(min(varied, key=lambda name: name != "theta"))
        if isinstance(over, n.Model) and over.name not in varied and len(varied) == 1:
            over = n.Model(varied.pop())
        return replace(node, over=over)

    return deep(tree, change)


def derivatives_of_sigmoid(tree: n.Node) -> n.Node:
    """σ′(u) = σ(u)(1 − σ(u))."""

    def change(node: n.Node) -> n.Node | None:
        match node:
            case n.Call(name="sigma'", arguments=(u,)):
                rest = n.Sum((n.Signed(False, n.Number(1)), n.Signed(True, n.Sigmoid(u))))
                return n.Product((n.Sigmoid(u), n.Group(rest)))
        return None

    return deep(tree, change)
