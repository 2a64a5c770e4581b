"""Algebraic moves: from one line of a derivation to the next, saying where each term came from.

A move takes a keyed :class:`~dpo_math.notation.Relation` and returns a :class:`Step`: the next
line, the origin of every term that is new in it, and the fate of every term that is gone. What a
film animates is that record; nothing is matched by shape afterwards. A move that does not apply
raises :class:`MoveError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from dpo_math import notation as n
from dpo_math.printers import tex

Source = Literal["line", "rule"]
Tree = TypeVar("Tree", bound=n.Node)


class MoveError(ValueError):
    """A move applied where it does not apply. ``difference`` holds two parts that had to agree."""

    def __init__(self, message: str, difference: tuple[n.Node, n.Node] | None = None) -> None:
        super().__init__(message)
        self.difference = difference


@dataclass(frozen=True)
class Origin:
    """Where a new term comes from.

    ``copy``: its marks are those of the term ``key``, which it splits off. ``grow``: its marks are
    new and appear out of the place of ``key``. ``source`` tells in which line ``key`` stands: the
    line moved from, or the rule that was substituted.
    """

    key: str
    kind: Literal["copy", "grow"] = "copy"
    source: Source = "line"


@dataclass(frozen=True)
class Gone:
    """Terms of the old line that are not in the new one.

    ``cancel``: ``keys`` and ``others``, both of the old line, annihilate each other. ``merge``:
    ``keys`` become one with ``others``, which stand in the new line. ``drop``: no longer needed
    (brackets around one term, a plus at the start); they go where they stand.
    """

    kind: Literal["cancel", "merge", "drop"]
    keys: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """What a move did: the next line and the map of its terms.

    Construction checks the record: every term of ``line`` that has marks and was not in ``before``
    has an origin, and every one of ``before`` that is not in ``line`` is accounted for.
    """

    move: str
    before: n.Relation
    line: n.Relation
    origins: Mapping[str, Origin]
    gone: tuple[Gone, ...] = ()
    rule: n.Relation | None = None

    def __post_init__(self) -> None:
        old, new = n.by_key(self.before), n.by_key(self.line)
        sources = {"line": old, "rule": n.by_key(self.rule) if self.rule else {}}
        explained = {key for entry in self.gone for key in (*entry.keys, *entry.others)}
        explained |= {o.key for o in self.origins.values() if o.source == "line"}
        problems = {
            "without origin": [k for k in new if k not in old and k not in self.origins],
            "origin unknown": [
                k for k, o in self.origins.items() if o.key not in sources[o.source]
            ],
            "lost": [k for k in old if k not in new and k not in explained],
        }
        if any(problems.values()):
            told = "; ".join(f"{why}: {', '.join(keys)}" for why, keys in problems.items() if keys)
            raise AssertionError(f"{self.move}: the map of terms has holes ({told})")


class _Trace:
    """Collects the map of terms while a move builds the next line."""

    def __init__(self, move: str, before: n.Relation, rule: n.Relation | None = None) -> None:
        self.move, self.before, self.rule = move, before, rule
        self._origins: dict[str, Origin] = {}
        self._gone: list[Gone] = []
        used = [*n.by_key(before), *(n.by_key(rule) if rule else ())]
        self._count = max(int(key.lstrip("t")) for key in used)

    def _fresh(self, origin: Origin) -> str:
        self._count += 1
        key = f"t{self._count}"
        self._origins[key] = origin
        return key

    def like(self, node: Tree, original: n.Node, source: Source = "line") -> Tree:
        """``node`` under a fresh key; its marks are those of ``original``."""
        return replace(node, key=self._fresh(Origin(original.key, "copy", source)))

    def copy(
        self, tree: Tree, source: Source = "line", rename: Mapping[n.Node, n.Node] | None = None
    ) -> Tree:
        """``tree`` under fresh keys, each node like the one it was, some of them renamed."""

        def visit(node: n.Node) -> n.Node:
            new = (rename or {}).get(node, node)
            return self.like(new.map_children(visit) if new is node else new, node, source)

        return visit(tree)  # type: ignore[return-value]

    def grow(self, node: Tree, out_of: n.Node) -> Tree:
        """``node`` with fresh keys for all that is unkeyed in it, growing out of ``out_of``."""

        def visit(part: n.Node) -> n.Node:
            if part.key:
                return part
            key = self._fresh(Origin(out_of.key, "grow"))
            return replace(part.map_children(visit), key=key)

        return visit(node)  # type: ignore[return-value]

    def cancel(self, first: Iterable[n.Node], second: Iterable[n.Node]) -> None:
        self._gone.append(Gone("cancel", _keys(first), _keys(second)))

    def merge(self, nodes: Iterable[n.Node], into: Iterable[n.Node]) -> None:
        self._gone.append(Gone("merge", _keys(nodes), _keys(into)))

    def drop(self, *nodes: n.Node) -> None:
        self._gone.append(Gone("drop", _keys(nodes)))

    def step(self, line: n.Relation) -> Step:
        """The step to ``line``. Sums, products and plus signs that went are dropped."""
        new = n.by_key(line)
        told = {key for gone in self._gone for key in (*gone.keys, *gone.others)}
        origins = {key: origin for key, origin in self._origins.items() if key in new}
        told |= {origin.key for origin in origins.values()}
        silent = (n.Sum, n.Product, n.Signed)
        for node in self.before.walk():
            if isinstance(node, silent) and node.key not in new and node.key not in told:
                self.drop(node)
        return Step(self.move, self.before, line, origins, tuple(self._gone), self.rule)


def _keys(nodes: Iterable[n.Node]) -> tuple[str, ...]:
    return tuple(node.key for node in nodes)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise MoveError(message)


def _target(
    line: n.Relation, at: n.Node | None, fits: Callable[[n.Node], bool], move: str, what: str
) -> n.Node:
    """The one node of ``line`` that fits, or the one among them that says the same as ``at``."""
    found = [node for node in line.walk() if fits(node) and (at is None or node == at)]
    _require(bool(found), f"{move}: no {what} in {tex(line)}")
    _require(len(found) == 1, f"{move}: {len(found)} places for it in {tex(line)}; say which")
    return found[0]


def _put(line: n.Relation, old: n.Node, new: n.Node) -> n.Relation:
    """``line`` with ``old`` replaced; a sum is spliced into a sum, a product into a product."""

    def change(node: n.Node) -> n.Node | None:
        if node.key == old.key:
            return new
        if isinstance(node, n.Sum) and any(term.body.key == old.key for term in node.terms):
            spliced = [part for term in node.terms for part in _spliced(term, old, new)]
            return replace(node, terms=tuple(spliced))
        if isinstance(node, n.Product) and any(f.key == old.key for f in node.factors):
            parts = [n.factors_of(new) if f.key == old.key else (f,) for f in node.factors]
            return replace(node, factors=tuple(factor for part in parts for factor in part))
        return None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return changed


def _spliced(term: n.Signed, old: n.Node, new: n.Node) -> tuple[n.Signed, ...]:
    if term.body.key != old.key:
        return (term,)
    if not isinstance(new, n.Sum):
        return (replace(term, body=new),)
    _require(not term.negative, f"a sum after a minus needs brackets: {tex(new)}")
    first, *rest = new.terms
    return (first if first.negative else replace(term, body=first.body), *rest)


def _sum_or_term(terms: Iterable[n.Signed], like: n.Node) -> n.Node:
    """A side made of ``terms``: a sum, or the bare term where there is one, without a sign."""
    kept = tuple(terms)
    if len(kept) == 1 and not kept[0].negative:
        return kept[0].body
    return n.Sum(kept, key=like.key)


def _side_of(line: n.Relation, node: n.Node) -> Literal["left", "right"]:
    return "left" if any(part.key == node.key for part in line.left.walk()) else "right"


# --- logarithms ---------------------------------------------------------------------------------


def is_positive(node: n.Node) -> bool:
    """Whether ``node`` is positive whatever its symbols stand for (β, policies, Z, exp, σ)."""
    match node:
        case n.Policy() | n.Partition() | n.Exp() | n.Sigmoid() | n.Preference():
            return True
        case n.Symbol(name=name):
            return name == "beta"
        case n.Number(value=value):
            return value > 0
        case n.Product(factors=parts):
            return all(map(is_positive, parts))
        case n.Quotient(numerator=top, denominator=bottom):
            return is_positive(top) and is_positive(bottom)
        case n.Group(body=body) | n.BigSum(body=body):
            return is_positive(body)
    return False


def take_logs(line: n.Relation) -> Step:
    """a = b becomes log a = log b. Raises :class:`MoveError` unless both sides are positive."""
    _require(line.sign == "=", f"take logs: {tex(line)} is not an equation")
    for side in (line.left, line.right):
        _require(is_positive(side), f"take logs: {tex(side)} need not be positive")
    trace = _Trace("take_logs", line)

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

    log = _target(line, at, fits, "log of a product", "log of a product of positive factors")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Group)
    trace = _Trace("log_of_product", line)
    first, *rest = n.factors_of(log.argument.body)
    head = replace(log, argument=first)
    logs = [head, *(trace.like(n.Log(factor), log) for factor in rest)]
    trace.drop(log.argument)
    total = trace.grow(n.Sum(tuple(n.Signed(False, term) for term in logs)), log)
    return trace.step(_put(line, log, total))


def log_of_quotient(line: n.Relation, at: n.Node | None = None) -> Step:
    """log(a/b) becomes log a − log b, for positive parts; log(1/b) becomes −log b, as log 1 = 0."""

    def fits(node: n.Node) -> bool:
        return (
            isinstance(node, n.Log)
            and isinstance(node.argument, n.Quotient)
            and is_positive(node.argument)
        )

    log = _target(line, at, fits, "log of a quotient", "log of a quotient of positive parts")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Quotient)
    bar = log.argument
    trace = _Trace("log_of_quotient", line)
    if bar.numerator == n.Number(1):
        minus = trace.like(n.Signed(True, replace(log, argument=bar.denominator)), bar)
        trace.drop(bar.numerator)
        total = trace.grow(n.Sum((minus,)), log)
    else:
        plus = trace.grow(n.Signed(False, replace(log, argument=bar.numerator)), log)
        minus = trace.like(n.Signed(True, trace.like(n.Log(bar.denominator), log)), bar)
        total = trace.grow(n.Sum((plus, minus)), log)
    return trace.step(_put(line, log, total))


def log_of_exp(line: n.Relation, at: n.Node | None = None) -> Step:
    """log exp(a) becomes a: the two undo each other."""

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Log) and isinstance(node.argument, n.Exp)

    log = _target(line, at, fits, "log of exp", "log of an exponential")
    assert isinstance(log, n.Log) and isinstance(log.argument, n.Exp)
    trace = _Trace("log_of_exp", line)
    trace.cancel([log], [log.argument])
    return trace.step(_put(line, log, log.argument.argument))


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
    _require(bool(found), f"combine logs: {pair} are not in one sum of {tex(line)}")
    _require(len(found) == 1, f"combine logs: more than one {pair} in {tex(line)}")
    total, plus, minus = found[0]
    *outer, log = n.factors_of(plus.body)
    *other_outer, other_log = n.factors_of(minus.body)
    assert isinstance(log, n.Log) and isinstance(other_log, n.Log)
    _require(outer == other_outer, f"combine logs: {pair} have different factors")
    trace = _Trace("combine_logs", line)
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
    return trace.step(_put(line, total, _sum_or_term(kept_terms, total)))


def _is_log_term(term: n.Signed, negative: bool, argument: n.Node) -> bool:
    log = n.factors_of(term.body)[-1]
    return term.negative == negative and isinstance(log, n.Log) and log.argument == argument


# --- both sides ---------------------------------------------------------------------------------


def multiply_both_sides(line: n.Relation, factor: n.Node) -> Step:
    """a = b becomes c a = c b, for a positive ``factor`` c; a sum goes into brackets."""
    _require(line.sign == "=", f"multiply both sides: {tex(line)} is not an equation")
    _require(is_positive(factor), f"multiply both sides: {tex(factor)} might be zero")
    trace = _Trace("multiply_both_sides", line)

    def times(side: n.Node) -> n.Node:
        bare = n.Group(side) if isinstance(side, n.Sum) else side
        return trace.grow(n.Product((factor, *n.factors_of(bare))), line)

    return trace.step(replace(line, left=times(line.left), right=times(line.right)))


def distribute(line: n.Relation) -> Step:
    """c (a + b) becomes c a + c b."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Product(factors=(*_, n.Group(body=n.Sum()))):
                return True
        return False

    product = _target(line, None, fits, "distribute", "factor before brackets")
    *outer, group = n.factors_of(product)
    assert isinstance(group, n.Group) and isinstance(group.body, n.Sum)
    trace = _Trace("distribute", line)
    trace.drop(group)
    terms = []
    for i, term in enumerate(group.body.terms):
        factors = outer if i == 0 else [trace.copy(factor) for factor in outer]
        inner = n.factors_of(term.body)
        spread = trace.grow(n.Product((*factors, *inner)), term)
        terms.append(replace(term, body=spread))
    return trace.step(_put(line, product, replace(group.body, terms=tuple(terms))))


def cancel_factor(line: n.Relation, factor: n.Node) -> Step:
    """c (1/c) a becomes a."""
    inverse = n.Quotient(n.Number(1), factor)

    def fits(node: n.Node) -> bool:
        return isinstance(node, n.Product) and factor in node.factors and inverse in node.factors

    product = _target(line, None, fits, "cancel a factor", f"{tex(factor)} beside its inverse")
    assert isinstance(product, n.Product)
    first = next(part for part in product.factors if part == factor)
    second = next(part for part in product.factors if part == inverse)
    rest = tuple(part for part in product.factors if part is not first and part is not second)
    trace = _Trace("cancel_factor", line)
    trace.cancel(first.walk(), second.walk())
    return trace.step(_put(line, product, _product_or_factor(rest, product)))


def _product_or_factor(factors: tuple[n.Node, ...], like: n.Node) -> n.Node:
    _require(bool(factors), "nothing would be left")
    return factors[0] if len(factors) == 1 else n.Product(factors, key=like.key)


def isolate(line: n.Relation, target: n.Node) -> Step:
    """Move every other term of ``target``'s side across, with its sign turned."""
    _require(line.sign == "=", f"isolate: {tex(line)} is not an equation")
    here: Literal["left", "right"]
    for here in ("left", "right"):
        side = getattr(line, here)
        alone = [term for term in n.terms_of(side) if term.body == target and not term.negative]
        if isinstance(side, n.Sum) and len(alone) == 1:
            break
    else:
        raise MoveError(f"isolate: {tex(target)} is not a positive term of a sum in {tex(line)}")
    trace = _Trace("isolate", line)
    across: n.Node = line.right if here == "left" else line.left
    staying = across.terms if isinstance(across, n.Sum) else (n.Signed(False, across),)
    moved = [
        trace.like(n.Signed(not term.negative, term.body), term)
        for term in side.terms
        if term is not alone[0]
    ]
    total = trace.grow(n.Sum((*staying, *moved)), across)
    sides = (alone[0].body, total) if here == "left" else (total, alone[0].body)
    return trace.step(replace(line, left=sides[0], right=sides[1]))


def swap_sides(line: n.Relation) -> Step:
    """a = b becomes b = a."""
    _require(line.sign == "=", f"swap sides: {tex(line)} is not an equation")
    return _Trace("swap_sides", line).step(replace(line, left=line.right, right=line.left))


# --- substitution -------------------------------------------------------------------------------

FREE = ("x", "x'", "y", "y'", "y_w", "y_l")
"""The letters for prompts and responses, which a rule may be read for any of."""


def _bindings(pattern: n.Node, tree: n.Node) -> dict[n.Node, n.Node] | None:
    """The renaming of free letters that makes ``pattern`` say what ``tree`` says, if any."""
    found: dict[n.Node, n.Node] = {}

    def match(left: n.Node, right: n.Node) -> bool:
        if isinstance(left, n.Symbol) and left.name in FREE and isinstance(right, n.Symbol):
            return found.setdefault(left, right) == right and _same_sort(left, right)
        if type(left) is not type(right) or len(left.children) != len(right.children):
            return False
        blank = n.Symbol("")
        if left.map_children(lambda _: blank) != right.map_children(lambda _: blank):
            return False
        return all(map(match, left.children, right.children))

    return found if match(pattern, tree) else None


def _same_sort(left: n.Symbol, right: n.Symbol) -> bool:
    return left.name[0] == right.name[0]


def rename(
    line: n.Relation, letters: Mapping[str, str], within: Iterable[n.Node] | None = None
) -> Step:
    """Read ``line`` for other letters: y becomes y_w. Letters bound by a sum stay.

    With ``within``, only those of its terms are read anew. That is no deduction but another line of
    the same form; whether it holds is for the checker to say.
    """
    table: dict[n.Node, n.Node] = {n.Symbol(old): n.Symbol(new) for old, new in letters.items()}
    for old, new in letters.items():
        _require(old in FREE and new in FREE, f"rename: {old} → {new} is not a prompt or response")
        _require(old[0] == new[0], f"rename: {old} and {new} are not of one sort")
    bound = {node.index for node in line.walk() if isinstance(node, n.BigSum)}
    _require(not bound & set(table), "rename: a letter of the sum is bound")
    parts = [line] if within is None else within
    concerned = {node.key for part in parts for node in part.walk() if node in table}
    _require(bool(concerned), f"rename: {', '.join(letters)} not in {tex(line)}")
    trace = _Trace("rename", line)

    def change(node: n.Node) -> n.Node | None:
        return trace.like(table[node], node) if node.key in concerned else None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return trace.step(changed)


def substitute(
    line: n.Relation, rule: n.Relation, at: n.Node, side: Literal["left", "right"] | None = None
) -> Step:
    """Put the right side of ``rule`` where its left side stands, read for the letters of ``at``."""
    inside = {node.key for node in (getattr(line, side) if side else line).walk()}
    target = _target(line, at, lambda node: node.key in inside, "substitute", tex(at))
    trace = _Trace("substitute", line, rule)
    replacement = _instance(trace, rule, target)
    above = n.parents(line).get(target.key)
    if isinstance(replacement, n.Sum) and _needs_brackets(above):
        replacement = trace.grow(n.Group(replacement), target)
    trace.merge(target.walk(), replacement.walk())
    return trace.step(_put(line, target, replacement))


def evaluate(line: n.Relation, rule: n.Relation, expression: n.Node, at: n.Node) -> Step:
    """Take ``expression`` out of ``line`` and write what it is once ``rule`` is put in ``at``.

    From P = σ(a − b) and a = c it makes a − b = c − b.
    """
    taken = _target(line, expression, lambda _: True, "evaluate", tex(expression))
    _require(bool(n.find(taken, at)), f"evaluate: {tex(at)} is not in {tex(taken)}")
    trace = _Trace("evaluate", line, rule)
    inside = {node.key for node in taken.walk()}
    trace.drop(*(n for n in line.walk() if n.key not in inside and n.key != line.key))
    again = n.Relation(taken, "=", trace.copy(taken), key=line.key)
    target = n.find(again.right, at)[0]
    replacement = _instance(trace, rule, target)
    above = n.parents(again).get(target.key)
    if isinstance(replacement, n.Sum) and _needs_brackets(above):
        original = n.find(taken, at)[0]
        replacement = trace.grow(n.Group(replacement), original)
    return trace.step(_put(again, target, replacement))


def _instance(trace: _Trace, rule: n.Relation, target: n.Node) -> n.Node:
    letters = _bindings(rule.left, target)
    if letters is None:
        raise MoveError(f"{trace.move}: {tex(rule.left)} does not say {tex(target)}")
    changed = {old: new for old, new in letters.items() if old != new}
    return trace.copy(rule.right, "rule", changed)


def _needs_brackets(above: n.Node | None) -> bool:
    match above:
        case n.Signed(negative=negative):
            return negative
        case n.Product() | n.Log() | n.Power():
            return True
    return False


# --- signs and cancellation ---------------------------------------------------------------------


def distribute_sign(line: n.Relation) -> Step:
    """a − (b + c) becomes a − b − c."""

    def fits(node: n.Node) -> bool:
        match node:
            case n.Signed(negative=True, body=n.Group(body=n.Sum())):
                return True
        return False

    minus = _target(line, None, fits, "distribute the sign", "minus before brackets")
    assert isinstance(minus, n.Signed) and isinstance(minus.body, n.Group)
    group = minus.body
    assert isinstance(group.body, n.Sum)
    trace = _Trace("distribute_sign", line)
    first, *rest = group.body.terms
    lead = trace.like(n.Signed(False, first.body), first) if first.negative else None
    flipped = [trace.like(n.Signed(not term.negative, term.body), term) for term in rest]
    kept = lead or replace(minus, body=first.body)
    trace.drop(group)

    def change(node: n.Node) -> n.Node | None:
        if isinstance(node, n.Sum) and any(term.key == minus.key for term in node.terms):
            parts = [(kept, *flipped) if t.key == minus.key else (t,) for t in node.terms]
            return replace(node, terms=tuple(term for part in parts for term in part))
        return None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return trace.step(changed)


def cancel(line: n.Relation, term: n.Node, against: n.Node | None = None) -> Step:
    """Remove + ``term`` and − ``against`` from one sum; they must say the same.

    Raises :class:`MoveError`, naming what differs, where they do not.
    """
    other = term if against is None else against
    totals = [node for node in line.walk() if isinstance(node, n.Sum)]
    for total in totals:
        plus = [t for t in total.terms if t.body == term and not t.negative]
        minus = [t for t in total.terms if t.body == other and t.negative]
        if plus and minus:
            break
    else:
        pair = f"+ {tex(term)} and − {tex(other)}"
        raise MoveError(f"cancel: {pair} are not in one sum of {tex(line)}")
    if term != other:
        here, there = _difference(term, other)
        why = f"{tex(here)} is not {tex(there)}"
        raise MoveError(f"cancel: {tex(term)} against {tex(other)}: {why}", (here, there))
    trace = _Trace("cancel", line)
    trace.cancel(plus[0].walk(), minus[0].walk())
    kept = [t for t in total.terms if t is not plus[0] and t is not minus[0]]
    _require(bool(kept), "cancel: nothing would be left")
    return trace.step(_put(line, total, _sum_or_term(kept, total)))


def _difference(left: n.Node, right: n.Node) -> tuple[n.Node, n.Node]:
    """The first place, in reading order, where two trees say different things."""
    if type(left) is type(right) and len(left.children) == len(right.children):
        for a, b in zip(left.children, right.children, strict=True):
            if a != b:
                return _difference(a, b)
    return left, right
