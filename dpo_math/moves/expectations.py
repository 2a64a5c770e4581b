"""Moves with expectations and with the Kullback-Leibler divergence."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import Step, Trace, put, require, sum_or_term, target_of
from dpo_math.printers import tex


def kl_as_expectation(line: n.Relation, at: n.Node | None = None) -> Step:
    """KL(p(y) ‖ q(y)) becomes 𝔼 over y ~ p(y) of log p(y)/q(y): its definition."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.KL(left=n.Policy() as p, right=n.Policy() as q):
                return (p.response, p.prompt) == (q.response, q.prompt)
        return False

    kl = target_of(line, at, fits, "KL as an expectation", "KL of two policies at one response")
    assert isinstance(kl, n.KL) and isinstance(kl.left, n.Policy)
    trace = Trace("kl_as_expectation", line)
    draw = n.Draw((trace.copy(kl.left.response),), trace.copy(kl.left))
    ratio = n.Log(n.Quotient(kl.left, kl.right))
    return trace.step(put(line, kl, trace.grow(n.Expectation((draw,), ratio), kl)))


def expectation_as_kl(line: n.Relation) -> Step:
    """𝔼 over y ~ p(y) of log p(y)/q(y) becomes KL(p(y) ‖ q(y))."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Expectation(
                draws=(n.Draw(variables=(variable,), distribution=n.Policy() as p),),
                body=n.Log(argument=n.Quotient(numerator=top, denominator=n.Policy() as q)),
            ):
                return top == p and p.response == variable == q.response and p.prompt == q.prompt
        return False

    mean = target_of(line, None, fits, "expectation as KL", "mean of the log of a ratio")
    assert isinstance(mean, n.Expectation) and isinstance(mean.body, n.Log)
    (draw,), log = mean.draws, mean.body
    ratio = log.argument
    assert isinstance(ratio, n.Quotient) and isinstance(ratio.numerator, n.Policy)
    assert draw.distribution is not None
    trace = Trace("expectation_as_kl", line)
    trace.merge(draw.distribution.walk(), ratio.numerator.walk())
    trace.merge(draw.variables[0].walk(), ratio.numerator.response.walk())
    trace.drop(draw, log, ratio)
    kl = trace.grow(n.KL(ratio.numerator, ratio.denominator), mean)
    return trace.step(put(line, mean, kl))


def one_expectation(line: n.Relation) -> Step:
    """𝔼[a] − c 𝔼[b], over the same draws, becomes 𝔼[a − c b]."""

    def means(total: n.Sum) -> list[n.Node]:
        return [n.factors_of(term.body)[-1] for term in total.terms]

    def fits(node: n.Node) -> bool:
        if not isinstance(node, n.Sum) or len(node.terms) < 2:
            return False
        first, *rest = means(node)
        return node.terms[0].body == first and all(
            isinstance(first, n.Expectation)
            and isinstance(mean, n.Expectation)
            and mean.draws == first.draws
            for mean in rest
        )

    what = "sum of expectations over the same draws"
    total = target_of(line, None, fits, "one expectation", what)
    assert isinstance(total, n.Sum)
    trace = Trace("one_expectation", line)
    first, *rest = (mean for mean in means(total) if isinstance(mean, n.Expectation))
    for mean in rest:
        trace.merge([mean], [first])
        for draw, kept in zip(mean.draws, first.draws, strict=True):
            trace.merge(draw.walk(), kept.walk())
    terms = [
        replace(term, body=_inside(term.body, mean, trace))
        for term, mean in zip(total.terms, (first, *rest), strict=True)
    ]
    return trace.step(put(line, total, replace(first, body=replace(total, terms=tuple(terms)))))


def _inside(term: n.Node, mean: n.Expectation, trace: Trace) -> n.Node:
    """``term`` with the expectation at its end replaced by what that is of."""
    require(not isinstance(mean.body, n.Sum), f"{trace.move}: a sum inside {tex(mean)}")
    if not isinstance(term, n.Product):
        return mean.body
    return replace(term, factors=(*term.factors[:-1], *n.factors_of(mean.body)))


def constant_out_of_expectation(line: n.Relation) -> Step:
    """𝔼 over y ~ π of [a − c] becomes 𝔼[a] − c, where y is not in c; π sums to one."""

    def constants(mean: n.Expectation) -> list[n.Signed]:
        drawn = {variable for draw in mean.draws for variable in draw.variables}
        return [t for t in n.terms_of(mean.body) if not drawn & set(t.walk())]

    def fits(node: n.Node) -> bool:
        match node:
            case n.Expectation(draws=(n.Draw(distribution=n.Policy()),), body=n.Sum(terms=terms)):
                return 0 < len(constants(node)) < len(terms)
        return False

    what = "mean over responses of a sum with a term that has no response in it"
    mean = target_of(line, None, fits, "constant out of expectation", what)
    assert isinstance(mean, n.Expectation) and isinstance(mean.body, n.Sum)
    outside = constants(mean)
    inside = [term for term in mean.body.terms if term not in outside]
    trace = Trace("constant_out_of_expectation", line)
    shorter = replace(mean, body=sum_or_term(inside, mean.body))
    lead = trace.grow(n.Signed(False, shorter), mean)
    total = replace(mean.body, terms=(lead, *outside))
    if isinstance(shorter.body, n.Sum):
        total = trace.grow(n.Sum((lead, *outside)), mean)
    return trace.step(put(line, mean, total))


def factor_out_of_expectation(line: n.Relation, factor: n.Node) -> Step:
    """𝔼[c a] becomes c 𝔼[a], for a number c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Expectation(draws=draws, body=n.Product(factors=factors)):
                drawn = {variable for draw in draws for variable in draw.variables}
                return factor in factors and not drawn & set(factor.walk())
        return False

    what = f"mean with the factor {tex(factor)}"
    mean = target_of(line, None, fits, "factor out of expectation", what)
    assert isinstance(mean, n.Expectation) and isinstance(mean.body, n.Product)
    trace = Trace("factor_out_of_expectation", line)
    moved = next(part for part in mean.body.factors if part == factor)
    rest = tuple(part for part in mean.body.factors if part is not moved)
    inner = replace(mean, body=rest[0] if len(rest) == 1 else replace(mean.body, factors=rest))
    return trace.step(put(line, mean, trace.grow(n.Product((moved, inner)), mean)))
