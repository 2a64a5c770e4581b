"""Typst mathematics from a notation tree, with every mark labelled by the key of its node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import NamedTuple

from dpo_math import notation as n
from dpo_math.printers.letters import GREEK, letter

Label = Callable[[str, str], str]
"""Wraps marks in what tells them apart: ``label(key, marks)``. The brackets of a node come with
:data:`BRACKETS` behind its key."""
Around = Callable[[str, str], str]
"""Puts what it likes around all that a node prints: ``around(key, printed)``."""

BRACKETS = "/brackets"


@dataclass(frozen=True)
class Rows:
    """Where a long line breaks: before signs of its sums, before its relation, after the head of
    an arg max, after the opening bracket of an expectation, or before a factor.

    ``breaks`` holds the keys of those terms, of the relation, of what has the head, or of the
    factor. What stands in brackets makes its rows within them, but what an expectation is of, if
    its bracket ends a row. In ``columns`` the signs and the terms of a sum's rows stand under each
    other; without, only the rows' first signs do.
    """

    breaks: frozenset[str] = frozenset()
    columns: bool = True

    def __bool__(self) -> bool:
        return bool(self.breaks)


SIGNS = {"=": "=", ":=": ":=", "<=": "<=", ">=": ">=", "propto": "prop", "approx": "approx"}
MODELS = {"": "pi", "*": "pi^*", "'": "pi'", "ref": 'pi_"ref"', "tilde": "tilde(pi)"}
ROW_GAP = 0.4
"""Between rows in brackets, in ems."""
NEXT_ROW = " \\ & #h(0.5em) "
SET_IN = "#h(0.5em) "
"""How much more the rows after the opening bracket of an expectation are set in than others."""
SIGN_GAP = 0.22
"""Between a sign and its term in such rows, in ems: a medium space of mathematics."""
TALL_BRACKET = 1.6
"""How high a bracket is, in ems, that a row with a fraction ends or begins with."""
REWARDS = {"": "r", "*": "r^*", "'": "r'", "hat": "hat(r)_theta"}


class NumberSigns(NamedTuple):
    """The signs of a language's numbers: before the decimals, and between thousands."""

    point: str = "."
    group: str = ""


def typst(
    tree: n.Node,
    *,
    label: Label | None = None,
    rows: Rows | None = None,
    signs: NumberSigns | None = None,
    around: Around | None = None,
) -> str:
    """The tree as the body of a Typst equation; ``signs`` are those of its numbers.

    ``label`` must not change the layout (a text fill does not); without it the output is the plain
    formula, equal in every other character. ``around`` is asked for every node that does not go on
    in the next row; it may add space.
    """

    def plain(_key: str, printed: str) -> str:
        return printed

    return _Printer(label or plain, rows or Rows(), signs or NumberSigns(), around or plain).print(
        tree
    )


class _Printer:
    def __init__(self, label: Label, rows: Rows, signs: NumberSigns, around: Around) -> None:
        self._label = label
        self._rows = rows
        self._signs = signs
        self._around = around
        self._depth = 0
        """How many brackets and broken sums what is printed stands in."""
        self._next_row = NEXT_ROW

    def _own(self, node: n.Node, marks: str) -> str:
        return self._label(node.key, marks)

    def _brackets(self, node: n.Node, inner: str, opening: str = "(", closing: str = ")") -> str:
        left, right = (self._bracket(node, mark) for mark in (opening, closing))
        return f"lr({left} {inner} {right})"

    def _flat_brackets(self, node: n.Node, inner: str) -> str:
        return f"{self._bracket(node, '(')} {inner} {self._bracket(node, ')')}"

    def _inside(self, node: n.Node) -> str:
        """``node`` as it stands in brackets: its rows are a block."""
        self._depth += 1
        printed = self.print(node)
        self._depth -= 1
        return printed

    def _broken(self, rows: list[str]) -> str:
        """Rows that continue each other, the later ones set in."""
        if self._depth == 0:
            return self._next_row.join(rows)
        first, *others = map(_displayed, rows)
        return self._block("; ".join([first, *(f"thick {row}" for row in others)]))

    def _block(self, rows: str) -> str:
        """Rows one under the other within a formula, their middle on its axis."""
        gaps = f"row-gap: #{ROW_GAP}em, column-gap: #{SIGN_GAP}em"
        return f"mat(delim: #none, align: #left, {gaps}, {rows})"

    def _bracket(self, node: n.Node, mark: str) -> str:
        return self._label(node.key + BRACKETS, "\\" + mark)

    def print(self, node: n.Node) -> str:
        printed = self._print(node)
        return printed if NEXT_ROW in printed else self._around(node.key, printed)

    @singledispatchmethod
    def _print(self, node: n.Node) -> str:
        raise n.NotationError(f"no Typst for {type(node).__name__}")

    @_print.register
    def _(self, node: n.Symbol) -> str:
        base, subscript, primes = letter(node.name)
        script = f"cal({base})" if base == "D" else base
        if subscript:
            script += f"_{subscript}" if len(subscript) == 1 else f'_"{subscript}"'
        if subscript in GREEK:
            script = f"{base}_{subscript}"
        return self._own(node, script + "'" * primes)

    @_print.register
    def _(self, node: n.Number) -> str:
        *before, last = f"{node.value:,}".split(",")
        return self._own(node, "".join(group + self._group() for group in before) + last)

    def _group(self) -> str:
        """What stands between thousands: a space is as wide as formulas have it."""
        group = self._signs.group
        return " thin " if group.isspace() else group and f' class("normal", \\{group}) '

    @_print.register
    def _(self, node: n.Decimal) -> str:
        whole, _, part = node.digits.partition(".")
        point = self._signs.point
        point = "." if point == "." else f' class("normal", \\{point}) '
        return self._own(node, whole + point + part)

    @_print.register
    def _(self, node: n.Model) -> str:
        return self._own(node, MODELS.get(node.name) or f"pi_{node.name}")

    @_print.register
    def _(self, node: n.Policy) -> str:
        bar = self._own(node, 'class("relation", bar.v)')
        inner = f"{self.print(node.response)} {bar} {self.print(node.prompt)}"
        return f"{self.print(node.model)} {self._flat_brackets(node, inner)}"

    def _arguments(self, node: n.Node, arguments: tuple[n.Node, ...]) -> str:
        comma = f" {self._own(node, chr(92) + ',')} "
        return self._flat_brackets(node, comma.join(self.print(item) for item in arguments))

    @_print.register
    def _(self, node: n.Reward) -> str:
        name = REWARDS.get(node.name) or f"r_{node.name}"
        return f"{self._own(node, name)} {self._arguments(node, (node.prompt, node.response))}"

    @_print.register
    def _(self, node: n.Partition) -> str:
        return f"{self._own(node, 'Z')} {self._arguments(node, (node.prompt,))}"

    @_print.register
    def _(self, node: n.Preference) -> str:
        over, given = self._own(node, "succ"), self._own(node, 'class("relation", bar.v)')
        chosen, rejected = self.print(node.chosen), self.print(node.rejected)
        inner = f"{chosen} {over} {rejected} {given} {self.print(node.prompt)}"
        return f"{self._own(node, 'P')} {self._flat_brackets(node, inner)}"

    @_print.register
    def _(self, node: n.Call) -> str:
        name = "cal(L)" if node.name == "L" else node.name
        return f"{self._own(node, name)} {self._arguments(node, node.arguments)}"

    @_print.register
    def _(self, node: n.Signed) -> str:
        return self._signed(node, leading=True)

    def _signed(self, node: n.Signed, leading: bool) -> str:
        sign = "-" if node.negative else "" if leading else "+"
        mark = f"{self._own(node, sign)} " if sign else ""
        return mark + self.print(node.body)

    @_print.register
    def _(self, node: n.Sum) -> str:
        if self._breaks_in(node):
            return self._sum_in_open(node) if self._hanging() else self._sum_in_block(node.terms)
        return " ".join(self._signed(term, i == 0) for i, term in enumerate(node.terms))

    def _hanging(self) -> bool:
        """Whether what is printed begins a row of its own, in a bracket that the last one ended."""
        return self._next_row != NEXT_ROW and self._depth == 0

    def _sum_in_open(self, node: n.Sum) -> str:
        printed = ""
        for i, term in enumerate(node.terms):
            # The empty string keeps the sign binary, so it is spaced as one.
            gap = f'{self._next_row} "" ' if term.key in self._rows.breaks else " "
            printed += gap * (i > 0) + self._signed(term, i == 0)
        return printed

    def _breaks_in(self, node: n.Node) -> bool:
        return any(term.key in self._rows.breaks for term in n.terms_of(node)[1:])

    def _in_rows(self, terms: tuple[n.Signed, ...]) -> str:
        """The outermost sum, after a relation and its alignment point."""
        self._depth += 1
        rows = [" & ".join(row) for row in self._cells(terms)]
        self._depth -= 1
        # An empty string before a row's first sign keeps it binary, so it is spaced as one.
        return " & " + ' \\ & & "" '.join(rows)

    def _sum_in_block(self, terms: tuple[n.Signed, ...], before: str = "") -> str:
        """The rows of a sum; ``before`` stands before the first of them."""
        self._depth += 1
        cells = self._cells(terms)
        self._depth -= 1
        if before:
            cells = [[before if i == 0 else "", *row] for i, row in enumerate(cells)]
        return self._block("; ".join(", ".join(map(_displayed, row)) for row in cells))

    def _cells(self, terms: tuple[n.Signed, ...]) -> list[list[str]]:
        """Rows of cells: sign, term, sign, term; or sign and all the rest, without columns."""
        rows: list[list[str]] = []
        for i, term in enumerate(terms):
            sign = "-" if term.negative else "" if i == 0 else "+"
            cells = [self._own(term, sign) if sign else "", self.print(term.body)]
            if i == 0 or term.key in self._rows.breaks:
                rows.append(cells)
            elif self._rows.columns:
                rows[-1] += cells
            else:
                rows[-1][-1] += f" {cells[0]} {cells[1]}"
        return rows

    @_print.register
    def _(self, node: n.Product) -> str:
        rows: list[list[str]] = [[]]
        for factor in node.factors:
            # The factor's key says "after the head" of one that has a head.
            if factor.key in self._rows.breaks and not isinstance(factor, HEADED):
                rows.append([self._own(node, "dot.op")])
            rows[-1].append(self.print(factor))
        return self._broken([" ".join(row) for row in rows]) if len(rows) > 1 else " ".join(rows[0])

    @_print.register
    def _(self, node: n.Quotient) -> str:
        # The bar takes the fill around the fraction; numerator and denominator set their own.
        top, bottom = self._inside(node.numerator), self._inside(node.denominator)
        return self._own(node, f"frac({top}, {bottom})")

    @_print.register
    def _(self, node: n.Derivative) -> str:
        top, bottom = (
            f"{self._own(node, 'partial')} {self.print(part)}" for part in (node.body, node.by)
        )
        return self._own(node, f"frac({top}, {bottom})")

    @_print.register
    def _(self, node: n.Group) -> str:
        return self._brackets(node, self._inside(node.body))

    @_print.register
    def _(self, node: n.Power) -> str:
        return f"{self.print(node.base)}^({self.print(node.exponent)})"

    @_print.register
    def _(self, node: n.Log) -> str:
        return f"{self._own(node, 'log')} {self.print(node.argument)}"

    @_print.register
    def _(self, node: n.Exp) -> str:
        return f"{self._own(node, 'exp')} {self._brackets(node, self._inside(node.argument))}"

    @_print.register
    def _(self, node: n.Sigmoid) -> str:
        return f"{self._own(node, 'sigma')} {self._brackets(node, self._inside(node.argument))}"

    @_print.register
    def _(self, node: n.BigSum) -> str:
        return f"{self._own(node, f'sum_({self.print(node.index)})')} {self.print(node.body)}"

    @_print.register
    def _(self, node: n.Draw) -> str:
        comma = f" {self._own(node, chr(92) + ',')} "
        drawn = comma.join(self.print(variable) for variable in node.variables)
        if node.distribution is None:
            return drawn
        return f"{drawn} {self._own(node, 'tilde.op')} {self.print(node.distribution)}"

    @_print.register
    def _(self, node: n.Expectation) -> str:
        comma = f" {self._own(node, chr(92) + ',')} "
        draws = comma.join(self.print(draw) for draw in node.draws)
        head = self._own(node, f"EE_({draws})")
        if not self._hangs(node):
            return f"{head} {self._brackets(node, self._inside(node.body), '[', ']')}"
        tall = any(isinstance(part, n.Quotient) for part in node.body.walk())
        opening, closing = (
            f"lr(size: #{TALL_BRACKET}em, {mark})" if tall else mark
            for mark in (self._bracket(node, "["), self._bracket(node, "]"))
        )
        begins_row = node.key in self._rows.breaks
        if begins_row:
            self._next_row += SET_IN
        body = f"{self._next_row if begins_row else ''} {self.print(node.body)}"
        self._next_row = NEXT_ROW
        return f"{head} {opening} {body} {closing}"

    def _hangs(self, node: n.Node) -> bool:
        """Whether what an expectation is of, or what that is of, begins a row."""
        if not isinstance(node, n.Expectation):
            return False
        return node.key in self._rows.breaks or self._hangs(node.body)

    @_print.register
    def _(self, node: n.KL) -> str:
        bars = self._own(node, 'class("relation", bar.v.double)')
        inner = f"{self.print(node.left)} {bars} {self.print(node.right)}"
        name = self._own(node, 'op(upright("KL"))')
        return f"{name} {self._flat_brackets(node, inner)}"

    @_print.register
    def _(self, node: n.Extremum) -> str:
        argument, kind = node.kind.startswith("arg"), node.kind.removeprefix("arg")
        operator = f'op("arg" thin "{kind}", limits: #true)' if argument else kind
        head = self._own(node, f"{operator}_({self.print(node.over)})")
        body = self.print(node.body)
        return (
            self._broken([head, body]) if node.key in self._rows.breaks else f"{head} thin {body}"
        )

    @_print.register
    def _(self, node: n.Gradient) -> str:
        return f"{self._own(node, f'nabla_({self.print(node.over)})')} {self.print(node.body)}"

    @_print.register
    def _(self, node: n.Relation) -> str:
        left, sign = self.print(node.left), self._own(node, SIGNS[node.sign])
        if node.key in self._rows.breaks:
            terms, broken = n.terms_of(node.right), self._breaks_in(node.right)
            rest = self._sum_in_block(terms, sign) if broken else f"{sign} {self.print(node.right)}"
            return f"& {left}{NEXT_ROW}{rest}"
        if self._breaks_in(node.right):
            return f"{left} & {sign} {self._in_rows(n.terms_of(node.right))}"
        line = f"{left} {sign} {self.print(node.right)}"
        return f"& {line}" if NEXT_ROW in line else line


HEADED = n.Expectation | n.Extremum
"""What a row can end with the head of, or with its opening bracket."""


def _displayed(cell: str) -> str:
    return f"display({cell})" if cell else ""
