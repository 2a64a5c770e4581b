"""Presentation MathML from a notation tree, in the Core subset that browsers draw themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import singledispatch
from html import escape

from dpo_math import notation as n
from dpo_math.printers.letters import GREEK, letter
from dpo_math.printers.tex import tex

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
SIGNS = {
    "=": "=",
    ":=": "≔",
    "<=": "≤",
    ">=": "≥",
    "<": "<",
    ">": ">",
    "propto": "∝",
    "approx": "≈",
}
MARKS = {"·": "⋅"}
SCRIPT = {"D": "𝒟", "L": "ℒ"}
RANGED = {"sum": "∑", "prod": "∏", "int": "∫"}
EXTREMA = {"max": "max", "min": "min", "argmax": "arg max", "argmin": "arg min"}
APPLY = "<mo>\u2061</mo>"
TIMES = "<mo>\u2062</mo>"
THIN = '<mspace width="0.17em"></mspace>'
"""The space that TeX puts around the name of a function."""
PRIME = "′"


Classes = Callable[[n.Node], str | None]
"""Tells the class of a node's marks, for a stylesheet."""


def _no_class(node: n.Node) -> None:
    return None


_class_of: ContextVar[Classes] = ContextVar("class_of", default=_no_class)


def mathml(tree: n.Node, *, block: bool = False, classes: Classes = _no_class) -> str:
    """The tree as a ``math`` element, with its TeX as an annotation for whoever copies it.

    ``block`` asks for display style on a line of its own. A node with a class in ``classes`` has
    its marks in an ``mrow`` of that class.
    """
    token = _class_of.set(classes)
    try:
        return _element(tree, block)
    finally:
        _class_of.reset(token)


def _element(tree: n.Node, block: bool) -> str:
    display = ' display="block"' if block else ""
    annotation = f'<annotation encoding="application/x-tex">{escape(tex(tree))}</annotation>'
    body = f"<semantics>{row(markup(tree))}{annotation}</semantics>"
    return f'<math xmlns="{NAMESPACE}"{display}>{body}</math>'


def row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def operator(sign: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<mo{written}>{escape(sign)}</mo>"


def identifier(word: str) -> str:
    """A letter in italics, or a word upright, as ``mi`` does."""
    return f"<mi>{escape(GREEK.get(word) or MARKS.get(word) or word)}</mi>"


def symbol(name: str) -> str:
    base, subscript, primes = letter(name)
    written = f"<mi>{SCRIPT[base]}</mi>" if base in SCRIPT else identifier(base)
    if subscript and primes:
        return f"<msubsup>{written}{identifier(subscript)}<mo>{PRIME * primes}</mo></msubsup>"
    if subscript:
        return f"<msub>{written}{identifier(subscript)}</msub>"
    return f"<msup>{written}<mo>{PRIME * primes}</mo></msup>" if primes else written


def marked(base: str, name: str) -> str:
    """``base`` with what tells one policy or reward from another."""
    if not name:
        return base
    if name == "*":
        return f"<msup>{base}<mo>*</mo></msup>"
    if not name.strip("'"):
        return f"<msup>{base}<mo>{PRIME * len(name)}</mo></msup>"
    return f"<msub>{base}{identifier(name)}</msub>"


def brackets(inner: str, opening: str = "(", closing: str = ")", tall: bool = False) -> str:
    stretchy = "true" if tall else "false"
    return row(operator(opening, stretchy=stretchy), inner, operator(closing, stretchy=stretchy))


def around(body: n.Node, opening: str = "(", closing: str = ")") -> str:
    """Brackets as tall as what stands in them."""
    kinds = (n.Quotient, n.BigSum, n.Ranged, n.Extremum, n.Derivative)
    tall = any(isinstance(part, kinds) for part in body.walk())
    return brackets(markup(body), opening, closing, tall)


def listed(nodes: tuple[n.Node, ...]) -> str:
    return operator(",").join(markup(node) for node in nodes)


def markup(node: n.Node) -> str:
    """The marks of ``node``, one or more MathML elements."""
    written, name = _marks(node), _class_of.get()(node)
    return f'<mrow class="{name}">{written}</mrow>' if name else written


@singledispatch
def _marks(node: n.Node) -> str:
    raise n.NotationError(f"no MathML for {type(node).__name__}")


@_marks.register
def _(node: n.Symbol) -> str:
    return symbol(node.name)


@_marks.register
def _(node: n.Number) -> str:
    return f"<mn>{node.value}</mn>"


@_marks.register
def _(node: n.Decimal) -> str:
    return f"<mn>{node.digits}</mn>"


@_marks.register
def _(node: n.Model) -> str:
    if node.name == "tilde":
        return f'<mover accent="true">{identifier("pi")}<mo>~</mo></mover>'
    return marked(identifier("pi"), node.name)


@_marks.register
def _(node: n.Policy) -> str:
    given = operator("∣", lspace="0.28em", rspace="0.28em")
    inner = row(markup(node.response), given, markup(node.prompt))
    return markup(node.model) + APPLY + brackets(inner)


@_marks.register
def _(node: n.Reward) -> str:
    head = marked(identifier("r"), node.name)
    if node.name == "hat":
        hat = f'<mover accent="true">{identifier("r")}<mo>^</mo></mover>'
        head = f"<msub>{hat}{identifier('theta')}</msub>"
    return head + APPLY + brackets(listed((node.prompt, node.response)))


@_marks.register
def _(node: n.Partition) -> str:
    return identifier("Z") + APPLY + brackets(markup(node.prompt))


@_marks.register
def _(node: n.Preference) -> str:
    given = operator("∣", lspace="0.28em", rspace="0.28em")
    pair = markup(node.chosen) + operator("≻") + markup(node.rejected)
    return identifier("P") + APPLY + brackets(row(pair, given, markup(node.prompt)))


@_marks.register
def _(node: n.Call) -> str:
    return symbol(node.name) + APPLY + brackets(listed(node.arguments))


def signed(term: n.Signed, leading: bool) -> str:
    sign = "−" if term.negative else "" if leading else "+"
    form = {"form": "prefix"} if leading else {"form": "infix"}
    return (operator(sign, **form) if sign else "") + markup(term.body)


@_marks.register
def _(node: n.Signed) -> str:
    return signed(node, leading=True)


@_marks.register
def _(node: n.Sum) -> str:
    return row(*(signed(term, i == 0) for i, term in enumerate(node.terms)))


@_marks.register
def _(node: n.Product) -> str:
    written = markup(node.factors[0])
    for factor in node.factors[1:]:
        sign = operator("⋅") if isinstance(factor, n.Number) else TIMES
        named = isinstance(factor, n.Log | n.Exp | n.KL | n.Expectation)
        written += sign + (THIN if named else "") + markup(factor)
    return row(written)


@_marks.register
def _(node: n.Quotient) -> str:
    return f"<mfrac>{row(markup(node.numerator))}{row(markup(node.denominator))}</mfrac>"


@_marks.register
def _(node: n.Group) -> str:
    return around(node.body)


@_marks.register
def _(node: n.Power) -> str:
    return f"<msup>{row(markup(node.base))}{row(markup(node.exponent))}</msup>"


@_marks.register
def _(node: n.Log) -> str:
    space = "" if isinstance(node.argument, n.Group) else THIN
    return identifier("log") + APPLY + space + markup(node.argument)


@_marks.register
def _(node: n.Exp) -> str:
    return identifier("exp") + APPLY + around(node.argument)


@_marks.register
def _(node: n.Sigmoid) -> str:
    return identifier("sigma") + APPLY + around(node.argument)


@_marks.register
def _(node: n.BigSum) -> str:
    return row(f"<munder>{operator('∑')}{markup(node.index)}</munder>", markup(node.body))


@_marks.register
def _(node: n.Ranged) -> str:
    below = listed(node.variables)
    if node.start:
        below += operator("=") + markup(node.start)
    if node.domain:
        below += operator("∈") + markup(node.domain)
    sign = operator(RANGED[node.kind])
    if node.stop:
        sign = f"<munderover>{sign}{row(below)}{row(markup(node.stop))}</munderover>"
    elif below:
        sign = f"<munder>{sign}{row(below)}</munder>"
    return row(sign, markup(node.body))


@_marks.register
def _(node: n.Indexed) -> str:
    return f"<msub>{row(markup(node.base))}{row(listed(node.index))}</msub>"


@_marks.register
def _(node: n.Derivative) -> str:
    above, below = (operator("∂") + markup(part) for part in (node.body, node.by))
    return f"<mfrac>{row(above)}{row(below)}</mfrac>"


@_marks.register
def _(node: n.Draw) -> str:
    drawn = listed(node.variables)
    if node.distribution is None:
        return drawn
    sign = operator("∼") if drawn else ""
    return drawn + sign + markup(node.distribution)


@_marks.register
def _(node: n.Expectation) -> str:
    draws = operator(",").join(markup(draw) for draw in node.draws)
    head = f"<msub>{identifier('𝔼')}{row(draws)}</msub>" if draws else identifier("𝔼")
    return head + APPLY + around(node.body, "[", "]")


@_marks.register
def _(node: n.KL) -> str:
    bars = operator("∥", stretchy="false", lspace="0.28em", rspace="0.28em")
    return identifier("KL") + APPLY + brackets(markup(node.left) + bars + markup(node.right))


@_marks.register
def _(node: n.Extremum) -> str:
    name = operator(EXTREMA[node.kind], movablelimits="false", lspace="0", rspace="0.17em")
    return row(f"<munder>{name}{row(markup(node.over))}</munder>", markup(node.body))


@_marks.register
def _(node: n.Gradient) -> str:
    return row(f"<msub><mo>∇</mo>{row(markup(node.over))}</msub>", markup(node.body))


@_marks.register
def _(node: n.Relation) -> str:
    return row(markup(node.left), operator(SIGNS[node.sign]), markup(node.right))
