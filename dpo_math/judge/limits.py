"""How much work a formula would be, told from its shape: a page must not keep the judge busy."""

from __future__ import annotations

from math import prod

from dpo_math import notation as n

MAX_EVALUATIONS = 200_000
"""The most nodes that are evaluated for one side at one point."""

MAX_TERMS = 4_000
"""The most terms that a side may have when it is multiplied out, for sympy to be asked."""

MAX_POWER = 16
"""The largest exponent, with all exponents within one another multiplied."""

MAX_TOWER = 2
"""How many exponentials may stand within one another."""

MAX_NUMBER = 10**30
"""The largest whole number that is calculated with."""

_RESPONSES, _PROMPTS, _PAIRS, _SLOPES = 5, 2, 12, 8


def is_small(tree: n.Node) -> bool:
    """Whether ``tree`` can be evaluated quickly, and without numbers that outgrow memory."""
    numbers = (node for node in tree.walk() if isinstance(node, n.Number))
    return (
        _evaluations(tree) <= MAX_EVALUATIONS
        and _tower(tree) <= MAX_TOWER
        and _power(tree) <= MAX_POWER
        and max((number.value for number in numbers), default=0) <= MAX_NUMBER
    )


def is_provable(tree: n.Node) -> bool:
    """Whether sympy can multiply ``tree`` out quickly."""
    return _terms(tree) <= MAX_TERMS


def _evaluations(node: n.Node) -> int:
    inside = 1 + sum(min(_evaluations(child), MAX_EVALUATIONS) for child in node.children)
    return inside * _runs(node)


def _runs(node: n.Node) -> int:
    """How often the inside of ``node`` is evaluated."""
    match node:
        case n.BigSum() | n.Ranged() | n.KL():
            return _PAIRS if isinstance(node, n.Ranged) else _RESPONSES
        case n.Expectation(draws=draws):
            return prod(_outcomes(draw) for draw in draws)
        case n.Call(name="L"):
            return _PAIRS
        case n.Gradient() | n.Derivative():
            return _SLOPES
    return 1


def _outcomes(draw: n.Draw) -> int:
    letters = [variable.name for variable in draw.variables if isinstance(variable, n.Symbol)]
    if len(letters) > 6:
        return MAX_EVALUATIONS
    return prod(_PROMPTS if letter.startswith("x") else _RESPONSES for letter in letters)


def _tower(node: n.Node) -> int:
    """How many exponentials stand within one another, a logarithm undoing one."""
    inside = max(map(_tower, node.children), default=0)
    if isinstance(node, n.Exp) or (isinstance(node, n.Power) and not _is_small(node.exponent)):
        return inside + 1
    return max(0, inside - 1) if isinstance(node, n.Log) else inside


def _is_small(exponent: n.Node) -> bool:
    """Whether ``exponent`` is 1, 2 or 3, or minus that."""
    match exponent:
        case n.Number(value=value) | n.Sum(terms=(n.Signed(body=n.Number(value=value)),)):
            return value <= 3
    return False


def _power(node: n.Node) -> int:
    inside = max(map(_power, node.children), default=1)
    if isinstance(node, n.Power) and isinstance(node.exponent, n.Number):
        return min(inside * max(1, node.exponent.value), MAX_POWER + 1)
    return inside


def _terms(node: n.Node) -> int:
    """How many terms ``node`` has, multiplied out."""
    inside = [_terms(child) for child in node.children]
    match node:
        case n.Sum():
            return sum(inside)
        case n.Power(exponent=n.Number(value=value)):
            return int(min(inside[0] ** value, MAX_TERMS + 1))
        case n.BigSum() | n.Expectation() | n.Ranged() | n.KL():
            return min(sum(inside) * _runs(node), MAX_TERMS + 1)
    return min(prod(inside), MAX_TERMS + 1)
