"""The base class of the lesson's scenes: beats, the line in force, the ledger, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from manim import FadeIn, FadeOut, ManimColor, Mobject, Scene, Wait, config

from dpo_math import notation as n
from dpo_math.derivation import LINES, Line
from dpo_math.moves import Step
from dpo_math.printers import tex
from dpo_math.verify import Verdict, report
from scenes import catalogue, choreography
from scenes.choreography import TermMotion
from scenes.equation import Equation
from scenes.furniture import Dots, Heading, TermBox, VerdictMark, Words
from scenes.layout import LAYOUTS
from scenes.narration import narration
from scenes.theme import THEMES, Role

LESSON_STEPS = 5


class RefutedLine(RuntimeError):
    """A scene was about to show a line that the checker refutes."""


@dataclass(frozen=True)
class Beat:
    """A named thought of a film, in whole frames: it moves from ``start``, rests from ``rest`` to
    ``end``. ``line`` is the derivation's line on the stage at the end, if one is."""

    name: str
    start: int
    rest: int
    end: int
    narration: str
    line: str | None


@dataclass(frozen=True)
class ShownLine:
    """A line of the derivation as a film showed it."""

    id: str
    tex: str
    verdict: Verdict


@dataclass
class Staged:
    """A line where it is seen: its equation, and its verdict once that is said."""

    line: Line
    equation: Equation
    verdict: VerdictMark | None = None
    arrived_by: Step | None = None
    before: Staged | None = None

    @property
    def parts(self) -> list[Mobject]:
        return [self.equation, *([self.verdict] if self.verdict else [])]


class LessonScene(Scene):
    """A scene of the lesson.

    A subclass gives ``id``, its name in the catalogue and in the narration, and a ``construct``
    made of beats. Colours come from the theme, places from the layout, words and times from the
    narration, formulas from the derivation.

    Raises :class:`KeyError` for a theme or shape that is not there, and :class:`RefutedLine` on
    showing a line that does not hold.
    """

    id: ClassVar[str]

    def __init__(
        self,
        renderer: Any = None,
        *,
        theme: str = "dark",
        shape: str = "wide",
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        super().__init__(renderer, **kwargs)
        self.theme, self.layout = THEMES[theme], LAYOUTS[shape]
        self.say = narration(language)
        self.entry = catalogue.find(self.id)
        self.title = catalogue.title(self.entry, language)
        self.beats: list[Beat] = []
        self.lines: list[ShownLine] = []
        self.on_rest: Callable[[str], None] | None = None
        """Called with a beat's name when its rest begins: for stills and for checks."""
        self.frame = 0
        self.stage: Staged | None = None
        self.ledger: list[Staged] = []
        self._aside: Mobject | None = None

    # --- frame by frame -------------------------------------------------------------------------

    def setup(self) -> None:
        self.camera.background_color = ManimColor(self.theme.background)
        words = (
            self.say("lesson", "step", step=self.entry.step, steps=LESSON_STEPS)
            if self.entry.step
            else self.say("lesson", "title")
        )
        self.heading = Heading(words, self.title, self.theme, self.layout)
        self.add(self.heading)
        if self.entry.step:
            self.add(Dots(self.entry.step, LESSON_STEPS, self.theme, self.layout))

    def play(self, *animations: Any, seconds: float | None = None, **kwargs: Any) -> None:
        """Play ``animations`` together, for a whole number of frames.

        All take the same time: ``seconds``, or the longest of their own run times.
        """
        prepared = self.compile_animations(*animations, **kwargs)
        wanted = max(a.run_time for a in prepared) if seconds is None else seconds
        frames = max(1, round(wanted * config.frame_rate))
        # Half a frame less, so that Manim's count of time steps cannot round up to one more; for a
        # wait, which it counts by truncation, half a frame more.
        half = 0.5 if all(isinstance(a, Wait) for a in prepared) else -0.5
        super().play(*prepared, run_time=(frames + half) / config.frame_rate)
        self.frame += frames

    @contextmanager
    def beat(self, name: str, **numbers: object) -> Iterator[None]:
        """A named thought: what is played inside moves, then the picture rests for its narration.

        The rest is as long as reading the narration aloud takes beyond the movement, and never
        shorter than the theme's ``settle``. ``numbers`` fill the narration in.
        """
        start, pace = self.frame, self.theme.durations
        yield
        if self.on_rest:
            self.on_rest(name)
        text = self.say("scenes", self.id, "beats", name, **numbers)
        rate = config.frame_rate
        reading = start + round(len(text) / pace.characters_per_second * rate)
        rest = self.frame
        frames = max(reading - rest, round(pace.settle * rate))
        self.wait(frames / rate)
        line = self.stage.line.id if self.stage else None
        self.beats.append(Beat(name, start, rest, self.frame, text, line))

    # --- lines ----------------------------------------------------------------------------------

    def state(self, line_id: str) -> None:
        """Put a line on the stage; one that stands there goes up into the ledger."""
        if self.stage:
            self.keep(copy=False)
        staged = self._staged(LINES[line_id])
        pace = self.theme.durations
        self._travel(
            TermMotion(choreography.appearing(staged.equation.outlines)), staged, pace.appear
        )

    def move(self, line_id: str, keep: bool = False) -> None:
        """Make the line on the stage into ``line_id``, by the move that the derivation says.

        With ``keep``, the line moved from goes up into the ledger as well. A line moved from that
        is not on the stage comes down from the ledger, for which the one on the stage makes room.
        """
        line = LINES[line_id]
        step = _step_of(line)
        if keep or (self.stage and self.stage.line.id != line.follows):
            self.keep()
        before = self._whereabouts(line.follows or "")
        if self.stage and self.stage is not before:
            self._clear_stage()
        rule = self._rule(step)
        staged = self._staged(line)
        staged.arrived_by, staged.before = step, before
        actors = choreography.stepping(
            step, before.equation, staged.equation, rule.equation if rule else None
        )
        self._say_move(step.move)
        if before is self.stage:
            self.remove(before.equation)
        pace = self.theme.durations
        seconds = pace.substitution if rule else pace.move
        self._travel(TermMotion(actors), staged, seconds)

    def rewind(self) -> None:
        """Play the last move backwards."""
        after = self.stage
        if after is None or after.before is None or after.arrived_by is None:
            raise ValueError(f"{self.id}: no move to rewind")
        before = self._staged(after.before.line)
        before.arrived_by, before.before = after.before.arrived_by, after.before.before
        actors = choreography.stepping(after.arrived_by, before.equation, after.equation)
        self._note_instead(None)
        self.remove(after.equation)
        motion = TermMotion(actors, backwards=True)
        self._travel(motion, before, self.theme.durations.move)

    def keep(self, copy: bool = True) -> None:
        """Lift the line on the stage into the ledger, or a copy of it; the oldest there goes."""
        staged, places = self._on_stage(), len(self.layout.ledger)
        lines = [entry.line for entry in self.ledger if entry.line is not staged.line]
        kept = [*lines, staged.line][-places:]
        risen = [self._filed(line, i + places - len(kept)) for i, line in enumerate(kept)]
        below = {entry.line.id: entry for entry in (*self.ledger, staged)}
        motions = [
            TermMotion(
                choreography.carried(
                    below[entry.line.id].equation,
                    entry.equation,
                    splitting=copy and entry.line is staged.line,
                )
            )
            for entry in risen
        ]
        old = [part for entry in self.ledger for part in entry.parts]
        gone = [part for entry in self.ledger if entry.line not in kept for part in entry.parts]
        self.remove(*(part for part in old if part not in gone))
        if not copy:
            self._note_instead(None)
            self.remove(staged.equation)
            self.stage = None
        self.play(*motions, *map(FadeOut, gone), seconds=self.theme.durations.lift)
        self.remove(*(motion.mobject for motion in motions))
        self.ledger = risen
        self.add(*(part for entry in risen for part in entry.parts))

    # --- beside the lines -----------------------------------------------------------------------

    def box(self, *terms: n.Node, role: Role = Role.PARTITION) -> list[TermBox]:
        """Boxes around every place where the line on the stage says one of ``terms``."""
        staged = self._on_stage()
        nodes = [node for term in terms for node in n.find(staged.line.tree, term)]
        marks = [staged.equation.marks_of(node) for node in nodes]
        boxes = [TermBox(group, self.theme, role) for group in marks]
        for box in boxes:
            box.set_z_index(-1)
        self._note_instead(None)
        self.play(*map(FadeIn, boxes), seconds=self.theme.durations.leave)
        return boxes

    def leave(self, *mobjects: Mobject) -> None:
        """Let things go."""
        self.play(*map(FadeOut, mobjects), seconds=self.theme.durations.leave)

    def aside(self, *parts: Mobject) -> None:
        """Bring something up in the place beside the line; what was there goes first."""
        if self._aside:
            self.leave(self._aside)
        self._aside = None
        if parts:
            self.play(*map(FadeIn, parts), seconds=self.theme.durations.appear)

    def words(
        self,
        *path: str,
        em: float,
        role: Role = Role.INK,
        at: tuple[float, float],
        symbols: Mapping[str, n.Node] | None = None,
        **numbers: object,
    ) -> Words:
        """A line of text from the narration's table of this scene, centred on ``at``."""
        shown = {name: "{" + name + "}" for name in symbols or {}}
        text = self.say("scenes", self.id, *path, **numbers, **shown)
        return Words(text, self.theme, em, role, at, "centre", symbols=symbols)

    # --- inside ---------------------------------------------------------------------------------

    def _on_stage(self) -> Staged:
        if self.stage is None:
            raise ValueError(f"{self.id}: the stage is empty")
        return self.stage

    def _staged(self, line: Line) -> Staged:
        found = report(line)
        if found.verdict is Verdict.REFUTED:
            raise RefutedLine(
                f"line {line.id} is refuted: {found.decision.method}; {tex(line.tree)}"
            )
        shown = ShownLine(line.id, tex(line.tree), found.verdict)
        if shown not in self.lines:
            self.lines.append(shown)
        em, width = self.theme.type.stage, self.layout.stage_width
        return Staged(line, Equation(line.tree, self.theme, em, width, self.layout.stage))

    def _filed(self, line: Line, place: int) -> Staged:
        """A line as it stands in the ledger, with its verdict beside it."""
        sizes, width = self.theme.type, self.layout.stage_width
        at = self.layout.ledger[place]
        equation = Equation(line.tree, self.theme, sizes.ledger, width, at, Role.DIM)
        verdict = report(line).verdict
        beside = (float(equation.get_right()[0]) + sizes.ledger, at[1] - 0.3 * sizes.verdict)
        word = self.say("verdicts", verdict.name.lower())
        mark = VerdictMark(verdict, word, self.theme, sizes.verdict, beside, "left", Role.DIM)
        return Staged(line, equation, mark)

    def _travel(self, motion: TermMotion, staged: Staged, seconds: float) -> None:
        """Play ``motion``, leave ``staged`` on the stage, and say its verdict."""
        self.play(motion, seconds=seconds)
        self.remove(motion.mobject)
        self.add(staged.equation)
        self.stage = staged
        self._say_verdict(staged)

    def _whereabouts(self, line_id: str) -> Staged:
        places = [self.stage, *reversed(self.ledger)]
        for staged in places:
            if staged is not None and staged.line.id == line_id:
                return staged
        raise ValueError(f"{self.id}: the line {line_id} is neither on the stage nor in the ledger")

    def _rule(self, step: Step) -> Staged | None:
        if step.rule is None:
            return None
        for staged in reversed(self.ledger):
            if staged.line.tree is step.rule:
                return staged
        raise ValueError(f"{self.id}: the rule {tex(step.rule)} is not in the ledger")

    def _clear_stage(self) -> None:
        staged = self._on_stage()
        self._note_instead(None)
        self.leave(staged.equation)
        self.stage = None

    def _say_move(self, move: str) -> None:
        """Put the name of a move under the line, in the place of the last verdict."""
        em, text = self.theme.type.move, self.say("moves", move)
        self._note_instead(Words(text, self.theme, em, Role.DIM, self.layout.move, "centre"))

    def _say_verdict(self, staged: Staged) -> None:
        verdict = report(staged.line).verdict
        word, em = self.say("verdicts", verdict.name.lower()), self.theme.type.verdict
        self._note_instead(VerdictMark(verdict, word, self.theme, em, self.layout.move))

    def _note_instead(self, note: Words | VerdictMark | None) -> None:
        """Change what stands under the line: the old goes, then the new comes."""
        old, self._note = self._note, note
        for change in ([FadeOut(old)] if old else []) + ([FadeIn(note)] if note else []):
            self.play(change, seconds=self.theme.durations.note)

    _note: Words | VerdictMark | None = None


def _step_of(line: Line) -> Step:
    if line.step is None:
        raise ValueError(f"line {line.id} is stated, no move makes it")
    return line.step
