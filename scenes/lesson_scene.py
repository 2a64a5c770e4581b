"""The base class of the lesson's scenes: beats, the line in force, the ledger, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    ApplyMethod,
    Camera,
    FadeIn,
    FadeOut,
    Group,
    GrowFromEdge,
    ManimColor,
    Mobject,
    Scene,
    VGroup,
    Wait,
    config,
)
from manim.utils.rate_functions import there_and_back

from dpo_math import notation as n
from dpo_math.derivation import LINES, Line
from dpo_math.moves import MoveError, Step
from dpo_math.printers import tex
from dpo_math.verify import Verdict, report
from scenes import catalogue, choreography
from scenes.choreography import TermMotion
from scenes.crossings import ducking
from scenes.equation import Equation, Outline
from scenes.furniture import Anchor, Dots, Heading, TermBox, VerdictMark, Words
from scenes.layout import LAYOUTS, Layout, Point
from scenes.narration import narration
from scenes.paths import Actor
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
        super().__init__(renderer, **kwargs)
        self.say = narration(language)
        self.theme = replace(THEMES[theme], numerals=self.say.numerals)
        self.layout = LAYOUTS[shape]
        self.entry = catalogue.find(self.id)
        self.title = catalogue.title(self.entry, language)
        self.beats: list[Beat] = []
        self.lines: list[ShownLine] = []
        self.on_rest: Callable[[str], None] | None = None
        """Called with a beat's name when its rest begins: for stills and for checks."""
        self.frame = 0
        self.stage: Staged | None = None
        self.ledger: list[Staged] = []
        self._loose: list[Mobject] = []

    # --- frame by frame -------------------------------------------------------------------------

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
        motion = self._motion(choreography.appearing, staged.equation.outlines)
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
        motion = self._motion(choreography.appearing, new)
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
        self._say_move(line_id, step.move, before.equation, staged.equation)
        if before is self.stage:
            self.remove(before.equation)
        motion = self._motion(
            choreography.stepping,
            step,
            before.equation,
            staged.equation,
            rule.equation if rule else None,
            self._standing_around(before.equation),
        )
        pace = self.theme.durations
        seconds = pace.substitution if rule else pace.move
        self._travel(motion, staged, seconds, *meanwhile)

    def rewind(self) -> None:
        """Play the last move backwards."""
        after = self.stage
        if after is None or after.before is None or after.arrived_by is None:
            raise ValueError(f"{self.id}: no move to rewind")
        before = self._staged(after.before.line)
        before.arrived_by, before.before = after.before.arrived_by, after.before.before
        self.leave()
        self._note_instead(None)
        steps = (after.arrived_by, before.equation, after.equation)
        around = self._standing_around(after.equation)
        self.remove(after.equation)
        motion = self._motion(choreography.stepping, *steps, None, around, backwards=True)
        self._travel(motion, before, self.theme.durations.move)

    def keep(self, copy: bool = True) -> None:
        """Lift the line on the stage into the ledger, or a copy of it; the oldest there goes."""
        staged = self._on_stage()
        if not copy:
            self._note_instead(None)
            self.remove(staged.equation)
            self.stage = None
        self._file(staged.line, lambda risen: choreography.carried(staged.equation, risen, copy))

    def recall(self, line_id: str) -> None:
        """Let a line come up in the ledger, for a move to use; the oldest there goes."""
        line = self._checked(LINES[line_id])
        since = 0.5 if self.ledger else 0.0
        self._file(line, lambda risen: choreography.appearing(risen.outlines, since))

    def clear_ledger(self) -> None:
        """Let the lines of the ledger go."""
        parts = [part for entry in self.ledger for part in entry.parts]
        self.ledger = []
        self.leave(*parts)

    def make_room(self) -> None:
        """Lift the line on the stage above the place of a picture. The ledger goes."""
        staged = self._on_stage()
        self.clear_ledger()
        self._note_instead(None)
        self.over_picture = True
        lifted = self._staged(staged.line)
        self.remove(staged.equation)
        motion = self._motion(choreography.carried, staged.equation, lifted.equation)
        self._travel(motion, lifted, self.theme.durations.lift)

    def dismiss(self) -> None:
        """Let the line on the stage go, with the ledger; the stage is whole again."""
        if self.ledger:
            self.clear_ledger()
        self._clear_stage()
        self.over_picture = False

    # --- beside the lines -----------------------------------------------------------------------

    def box(self, *terms: n.Node, role: Role = Role.PARTITION) -> list[TermBox]:
        """Boxes around every place where the line on the stage says one of ``terms``."""
        staged = self._on_stage()
        nodes = [node for term in terms for node in n.find(staged.line.tree, term)]
        marks, all_marks = [staged.equation.marks_of(node) for node in nodes], staged.equation
        boxes = [TermBox(group, self.theme, role, all_marks) for group in marks]
        for box in boxes:
            box.set_z_index(-1)
        self._loose += boxes
        self._note_instead(None)
        self.play(*map(FadeIn, boxes), seconds=self.theme.durations.leave)
        return boxes

    def show(self, *mobjects: Mobject) -> None:
        """Let things come up around the line."""
        self._loose += mobjects
        self.play(*map(FadeIn, mobjects), seconds=self.theme.durations.appear)

    def leave(self, *mobjects: Mobject) -> None:
        """Let things around the line go: these, or all that are there."""
        going = list(mobjects) or self._loose
        self._loose = [kept for kept in self._loose if kept not in going]
        if going:
            self.play(*map(FadeOut, going), seconds=self.theme.durations.leave)

    def meeting(self, first: TermBox, second: TermBox) -> list[Animation]:
        """Two boxes going along with their terms as these cancel."""
        self._loose = [kept for kept in self._loose if kept not in (first, second)]
        return choreography.boxes_meeting(first, second)

    def refused(self, move: Callable[..., Step], *terms: n.Node) -> tuple[n.Node, n.Node]:
        """Ask for a move that does not apply to the line on the stage: what it says differs.

        Raises :class:`RuntimeError` if the move is not refused, for then the film would say what is
        false.
        """
        line = self._on_stage().line
        try:
            move(line.tree, *terms)
        except MoveError as refusal:
            if refusal.difference:
                return refusal.difference
        raise RuntimeError(f"{self.id}: the move was not refused on line {line.id}")

    def approach(self, first: TermBox, second: TermBox) -> None:
        """Two boxed terms set out for each other and turn back."""
        equation = self._on_stage().equation
        way = 0.22 * (second.get_center() - first.get_center())
        self.play(
            *(
                ApplyMethod(part.shift, sign * way, rate_func=there_and_back)
                for sign, box in ((1, first), (-1, second))
                for part in (box, box.around)
            ),
            seconds=self.theme.durations.move,
        )
        # Animating some of its marks took the equation apart in the scene's list.
        self.remove(first.around, second.around)
        self.add(equation)

    def statement(self, tree: n.Relation, at: Point) -> Equation:
        """A line of the worked example's numbers, in the size of an aside."""
        return Equation(tree, self.theme, self.theme.type.aside, at=at)

    def explain(self, line_id: str, at: Point) -> None:
        """Show a line that the one on the stage rests on, in the place of that one's verdict."""
        self._note_instead(None)
        self.show(self.definition(line_id, at))

    def names(self, **roles: Role) -> list[Words]:
        """Words of this scene's table in a row under the stage, each in the colour of its role."""
        sizes, room = self.theme.type, self.layout.names
        texts = {self.say("scenes", self.id, name): role for name, role in roles.items()}
        for em in (sizes.aside, sizes.label):  # the smaller, where the larger leaves no gap
            words = [Words(text, self.theme, em, role) for text, role in texts.items()]
            gap = (room.width - sum(word.width for word in words)) / (len(words) - 1)
            if gap > em:
                break
        left = room.left
        for word in words:
            word.shift((left - float(word.get_left()[0])) * RIGHT + room.bottom * UP)
            left += word.width + gap
        return words

    def strike(self, words: Words) -> None:
        """Draw a line through words: what they name is not there."""
        line = words.strike()
        self.play(GrowFromEdge(line, LEFT), seconds=self.theme.durations.leave)
        self.remove(line)
        words.add(line)

    def definition(self, line_id: str, at: Point) -> VGroup:
        """A line that explains a sign of the one on the stage, with its verdict."""
        line, sizes = self._checked(LINES[line_id]), self.theme.type
        equation = Equation(line.tree, self.theme, sizes.aside, at=at)
        whole = VGroup(equation, self._verdict_mark(line, _under(equation, sizes.verdict)))
        under = self.layout.bottom - float(whole.get_bottom()[1])
        return whole.shift(max(0.0, under) * UP)

    def words(
        self,
        *path: str,
        at: Point,
        role: Role = Role.INK,
        symbols: Mapping[str, n.Node] | None = None,
        **numbers: object,
    ) -> Words:
        """A label from this scene's table of the narration, centred on ``at``."""
        shown = {name: "{" + name + "}" for name in symbols or {}}
        text = self.say("scenes", self.id, *path, **numbers, **shown)
        em = self.theme.type.label
        return Words(text, self.theme, em, role, at, "centre", symbols=symbols)

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

    def _staged(self, line: Line) -> Staged:
        sizes, layout = self.theme.type, self.layout
        tree, width = self._checked(line).tree, layout.stage_width
        if self.over_picture:
            at = layout.upper_stage
            return Staged(line, Equation(tree, self.theme, sizes.upper_stage, width, at))
        try:
            equation = Equation(tree, self.theme, sizes.stage, width, layout.stage)
        except ValueError:  # a line that is too long takes the next size of the scale
            equation = Equation(tree, self.theme, sizes.upper_stage, width, layout.stage)
        over = float(equation.get_top()[1]) - (layout.ledger.bottom - layout.ledger_gap)
        equation.shift(max(0.0, over) * DOWN)
        return Staged(line, equation)

    def _note_at(self, *equations: Equation) -> Point:
        """Where the name of a move and the verdict stand: their place, or lower, clear of these."""
        x, y = self.layout.upper_move if self.over_picture else self.layout.move
        lowest = min(float(equation.get_bottom()[1]) for equation in equations)
        return x, min(y, lowest - 1.4 * self.theme.type.move)

    def _verdict_mark(
        self, line: Line, at: Point, anchor: Anchor = "centre", role: Role | None = None
    ) -> VerdictMark:
        verdict = report(line).verdict
        word, em = self.say("verdicts", verdict.name.lower()), self.theme.type.verdict
        return VerdictMark(verdict, word, self.theme, em, at, anchor, role)

    def _filed(self, line: Line) -> Staged:
        """A line as the ledger shows it, its verdict beside it, or under it if that is too wide."""
        sizes, room = self.theme.type, self.layout.ledger
        at, lift = room.centre, 0.3 * sizes.verdict
        equation = Equation(line.tree, self.theme, sizes.ledger, room.width, at, Role.DIM)
        beside = (float(equation.get_right()[0]) + sizes.ledger, at[1] - lift)
        verdict = self._verdict_mark(line, beside, "left", Role.DIM)
        if equation.width + sizes.ledger + verdict.width > room.width:
            verdict = self._verdict_mark(line, _under(equation, verdict.em), role=Role.DIM)
        over = max(0.0, float(verdict.get_right()[0]) - room.right)
        VGroup(equation, verdict).shift(over * LEFT)
        return Staged(line, equation, verdict)

    def _stacked(self, lines: list[Line]) -> list[Staged]:
        """The last of ``lines`` in the ledger, from its foot up: as many as have room there."""
        room, foot = self.layout.ledger, self.layout.ledger.bottom
        risen: list[Staged] = []
        for line in reversed(lines[-self.layout.ledger_lines :]):
            staged = self._filed(line)
            whole = Group(*staged.parts)
            if risen and foot + whole.height > room.top:
                break
            whole.shift((foot - float(whole.get_bottom()[1])) * UP)
            foot = float(whole.get_top()[1]) + self.layout.ledger_gap
            risen.insert(0, staged)
        return risen

    def _file(self, line: Line, arriving: Callable[[Equation], list[Actor]]) -> None:
        """Put ``line`` at the end of the ledger; the others move up, and the oldest goes.

        ``arriving`` says who brings it to its equation there.
        """
        old = {entry.line.id: entry for entry in self.ledger}
        others = [entry.line for entry in self.ledger if entry.line is not line]
        risen = self._stacked([*others, line])
        kept = [entry.line for entry in risen]
        *higher, newcomer = risen
        gone = [part for entry in self.ledger if entry.line not in kept for part in entry.parts]
        rest = [part for entry in self.ledger if entry.line in kept for part in entry.parts]
        self.remove(*rest)
        motions = [
            self._motion(choreography.carried, old[entry.line.id].equation, entry.equation)
            for entry in higher
        ]
        motions.append(self._motion(arriving, newcomer.equation))
        going = (FadeOut(part, rate_func=choreography.AT_ONCE.progress) for part in gone)
        self.play(*motions, *going, seconds=self.theme.durations.lift)
        self.remove(*(motion.marks for motion in motions))
        self.ledger = risen
        self.add(*(part for entry in risen for part in entry.parts))

    def _standing_around(self, equation: Equation) -> list[Mobject]:
        """What is seen beside ``equation`` and is not there to mark its terms."""
        return [m for m in self.mobjects if m is not equation and not isinstance(m, TermBox)]

    def _motion(
        self, cast: Callable[..., list[Actor]], *parts: Any, backwards: bool = False
    ) -> TermMotion:
        """A motion of the actors that ``cast`` finds; of none where nothing is drawn."""
        if self.renderer.skip_animations:
            return TermMotion([], backwards)
        shown = (part for mobject in self.mobjects for part in mobject.get_family())
        standing = (part for part in shown if isinstance(part, Outline) and part.has_points())
        return TermMotion(ducking(cast(*parts), standing), backwards)

    def _travel(
        self, motion: TermMotion, staged: Staged, seconds: float, *meanwhile: Animation
    ) -> None:
        """Play ``motion``, leave ``staged`` on the stage, and say its verdict."""
        self.play(motion, *meanwhile, seconds=seconds)
        self.remove(motion.marks)
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

    def _say_move(self, line_id: str, move: str, *equations: Equation) -> None:
        """Put the name of a move under the lines, in the place of the last verdict.

        A line may have a name of its own for the move that makes it.
        """
        own = self.say.has("moves", line_id)
        em, text = self.theme.type.move, self.say("moves", line_id if own else move)
        at = self._note_at(*equations)
        self._note_instead(Words(text, self.theme, em, Role.DIM, at, "centre"))

    def _say_verdict(self, staged: Staged) -> None:
        self._note_instead(self._verdict_mark(staged.line, self._note_at(staged.equation)))

    def _note_instead(self, note: Words | VerdictMark | None) -> None:
        """Change what stands under the line: the old goes, then the new comes."""
        old, self._note = self._note, note
        for change in ([FadeOut(old)] if old else []) + ([FadeIn(note)] if note else []):
            self.play(change, seconds=self.theme.durations.note)

    _note: Words | VerdictMark | None = None
    _begun: Staged | None = None
    """A line of which only some terms are shown yet."""


def _step_of(line: Line) -> Step:
    if line.step is None:
        raise ValueError(f"line {line.id} is stated, no move makes it")
    return line.step


def _show_whole(layout: Layout, camera: Camera) -> None:
    """Let the camera see all of a layout, without distortion, whatever its pixels' shape."""
    camera.frame_width, camera.frame_height = layout.width, layout.height
    wider = camera.pixel_width * layout.height > camera.pixel_height * layout.width
    camera.resize_frame_shape(fixed_dimension=1 if wider else 0)


def _under(equation: Equation, em: float) -> Point:
    """The middle of the baseline of what is written in ``em`` under an equation."""
    return float(equation.get_x()), float(equation.get_bottom()[1]) - 1.3 * em


def _found(tree: n.Node, term: n.Node) -> list[n.Node]:
    if found := n.find(tree, term):
        return found
    raise ValueError(f"the line does not say {tex(term)}: {tex(tree)}")
