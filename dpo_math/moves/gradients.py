"""Moves with gradients."""

from __future__ import annotations

from dataclasses import replace

from dpo_math import notation as n
from dpo_math.moves.step import Step, Trace, needs_brackets, put, require, sum_or_term, target_of
from dpo_math.printers import tex


def take_gradients(line: n.Relation, by: n.Symbol) -> Step:
    """a = b becomes ∇a = ∇b."""
    require(line.sign in ("=", ":="), f"take gradients: {tex(line)} is not an equation")
    trace = Trace("take_gradients", line)

    def gradient_of(side: n.Node) -> n.Node:
        body = n.Group(side) if isinstance(side, n.Sum | n.Product) else side
        return trace.grow(n.Gradient(by, body), side)

    sides = gradient_of(line.left), gradient_of(line.right)
    return trace.step(replace(line, left=sides[0], sign="=", right=sides[1]))


def gradient_of_sum(line: n.Relation, at: n.Node | None = None) -> Step:
    """∇(a − b) becomes ∇a − ∇b, and ∇(−a) becomes −∇a."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Gradient) and isinstance(_bare(node.body), n.Sum)

    slope = target_of(line, at, fits, "gradient of a sum", "gradient of a sum")
    assert isinstance(slope, n.Gradient)
    total = _bare(slope.body)
    assert isinstance(total, n.Sum)
    trace = Trace("gradient_of_sum", line)
    first, *rest = total.terms
    parts = [replace(first, body=replace(slope, body=first.body))]
    for term in rest:
        again = trace.like(n.Gradient(trace.copy(slope.over), term.body), slope)
        parts.append(replace(term, body=again))
    spread: n.Node = replace(total, terms=tuple(parts))
    if isinstance(slope.body, n.Group):
        if needs_brackets(n.parents(line).get(slope.key)):
            spread = replace(slope.body, body=spread)
        else:
            trace.drop(slope.body)
    return trace.step(trace.put_sum(line, slope, spread))


def _bare(node: n.Node) -> n.Node:
    return node.body if isinstance(node, n.Group) else node


def gradient_inside(line: n.Relation) -> Step:
    """∇𝔼[a] becomes 𝔼[∇a], where what is drawn does not depend on the parameters."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Gradient(body=n.Expectation(draws=draws)):
                return all(draw.distribution == n.Symbol("D") for draw in draws)
        return False

    slope = target_of(line, None, fits, "gradient inside", "gradient of a mean over the data")
    assert isinstance(slope, n.Gradient) and isinstance(slope.body, n.Expectation)
    mean = slope.body
    trace = Trace("gradient_inside", line)
    return trace.step(put(line, slope, replace(mean, body=replace(slope, body=mean.body))))


def gradient_of_log_sigmoid(line: n.Relation) -> Step:
    """∇ log σ(u) becomes σ(−u) ∇u: the chain rule."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Gradient(body=n.Log(argument=n.Sigmoid())):
                return True
        return False

    slope = target_of(line, None, fits, "gradient of log σ", "gradient of log σ")
    assert isinstance(slope, n.Gradient) and isinstance(slope.body, n.Log)
    sigmoid = slope.body.argument
    assert isinstance(sigmoid, n.Sigmoid)
    trace = Trace("gradient_of_log_sigmoid", line)
    trace.drop(slope.body)
    inner = sigmoid.argument
    bare = n.Group(inner) if isinstance(inner, n.Sum) else inner
    weight = replace(sigmoid, argument=trace.grow(n.Sum((n.Signed(True, bare),)), sigmoid))
    again = trace.copy(inner)
    moved = trace.grow(n.Group(again), inner) if isinstance(again, n.Sum) else again
    product = trace.grow(n.Product((weight, replace(slope, body=moved))), slope)
    return trace.step(put(line, slope, product))


def gradient_of_multiple(line: n.Relation, factor: n.Node) -> Step:
    """∇(c a) becomes c ∇a, for a number c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Gradient(over=over, body=n.Group(body=n.Product(factors=(first, *_)))):
                return first == factor and not _depends(factor, over)
        return False

    slope = target_of(
        line, None, fits, "gradient of a multiple", f"gradient of {tex(factor)} times"
    )
    assert isinstance(slope, n.Gradient) and isinstance(slope.body, n.Group)
    multiple = slope.body.body
    assert isinstance(multiple, n.Product)
    moved, *rest = multiple.factors
    trace = Trace("gradient_of_multiple", line)
    body = (
        rest[0]
        if len(rest) == 1
        else replace(slope.body, body=replace(multiple, factors=tuple(rest)))
    )
    if len(rest) == 1:
        trace.drop(slope.body)
    product = trace.grow(n.Product((moved, replace(slope, body=body))), slope)
    return trace.step(put(line, slope, product))


def drop_zero_gradient(line: n.Relation) -> Step:
    """∇a − ∇b becomes ∇a, where b has no parameters."""

    def is_zero(term: n.Signed) -> bool:
        body = term.body
        return isinstance(body, n.Gradient) and not _depends(body.body, body.over)

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Sum) and any(map(is_zero, node.terms))

    total = target_of(
        line, None, fits, "drop a zero gradient", "gradient of what has no parameters"
    )
    assert isinstance(total, n.Sum)
    trace = Trace("drop_zero_gradient", line)
    for term in filter(is_zero, total.terms):
        trace.drop(*term.walk())
    kept = [term for term in total.terms if not is_zero(term)]
    require(bool(kept), "drop a zero gradient: nothing would be left")
    side = sum_or_term(kept, total)
    above = n.parents(line).get(total.key)
    if isinstance(above, n.Group) and not isinstance(side, n.Sum):
        trace.drop(above)
        return trace.step(put(line, above, side))
    return trace.step(put(line, total, side))


DEPENDENT = (n.Model("theta"), n.Symbol("theta"))


def _depends(node: n.Node, over: n.Node) -> bool:
    """Whether ``node`` may change with the parameters ``over``."""
    return any(
        part == over
        or part in DEPENDENT
        or (isinstance(part, n.Reward) and part.name in ("hat", "phi"))
        or (isinstance(part, n.Call) and part.name == "L")
        for part in node.walk()
    )
