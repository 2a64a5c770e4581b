"""What a move leaves behind: the next line and the map of its terms; and how moves build it."""

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


class Trace:
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
        self,
        tree: Tree,
        source: Source = "line",
        rename: Mapping[n.Node, n.Node] | None = None,
        keep: Mapping[n.Node, n.Node] | None = None,
    ) -> Tree:
        """``tree`` under fresh keys, each node like the one it was, some of them renamed.

        A node of ``keep`` becomes the node given for it, with the keys that has.
        """

        def visit(node: n.Node) -> n.Node:
            if keep and node in keep:
                return keep[node]
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
        self._gone.append(Gone("cancel", keys_of(first), keys_of(second)))

    def merge(self, nodes: Iterable[n.Node], into: Iterable[n.Node]) -> None:
        self._gone.append(Gone("merge", keys_of(nodes), keys_of(into)))

    def drop(self, *nodes: n.Node) -> None:
        self._gone.append(Gone("drop", keys_of(nodes)))

    def put_sum(self, line: n.Relation, old: n.Node, total: n.Node) -> n.Relation:
        """``line`` with ``old`` replaced by a sum, in brackets where it needs them."""
        if isinstance(total, n.Sum) and needs_brackets(n.parents(line).get(old.key)):
            total = self.grow(n.Group(total), old)
        return put(line, old, total)

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


def keys_of(nodes: Iterable[n.Node]) -> tuple[str, ...]:
    return tuple(node.key for node in nodes)


def require(condition: bool, message: str) -> None:
    if not condition:
        raise MoveError(message)


def target_of(
    line: n.Relation, at: n.Node | None, fits: Callable[[n.Node], bool], move: str, what: str
) -> n.Node:
    """The one node of ``line`` that fits, or the one among them that says the same as ``at``."""
    found = [node for node in line.walk() if fits(node) and (at is None or node == at)]
    require(bool(found), f"{move}: no {what} in {tex(line)}")
    require(len(found) == 1, f"{move}: {len(found)} places for it in {tex(line)}; say which")
    return found[0]


def put(line: n.Relation, old: n.Node, new: n.Node) -> n.Relation:
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
    require(not term.negative, f"a sum after a minus needs brackets: {tex(new)}")
    first, *rest = new.terms
    return (first if first.negative else replace(term, body=first.body), *rest)


def sum_or_term(terms: Iterable[n.Signed], like: n.Node) -> n.Node:
    """A side made of ``terms``: a sum, or the bare term where there is one, without a sign."""
    kept = tuple(terms)
    if len(kept) == 1 and not kept[0].negative:
        return kept[0].body
    return n.Sum(kept, key=like.key)


def product_or_factor(factors: tuple[n.Node, ...], like: n.Node) -> n.Node:
    """The product of ``factors``, or the bare factor where there is one."""
    require(bool(factors), "nothing would be left")
    return factors[0] if len(factors) == 1 else n.Product(factors, key=like.key)


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


def needs_brackets(above: n.Node | None) -> bool:
    """Whether a sum right under ``above`` has to stand in brackets."""
    match above:
        case n.Signed(negative=negative):
            return negative
        case n.Product() | n.Log() | n.Power() | n.Gradient() | n.BigSum():
            return True
    return False
