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
    return trace.step(trace.put_sum(line, log, total))


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
    return trace.step(trace.put_sum(line, log, total))


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


def as_log_of_exp(line: n.Relation, at: n.Node) -> Step:
    """a becomes log exp(a): the two undo each other."""
    term = target_of(line, at, lambda _: True, "as log of exp", tex(at))
    trace = Trace("as_log_of_exp", line)
    log: n.Node = trace.grow(n.Log(n.Exp(term)), term)
    above = n.parents(line)[term.key]
    if isinstance(above, n.Product) and above.factors[-1].key != term.key:
        log = trace.grow(n.Group(log), term)
    return trace.step(put(line, term, log))


def absorb_log(line: n.Relation, argument: n.Node) -> Step:
    """log(a/b) − log c, two terms of one sum, become log(a/(b c)), for positive parts."""
    found = [
        (total, ratio, term)
        for total in line.walk()
        if isinstance(total, n.Sum)
        for ratio in total.terms
        for term in total.terms
        if _is_log_of_quotient(ratio) and _is_log_term(term, True, argument)
    ]
    pair = f"+ log of a quotient and − log {tex(argument)}"
    require(len(found) == 1, f"absorb a log: {len(found)} times {pair} in one sum of {tex(line)}")
    total, ratio, term = found[0]
    log, other = ratio.body, term.body
    require(other == n.Log(argument), f"absorb a log: {tex(other)} has a factor")
    assert isinstance(log, n.Log) and isinstance(other, n.Log)
    bar = log.argument
    assert isinstance(bar, n.Quotient)
    parts = (*n.factors_of(bar.denominator), *n.factors_of(other.argument))
    require(all(map(is_positive, (bar, *parts))), "absorb a log: not all parts are positive")
    trace = Trace("absorb_log", line)
    trace.merge([other], [log])
    below = trace.grow(n.Product(parts), bar.denominator)
    joined = replace(ratio, body=replace(log, argument=replace(bar, denominator=below)))
    kept = [joined if t is ratio else t for t in total.terms if t is not term]
    return trace.step(put(line, total, sum_or_term(kept, total)))


def _is_log_of_quotient(term: n.Signed) -> bool:
    return (
        not term.negative
        and isinstance(term.body, n.Log)
        and isinstance(term.body.argument, n.Quotient)
    )


def complete(line: n.Relation, factor: n.Node) -> Step:
    """log(a/b) becomes log(a/((1/c) b)) − log c, for a positive ``factor`` c."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Log) and isinstance(node.argument, n.Quotient)

    log = target_of(line, None, fits, "complete", "log of a quotient")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Quotient)
    require(is_positive(factor), f"complete: {tex(factor)} need not be positive")
    bar = log.argument
    trace = Trace("complete", line)
    inverse = n.Quotient(n.Number(1), factor)
    below = trace.grow(n.Product((inverse, *n.factors_of(bar.denominator))), bar.denominator)
    whole = replace(log, argument=replace(bar, denominator=below))
    again = trace.grow(n.Signed(True, n.Log(factor)), log)
    total = trace.grow(n.Sum((n.Signed(False, whole), again)), log)
    return trace.step(trace.put_sum(line, log, total))


def exp_of_log(line: n.Relation, at: n.Node | None = None) -> Step:
    """exp(log a) becomes a, for a positive a."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Exp(argument=n.Log(argument=inner)):
                return is_positive(inner)
        return False

    power = target_of(line, at, fits, "exp of log", "exponential of a log")
    assert isinstance(power, n.Exp) and isinstance(power.argument, n.Log)
    trace = Trace("exp_of_log", line)
    trace.cancel([power], [power.argument])
    return trace.step(put(line, power, power.argument.argument))
