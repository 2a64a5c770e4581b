"""Moves with what is maximised or minimised over policies."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import (
    MoveError,
    Step,
    Trace,
    is_positive,
    put,
    require,
    sum_or_term,
)
from dpo_math.printers import tex

TURNED = {"argmax": "argmin", "argmin": "argmax"}


def _objective(line: n.Relation, move: str) -> tuple[n.Extremum, n.Sum]:
    """The arg max or arg min on the right, and the sum that is averaged in it."""
    match line.right:
        case n.Extremum(kind="argmax" | "argmin") as best:
            inner = best.body
            while isinstance(inner, n.Expectation):
                inner = inner.body
            if isinstance(inner, n.Sum):
                return best, inner
    raise MoveError(f"{move}: no arg max or arg min of a mean of a sum in {tex(line)}")


def divide_objective(line: n.Relation, factor: n.Node) -> Step:
    """arg max of 𝔼[a − c b] becomes arg max of 𝔼[(1/c) a − b], for a positive number c.

    The c that leaves one term goes under the other.
    """
    _, total = _objective(line, "divide the objective")
    require(is_positive(factor), f"divide the objective: {tex(factor)} need not be positive")
    freed = [part for t in total.terms for part in n.factors_of(t.body) if part == factor]
    trace = Trace("divide_objective", line)
    spare = iter(freed)

    def divided(term: n.Signed) -> n.Signed:
        factors = n.factors_of(term.body)
        own = next((part for part in factors if part == factor), None)
        if own is not None:
            rest = tuple(part for part in factors if part is not own)
            require(bool(rest), f"divide the objective: {tex(term.body)} would be one")
            body = rest[0] if len(rest) == 1 else replace(term.body, factors=rest)  # type: ignore[call-arg]
            return replace(term, body=body)
        inverse = n.Quotient(n.Number(1), next(spare, factor))
        return replace(term, body=trace.grow(n.Product((inverse, *factors)), term.body))

    terms = tuple(divided(term) for term in total.terms)
    for part in spare:
        trace.drop(part)
    return trace.step(put(line, total, replace(total, terms=terms)))


def negate_objective(line: n.Relation) -> Step:
    """arg max of 𝔼[a − b] becomes arg min of 𝔼[−a + b]."""
    best, total = _objective(line, "negate the objective")
    trace = Trace("negate_objective", line)
    terms = tuple(trace.like(n.Signed(not t.negative, t.body), t) for t in total.terms)
    turned = put(line, total, replace(total, terms=terms)).right
    assert isinstance(turned, n.Extremum)
    flipped = trace.like(replace(turned, kind=TURNED[turned.kind]), best)  # type: ignore[arg-type]
    return trace.step(replace(line, right=flipped))


def drop_constant(line: n.Relation) -> Step:
    """arg min over π of 𝔼[a(π) − c] becomes arg min of 𝔼[a(π)], where π is not in c."""
    best, total = _objective(line, "drop a constant")
    constant = [term for term in total.terms if best.over not in set(term.walk())]
    require(bool(constant), f"drop a constant: {tex(best.over)} is in every term of {tex(total)}")
    trace = Trace("drop_constant", line)
    for term in constant:
        trace.drop(*term.walk())
    rest = [term for term in total.terms if term not in constant]
    require(bool(rest), "drop a constant: nothing would be left")
    return trace.step(put(line, total, sum_or_term(rest, total)))


def least_divergence(line: n.Relation) -> Step:
    """π* = arg min over π of 𝔼[KL(π(y) ‖ q(y))] becomes π*(y) = q(y): KL is zero there alone."""
    match line:
        case n.Relation(
            left=n.Model() as found,
            right=n.Extremum(
                kind="argmin",
                over=over,
                body=n.Expectation(body=n.KL(left=n.Policy() as p, right=n.Policy() as q)),
            ),
        ) if p.model == over and q.model != over:
            trace = Trace("least_divergence", line)
            here = trace.copy(q, keep={q.model: found})
            kept = {node.key for node in (line, found, *q.walk())}
            trace.drop(*(node for node in line.walk() if node.key not in kept))
            return trace.step(replace(line, left=trace.grow(here, found), right=q))
    raise MoveError(f"least divergence: {tex(line)} is not π* = arg min of a mean KL to one policy")
