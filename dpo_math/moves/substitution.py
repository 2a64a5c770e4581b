"""Moves that read a line for other letters, or put one line into another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from dpo_math import notation as n
from dpo_math.moves.step import MoveError, Step, Trace, needs_brackets, put, require, target_of
from dpo_math.printers import tex

FREE = ("x", "x'", "y", "y'", "y_w", "y_l")
"""The letters for prompts and responses, which a rule may be read for any of."""
ANYTHING = n.Symbol("t")
"""The letter in a rule that stands for any expression."""


def _bindings(pattern: n.Node, tree: n.Node) -> dict[n.Node, n.Node] | None:
    """The reading of free letters that makes ``pattern`` say what ``tree`` says, if any."""
    found: dict[n.Node, n.Node] = {}

    def match(left: n.Node, right: n.Node) -> bool:
        if left == ANYTHING:
            bare = right.body if isinstance(right, n.Group) else right
            return found.setdefault(left, bare) == bare
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
        require(old in FREE and new in FREE, f"rename: {old} → {new} is not a prompt or response")
        require(old[0] == new[0], f"rename: {old} and {new} are not of one sort")
    bound = {node.index for node in line.walk() if isinstance(node, n.BigSum)}
    require(not bound & set(table), "rename: a letter of the sum is bound")
    parts = [line] if within is None else within
    concerned = {node.key for part in parts for node in part.walk() if node in table}
    require(bool(concerned), f"rename: {', '.join(letters)} not in {tex(line)}")
    trace = Trace("rename", line)

    def change(node: n.Node) -> n.Node | None:
        return trace.like(table[node], node) if node.key in concerned else None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return trace.step(changed)


def replace_policy(line: n.Relation, old: str, new: str) -> Step:
    """Write the policy ``new`` wherever ``old`` stands.

    That is no deduction: whoever does it chooses to.
    """
    concerned = {node.key for node in line.walk() if node == n.Model(old)}
    require(bool(concerned), f"replace policy: {tex(n.Model(old))} is not in {tex(line)}")
    trace = Trace("replace_policy", line)

    def change(node: n.Node) -> n.Node | None:
        return trace.like(n.Model(new), node) if node.key in concerned else None

    changed = n.rebuild(line, change)
    assert isinstance(changed, n.Relation)
    return trace.step(changed)


def substitute(
    line: n.Relation, rule: n.Relation, at: n.Node, side: Literal["left", "right"] | None = None
) -> Step:
    """Put the right side of ``rule`` where its left side stands, read for the letters of ``at``."""
    inside = {node.key for node in (getattr(line, side) if side else line).walk()}
    target = target_of(line, at, lambda node: node.key in inside, "substitute", tex(at))
    trace = Trace("substitute", line, rule)
    replacement = _instance(trace, rule, target)
    trace.merge(target.walk(), replacement.walk())
    return trace.step(trace.put_sum(line, target, replacement))


def recognise(line: n.Relation, rule: n.Relation, at: n.Node) -> Step:
    """Put the left side of ``rule`` where its right side stands, read for the letters of ``at``.

    The letter t of the rule may stand for any expression.
    """
    target = target_of(line, at, lambda _: True, "recognise", tex(at))
    trace = Trace("recognise", line, rule)
    letters = _bindings(rule.right, target)
    if letters is None:
        raise MoveError(f"recognise: {tex(rule.right)} does not say {tex(target)}")
    kept = letters.pop(ANYTHING, None)
    renamed = {old: new for old, new in letters.items() if old != new}
    replacement = trace.copy(rule.left, "rule", renamed, keep={ANYTHING: kept} if kept else {})
    staying = {node.key for node in kept.walk()} if kept else set()
    merging = [node for node in target.walk() if node.key not in staying]
    trace.merge(merging, [node for node in replacement.walk() if node.key not in staying])
    return trace.step(put(line, target, replacement))


def evaluate(line: n.Relation, rule: n.Relation, expression: n.Node, at: n.Node) -> Step:
    """Take ``expression`` out of ``line`` and write what it is once ``rule`` is put in ``at``.

    From P = σ(a − b) and a = c it makes a − b = c − b.
    """
    taken = target_of(line, expression, lambda _: True, "evaluate", tex(expression))
    require(bool(n.find(taken, at)), f"evaluate: {tex(at)} is not in {tex(taken)}")
    trace = Trace("evaluate", line, rule)
    inside = {node.key for node in taken.walk()}
    trace.drop(*(n for n in line.walk() if n.key not in inside and n.key != line.key))
    again = n.Relation(taken, "=", trace.copy(taken), key=line.key)
    target = n.find(again.right, at)[0]
    replacement = _instance(trace, rule, target)
    above = n.parents(again).get(target.key)
    if isinstance(replacement, n.Sum) and needs_brackets(above):
        original = n.find(taken, at)[0]
        replacement = trace.grow(n.Group(replacement), original)
    return trace.step(put(again, target, replacement))


def _instance(trace: Trace, rule: n.Relation, target: n.Node) -> n.Node:
    letters = _bindings(rule.left, target)
    if letters is None:
        raise MoveError(f"{trace.move}: {tex(rule.left)} does not say {tex(target)}")
    changed = {old: new for old, new in letters.items() if old != new}
    return trace.copy(rule.right, "rule", changed)
