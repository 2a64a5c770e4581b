"""Moves with logarithms."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import (
    Step,
    Trace,
    is_positive,
    put,
    require,
    sum_or_term,
    target_of,
)
from dpo_math.printers import tex


def take_logs(line: n.Relation) -> Step:
    """a = b becomes log a = log b. Raises :class:`MoveError` unless both sides are positive."""
    require(line.sign == "=", f"take logs: {tex(line)} is not an equation")
    for side in (line.left, line.right):
        require(is_positive(side), f"take logs: {tex(side)} need not be positive")
    trace = Trace("take_logs", line)

    def log_of(side: n.Node) -> n.Node:
        return trace.grow(n.Log(n.Group(side) if isinstance(side, n.Product) else side), side)

    return trace.step(replace(line, left=log_of(line.left), right=log_of(line.right)))


def log_of_product(line: n.Relation, at: n.Node | None = None) -> Step:
    """log(a b c) becomes log a + log b + log c, for positive factors."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Log(argument=n.Group(body=n.Product() as product)):
                return is_positive(product)
        return False

    log = target_of(line, at, fits, "log of a product", "log of a product of positive factors")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Group)
    trace = Trace("log_of_product", line)
    first, *rest = n.factors_of(log.argument.body)
    head = replace(log, argument=first)
    logs = [head, *(trace.like(n.Log(factor), log) for factor in rest)]
    trace.drop(log.argument)
    total = trace.grow(n.Sum(tuple(n.Signed(False, term) for term in logs)), log)
    return trace.step(put(line, log, total))


def log_of_quotient(line: n.Relation, at: n.Node | None = None) -> Step:
    """log(a/b) becomes log a − log b, for positive parts; log(1/b) becomes −log b, as log 1 = 0."""

    def fits(node: n.Node) -> bool:
        return (
            isinstance(node, n.Log)
            and isinstance(node.argument, n.Quotient)
            and is_positive(node.argument)
        )

    log = target_of(line, at, fits, "log of a quotient", "log of a quotient of positive parts")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Quotient)
    bar = log.argument
    trace = Trace("log_of_quotient", line)
    if bar.numerator == n.Number(1):
        minus = trace.like(n.Signed(True, replace(log, argument=bar.denominator)), bar)
        trace.drop(bar.numerator)
        total = trace.grow(n.Sum((minus,)), log)
    else:
        plus = trace.grow(n.Signed(False, replace(log, argument=bar.numerator)), log)
        minus = trace.like(n.Signed(True, trace.like(n.Log(bar.denominator), log)), bar)
        total = trace.grow(n.Sum((plus, minus)), log)
    return trace.step(put(line, log, total))


def log_of_exp(line: n.Relation, at: n.Node | None = None) -> Step:
    """log exp(a) becomes a: the two undo each other."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Log) and isinstance(node.argument, n.Exp)

    log = target_of(line, at, fits, "log of exp", "log of an exponential")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Exp)
    trace = Trace("log_of_exp", line)
    trace.cancel([log], [log.argument])
    return trace.step(put(line, log, log.argument.argument))


def combine_logs(line: n.Relation, numerator: n.Node, denominator: n.Node) -> Step:
    """c log a − c log b, two terms of one sum, become c log(a/b)."""
    found = [
        (total, plus, minus)
        for total in line.walk()
        if isinstance(total, n.Sum)
        for plus in total.terms
        for minus in total.terms
        if _is_log_term(plus, False, numerator) and _is_log_term(minus, True, denominator)
    ]
    pair = f"+ log {tex(numerator)} and − log {tex(denominator)}"
    require(bool(found), f"combine logs: {pair} are not in one sum of {tex(line)}")
    require(len(found) == 1, f"combine logs: more than one {pair} in {tex(line)}")
    total, plus, minus = found[0]
    *outer, log = n.factors_of(plus.body)
    *other_outer, other_log = n.factors_of(minus.body)
    assert isinstance(log, n.Log) and isinstance(other_log, n.Log)
    require(outer == other_outer, f"combine logs: {pair} have different factors")
    trace = Trace("combine_logs", line)
    bar = trace.like(n.Quotient(log.argument, other_log.argument), minus)
    joined = replace(log, argument=bar)
    for extra, kept in zip(other_outer, outer, strict=True):
        trace.merge(extra.walk(), kept.walk())
    trace.merge([other_log], [joined])
    body = replace(plus.body, factors=(*outer, joined)) if outer else joined  # type: ignore[call-arg]
    kept_terms = [
        replace(term, body=body) if term is plus else term
        for term in total.terms
        if term is not minus
    ]
    return trace.step(put(line, total, sum_or_term(kept_terms, total)))


def _is_log_term(term: n.Signed, negative: bool, argument: n.Node) -> bool:
    log = n.factors_of(term.body)[-1]
    return term.negative == negative and isinstance(log, n.Log) and log.argument == argument
