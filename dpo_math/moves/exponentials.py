"""Moves with exponentials, and with sums over all responses."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import Step, Trace, product_or_factor, put, target_of
from dpo_math.printers import tex


def exp_of_sum(line: n.Relation, at: n.Node | None = None) -> Step:
    """exp(a + b) becomes exp(a) exp(b)."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Exp(argument=n.Sum(terms=terms)):
                return len(terms) > 1 and not any(term.negative for term in terms)
        return False

    power = target_of(line, at, fits, "exp of a sum", "exponential of a sum of positive terms")
    assert isinstance(power, n.Exp) and isinstance(power.argument, n.Sum)
    trace = Trace("exp_of_sum", line)
    first, *rest = power.argument.terms
    head = replace(power, argument=first.body)
    others = [trace.like(n.Exp(term.body), power) for term in rest]
    trace.drop(*rest)
    return trace.step(put(line, power, trace.grow(n.Product((head, *others)), power)))


def factor_out_of_sum(line: n.Relation, factor: n.Node) -> Step:
    """Σ over y of a c becomes c Σ a, where y is not in c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.BigSum(index=index, body=n.Product(factors=factors)):
                return factor in factors and index not in set(factor.walk())
        return False

    what = f"sum over responses with the factor {tex(factor)}"
    total = target_of(line, None, fits, "factor out of a sum", what)
    assert isinstance(total, n.BigSum) and isinstance(total.body, n.Product)
    trace = Trace("factor_out_of_sum", line)
    moved = next(part for part in total.body.factors if part == factor)
    rest = tuple(part for part in total.body.factors if part is not moved)
    inner = replace(total, body=product_or_factor(rest, total.body))
    return trace.step(put(line, total, trace.grow(n.Product((moved, inner)), total)))


def sum_of_probabilities(line: n.Relation) -> Step:
    """c Σ over y of π(y | x) becomes c: a policy sums to one."""

    def is_total(node: n.Node) -> bool:
        match node:
            case n.BigSum(index=index, body=n.Policy(response=response)):
                return index == response
        return False

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Product) and any(map(is_total, node.factors))

    product = target_of(line, None, fits, "sum of probabilities", "sum of a policy over responses")
    assert isinstance(product, n.Product)
    total = next(part for part in product.factors if is_total(part))
    trace = Trace("sum_of_probabilities", line)
    trace.drop(*total.walk())
    rest = tuple(part for part in product.factors if part is not total)
    return trace.step(put(line, product, product_or_factor(rest, product)))
