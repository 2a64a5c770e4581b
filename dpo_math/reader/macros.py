r"""Macros of a page: ``\newcommand``, ``\def`` and their kin, found and expanded within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from dpo_math.reader.errors import MAX_TOKENS, CannotRead
from dpo_math.reader.tokens import Token, scan

MAX_EXPANSIONS = 1_000
"""The most macro expansions in one formula."""

MAX_BODY = 1_000
"""The longest body of a macro that is followed, in characters."""


@dataclass(frozen=True)
class Macro:
    """What a command stands for: tokens with ``#1`` … ``#9`` for its ``arity`` arguments.

    ``default`` is the value of an optional first argument.
    """

    arity: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None


Macros = Mapping[str, Macro]
NO_MACROS: Macros = MappingProxyType({})

_DEFINITION = re.compile(
    r"""\\(?:(?P<operator>DeclareMathOperator)\*?
          | (?:re)?newcommand\*? | providecommand\*? | [gex]?def)
        \s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?
        \s*(?:\[(?P<arity>\d)\])?\s*(?:\[(?P<default>[^\]]{0,100})\])?
        (?P<parameters>(?:\#\d)*)\s*\{""",
    re.VERBOSE,
)


def definitions(page: str) -> dict[str, Macro]:
    """The macros that ``page`` defines; a later definition wins. Unreadable bodies are left out."""
    found: dict[str, Macro] = {}
    for match in _DEFINITION.finditer(page):
        body = _braced(page, match.end())
        if body is None:
            continue
        if match["operator"]:
            body = rf"\operatorname{{{body}}}"
        arity = int(match["arity"] or match["parameters"].count("#") or 0)
        macro = _macro(arity, body, match["default"])
        if macro is not None:
            found[match["name"]] = macro
    return found


def _macro(arity: int, body: str, default: str | None) -> Macro | None:
    try:
        first = None if default is None else tuple(scan(default))
        return Macro(arity, tuple(scan(body)), first)
    except CannotRead:
        return None


def _braced(page: str, start: int) -> str | None:
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(page, start, start + MAX_BODY):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return page[start : found.start()]
    return None


def expand(tokens: list[Token], macros: Macros) -> list[Token]:
    """``tokens`` with every macro replaced by what it stands for, standing where it was used.

    Raises :class:`CannotRead` when a macro misses an argument or expansion does not end soon.
    """
    waiting = tokens[::-1]
    done: list[Token] = []
    expansions = 0
    while waiting:
        token = waiting.pop()
        macro = macros.get(token.text) if token.kind == "command" else None
        if macro is None:
            done.append(token)
        else:
            expansions += 1
            arguments = _arguments(token, macro, waiting)
            waiting.extend(reversed([*_filled(token, macro, arguments)]))
        if expansions > MAX_EXPANSIONS or len(waiting) + len(done) > MAX_TOKENS:
            raise CannotRead(f"macros that do not end after {expansions} expansions", token.at)
    return done


def _arguments(use: Token, macro: Macro, waiting: list[Token]) -> list[list[Token]]:
    arguments: list[list[Token]] = []
    if macro.default is not None:
        arguments.append(_optional(waiting) or list(macro.default))
    while len(arguments) < macro.arity:
        if not waiting:
            raise CannotRead(f"{use.shown} without all of its {macro.arity} arguments", use.at)
        arguments.append(_argument(waiting))
    return arguments


def _argument(waiting: list[Token]) -> list[Token]:
    taken = [waiting.pop()]
    depth = 1 if taken[0].kind == "{" else 0
    while depth and waiting:
        taken.append(waiting.pop())
        depth += {"{": 1, "}": -1}.get(taken[-1].kind, 0)
    return taken[1:-1] if taken[0].kind == "{" else taken


def _optional(waiting: list[Token]) -> list[Token] | None:
    if not waiting or waiting[-1].text != "[":
        return None
    end = next((i for i in range(len(waiting) - 1, -1, -1) if waiting[i].text == "]"), None)
    if end is None:
        return None
    taken = waiting[end + 1 : -1][::-1]
    del waiting[end:]
    return taken


def _filled(use: Token, macro: Macro, arguments: list[list[Token]]) -> Iterator[Token]:
    body = iter(macro.body)
    for token in body:
        if token.text != "#":
            yield replace(token, at=use.at)
            continue
        which = next(body, None)
        if which is None or not which.text.isdecimal() or not 0 < int(which.text) <= len(arguments):
            raise CannotRead(
                f"{use.shown} is defined with an argument that it does not take", use.at
            )
        yield from arguments[int(which.text) - 1]
