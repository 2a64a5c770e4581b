"""The groups of one formula, as ``marks.lark`` reads them from its marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark.lexer import Lexer

from dpo_math.reader.errors import CannotRead
from dpo_math.reader.layout import Mark


@dataclass(frozen=True, slots=True)
class Name:
    """A letter, a word or an operator's name."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Operator:
    """A dot or cross between factors, or a slash."""

    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class Braces:
    """A group without brackets of its own."""

    inside: Entries


@dataclass(frozen=True, slots=True)
class Brackets:
    """A group in brackets; ``kind`` is the opening one."""

    kind: str
    inside: Entries
    at: int


@dataclass(frozen=True, slots=True)
class Fraction:
    top: Braces
    bottom: Braces
    at: int


@dataclass(frozen=True, slots=True)
class Root:
    inside: Braces
    at: int


@dataclass(frozen=True, slots=True)
class Accent:
    """A hat, tilde or bar over a letter."""

    name: str
    inside: Braces
    at: int


Atom = Name | Numeral | Braces | Brackets | Fraction | Root | Accent


@dataclass(frozen=True, slots=True)
class Scripted:
    """An atom with what hangs below and above it."""

    base: Atom
    below: tuple[Braces, ...] = ()
    above: tuple[Braces, ...] = ()
    primes: int = 0

    @property
    def at(self) -> int:
        return first_place(self.base)


Factor = Scripted | Operator


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms with their signs ("" where none is written), each its factors side by side."""

    terms: tuple[tuple[str, tuple[Factor, ...]], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides and the relations between them; a side that is not written is None."""

    sides: tuple[Terms | None, ...]
    relations: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Chains with bars between them: y | x, or π ‖ π_ref."""

    parts: tuple[Chain, ...]
    bars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries with commas or semicolons between them."""

    entries: tuple[Entry, ...]


def first_place(atom: Atom) -> int:
    """The offset at which ``atom`` starts, as near as it is known."""
    if not isinstance(atom, Braces):
        return atom.at
    for entry in atom.inside.entries:
        for side in (side for part in entry.parts for side in part.sides if side is not None):
            return side.terms[0][1][0].at
    return 0


class _Marks(Lexer):
    """Hands the marks to Lark as they are."""

    def __init__(self, _configuration: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[lark.Token]:  # type: ignore[override]
        for mark in data:
            yield lark.Token(mark.kind, mark, start_pos=mark.at)


def _with_marks(make: Any, _rule: Any, children: list[Any], _meta: Any) -> Any:
    return make(*(part.value if isinstance(part, lark.Token) else part for part in children))


@lark.v_args(wrapper=_with_marks)
class _Groups(lark.Transformer[lark.Token, Chain]):
    def start(self, chain: Chain) -> Chain:
        return chain

    def chain(self, *parts: Any) -> Chain:
        relations = tuple(part for part in parts if isinstance(part, Mark))
        sides = tuple(part for part in parts if not isinstance(part, Mark))
        return Chain(sides, relations)

    def sum(self, *parts: Any) -> Terms:
        terms = []
        sign = ""
        for part in parts:
            if isinstance(part, Mark):
                sign = part.text
            elif part is not None:
                terms.append((sign, part))
        return Terms(tuple(terms))

    def product(self, *factors: Factor) -> tuple[Factor, ...]:
        return factors

    def operator(self, mark: Mark) -> Operator:
        return Operator("/" if mark.kind == "SLASH" else "·", mark.at)

    def scripted(self, base: Atom, *scripts: tuple[str, Braces | None]) -> Scripted:
        def hung(where: str) -> tuple[Braces, ...]:
            return tuple(group for kind, group in scripts if kind == where and group is not None)

        primes = sum(kind == "prime" for kind, _ in scripts)
        return Scripted(base, hung("below"), hung("above"), primes)

    def below(self, _: Mark, group: Braces) -> tuple[str, Braces]:
        return "below", group

    def above(self, _: Mark, group: Braces) -> tuple[str, Braces]:
        return "above", group

    def prime(self, _: Mark) -> tuple[str, None]:
        return "prime", None

    def name(self, mark: Mark) -> Name:
        return Name(mark.text, mark.at)

    def number(self, mark: Mark) -> Numeral:
        return Numeral(mark.text, mark.at)

    def group(self, _open: Mark, inside: Entries, _close: Mark) -> Braces:
        return Braces(inside)

    def bracket(self, opening: Mark, inside: Entries, _close: Mark) -> Brackets:
        return Brackets(opening.text, inside, opening.at)

    def fraction(self, mark: Mark, top: Braces, bottom: Braces) -> Fraction:
        return Fraction(top, bottom, mark.at)

    def root(self, mark: Mark, inside: Braces) -> Root:
        return Root(inside, mark.at)

    def accent(self, mark: Mark, inside: Braces) -> Accent:
        return Accent(mark.text, inside, mark.at)

    def entries(self, *parts: Any) -> Entries:
        return Entries(tuple(part for part in parts if isinstance(part, Entry)))

    def entry(self, *parts: Any) -> Entry:
        chains = tuple(part for part in parts if isinstance(part, Chain))
        return Entry(chains, tuple(part.text for part in parts if isinstance(part, Mark)))


@cache
def _parser() -> lark.Lark:
    grammar = Path(__file__).with_name("marks.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar, parser="lalr", lexer=_Marks, transformer=_Groups())


def group(marks: Iterable[Mark]) -> Chain:
    """The groups of one formula. Raises :class:`CannotRead` at the first mark out of place."""
    try:
        return _parser().parse(list(marks))  # type: ignore[return-value]
    except lark.UnexpectedToken as error:
        mark = error.token.value
        if isinstance(mark, Mark):
            raise CannotRead(f"{mark.shown} is out of place", mark.at) from None
        raise CannotRead("the formula breaks off", error.token.start_pos or 0) from None
