"""A scene's lines: on the stage, made into the next, kept in the ledger, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from manim import Animation, Camera, FadeIn, FadeOut, ManimColor, Mobject, config

from dpo_math import notation as n
from dpo_math.derivation import LINES, Line
from dpo_math.moves import Step
from dpo_math.printers import tex
from dpo_math.verify import Verdict, report
from scenes import catalogue, choreography
from scenes.beats import BeatScene
from scenes.choreography import TermMotion
from scenes.equation import Equation
from scenes.furniture import Dots, Heading, TermBox, Words, lettered
from scenes.layout import LAYOUTS, Layout, Point
from scenes.ledger import Ledger
from scenes.motion import motion_in
from scenes.note import Note
from scenes.paths import Window
from scenes.staging import Staged, Staging
from scenes.theme import Role

LESSON_STEPS = 5


class RefutedLine(RuntimeError):
    """A scene was about to show a line that the checker refutes."""


@dataclass(frozen=True)
class ShownLine:
    """A line of the derivation as a film showed it."""

    id: str
    tex: str
    verdict: Verdict


class LineScene(BeatScene):
    """A scene whose lines come from the derivation.

    Raises :class:`KeyError` for a theme or shape that is not there, and :class:`RefutedLine` on
    showing a line that does not hold.
    """

    over_picture: bool = False
    """Whether lines stand high, with room for a picture under them."""

    def __init__(
        self,
        renderer: Any = None,
        *,
        theme: str = "dark",
        shape: str = "wide",
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        super().__init__(renderer, theme=theme, language=language, **kwargs)
        self.layout = LAYOUTS[shape]
        self.staging = Staging(self.theme, self.layout, self.say)
        self.entry = catalogue.find(self.id)
        self.title = catalogue.title(self.entry, language)
        self.lines: list[ShownLine] = []
        self.stage: Staged | None = None
        self.ledger = Ledger(self, self.staging)
        self.note = Note(self)
        self._begun: Staged | None = None
        """A line of which only some terms are shown yet."""
        self._loose: list[Mobject] = []
        """What is shown around the line."""

    def setup(self) -> None:
        camera = self.renderer.camera
        assert isinstance(camera, Camera), "the lesson is drawn by the Cairo renderer"
        camera.background_color = ManimColor(self.theme.background)
        _show_whole(self.layout, camera)
        words = (
            self.say("lesson", "step", step=self.entry.step, steps=LESSON_STEPS)
            if self.entry.step
            else self.say("lesson", "title")
        )
        self.heading = Heading(words, self.title, self.theme, self.layout)
        self.add(self.heading)
        if self.entry.step:
            self.add(Dots(self.entry.step, LESSON_STEPS, self.theme, self.layout))

    @property
    def line_in_force(self) -> str | None:
        return self.stage.line.id if self.stage else None

    def state(self, line_id: str) -> None:
        """Put a line on the stage; one that stands there goes up into the ledger."""
        if self.stage:
            self.keep(copy=False)
        staged = self._staged(LINES[line_id])
        motion = motion_in(self, choreography.appearing, staged.equation.outlines)
        self._travel(motion, staged, self.theme.durations.appear)

    def build(self, line_id: str, *terms: n.Node) -> None:
        """Let these terms of a line come up, each where it stands in the whole; or all the rest.

        The stage must be empty of another line. Once a line is whole it is the line in force, and
        its verdict is said. Raises ValueError for a term that the line does not say.
        """
        staged = self._begun or self._staged(LINES[line_id])
        equation, tree = staged.equation, staged.line.tree
        if self._begun is None:
            equation.submobjects = []
        nodes = [node for term in terms for node in _found(tree, term)] or [tree]
        new = [mark for mark in equation.marks_of(*nodes) if mark not in equation.submobjects]
        motion = motion_in(self, choreography.appearing, new)
        self.play(motion, seconds=self.theme.durations.appear)
        self.remove(motion.marks)
        equation.add(*new)
        self.add(equation)
        self._begun = staged if terms else None
        if not terms:
            self.stage = staged
            self._say_verdict(staged)

    def move(self, line_id: str, *meanwhile: Animation, keep: bool = False) -> None:
        """Make the line on the stage into ``line_id``, by the move that the derivation says.

        With ``keep``, the line on the stage goes up into the ledger as well. A line moved from that
        is not on the stage comes down from the ledger: the one on the stage gives what the move
        substitutes, or makes room and is kept.
        """
        line = LINES[line_id]
        step = _step_of(line)
        given = self.stage is not None and self.stage.line.tree is step.rule
        if keep or (self.stage and self.stage.line.id != line.follows and not given):
            self.keep()
        before, standing = self._whereabouts(line.follows or ""), self.stage
        rule = standing if given else self._rule(step)
        staged = self._staged(line)
        staged.arrived_by, staged.before = step, before
        shown = [each.equation for each in (before, standing, staged) if each]
        self._say_move(line_id, step.move, *shown)
        moved = [each.equation for each in (before, rule) if each]
        staying = [each for each in moved if not (standing and each is standing.equation)]
        gone = [each for each in moved if each not in staying]
        around = self._standing_around(before.equation, *gone)
        self.remove(*moved)
        motion = motion_in(
            self,
            choreography.stepping,
            step,
            before.equation,
            staged.equation,
            rule.equation if rule else None,
            around,
            staying,
        )
        pace = self.theme.durations
        seconds = pace.substitution if rule else pace.move
        ending = Window(1 - pace.note / seconds, 1.0)
        going = [FadeOut(name, rate_func=ending.progress) for name in self.note.taken()]
        if standing and standing.equation not in moved:
            way = choreography.MAKING_WAY
            self.remove(standing.equation)
            going.append(FadeOut(standing.equation, rate_func=way.progress))
        self._travel(motion, staged, seconds, *meanwhile, *going, staying=staying)

    def rewind(self) -> None:
        """Play the last move backwards."""
        after = self.stage
        if after is None or after.before is None or after.arrived_by is None:
            raise ValueError(f"{self.id}: no move to rewind")
        before = self._staged(after.before.line)
        before.arrived_by, before.before = after.before.arrived_by, after.before.before
        self.leave()
        self.note.go()
        steps = (after.arrived_by, before.equation, after.equation)
        around = self._standing_around(after.equation)
        self.remove(after.equation)
        motion = motion_in(self, choreography.stepping, *steps, None, around, backwards=True)
        self._travel(motion, before, self.theme.durations.move)

    def keep(self, copy: bool = True) -> None:
        """Lift the line on the stage into the ledger, or a copy of it; the oldest there goes."""
        staged, going = self._on_stage(), []
        if not copy:
            going = self.note.taken()
            self.remove(staged.equation)
            self.stage = None
        cast = partial(choreography.carried, staged.equation, splitting=copy)
        self.ledger.file(staged.line, cast, *going)

    def recall(self, line_id: str) -> None:
        """Let a line come up in the ledger, for a move to use; the oldest there goes.

        One that is there stays where it stands, and counts as the newest.
        """
        line = self._checked(LINES[line_id])
        if line in self.ledger:
            self.ledger.is_newest(line)
            return
        since = 0.5 if self.ledger else 0.0
        self.ledger.file(line, lambda risen: choreography.appearing(risen.outlines, since))

    def clear_ledger(self) -> None:
        """Let the lines of the ledger go."""
        if parts := self.ledger.taken():
            self.leave(*parts)

    def make_room(self) -> None:
        """Lift the line on the stage above the place of a picture, and its verdict with it. The
        ledger goes."""
        staged = self._on_stage()
        self.clear_ledger()
        self.over_picture = True
        lifted = self._staged(staged.line)
        self.remove(staged.equation)
        motion = motion_in(self, choreography.carried, staged.equation, lifted.equation)
        note = self.note.along(self._note_at(lifted.equation))
        self._travel(motion, lifted, self.theme.durations.lift, *note)

    def dismiss(self) -> None:
        """Let the line on the stage go, with the ledger; the stage is whole again."""
        self.clear_ledger()
        self._clear_stage()
        self.over_picture = False

    def qualify(self, words: Words) -> None:
        """Let words come up that say what the verdict on the line is on. They belong to it: they
        go where it goes, and with it."""
        self.play(FadeIn(words), seconds=self.theme.durations.appear)
        self.remove(words)
        self.note.qualify(words)

    def leave(self, *mobjects: Mobject) -> None:
        """Let things around the line go: these, or all that are there."""
        going = list(mobjects) or self._loose
        self._loose = [kept for kept in self._loose if kept not in going]
        self.play(*map(FadeOut, going), seconds=self.theme.durations.leave)

    # --- inside ---------------------------------------------------------------------------------

    def _on_stage(self) -> Staged:
        if self.stage is None:
            raise ValueError(f"{self.id}: the stage is empty")
        return self.stage

    def _checked(self, line: Line) -> Line:
        """``line``, if it holds; it counts as shown."""
        found = report(line)
        if found.verdict is Verdict.REFUTED:
            told = f"line {line.id} is refuted: {found.decision.method}"
            raise RefutedLine(f"{told}; {tex(line.tree)}")
        shown = ShownLine(line.id, tex(line.tree), found.verdict)
        if shown not in self.lines:
            self.lines.append(shown)
        return line

    def _staged(self, line: Line, apart: Set[str] = frozenset()) -> Staged:
        checked, high = self._checked(line), self.over_picture
        return self.staging.on_stage(checked, over_picture=high, apart=apart)

    def _note_at(self, *equations: Equation) -> Point:
        return self.staging.note_at(*equations, over_picture=self.over_picture)

    def _standing_around(self, *equations: Equation) -> list[Mobject]:
        """What is seen beside ``equations`` and is not there to mark their terms."""
        return [m for m in self.mobjects if m not in equations and not isinstance(m, TermBox)]

    def _travel(
        self,
        motion: TermMotion,
        staged: Staged,
        seconds: float,
        *meanwhile: Animation,
        staying: Iterable[Equation] = (),
    ) -> None:
        """Play ``motion``, leave ``staged`` on the stage with what is ``staying`` where it was, and
        say its verdict."""
        self.play(motion, *meanwhile, seconds=seconds)
        self.remove(motion.marks)
        self.add(*staying, staged.equation)
        self.stage = staged
        self._say_verdict(staged)

    def _whereabouts(self, line_id: str) -> Staged:
        places: list[Staged] = [*([self.stage] if self.stage else []), *self.ledger]
        for staged in places:
            if staged.line.id == line_id:
                return staged
        raise ValueError(f"{self.id}: the line {line_id} is neither on the stage nor in the ledger")

    def _rule(self, step: Step) -> Staged | None:
        if step.rule is None:
            return None
        if rule := self.ledger.saying(step.rule):
            return rule
        raise ValueError(f"{self.id}: the rule {tex(step.rule)} is not in the ledger")

    def _clear_stage(self) -> None:
        staged = self._on_stage()
        self.note.go()
        self.leave(staged.equation)
        self.stage = None

    def _say_move(self, line_id: str, move: str, *equations: Equation) -> None:
        """Put the name of a move under the lines, in the place of the last verdict.

        A line may have a name of its own for the move that makes it.
        """
        own = self.say.has("moves", line_id)
        text, symbols = lettered(self.say("moves", line_id if own else move))
        em, place = self.theme.type.move, self._note_at(*equations)
        words = Words(text, self.theme, em, Role.DIM, place, "centre", symbols=symbols)
        self.note.say(words, place)

    def _say_verdict(self, staged: Staged) -> None:
        """Let the verdict on a line come up under it, to stand long enough, if it is not there."""
        if not self.note:
            place = self._note_at(staged.equation)
            self.note.say(self.staging.verdict(staged.line, place), place)
            pace = self.theme.durations
            self.read_by = self.frame + round(pace.verdict * config.frame_rate)


def _step_of(line: Line) -> Step:
    if line.step is None:
        raise ValueError(f"line {line.id} is stated, no move makes it")
    return line.step


def _show_whole(layout: Layout, camera: Camera) -> None:
    """Let the camera see all of a layout, without distortion, whatever its pixels' shape."""
    camera.frame_width, camera.frame_height = layout.width, layout.height
    wider = camera.pixel_width * layout.height > camera.pixel_height * layout.width
    camera.resize_frame_shape(fixed_dimension=1 if wider else 0)


def _found(tree: n.Node, term: n.Node) -> list[n.Node]:
    if found := n.find(tree, term):
        return found
    raise ValueError(f"the line does not say {tex(term)}: {tex(tree)}")
