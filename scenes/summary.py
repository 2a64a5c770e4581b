"""Lines of the lesson under each other, each coming out of the one before it."""

from __future__ import annotations

from typing import NamedTuple

from manim import DOWN, LEFT, RIGHT, Animation, ApplyMethod, FadeIn, Group, Mobject
from manim.utils.rate_functions import there_and_back

from dpo_math.derivation import LINES, Line, descent, forebears
from dpo_math.verify import Verdict, report
from scenes import choreography
from scenes.equation import Equation
from scenes.furniture import VerdictMark, Words
from scenes.layout import Point
from scenes.lesson_scene import LessonScene
from scenes.motion import motion_in
from scenes.staging import Staged
from scenes.theme import Role

SWOLLEN = 1.15
"""How large a verdict is for a moment that is spoken of."""
VERDICT_DROP = 0.3
"""How far below the middle of a line the baseline of its verdict is, in ems."""


class Entry(NamedTuple):
    """A line in the list: its place in the lesson, itself with its verdict, and how many lines were
    proved to come to it from the entry above, if any were."""

    number: Words
    staged: Staged
    verdict: VerdictMark
    proved: tuple[Words, ...]

    @property
    def parts(self) -> list[Mobject]:
        return [self.number, *self.staged.parts, *self.proved]


class Summary(LessonScene):
    """A scene that lists lines. Relations stand under each other where the frame is wide enough."""

    def list_lines(self, *line_ids: str) -> None:
        """Say which lines the list will have, for their places depend on all of them."""
        lines = [self._checked(LINES[line_id]) for line_id in line_ids]
        self.entries, self._listed = [], 0
        for line, above in zip(lines, [None, *lines], strict=False):
            self.entries.append(self._entry(line, above))
        self._align()
        self._spread()

    def next_line(self) -> None:
        """Let the next line of the list come up, made of the terms that it has from the one above.

        It is the line in force then.
        """
        entry = self.entries[self._listed]
        above = self.entries[self._listed - 1].staged if self._listed else None
        self._listed += 1
        staged = entry.staged
        if above is None:
            motion = motion_in(self, choreography.appearing, staged.equation.outlines)
        else:
            sources = descent(LINES, staged.line, above.line)
            cast = choreography.descending
            motion = motion_in(self, cast, above.equation, staged.equation, sources)
        pace = self.theme.durations
        self.play(FadeIn(entry.number), motion, seconds=pace.move if above else pace.appear)
        self.remove(motion.marks)
        self.add(staged.equation)
        self.play(FadeIn(entry.verdict), seconds=pace.note)
        self.stage = staged

    def count_proofs(self) -> None:
        """Say under each verdict in turn how many lines were proved on the way there."""
        for entry in self.entries:
            if entry.proved:
                self.swell(entry.staged.line.id, *map(FadeIn, entry.proved))

    def swell(self, line_id: str, *meanwhile: Animation) -> None:
        """Let the verdict on a line of the list grow a little, and come back."""
        (mark,) = (e.verdict for e in self.entries if e.staged.line.id == line_id)
        left = mark.get_edge_center(LEFT)
        swelling = ApplyMethod(mark.scale, SWOLLEN, {"about_point": left}, rate_func=there_and_back)
        self.play(swelling, *meanwhile, seconds=self.theme.durations.leave)

    def take(self, line_id: str) -> None:
        """Bring a line of the list onto the stage; the list goes."""
        (old,) = (e.staged.equation for e in self.entries if e.staged.line.id == line_id)
        self.leave(*(part for entry in self.entries for part in entry.parts if part is not old))
        staged = self._staged(LINES[line_id])
        self.remove(old)
        motion = motion_in(self, choreography.carried, old, staged.equation)
        self._travel(motion, staged, self.theme.durations.lift)

    @property
    def under_verdict(self) -> Point:
        """Where words stand under the verdict of the line on the stage."""
        x, y = self._note_at(self._on_stage().equation)
        return x, y - 1.6 * self.theme.type.verdict

    def _entry(self, line: Line, above: Line | None) -> Entry:
        sizes, room = self.theme.type, self.layout.listing
        number = str(1 + len(self.entries))
        at = (room.left, -0.3 * sizes.label)
        indent = 1.3 * sizes.label
        equation = Equation(line.tree, self.theme, sizes.listing, room.width - indent)
        equation.shift((room.left + indent - float(equation.get_left()[0])) * RIGHT)
        verdict = self.staging.verdict(line, (0.0, -VERDICT_DROP * sizes.verdict), "left")
        proved = (self._count(line, above),) if above and _is_proved(line) else ()
        words = Words(number, self.theme, sizes.label, Role.DIM, at)
        return Entry(words, Staged(line, equation, verdict), verdict, proved)

    def _count(self, line: Line, above: Line) -> Words:
        text = self.say("lesson", "proved", count=len(newly_proved(line, above)))
        return Words(text, self.theme, self.theme.type.verdict, Role.DIM)

    def _align(self) -> None:
        """Put relations under each other and verdicts in a column on the right, if all that fits;
        else each verdict goes under its line."""
        room = self.layout.listing
        marks = [entry.verdict for entry in self.entries]
        equations = [entry.staged.equation for entry in self.entries]
        column = room.right - max(mark.width for mark in marks)
        furthest = max(map(_relation_x, equations))
        moves = [furthest - _relation_x(equation) for equation in equations]
        ends = [float(e.get_right()[0]) + m for e, m in zip(equations, moves, strict=True)]
        whole = not any(equation.rows.breaks for equation in equations)
        if whole and max(ends) + self.theme.type.listing < column:
            for entry, mark, move in zip(self.entries, marks, moves, strict=True):
                entry.staged.equation.shift(move * RIGHT)
                mark.shift((column - float(mark.get_left()[0])) * RIGHT)
                for words in entry.proved:
                    words.next_to(mark[1], DOWN, buff=0.4 * mark.em, aligned_edge=LEFT)
        else:
            for entry, mark in zip(self.entries, marks, strict=True):
                middle = mark.get_y()
                mark.next_to(entry.staged.equation, DOWN, buff=0.6 * mark.em)
                mark.shift((room.right - float(mark.get_right()[0])) * RIGHT)
                baseline = float(mark.get_y() - middle) - VERDICT_DROP * mark.em
                for words in entry.proved:
                    end = float(mark.get_left()[0]) - mark.em
                    words.place((end - float(words.width), baseline))

    def _spread(self) -> None:
        """Share the height of the room out between the lines."""
        room, top = self.layout.listing, self.layout.listing.top
        rows = [Group(*entry.parts) for entry in self.entries]
        gap = (room.height - sum(row.height for row in rows)) / max(1, len(rows) - 1)
        for row in rows:
            row.shift((float(row.get_top()[1]) - top) * DOWN)
            top = float(row.get_bottom()[1]) - gap


def newly_proved(line: Line, above: Line) -> list[Line]:
    """The lines that ``line`` rests on and ``above`` does not, and that the checker proved."""
    known = forebears(LINES, above)
    lines = (each for each in forebears(LINES, line) if each not in known)
    return [each for each in lines if _is_proved(each)]


def _is_proved(line: Line) -> bool:
    return report(line).verdict is Verdict.PROVED


def _relation_x(equation: Equation) -> float:
    """The x of the middle of the relation's sign."""
    return float(equation.own_marks(equation.tree.key)[0].get_x())
