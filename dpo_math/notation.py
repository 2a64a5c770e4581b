"""The notation tree: a formula as it is written, one small frozen node a construct.

A tree keeps order, grouping and signs as written and never simplifies itself. Every node has a
``key``, the identity of its term across the lines of a derivation. Keys take no part in equality:
two trees are equal when they say the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Literal, TypeVar


class NotationError(ValueError):
    """A tree that could not be written down unambiguously."""


@dataclass(frozen=True)
class Node:
    """A construct of the notation. ``key`` is "" until a line is keyed (see :func:`keyed`)."""

    key: str = field(default="", compare=False, kw_only=True)

    @cached_property
    def children(self) -> tuple[Node, ...]:
        """The sub-expressions, in reading order."""
        found: list[Node] = []
        for value in self._values():
            found.extend(value if isinstance(value, tuple) else (value,))
        return tuple(child for child in found if isinstance(child, Node))

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents before children, in reading order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    def map_children(self, change: Callable[[Node], Node]) -> Node:
        """The same construct over changed sub-expressions."""
        changes: dict[str, object] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Node):
                changes[name] = change(value)
            elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
                changes[name] = tuple(change(item) for item in value)
        return replace(self, **changes) if changes else self  # type: ignore[arg-type]

    def _values(self) -> Iterator[object]:
        return (getattr(self, name) for name in self.__dataclass_fields__)

    def _reject(self, kinds: tuple[type[Node], ...], child: Node) -> None:
        if isinstance(child, kinds):
            raise NotationError(
                f"{type(child).__name__} inside {type(self).__name__} needs a Group around it"
            )


@dataclass(frozen=True)
class Symbol(Node):
    """A single letter with its marks: ``beta``, ``x``, ``x'``, ``y``, ``y_w``, ``theta``, ``D``."""

    name: str


@dataclass(frozen=True)
class Number(Node):
    """A whole number, written in digits."""

    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise NotationError("a negative number is a Signed Number")


@dataclass(frozen=True)
class Decimal(Node):
    """A measured or computed number, rounded as written: ``digits`` is "0.29"."""

    digits: str

    def __post_init__(self) -> None:
        whole, _, part = self.digits.partition(".")
        if not (whole.isdecimal() and part.isdecimal()):
            raise NotationError(f"not a decimal number: {self.digits!r}")


@dataclass(frozen=True)
class Model(Node):
    """A policy named without its arguments: π (""), π* ("*"), π_θ ("theta"), π_ref ("ref")."""

    name: str


@dataclass(frozen=True)
class Policy(Node):
    """The probability that ``model`` gives ``response`` to ``prompt``: π(y | x)."""

    model: Model
    response: Node
    prompt: Node


@dataclass(frozen=True)
class Reward(Node):
    """r(x, y); ``name`` is "" for r, "phi" for r_φ, "hat" for the implicit reward r̂_θ."""

    name: str
    prompt: Node
    response: Node


@dataclass(frozen=True)
class Partition(Node):
    """Z(x), the partition function (eq. 4)."""

    prompt: Node


@dataclass(frozen=True)
class Preference(Node):
    """P(y_w ≻ y_l | x): the probability that the first response is preferred (eq. 1)."""

    chosen: Node
    rejected: Node
    prompt: Node


@dataclass(frozen=True)
class Call(Node):
    """A named function of arguments that the other nodes do not cover: f(x), L(π_θ; π_ref)."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Signed(Node):
    """A term of a sum with its sign; a leading plus is not written."""

    negative: bool
    body: Node

    def __post_init__(self) -> None:
        self._reject((Signed, Sum, Relation), self.body)


@dataclass(frozen=True)
class Sum(Node):
    """Signed terms, in the order written."""

    terms: tuple[Signed, ...]

    def __post_init__(self) -> None:
        if not self.terms:
            raise NotationError("a Sum has at least one term")


@dataclass(frozen=True)
class Product(Node):
    """Factors side by side, in the order written."""

    factors: tuple[Node, ...]

    def __post_init__(self) -> None:
        if len(self.factors) < 2:
            raise NotationError("a Product has at least two factors")
        for factor in self.factors:
            self._reject((Sum, Signed, Product, Relation), factor)
        for factor in self.factors[:-1]:
            self._reject((BigSum, Ranged, Extremum, Gradient), factor)
        for factor, after in zip(self.factors, self.factors[1:], strict=False):
            if isinstance(factor, Log) and not isinstance(after, Group):
                self._reject((Log,), factor)


@dataclass(frozen=True)
class Quotient(Node):
    """A fraction with a bar."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True)
class Group(Node):
    """Round brackets that the author wrote."""

    body: Node


@dataclass(frozen=True)
class Power(Node):
    """``base`` raised to ``exponent``."""

    base: Node
    exponent: Node

    def __post_init__(self) -> None:
        self._reject((Sum, Signed, Product, Quotient, Relation, Log), self.base)


@dataclass(frozen=True)
class Log(Node):
    """Natural logarithm of an argument written without brackets of its own."""

    argument: Node

    def __post_init__(self) -> None:
        self._reject((Sum, Signed, Product, Relation), self.argument)


@dataclass(frozen=True)
class Exp(Node):
    """exp(·), with its brackets."""

    argument: Node


@dataclass(frozen=True)
class Sigmoid(Node):
    """σ(·), the logistic function, with its brackets."""

    argument: Node


@dataclass(frozen=True)
class BigSum(Node):
    """Σ over all responses ``index`` of ``body``."""

    index: Symbol
    body: Node

    def __post_init__(self) -> None:
        self._reject((Sum, Signed, Relation), self.body)


@dataclass(frozen=True)
class Ranged(Node):
    """Σ, Π or ∫ of ``body`` over ``variables`` from ``start`` to ``stop`` or in ``domain``.

    What authors leave out is None; the sum over all responses is a :class:`BigSum`.
    """

    kind: Literal["sum", "prod", "int"]
    variables: tuple[Node, ...]
    start: Node | None
    stop: Node | None
    domain: Node | None
    body: Node

    def __post_init__(self) -> None:
        self._reject((Sum, Signed, Relation), self.body)


@dataclass(frozen=True)
class Indexed(Node):
    """``base`` under an index that is itself a formula: y with τ(k) below it."""

    base: Node
    index: tuple[Node, ...]


@dataclass(frozen=True)
class Derivative(Node):
    """The partial derivative of ``body`` by ``by``, written as a fraction."""

    body: Node
    by: Node


@dataclass(frozen=True)
class Draw(Node):
    """What an expectation is over: ``variables`` ~ ``distribution``, None where it goes unsaid."""

    variables: tuple[Node, ...]
    distribution: Node | None


@dataclass(frozen=True)
class Expectation(Node):
    """𝔼 over ``draws`` of ``body``, with square brackets."""

    draws: tuple[Draw, ...]
    body: Node


@dataclass(frozen=True)
class KL(Node):
    """Kullback-Leibler divergence KL(left ‖ right), in nats."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Extremum(Node):
    """max, min, arg max or arg min of ``body`` over ``over``."""

    kind: Literal["max", "min", "argmax", "argmin"]
    over: Node
    body: Node


@dataclass(frozen=True)
class Gradient(Node):
    """∇ with respect to ``over`` of ``body``."""

    over: Node
    body: Node

    def __post_init__(self) -> None:
        self._reject((Sum, Signed, Relation), self.body)


RelationSign = Literal["=", ":=", "<=", ">=", "<", ">", "propto", "approx"]


@dataclass(frozen=True)
class Relation(Node):
    """A line: ``left`` ``sign`` ``right``."""

    left: Node
    sign: RelationSign
    right: Node

    SIGNS: ClassVar[tuple[str, ...]] = ("=", ":=", "<=", ">=", "<", ">", "propto", "approx")

    def __post_init__(self) -> None:
        if self.sign not in self.SIGNS:
            raise NotationError(f"unknown relation {self.sign!r}; known: {', '.join(self.SIGNS)}")


Tree = TypeVar("Tree", bound=Node)


def rebuild(tree: Node, change: Callable[[Node], Node | None]) -> Node:
    """``tree`` with every node for which ``change`` gives another one replaced by that one.

    Parents are offered first; what a replacement holds is not visited again.
    """
    changed = change(tree)
    if changed is not None:
        return changed
    return tree.map_children(lambda child: rebuild(child, change))


def keyed(tree: Tree, prefix: str = "t") -> Tree:
    """``tree`` with fresh keys ``t1``, ``t2`` … in reading order."""
    counter = iter(range(1, 1_000_000))

    def visit(node: Node) -> Node:
        key = f"{prefix}{next(counter)}"
        return replace(node.map_children(visit), key=key)

    return visit(tree)  # type: ignore[return-value]


def find(tree: Node, pattern: Node) -> list[Node]:
    """All nodes of ``tree`` that say the same as ``pattern``, in reading order."""
    return [node for node in tree.walk() if node == pattern]


def by_key(tree: Node) -> dict[str, Node]:
    """The nodes of a keyed tree by key. Raises :class:`NotationError` when two share one."""
    found: dict[str, Node] = {}
    for node in tree.walk():
        if not node.key or node.key in found:
            raise NotationError(f"key {node.key!r} of {type(node).__name__} is not unique")
        found[node.key] = node
    return found


def parents(tree: Node) -> dict[str, Node]:
    """For each key but the root's, the node right above."""
    return {child.key: node for node in tree.walk() for child in node.children}


def terms_of(node: Node) -> tuple[Signed, ...]:
    """The signed terms of a sum; any other expression is one positive term, without a key."""
    if isinstance(node, Sum):
        return node.terms
    return (node,) if isinstance(node, Signed) else (Signed(False, node),)


def factors_of(node: Node) -> tuple[Node, ...]:
    """The factors of a product; any other expression is its own one factor."""
    return node.factors if isinstance(node, Product) else (node,)
