"""What a formula says up to brackets, order and spelling: equal forms are the same line."""

from __future__ import annotations

from functools import cache

from dpo_math import notation as n

Form = str


@cache
def form(node: n.Node) -> Form:
    """A text that is the same for formulas that differ in brackets and order only."""
    match node:
        case n.Group(body=body):
            return form(body)
        case n.Sum(terms=terms):
            parts = sorted(_signed(term) for term in terms)
            return parts[0][1:] if len(parts) == 1 and parts[0][0] == "+" else f"sum({parts})"
        case n.Signed():
            return form(n.Sum((node,)))
        case n.Product() | n.Quotient() | n.Power():
            return _product(node)
        case n.Number(value=value):
            return str(value)
        case n.Symbol(name=name):
            return name
        case n.Policy(model=model, response=response, prompt=prompt):
            return f"π[{model.name}]({form(response)}|{form(prompt)})"
        case n.Expectation():
            return _expectation(node)
        case n.Draw(variables=variables, distribution=distribution):
            drawn = ",".join(sorted(map(form, variables)))
            return f"{drawn}~{_source(distribution)}"
        case n.KL(left=left, right=right):
            return f"KL({_source(left)}‖{_source(right)})"
        case n.Relation(left=left, sign=sign, right=right):
            return _relation(form(left), sign, form(right))
    own = [value for value in vars(node).values() if isinstance(value, str)]
    return f"{type(node).__name__}{own[:-1]}({','.join(map(form, node.children))})"


def _signed(term: n.Signed) -> str:
    return ("-" if term.negative else "+") + form(term.body)


def _product(node: n.Node) -> Form:
    above, below = _factors(node)
    if not above and not below:
        return "1"
    if len(above) == 1 and not below:
        return above[0]
    return f"product({sorted(above)}/{sorted(below)})"


def _factors(node: n.Node) -> tuple[list[Form], list[Form]]:
    """The forms of the factors above and below the bar."""
    match node:
        case n.Group(body=n.Product() | n.Quotient() as body):
            return _factors(body)
        case n.Product(factors=factors):
            pairs = [_factors(factor) for factor in factors]
            return [f for up, _ in pairs for f in up], [f for _, down in pairs for f in down]
        case n.Quotient(numerator=top, denominator=bottom):
            (up, down), (low, high) = _factors(top), _factors(bottom)
            return up + high, down + low
        case n.Power(base=base, exponent=n.Sum(terms=(n.Signed(True, n.Number(1)),))):
            up, down = _factors(base)
            return down, up
        case n.Number(value=1):
            return [], []
        case n.Power(base=base, exponent=exponent):
            return [f"power({form(base)}^{form(exponent)})"], []
    return [form(node)], []


def _expectation(node: n.Expectation) -> Form:
    """Nested expectations are one over all draws."""
    draws = list(node.draws)
    body = node.body
    while isinstance(body, n.Group | n.Expectation):
        if isinstance(body, n.Expectation):
            draws += body.draws
        body = body.body
    single = [
        form(n.Draw((variable,), _distribution(draw, variable)))
        if draw.distribution != n.Symbol("D")
        else form(draw)
        for draw in draws
        for variable in (draw.variables if draw.distribution != n.Symbol("D") else (draw,))
    ]
    return f"E[{sorted(set(single))}]({form(body)})"


def _distribution(draw: n.Draw, variable: n.Node) -> n.Node | None:
    """Where x and y are drawn "from π", the prompt is from the data."""
    prompt = isinstance(variable, n.Symbol) and variable.name.startswith("x")
    return n.Symbol("D") if prompt else draw.distribution


def _source(node: n.Node | None) -> Form:
    if isinstance(node, n.Policy):
        return f"π[{node.model.name}]({form(node.prompt)})"
    if isinstance(node, n.Model):
        return f"π[{node.name}](x)"
    return form(node) if node is not None else ""


def _relation(left: Form, sign: str, right: Form) -> Form:
    match sign:
        case "=" | ":=":
            return " = ".join(sorted((left, right)))
        case ">=" | ">":
            return f"{right} {'<=' if sign == '>=' else '<'} {left}"
    return f"{left} {sign} {right}"
