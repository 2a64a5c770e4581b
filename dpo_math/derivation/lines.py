"""What a line of the derivation is, and the list that the chapters write them into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dpo_math import notation as n
from dpo_math.assumptions import Assumption
from dpo_math.moves import Step

Move = Callable[[n.Relation], Step]
Assumptions = tuple[Assumption, ...]


class Kind(StrEnum):
    """How a line comes to hold: it follows, it says what a sign means, it is assumed of the world,
    or somebody chose it."""

    CLAIM = "claim"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"
    CHOICE = "choice"


BESIDE = 0
"""The lesson step of a line that no step of the lesson needs."""


@dataclass(frozen=True)
class Line:
    """A line of the derivation.

    ``lesson_step`` is 1 to 5, or :data:`BESIDE`: the gradient and the lemmas. ``source`` is the
    equation or section of the paper. ``assumptions`` are all that the line needs and none that it
    does not. ``step`` is the move that made it, None for a line that starts a chain; ``follows``
    names the line moved from. ``note`` says what a reader should know, such as where the paper is
    loose.
    """

    id: str
    tree: n.Relation
    kind: Kind
    lesson_step: int
    source: str
    assumptions: Assumptions = ()
    step: Step | None = None
    follows: str | None = None
    note: str = ""


class Derivation:
    """The lines in order, by name."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def __getitem__(self, line_id: str) -> Line:
        return self._lines[line_id]

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def by_id(self) -> Mapping[str, Line]:
        return MappingProxyType(self._lines)

    def add(self, line: Line) -> None:
        if line.id in self._lines:
            raise ValueError(f"two lines are called {line.id}")
        self._lines[line.id] = line

    def state(
        self,
        line_id: str,
        tree: n.Relation,
        lesson_step: int,
        source: str,
        kind: Kind = Kind.CLAIM,
        assumptions: Assumptions = (),
        note: str = "",
    ) -> None:
        """Add a line that no move made."""
        self.add(Line(line_id, n.keyed(tree), kind, lesson_step, source, assumptions, note=note))

    def move(
        self,
        follows: str,
        line_id: str,
        move: Move,
        source: str,
        assumptions: Assumptions | None = None,
        lesson_step: int | None = None,
        kind: Kind = Kind.CLAIM,
        note: str = "",
    ) -> None:
        """Add the line that ``move`` makes of the line called ``follows``.

        What is not said is as it is for that line.
        """
        before = self[follows]
        step = move(before.tree)
        assumed = before.assumptions if assumptions is None else assumptions
        chapter = before.lesson_step if lesson_step is None else lesson_step
        self.add(Line(line_id, step.line, kind, chapter, source, assumed, step, follows, note))
