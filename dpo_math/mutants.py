"""Every small wrong version of a formula: one sign, one factor, one letter, one operator changed.

The checker is tested with them (each must be refuted), and a page's false formula is mended with
them: the change that makes it true is the edit to propose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from dpo_math import notation as n
from dpo_math.brackets import bracketed, log, minus, with_children
from dpo_math.printers import tex

BETA, ONE = n.Symbol("beta"), n.Number(1)
MODELS = ("theta", "ref", "*", "")
OTHER_LETTERS = {
    "y_w": ("y_l",),
    "y_l": ("y_w",),
    "y'": ("y_w", "y_l"),
    "x": ("x'",),
    "x'": ("x",),
    "k": ("j",),
}
OTHER_KIND = {"max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
OTHER_SIGN = {"<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Mutant:
    """A tree with one change, and the change in words."""

    change: str
    tree: n.Node


Change = tuple[str, n.Node]
Rule = Callable[[n.Node, n.Node | None], Iterator[Change]]
"""What may be written wrongly at a node that stands right below another."""


def mutants(tree: n.Node) -> Iterator[Mutant]:
    """Every small change of ``tree`` that gives another tree, each tree once."""
    keyed = n.keyed(tree)
    seen = {tree}
    for change, other in (*_in_one_place(keyed), *_everywhere(keyed)):
        if other not in seen:
            seen.add(other)
            yield Mutant(change, other)


def _in_one_place(tree: n.Node) -> Iterator[Change]:
    above = n.parents(tree)
    for node in tree.walk():
        for rule in _RULES:
            for change, new in rule(node, above.get(node.key)):
                changed = _replaced(tree, {node.key: new})
                if changed is not None:
                    yield change, changed


def _everywhere(tree: n.Node) -> Iterator[Change]:
    above = n.parents(tree)
    for words, rule in _EVERYWHERE:
        new = {
            node.key: changed for node in tree.walk() for changed in rule(node, above.get(node.key))
        }
        changed = _replaced(tree, new) if len(new) > 1 else None
        if changed is not None:
            yield words, changed


def _replaced(tree: n.Node, new: dict[str, n.Node]) -> n.Node | None:
    """``tree`` with the nodes of those keys replaced; None where that cannot be written down."""

    def change(node: n.Node) -> n.Node:
        return new[node.key] if node.key in new else with_children(node, change)

    try:
        return change(tree)
    except n.NotationError:
        return None


def _said(node: n.Node) -> str:
    return tex(node)


# --- one change ---------------------------------------------------------------------------------


def _signs(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    match node:
        case n.Signed(negative=negative, body=body):
            yield f"turn the sign of {_said(body)}", n.Signed(not negative, body)
        case n.Sigmoid(argument=argument):
            yield (
                f"turn the sign inside \\sigma({_said(argument)})",
                n.Sigmoid(minus(argument)),
            )
        case n.Relation(left=left, sign=sign, right=right) if sign in OTHER_SIGN:
            other = cast(n.RelationSign, OTHER_SIGN[sign])
            yield f"turn {sign} into {other}", n.Relation(left, other, right)


def _terms(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    """A term of a sum dropped or written twice."""
    if not isinstance(node, n.Sum):
        return
    for i, term in enumerate(node.terms):
        rest = (*node.terms[:i], *node.terms[i + 1 :])
        if rest:
            bare = rest[0].body if len(rest) == 1 and not rest[0].negative else n.Sum(rest)
            yield f"drop the term {_said(term.body)}", bare
        yield (
            f"write the term {_said(term.body)} twice",
            n.Sum((*node.terms[: i + 1], *node.terms[i:])),
        )


def _factors(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    """A factor of a product dropped; β written twice."""
    if not isinstance(node, n.Product):
        return
    for i, factor in enumerate(node.factors):
        rest = (*node.factors[:i], *node.factors[i + 1 :])
        yield f"drop the factor {_said(factor)}", rest[0] if len(rest) == 1 else n.Product(rest)
        if factor in (BETA, n.Quotient(ONE, BETA)):
            twice = (*node.factors[: i + 1], *node.factors[i:])
            yield f"write the factor {_said(factor)} twice", n.Product(twice)


def _beta(node: n.Node, above: n.Node | None) -> Iterator[Change]:
    """β where there is none, or its inverse."""
    if node == BETA:
        yield r"write 1/\beta for \beta", n.Quotient(ONE, BETA)
        return
    scaled = isinstance(node, n.Log | n.Reward | n.KL | n.Gradient | n.Group | n.Expectation)
    if scaled and not isinstance(above, n.Product | n.Log | n.Exp | n.Gradient):
        yield f"write \\beta before {_said(node)}", n.Product((BETA, node))


def _fractions(node: n.Node, above: n.Node | None) -> Iterator[Change]:
    if not isinstance(node, n.Quotient):
        return
    top, bottom = node.numerator, node.denominator
    upside_down = bottom if top == ONE else n.Quotient(bottom, top)
    yield f"turn {_said(node)} upside down", upside_down
    yield f"keep {_said(top)} of {_said(node)}", top
    if not isinstance(above, n.Log) and isinstance(top, n.Policy):
        yield f"write \\log before {_said(node)}", n.Log(node)


def _functions(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    """log for exp and exp for log; a function left out; exp put in."""
    match node:
        case n.Log(argument=argument):
            inner = argument.body if isinstance(argument, n.Group) else argument
            yield f"write \\exp for \\log before {_said(argument)}", n.Exp(inner)
            yield f"drop \\log before {_said(argument)}", argument
        case n.Exp(argument=argument):
            yield f"write \\log for \\exp before {_said(argument)}", log(argument)
            yield f"drop \\exp before {_said(argument)}", argument
        case n.Sigmoid(argument=argument):
            yield f"drop \\sigma before {_said(argument)}", n.Group(argument)
        case n.Gradient(body=body):
            yield f"drop \\nabla before {_said(body)}", body


def _letters(node: n.Node, above: n.Node | None) -> Iterator[Change]:
    """Another response, another prompt, another index."""
    if not isinstance(node, n.Symbol):
        return
    base, _, index = node.name.partition("_")
    others = OTHER_LETTERS.get(node.name) or _other_responses(base, index)
    for other in others:
        yield (
            f"write {_said(n.Symbol(other))} for {_said(node)} in {_said(above or node)}",
            n.Symbol(other),
        )


def _indices(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    """The index of a sum put in the place of another one, throughout the sum."""
    if not isinstance(node, n.Ranged) or len(node.variables) != 1:
        return
    index = tex(node.variables[0])
    used = {part.name for part in node.body.walk() if isinstance(part, n.Symbol)}
    for name in sorted(used - {f"y_{index}", "y_w", "y_l"}):
        if name.startswith("y_"):
            new, old = n.Symbol(f"y_{index}"), n.Symbol(name)
            body = _exchanged(node.body, old, new)
            yield f"write {_said(new)} for {_said(old)} in {_said(node)}", replace(node, body=body)


def _exchanged(tree: n.Node, old: n.Node, new: n.Node) -> n.Node:
    return n.rebuild(tree, lambda node: new if node == old else None)


def _other_responses(base: str, index: str) -> tuple[str, ...]:
    if base == "y" and index in OTHER_LETTERS:
        return tuple(f"y_{other}" for other in OTHER_LETTERS[index])
    return ("y_w", "y_l") if base == "y" and index else ()


def _models(node: n.Node, above: n.Node | None) -> Iterator[Change]:
    """Another policy: trained, reference, optimal or any."""
    said_elsewhere = isinstance(above, n.Extremum | n.Relation)
    of_loss = isinstance(above, n.Call) and node == n.Model("ref")
    if isinstance(node, n.Model) and not said_elsewhere and not of_loss:
        for name in MODELS:
            if name != node.name:
                other = n.Model(name)
                yield f"write {_said(other)} for {_said(node)} in {_said(above or node)}", other


def _exchanges(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    match node:
        case n.KL(left=left, right=right):
            yield f"exchange the two sides of {_said(node)}", n.KL(right, left)
        case n.Preference(chosen=chosen, rejected=rejected):
            other = replace(node, chosen=rejected, rejected=chosen)
            yield f"exchange the responses of {_said(node)}", other
        case n.Reward(name=name, prompt=prompt, response=response):
            yield (
                f"write the reference for {_said(node)}",
                n.Policy(n.Model("ref"), response, prompt),
            )
            if name == "hat":
                yield f"write r for {_said(node)}", replace(node, name="")
            elif not name:
                yield f"write the implicit reward for {_said(node)}", replace(node, name="hat")


def _operators(node: n.Node, _: n.Node | None) -> Iterator[Change]:
    match node:
        case n.Extremum(kind=kind):
            other = OTHER_KIND[kind]
            yield f"write {other} for {kind}", replace(node, kind=other)  # type: ignore[arg-type]
        case n.BigSum(index=index, body=body):
            yield f"drop the sum over {_said(index)}", body
        case n.Expectation(draws=draws, body=body):
            drawn = ", ".join(_said(draw) for draw in draws)
            yield f"drop the mean over {drawn}", bracketed(body, n.Sum)
        case n.Number(value=value):
            yield f"write {value + 1} for {value}", n.Number(value + 1)


_RULES: tuple[Rule, ...] = (
    _signs,
    _terms,
    _factors,
    _beta,
    _fractions,
    _functions,
    _letters,
    _indices,
    _models,
    _exchanges,
    _operators,
)


# --- the same change everywhere -----------------------------------------------------------------

Everywhere = Callable[[n.Node, n.Node | None], Iterator[n.Node]]


def _invert_beta(node: n.Node, above: n.Node | None) -> Iterator[n.Node]:
    if node == n.Quotient(ONE, BETA) or (isinstance(node, n.Power) and node.base == BETA):
        yield BETA
    elif node == BETA and not isinstance(above, n.Quotient | n.Power):
        yield n.Quotient(ONE, BETA)


def _drop_beta(node: n.Node, _: n.Node | None) -> Iterator[n.Node]:
    if isinstance(node, n.Product) and BETA in node.factors:
        rest = tuple(factor for factor in node.factors if factor != BETA)
        yield rest[0] if len(rest) == 1 else n.Product(rest)


def _invert_ratios(node: n.Node, _: n.Node | None) -> Iterator[n.Node]:
    if isinstance(node, n.Quotient) and isinstance(node.numerator, n.Policy):
        yield n.Quotient(node.denominator, node.numerator)


def _log_ratios(node: n.Node, above: n.Node | None) -> Iterator[n.Node]:
    ratio = isinstance(node, n.Quotient) and isinstance(node.numerator, n.Policy)
    if ratio and not isinstance(above, n.Log):
        yield n.Log(node)


def _exponential_rewards(node: n.Node, above: n.Node | None) -> Iterator[n.Node]:
    if isinstance(node, n.Reward) and not isinstance(above, n.Exp):
        yield n.Exp(node)


def _exchange_pair(node: n.Node, above: n.Node | None) -> Iterator[n.Node]:
    """The letters exchanged where they are used, not where they are named."""
    named = isinstance(above, n.Draw | n.Preference)
    if isinstance(node, n.Symbol) and node.name in ("y_w", "y_l") and not named:
        yield n.Symbol(OTHER_LETTERS[node.name][0])


def _exchange_models(node: n.Node, above: n.Node | None) -> Iterator[n.Node]:
    used = not isinstance(above, n.Extremum | n.Relation | n.Call)
    if used and isinstance(node, n.Model) and node.name in MODELS:
        yield n.Model("theta" if node.name == "ref" else "ref")


_EVERYWHERE: tuple[tuple[str, Everywhere], ...] = (
    (r"write \beta and 1/\beta for each other", _invert_beta),
    (r"drop every \beta", _drop_beta),
    ("turn every ratio of policies upside down", _invert_ratios),
    (r"write \log before every ratio of policies", _log_ratios),
    (r"write \exp around every reward", _exponential_rewards),
    ("exchange chosen and rejected", _exchange_pair),
    ("exchange policy and reference", _exchange_models),
)
