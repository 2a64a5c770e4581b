"""The base class of the lesson's scenes: beats, the line in force, the ledger, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    Animation,
    ApplyMethod,
    Camera,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    ManimColor,
    Mobject,
    Transform,
    VGroup,
    config,
)
from manim.utils.rate_functions import there_and_back

from dpo_math import notation as n
from dpo_math.derivation import LINES, Line
from dpo_math.moves import MoveError, Step
from dpo_math.printers import tex
from dpo_math.verify import Verdict, report
from scenes import catalogue, choreography
from scenes.beats import BeatScene
from scenes.choreography import TermMotion
from scenes.crossings import ducking
from scenes.equation import Equation, Outline
from scenes.furniture import Dots, Heading, TermBox, VerdictMark, Words, lettered
from scenes.layout import LAYOUTS, Layout, Point
from scenes.paths import Actor, Window
from scenes.staging import Filed, Staged, Staging, takes_place
from scenes.theme import Role

LESSON_STEPS = 5
BOX_MARGIN = 0.2
"""What boxes at both ends of a line need of the stage's width, in frame units."""


class RefutedLine(RuntimeError):
    """A scene was about to show a line that the checker refutes."""


@dataclass(frozen=True)
class ShownLine:
    """A line of the derivation as a film showed it."""

    id: str
    tex: str
    verdict: Verdict


class LessonScene(BeatScene):
    """A scene of the lesson.

    A subclass gives ``id``, its name in the catalogue and in the narration, and a ``construct``
    made of beats. Colours come from the theme, places from the layout, words and times from the
    narration, formulas from the derivation.

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
        self.ledger: list[Filed] = []
        self._filed: list[Line] = []
        """The lines that were ever put into the ledger, by when they last were."""
        self._loose: list[Mobject] = []
        self._boxed: dict[TermBox, n.Node] = {}

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
        before, standing = self._whereabouts(line.follows or ""), self.stage
        rule = self._rule(step)
        staged = self._staged(line)
        staged.arrived_by, staged.before = step, before
        shown = [each.equation for each in (before, standing, staged) if each]
        self._say_move(line_id, step.move, *shown)
        if standing:
            self.remove(standing.equation)
        motion = self._motion(
            choreography.stepping,
            step,
            before.equation,
            staged.equation,
            rule.equation if rule else None,
            self._standing_around(before.equation),
            before is not standing,
        )
        pace = self.theme.durations
        seconds = pace.substitution if rule else pace.move
        ending = Window(1 - pace.note / seconds, 1.0)
        going = [FadeOut(name, rate_func=ending.progress) for name in self._note_taken()]
        if standing and standing is not before:
            way = choreography.MAKING_WAY
            going.append(FadeOut(standing.equation, rate_func=way.progress))
        self._travel(motion, staged, seconds, *meanwhile, *going)

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
        staged, going = self._on_stage(), []
        if not copy:
            going = self._note_taken()
            self.remove(staged.equation)
            self.stage = None
        cast = partial(choreography.carried, staged.equation, splitting=copy)
        self._file(staged.line, cast, *going)

    def recall(self, line_id: str) -> None:
        """Let a line come up in the ledger, for a move to use; the oldest there goes.

        One that is there stays where it stands, and counts as the newest.
        """
        line = self._checked(LINES[line_id])
        if any(entry.line is line for entry in self.ledger):
            self._filed.remove(line)
            self._filed.append(line)
            return
        since = 0.5 if self.ledger else 0.0
        self._file(line, lambda risen: choreography.appearing(risen.outlines, since))

    def clear_ledger(self) -> None:
        """Let the lines of the ledger go."""
        parts = [part for entry in self.ledger for part in entry.parts]
        self.ledger = []
        if parts:
            self.leave(*parts)

    def make_room(self) -> None:
        """Lift the line on the stage above the place of a picture, and its verdict with it. The
        ledger goes."""
        staged = self._on_stage()
        self.clear_ledger()
        self.over_picture = True
        lifted = self._staged(staged.line)
        self.remove(staged.equation)
        motion = self._motion(choreography.carried, staged.equation, lifted.equation)
        note = self._note_along(lifted.equation)
        self._travel(motion, lifted, self.theme.durations.lift, *note)

    def dismiss(self) -> None:
        """Let the line on the stage go, with the ledger; the stage is whole again."""
        self.clear_ledger()
        self._clear_stage()
        self.over_picture = False

    # --- beside the lines -----------------------------------------------------------------------

    def box(
        self, *terms: n.Node, role: Role = Role.PARTITION, then: Iterable[n.Node] = ()
    ) -> list[TermBox]:
        """Boxes around every place where the line on the stage says one of ``terms``.

        The line makes room for them, until all of them leave. Around the terms of ``then`` it keeps
        room until boxes have come to all of them, and the last has left.
        """
        staged, nodes, kept = self._on_stage(), self._places(*terms), self._places(*then).keys()
        staged.room |= kept
        staged.awaited = (staged.awaited | kept) - nodes.keys()
        boxed = {node.key for node in self._boxes_on_stage().values()}
        self._set_apart(boxed | nodes.keys() | staged.room, seconds=self.theme.durations.shift)
        boxes = {self._box_around(node, staged.equation, role): node for node in nodes.values()}
        self._boxed = self._boxes_on_stage() | boxes
        self._loose += boxes
        self.play(*map(FadeIn, boxes), seconds=self.theme.durations.leave)
        return list(boxes)

    def show(self, *mobjects: Mobject) -> None:
        """Let things come up around the line. A verdict in the place of one of them goes first."""
        if self._note and any(takes_place(mobject, self._note) for mobject in mobjects):
            self._note_instead(None)
        self._loose += mobjects
        self.play(*map(FadeIn, mobjects), seconds=self.theme.durations.appear)

    def qualify(self, words: Words) -> None:
        """Let words come up that say what the verdict on the line is on. They belong to it: they
        go where it goes, and with it."""
        if self._note is None:
            raise ValueError(f"{self.id}: no verdict to qualify")
        self.play(FadeIn(words), seconds=self.theme.durations.appear)
        self.remove(words)
        self._note.add(words)

    def leave(self, *mobjects: Mobject) -> None:
        """Let things around the line go: these, or all that are there.

        With the last box the room that the line made goes, too.
        """
        going = list(mobjects) or self._loose
        self._loose = [kept for kept in self._loose if kept not in going]
        self._boxed = {box: node for box, node in self._boxed.items() if box not in going}
        staged, seconds = self.stage, self.theme.durations.leave
        if staged and staged.equation not in going and not (self._boxed or staged.awaited):
            staged.room = frozenset()
            self._set_apart(frozenset(), going=going, seconds=seconds)
        elif going:
            self.play(*map(FadeOut, going), seconds=seconds)

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
        """Words of this scene's table under the stage, each in the colour of its role."""
        texts = {self.say("scenes", self.id, name): role for name, role in roles.items()}
        return self.staging.names(texts)

    def strike(self, words: Words) -> None:
        """Draw a line through words: what they name is not there."""
        line = words.strike()
        self.play(GrowFromEdge(line, LEFT), seconds=self.theme.durations.leave)
        self.remove(line)
        words.add(line)

    def definition(self, line_id: str, at: Point) -> VGroup:
        """A line that explains a sign of the one on the stage, with its verdict."""
        return self.staging.explained(self._checked(LINES[line_id]), at)

    def words(
        self,
        *path: str,
        at: Point,
        role: Role = Role.INK,
        em: float | None = None,
        symbols: Mapping[str, n.Node] | None = None,
        **numbers: object,
    ) -> Words:
        """A label from this scene's table of the narration, centred on ``at``, or as near to that
        as the stage has room for it; in the size of labels, unless another ``em`` is given."""
        shown = {name: "{" + name + "}" for name in symbols or {}}
        text = self.say("scenes", self.id, *path, **numbers, **shown)
        em = em or self.theme.type.label
        label = Words(text, self.theme, em, role, at, "centre", symbols=symbols)
        most = max(0.0, (self.layout.stage_width - label.width) / 2)
        x = float(label.get_x())
        return label.shift((min(max(x, -most), most) - x) * RIGHT)

    # --- inside ---------------------------------------------------------------------------------

    def _places(self, *terms: n.Node) -> dict[str, n.Node]:
        """Where the line on the stage says one of ``terms``, by key."""
        tree = self._on_stage().line.tree
        return {node.key: node for term in terms for node in n.find(tree, term)}

    def _box_around(self, node: n.Node, equation: Equation, role: Role) -> TermBox:
        box = TermBox(equation.marks_of(node), self.theme, role, equation)
        box.set_z_index(-1)
        return box

    def _boxes_on_stage(self) -> dict[TermBox, n.Node]:
        """The boxes that are around terms of the line on the stage, as it stands there."""
        shown = set(map(id, self.stage.equation.outlines)) if self.stage else set()
        return {box: node for box, node in self._boxed.items() if id(box.around[0]) in shown}

    def _set_apart(self, keys: Set[str], *, going: Iterable[Mobject] = (), seconds: float) -> None:
        """Give the terms of the line on the stage with these keys air around them, and take all
        other. What is ``going`` fades before anything has to move, or in all of the time."""
        staged = self._on_stage()
        old, new = staged.equation, staged.equation
        if keys != old.apart:
            new = self._staged(staged.line, apart=keys).equation
            if keys:
                new.stay_near(old, self.layout.stage_width - BOX_MARGIN)
        if all(map(_are_same, old.outlines, new.outlines)):
            new = old
        fading = window = choreography.WHOLE
        if new is not old and (going := list(going)):
            fading, window = choreography.AT_ONCE, choreography.CLOSING
        animations: list[Animation] = [FadeOut(each, rate_func=fading.progress) for each in going]
        moved: dict[TermBox, TermBox] = {}
        if new is not old:
            moved = {
                box: self._box_around(node, new, box.role)
                for box, node in self._boxes_on_stage().items()
            }
            self.remove(old)
            motion = self._motion(partial(choreography.carried, window=window), old, new)
            animations += [motion, *self._note_along(new, window)]
            animations += [Transform(box, after) for box, after in moved.items()]
        if animations:
            self.play(*animations, seconds=seconds)
        if new is not old:
            self.remove(motion.marks)
            self.add(new)
            staged.equation = new
        for box, after in moved.items():
            box.around = after.around

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

    def _file(
        self,
        line: Line,
        arriving: Callable[[Equation], list[Actor]],
        *going: Mobject,
    ) -> None:
        """Put ``line`` at the end of the ledger; the others move up, and the oldest goes.

        ``arriving`` says who brings it to its equation there. It gets its verdict when it is
        there; what else is ``going`` makes way.
        """
        old = {entry.line.id: entry for entry in self.ledger}
        self._filed = [*(each for each in self._filed if each is not line), line]
        kept = [*(entry.line for entry in self.ledger if entry.line is not line), line]
        while len(risen := self.staging.stacked(kept)) < len(kept):
            kept.remove(next(each for each in self._filed if each in kept))
        *higher, newcomer = risen
        out = (entry for entry in self.ledger if entry.line not in kept)
        gone = [*going, *(part for entry in out for part in entry.parts)]
        rising = [(old[entry.line.id], entry) for entry in higher]
        self.remove(*(a.equation for a, _ in rising))
        motions = [
            *(self._motion(choreography.carried, a.equation, b.equation) for a, b in rising),
            self._motion(arriving, newcomer.equation),
        ]
        whole, late = choreography.WHOLE.progress, choreography.LATE.progress
        self.play(
            *motions,
            *(Transform(a.verdict, b.verdict, rate_func=whole) for a, b in rising),
            FadeIn(newcomer.verdict, rate_func=late),
            *(FadeOut(part, rate_func=choreography.AT_ONCE.progress) for part in gone),
            seconds=self.theme.durations.lift,
        )
        self.remove(*(motion.marks for motion in motions), *(a.verdict for a, _ in rising))
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
        text, symbols = lettered(self.say("moves", line_id if own else move))
        em, place = self.theme.type.move, self._note_at(*equations)
        self._note_instead(Words(text, self.theme, em, Role.DIM, place, "centre", symbols=symbols))
        self._note_place = place

    def _say_verdict(self, staged: Staged) -> None:
        """Let the verdict on a line come up under it, to stand long enough, if it is not there."""
        if self._note is None:
            self._note_place = self._note_at(staged.equation)
            self._note_instead(self.staging.verdict(staged.line, self._note_place))
            pace = self.theme.durations
            self.read_by = self.frame + round(pace.verdict * config.frame_rate)

    def _note_instead(self, note: Words | VerdictMark | None) -> None:
        """Change what stands under the line: the old goes, then the new comes."""
        old, self._note = self._note_taken(), note
        for change in [*map(FadeOut, old), *([FadeIn(note)] if note else [])]:
            self.play(change, seconds=self.theme.durations.note)

    def _note_taken(self) -> list[Words | VerdictMark]:
        """What stands under the line, if anything does, once it has been read; it is to go."""
        if self._note is None:
            return []
        self.let_it_be_read()
        note, self._note = self._note, None
        return [note]

    def _note_along(
        self, equation: Equation, window: Window = choreography.WHOLE
    ) -> list[Animation]:
        """What stands under the line on its way to where it stands under ``equation``."""
        if self._note is None:
            return []
        place, self._note_place = self._note_place, self._note_at(equation)
        way = np.array([*np.subtract(self._note_place, place), 0.0])
        return [ApplyMethod(self._note.shift, way, rate_func=window.progress)]

    _note: Words | VerdictMark | None = None
    _note_place: Point = (0.0, 0.0)
    _begun: Staged | None = None
    """A line of which only some terms are shown yet."""


def _are_same(one: Outline, other: Outline) -> bool:
    return len(one.points) == len(other.points) and np.allclose(one.points, other.points)


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
