"""Parting the marks of a display into the formulas that stand in it.

An author's display may be one formula, a chain over several rows, formulas stacked in rows, or
formulas with words between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dpo_math.reader.layout import OPERATORS, Mark, awaits


@dataclass
class Piece:
    """The marks of one formula and the words that stood before it."""

    lead: str = ""
    marks: list[Mark] = field(default_factory=list)


def pieces(marks: list[Mark]) -> list[Piece]:
    """The formulas of a display, in reading order; remarks and equation numbers are left out."""
    found = [piece for stream in _streams(_rows(marks)) for piece in _parted(stream)]
    found = [piece for piece in found if piece.marks]
    spoken = [piece for piece in found if not _is_one_bracket(piece.marks)]
    return spoken or found


def _depths(marks: Iterable[Mark]) -> Iterator[tuple[Mark, int]]:
    """Each mark with the number of brackets and braces around it."""
    depth = 0
    for mark in marks:
        depth -= mark.kind in ("CLOSE", "RBRACE")
        yield mark, depth
        depth += mark.kind in ("OPEN", "LBRACE")


def _rows(marks: list[Mark]) -> list[list[Mark]]:
    """The rows of a display, each without alignment marks and without the remark beside it."""
    rows: list[list[list[Mark]]] = [[[]]]
    for mark, depth in _depths(marks):
        if mark.kind == "ROW" and depth == 0:
            rows.append([[]])
        elif mark.kind == "CELL" and depth == 0:
            rows[-1].append([])
        elif mark.kind not in ("ROW", "CELL"):
            rows[-1][-1].append(mark)
    return _without_numbers([_without_remark(cells) for cells in rows])


def _without_remark(cells: list[list[Mark]]) -> list[Mark]:
    """The cells of a row up to ``&&`` behind a whole formula: what follows is a remark."""
    row: list[Mark] = []
    for i, cell in enumerate(cells):
        only_words = all(mark.kind in ("REMARK", "GAP") for mark in row)
        if i and not cell and not only_words and not ends_open(row):
            break
        row.extend(cell)
    return row


def _without_numbers(rows: list[list[Mark]]) -> list[list[Mark]]:
    """Rows without the equation numbers typed behind them, where two rows or more have one."""
    numbers = [int(row[-2].text) for row in rows if _is_numbered(row)]
    if len(numbers) < 2 or numbers != sorted(set(numbers)):
        return rows
    return [row[:-3] if _is_numbered(row) else row for row in rows]


def _is_numbered(row: list[Mark]) -> bool:
    kinds = [mark.kind for mark in row[-3:]]
    return kinds == ["OPEN", "NUMBER", "CLOSE"] and row[-2].text.isdecimal()


def _streams(rows: list[list[Mark]]) -> Iterator[list[Mark]]:
    """Rows joined where one carries on the formula of the row before."""
    stream: list[Mark] = []
    for row in rows:
        carries_on = bool(row and stream) and (_continues(row) or ends_open(stream))
        if stream and not carries_on:
            yield stream
            stream = []
        stream.extend(row)
    if stream:
        yield stream


def _continues(row: list[Mark]) -> bool:
    first = next((mark for mark in row if mark.kind != "GAP"), None)
    return first is not None and first.kind in ("REL", "SIGN", "TIMES", "SLASH")


def ends_open(marks: list[Mark]) -> bool:
    """Whether an operand is still due: after a relation, a sign, or max with its subscript."""
    end = len(marks)
    while end and marks[end - 1].kind == "RBRACE":
        start = _opening(marks, end - 1)
        if start == 0 or marks[start - 1].kind not in ("SUB", "SUP"):
            return False
        end = start - 1
    last = marks[end - 1] if end else None
    return last is not None and (awaits(last) if end == len(marks) else last.text in OPERATORS)


def _opening(marks: list[Mark], end: int) -> int:
    depth = 0
    for i in range(end, -1, -1):
        depth += {"RBRACE": 1, "LBRACE": -1}.get(marks[i].kind, 0)
        if depth == 0:
            return i
    return 0


def _is_one_bracket(marks: list[Mark]) -> bool:
    if marks[0].kind != "OPEN" or marks[-1].kind != "CLOSE":
        return False
    return all(depth > 0 for _, depth in list(_depths(marks))[1:-1])


class _Parting:
    """Splits one stream of marks at commas, arrows, wide gaps and words between formulas."""

    def __init__(self, stream: list[Mark]) -> None:
        self._stream = stream
        self._pieces = [Piece()]

    def pieces(self) -> list[Piece]:
        for i, (mark, depth) in enumerate(_depths(self._stream)):
            following = self._stream[i + 1] if i + 1 < len(self._stream) else None
            self._take(mark, depth, following)
        return self._pieces

    @property
    def _marks(self) -> list[Mark]:
        return self._pieces[-1].marks

    def _part(self, lead: str = "") -> None:
        if self._marks:
            self._pieces.append(Piece(lead))
        elif lead:
            self._pieces[-1].lead = lead

    def _take(self, mark: Mark, depth: int, following: Mark | None) -> None:
        if depth:
            self._inside(mark)
            return
        due = ends_open(self._marks)
        match mark.kind:
            case "COMMA" | "STOP":
                if not due:
                    self._part()
            case "ARROW":
                self._part()
            case "GAP":
                if self._marks and not due and following and following.kind in ("NAME", "OPEN"):
                    self._part()
            case "COLON":
                self._colon(mark, following)
            case "REMARK":
                if due or (not self._marks and following and following.kind in ("REL", "SUB")):
                    self._marks.append(mark._replace(kind="NAME"))
                else:
                    self._part(mark.text)
            case "NAME" if mark.text in ("forall", "exists"):
                self._part("for all")
            case "REL" if mark.text == "=" and self._marks and self._marks[-1].kind == "COLON":
                self._marks[-1] = mark._replace(text=":=")
            case _:
                self._marks.append(mark)

    def _inside(self, mark: Mark) -> None:
        if mark.kind in ("REMARK", "STOP"):
            mark = mark._replace(kind="NAME")
        elif mark.kind == "COLON":
            mark = mark._replace(kind="COMMA")
        if mark.kind not in ("GAP", "ARROW"):
            self._marks.append(mark)

    def _colon(self, mark: Mark, following: Mark | None) -> None:
        """``:=`` is a definition; a word before a colon is a heading."""
        if following is not None and following.kind == "REL":
            self._marks.append(mark)
        elif len(self._marks) == 1 and len(self._marks[0].text) > 1:
            self._marks.clear()
        else:
            self._part()


def _parted(stream: list[Mark]) -> list[Piece]:
    return _Parting(stream).pieces()
