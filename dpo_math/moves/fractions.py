"""Moves with fractions."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import Step, Trace, is_positive, put, require, target_of
from dpo_math.printers import tex


def divide_through(line: n.Relation) -> Step:
    """a/(a + b) becomes 1/(1 + b/a), for a positive a."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Quotient(numerator=top, denominator=n.Sum(terms=(first, second))):
                return first.body == top and not (first.negative or second.negative)
        return False

    bar = target_of(line, None, fits, "divide through", "a/(a + b)")
    assert isinstance(bar, n.Quotient) and isinstance(bar.denominator, n.Sum)
    top, (first, second) = bar.numerator, bar.denominator.terms
    require(is_positive(top), f"divide through: {tex(top)} might be zero")
    trace = Trace("divide_through", line)
    above, unit = trace.grow(n.Number(1), top), trace.grow(n.Number(1), first.body)
    trace.merge(top.walk(), [above])
    ratio = trace.grow(n.Quotient(second.body, first.body), second.body)
    terms = (n.Signed(False, unit, key=first.key), n.Signed(False, ratio, key=second.key))
    below = n.Sum(terms, key=bar.denominator.key)
    return trace.step(put(line, bar, n.Quotient(above, below, key=bar.key)))


def quotient_of_exps(line: n.Relation) -> Step:
    """exp(a)/exp(b) becomes exp(a − b)."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Quotient(numerator=n.Exp(argument=a), denominator=n.Exp(argument=b)):
                return not isinstance(a, n.Sum) and not isinstance(b, n.Sum)
        return False

    bar = target_of(line, None, fits, "quotient of exponentials", "exp(a)/exp(b)")
    assert isinstance(bar, n.Quotient)
    top, bottom = bar.numerator, bar.denominator
    assert isinstance(top, n.Exp) and isinstance(bottom, n.Exp)
    trace = Trace("quotient_of_exps", line)
    minus = trace.like(n.Signed(True, bottom.argument), bar)
    trace.merge([bottom], [top])
    gap = trace.grow(n.Sum((n.Signed(False, top.argument), minus)), top)
    return trace.step(put(line, bar, n.Exp(gap, key=top.key)))


def cancel_fraction(line: n.Relation) -> Step:
    """b (a/a) becomes b, for a positive a."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Product) and any(map(_is_one, node.factors))

    product = target_of(line, None, fits, "cancel a fraction", "a/a beside another factor")
    assert isinstance(product, n.Product)
    one = next(part for part in product.factors if _is_one(part))
    assert isinstance(one, n.Quotient)
    trace = Trace("cancel_fraction", line)
    trace.cancel(one.numerator.walk(), one.denominator.walk())
    trace.drop(one)
    rest = tuple(part for part in product.factors if part is not one)
    kept = rest[0] if len(rest) == 1 else n.Product(rest, key=product.key)
    return trace.step(put(line, product, kept))


def _is_one(node: n.Node) -> bool:
    match node:
        case n.Quotient(numerator=top, denominator=bottom):
            return top == bottom and is_positive(top)
    return False


def reduce_fraction(line: n.Relation, factor: n.Node) -> Step:
    """c a/(c b) becomes a/b, for a positive c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Quotient(numerator=n.Product(factors=top), denominator=n.Product(factors=below)):
                return factor in top and factor in below
        return False

    bar = target_of(line, None, fits, "reduce a fraction", f"{tex(factor)} above and below a bar")
    assert isinstance(bar, n.Quotient)
    require(is_positive(factor), f"reduce a fraction: {tex(factor)} might be zero")
    trace = Trace("reduce_fraction", line)
    above, below = (_without(side, factor) for side in (bar.numerator, bar.denominator))
    trace.cancel(above[0].walk(), below[0].walk())
    return trace.step(put(line, bar, n.Quotient(above[1], below[1], key=bar.key)))


def _without(product: n.Node, factor: n.Node) -> tuple[n.Node, n.Node]:
    """The factor as it stands in the product, and what is left."""
    assert isinstance(product, n.Product)
    found = next(part for part in product.factors if part == factor)
    rest = tuple(part for part in product.factors if part is not found)
    return found, rest[0] if len(rest) == 1 else n.Product(rest, key=product.key)


def fraction_as_factor(line: n.Relation) -> Step:
    """a b/c, the whole right side, becomes (1/c) a b."""
    bar = line.right
    require(isinstance(bar, n.Quotient), f"fraction as factor: {tex(bar)} is not a fraction")
    assert isinstance(bar, n.Quotient)
    trace = Trace("fraction_as_factor", line)
    inverse = replace(bar, numerator=trace.grow(n.Number(1), bar))
    product = trace.grow(n.Product((inverse, *n.factors_of(bar.numerator))), bar)
    return trace.step(replace(line, right=product))
