"""TeX mathematics from a notation tree, as KaTeX, MathJax and LaTeX read it."""

from __future__ import annotations

from functools import singledispatch

from dpo_math import notation as n
from dpo_math.printers.letters import GREEK, letter

SIGNS = {
    "=": "=",
    ":=": ":=",
    "<=": r"\le",
    ">=": r"\ge",
    "<": "<",
    ">": ">",
    "propto": r"\propto",
    "approx": r"\approx",
}
MODELS = {"": r"\pi", "*": r"\pi^*", "ref": r"\pi_{\mathrm{ref}}", "tilde": r"\tilde{\pi}"}
MARKS = {"·": r"\cdot", "…": r"\ldots", "∞": r"\infty"}
REWARDS = {"": "r", "*": "r^*", "hat": r"\hat{r}_\theta"}
CALLIGRAPHIC = {"D": r"\mathcal{D}", "L": r"\mathcal{L}"}
RANGED = {"sum": r"\sum", "prod": r"\prod", "int": r"\int"}
EXTREMA = {
    "max": r"\max",
    "min": r"\min",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
}


def name(word: str) -> str:
    """A name as TeX: a Greek letter's command, a single letter, or an upright word."""
    if word in GREEK:
        return "\\" + word
    if word in MARKS:
        return MARKS[word]
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


@singledispatch
def tex(node: n.Node) -> str:
    """The tree as TeX, without delimiters around it."""
    raise n.NotationError(f"no TeX for {type(node).__name__}")


@tex.register
def _(node: n.Symbol) -> str:
    return symbol(node.name)


def symbol(full_name: str) -> str:
    base, subscript, primes = letter(full_name)
    script = CALLIGRAPHIC.get(base) or name(base)
    if subscript:
        script += f"_{{{name(subscript)}}}" if len(subscript) > 1 else f"_{subscript}"
    return script + "'" * primes


@tex.register
def _(node: n.Number) -> str:
    return str(node.value)


@tex.register
def _(node: n.Decimal) -> str:
    return node.digits


@tex.register
def _(node: n.Model) -> str:
    if node.name and not node.name.strip("'"):
        return rf"\pi{node.name}"
    return MODELS.get(node.name) or rf"\pi_{name(node.name)}"


@tex.register
def _(node: n.Policy) -> str:
    return rf"{tex(node.model)}({tex(node.response)} \mid {tex(node.prompt)})"


@tex.register
def _(node: n.Reward) -> str:
    head = REWARDS.get(node.name) or f"r_{name(node.name)}"
    if node.name and not node.name.strip("'"):
        head = "r" + node.name
    return f"{head}({tex(node.prompt)}, {tex(node.response)})"


@tex.register
def _(node: n.Partition) -> str:
    return f"Z({tex(node.prompt)})"


@tex.register
def _(node: n.Preference) -> str:
    return rf"P({tex(node.chosen)} \succ {tex(node.rejected)} \mid {tex(node.prompt)})"


@tex.register
def _(node: n.Call) -> str:
    return f"{symbol(node.name)}({listed(node.arguments)})"


def signed(term: n.Signed, leading: bool) -> str:
    sign = "-" if term.negative else "" if leading else "+"
    return f"{sign} {tex(term.body)}" if sign and not leading else sign + tex(term.body)


@tex.register
def _(node: n.Signed) -> str:
    return signed(node, leading=True)


@tex.register
def _(node: n.Sum) -> str:
    return " ".join(signed(term, i == 0) for i, term in enumerate(node.terms))


@tex.register
def _(node: n.Product) -> str:
    written = [tex(factor) for factor in node.factors]
    for i, factor in enumerate(node.factors[1:], start=1):
        if isinstance(factor, n.Number):
            written[i] = r"\cdot " + written[i]
        elif isinstance(factor, n.KL | n.Expectation):
            written[i] = r"\, " + written[i]
    return " ".join(written)


@tex.register
def _(node: n.Quotient) -> str:
    return rf"\frac{{{tex(node.numerator)}}}{{{tex(node.denominator)}}}"


def brackets(inner: n.Node, opening: str = "(", closing: str = ")") -> str:
    tall = any(isinstance(part, n.Quotient | n.BigSum | n.Extremum) for part in inner.walk())
    if tall:
        return rf"\left{opening} {tex(inner)} \right{closing}"
    return f"{opening}{tex(inner)}{closing}"


@tex.register
def _(node: n.Group) -> str:
    return brackets(node.body)


@tex.register
def _(node: n.Power) -> str:
    return f"{{{tex(node.base)}}}^{{{tex(node.exponent)}}}"


@tex.register
def _(node: n.Log) -> str:
    return rf"\log {tex(node.argument)}"


@tex.register
def _(node: n.Exp) -> str:
    return rf"\exp{brackets(node.argument)}"


@tex.register
def _(node: n.Sigmoid) -> str:
    return rf"\sigma{brackets(node.argument)}"


@tex.register
def _(node: n.BigSum) -> str:
    return rf"\sum_{{{tex(node.index)}}} {tex(node.body)}"


@tex.register
def _(node: n.Ranged) -> str:
    below = listed(node.variables)
    if node.start:
        below += f" = {tex(node.start)}"
    if node.domain:
        below += rf" \in {tex(node.domain)}"
    under = f"_{{{below}}}" if below else ""
    over = f"^{{{tex(node.stop)}}}" if node.stop else ""
    return f"{RANGED[node.kind]}{under}{over} {tex(node.body)}"


@tex.register
def _(node: n.Indexed) -> str:
    return f"{tex(node.base)}_{{{listed(node.index)}}}"


@tex.register
def _(node: n.Derivative) -> str:
    return rf"\frac{{\partial {tex(node.body)}}}{{\partial {tex(node.by)}}}"


@tex.register
def _(node: n.Draw) -> str:
    drawn = listed(node.variables)
    if node.distribution is None:
        return drawn
    return rf"{drawn} \sim {tex(node.distribution)}" if drawn else tex(node.distribution)


def listed(nodes: tuple[n.Node, ...]) -> str:
    return ", ".join(tex(node) for node in nodes)


@tex.register
def _(node: n.Expectation) -> str:
    draws = r",\, ".join(tex(draw) for draw in node.draws)
    under = f"_{{{draws}}}" if draws else ""
    return rf"\mathbb{{E}}{under}{brackets(node.body, '[', ']')}"


@tex.register
def _(node: n.KL) -> str:
    return rf"\mathrm{{KL}}({tex(node.left)} \,\|\, {tex(node.right)})"


@tex.register
def _(node: n.Extremum) -> str:
    return rf"{EXTREMA[node.kind]}_{{{tex(node.over)}}} {tex(node.body)}"


@tex.register
def _(node: n.Gradient) -> str:
    return rf"\nabla_{{{tex(node.over)}}} {tex(node.body)}"


@tex.register
def _(node: n.Relation) -> str:
    return f"{tex(node.left)} {SIGNS[node.sign]} {tex(node.right)}"
