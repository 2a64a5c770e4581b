"""Where the terms of a line come from, however many moves back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dpo_math import notation as n
from dpo_math.derivation.lines import Derivation, Line


def descent(lines: Derivation, line: Line, ancestor: Line) -> Mapping[str, str]:
    """The key of each term of ``line`` that comes from a term of ``ancestor``, and that term's.

    A term comes from another if every move between kept it or copied it, or put in a rule that it
    was copied from. What a move made anew comes from nothing before.
    """
    found = ((node.key, _source(lines, line, node.key, ancestor)) for node in line.tree.walk())
    return MappingProxyType({key: source for key, source in found if source is not None})


def forebears(lines: Derivation, line: Line) -> tuple[Line, ...]:
    """All lines that ``line`` rests on, itself last, in the order of the derivation."""
    found, waiting = set[str](), [line]
    while waiting:
        each = waiting.pop()
        if each.id not in found:
            found.add(each.id)
            waiting += _parents(lines, each)
    return tuple(each for each in lines if each.id in found)


def _parents(lines: Derivation, line: Line) -> list[Line]:
    """The line moved from, and the rule put in."""
    if line.step is None or line.follows is None:
        return []
    rule = line.step.rule
    rules = (each for each in lines if each.tree is rule)
    return [lines[line.follows], *rules]


def _source(lines: Derivation, line: Line, key: str, ancestor: Line) -> str | None:
    while line is not ancestor:
        step = line.step
        if step is None:
            return None
        before, *rule = _parents(lines, line)
        if key in n.by_key(step.before):
            line = before
            continue
        origin = step.origins.get(key)
        if origin is None or origin.kind != "copy":
            return None
        key, line = origin.key, before if origin.source == "line" else rule[0]
    return key
