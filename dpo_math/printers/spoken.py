"""A formula as it is read aloud, in English: for captions, transcripts and screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

from dpo_math import notation as n
from dpo_math.printers.letters import letter

SIGNS = {
    "=": "equals",
    ":=": "is defined as",
    "<=": "is at most",
    ">=": "is at least",
    "<": "is less than",
    ">": "is greater than",
    "propto": "is proportional to",
    "approx": "is about",
}
MODELS = {"": "pi", "*": "pi star", "tilde": "pi tilde", "ref": "pi ref"}
REWARDS = {"": "r", "*": "r star", "hat": "r hat theta"}
MARKS = {"·": "any response", "…": "and so on", "∞": "infinity"}
EXTREMA = {
    "max": "the maximum",
    "min": "the minimum",
    "argmax": "the arg max",
    "argmin": "the arg min",
}
RANGED = {"sum": "the sum", "prod": "the product", "int": "the integral"}
POWERS = {2: "squared", 3: "cubed"}
PRIMES = {1: "prime", 2: "double prime", 3: "triple prime"}


def name(word: str) -> str:
    return MARKS.get(word) or word


def symbol(full_name: str) -> str:
    base, subscript, primes = letter(full_name)
    parts = [name(base), name(subscript), PRIMES.get(primes, "")]
    return " ".join(part for part in parts if part)


def is_short(node: n.Node) -> bool:
    """Whether it is plain where ``node`` ends when it is heard."""
    match node:
        case n.Policy() | n.Reward() | n.Partition() | n.Call():
            return True
        case n.Symbol() | n.Number() | n.Decimal() | n.Model():
            return True
    return False


def quantity(node: n.Node) -> str:
    """``node`` where its end must be heard: what has several parts is announced as a quantity."""
    bare = node.body if isinstance(node, n.Group) else node
    match bare:
        case n.Sum(terms=(n.Signed(body=body),)) if is_short(body):
            return words_of(bare)
        case n.Sum() | n.Product():
            return f"the quantity {words_of(bare)}, end quantity,"
    return words_of(bare)


def whole(node: n.Node) -> str:
    """``node`` where it goes on to the end, as under a sum over responses."""
    return words_of(node) if isinstance(node, n.Product) else quantity(node)


def listed(nodes: Iterable[n.Node]) -> str:
    *first, last = map(words_of, nodes)
    return f"{', '.join(first)} and {last}" if first else last


def spoken(tree: n.Node) -> str:
    """The tree in words, without a full stop."""
    return re.sub(",+", ",", words_of(tree)).rstrip(", ")


@singledispatch
def words_of(node: n.Node) -> str:
    raise n.NotationError(f"no words for {type(node).__name__}")


@words_of.register
def _(node: n.Symbol) -> str:
    return "the data" if node.name == "D" else symbol(node.name)


@words_of.register
def _(node: n.Number) -> str:
    return str(node.value)


@words_of.register
def _(node: n.Decimal) -> str:
    return node.digits


@words_of.register
def _(node: n.Model) -> str:
    if node.name and not node.name.strip("'"):
        return f"pi {PRIMES[len(node.name)]}"
    return MODELS.get(node.name) or f"pi {name(node.name)}"


@words_of.register
def _(node: n.Policy) -> str:
    return f"{words_of(node.model)} of {words_of(node.response)} given {words_of(node.prompt)}"


@words_of.register
def _(node: n.Reward) -> str:
    if node.name and not node.name.strip("'"):
        head = f"r {PRIMES[len(node.name)]}"
    else:
        head = REWARDS.get(node.name) or f"r {name(node.name)}"
    return f"{head} of {words_of(node.prompt)} and {words_of(node.response)}"


@words_of.register
def _(node: n.Partition) -> str:
    return f"Z of {words_of(node.prompt)}"


@words_of.register
def _(node: n.Preference) -> str:
    pair = f"{words_of(node.chosen)} is preferred to {words_of(node.rejected)}"
    return f"the probability that {pair} given {words_of(node.prompt)}"


@words_of.register
def _(node: n.Call) -> str:
    head = "the loss" if node.name == "L" else symbol(node.name)
    return f"{head} of {listed(node.arguments)}"


def signed(term: n.Signed, leading: bool) -> str:
    sign = "minus " if term.negative else "" if leading else "plus "
    body = quantity(term.body) if isinstance(term.body, n.Group) else words_of(term.body)
    return sign + body


@words_of.register
def _(node: n.Signed) -> str:
    return signed(node, leading=True)


@words_of.register
def _(node: n.Sum) -> str:
    words = signed(node.terms[0], leading=True)
    for before, term in zip(node.terms, node.terms[1:], strict=False):
        pause = " " if is_short(before.body) else ", "
        words = words.rstrip(", ") + pause + signed(term, leading=False)
    return words


@words_of.register
def _(node: n.Product) -> str:
    words = quantity(node.factors[0])
    for before, factor in zip(node.factors, node.factors[1:], strict=False):
        more = quantity(factor)
        plain = isinstance(before, n.Symbol) and more.startswith("log ")
        words += (" " if plain else " times ") + more
    return words


@words_of.register
def _(node: n.Quotient) -> str:
    if node.numerator == n.Number(1) and is_short(node.denominator):
        return f"1 over {words_of(node.denominator)}"
    if is_short(node.numerator) and is_short(node.denominator):
        return f"the ratio of {words_of(node.numerator)} to {words_of(node.denominator)}"
    top, bottom = words_of(node.numerator), words_of(node.denominator)
    return f"the fraction {top.rstrip(', ')}, over {bottom.rstrip(', ')}, end fraction,"


@words_of.register
def _(node: n.Group) -> str:
    return quantity(node)


@words_of.register
def _(node: n.Power) -> str:
    if isinstance(node.exponent, n.Number) and node.exponent.value in POWERS:
        return f"{quantity(node.base)} {POWERS[node.exponent.value]}"
    return f"{quantity(node.base)} to the power {quantity(node.exponent)}"


@words_of.register
def _(node: n.Log) -> str:
    if is_short(node.argument):
        return f"log {words_of(node.argument)}"
    return f"the log of {quantity(node.argument)}"


@words_of.register
def _(node: n.Exp) -> str:
    return f"the exponential of {quantity(node.argument)}"


@words_of.register
def _(node: n.Sigmoid) -> str:
    return f"sigma of {quantity(node.argument)}"


@words_of.register
def _(node: n.BigSum) -> str:
    return f"the sum over {words_of(node.index)} of {whole(node.body)}"


@words_of.register
def _(node: n.Ranged) -> str:
    words = RANGED[node.kind]
    if node.variables:
        words += f" over {listed(node.variables)}"
    if node.start:
        words += f" from {words_of(node.start)}"
    if node.stop:
        words += f" to {words_of(node.stop)}"
    if node.domain:
        words += f" in {words_of(node.domain)}"
    return f"{words} of {whole(node.body)}"


@words_of.register
def _(node: n.Indexed) -> str:
    return f"{words_of(node.base)} sub {listed(node.index)}"


@words_of.register
def _(node: n.Derivative) -> str:
    return f"the derivative, with respect to {words_of(node.by)}, of {quantity(node.body)}"


@words_of.register
def _(node: n.Draw) -> str:
    drawn = listed(node.variables) if node.variables else "responses"
    return f"{drawn} drawn from {words_of(node.distribution)}" if node.distribution else drawn


@words_of.register
def _(node: n.Expectation) -> str:
    draws = " and ".join(words_of(draw) for draw in node.draws)
    return f"the mean{f', over {draws},' if draws else ''} of {whole(node.body)}"


@words_of.register
def _(node: n.KL) -> str:
    return f"the KL divergence of {words_of(node.left)} from {words_of(node.right)}"


@words_of.register
def _(node: n.Extremum) -> str:
    return f"{EXTREMA[node.kind]}, over {words_of(node.over)}, of {whole(node.body)}"


@words_of.register
def _(node: n.Gradient) -> str:
    return f"the gradient, with respect to {words_of(node.over)}, of {quantity(node.body)}"


@words_of.register
def _(node: n.Relation) -> str:
    return f"{words_of(node.left)} {SIGNS[node.sign]} {words_of(node.right)}"
