"""The base class of the lesson's scenes: their lines, and boxes, words and figures around these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from typing import Any

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    Animation,
    ApplyMethod,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Mobject,
    Transform,
    VGroup,
)
from manim.utils.rate_functions import there_and_back

from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.moves import MoveError, Step
from scenes import choreography
from scenes.equation import Equation, Outline
from scenes.furniture import TermBox, Words
from scenes.layout import Point, Room
from scenes.line_scene import LineScene
from scenes.motion import motion_in
from scenes.theme import Role

NOWHERE = 1e-8
"""A mark that has moved by less is where it was, in frame units."""
BOX_MARGIN = 0.2
"""What boxes at both ends of a line need of the stage's width, in frame units."""


class LessonScene(LineScene):
    """A scene of the lesson.

    A subclass gives ``id``, its name in the catalogue and in the narration, and a ``construct``
    made of beats. Colours come from the theme, places from the layout, words and times from the
    narration, formulas from the derivation. What is not a line is shown around them.
    """

    def __init__(self, renderer: Any = None, **kwargs: Any) -> None:
        super().__init__(renderer, **kwargs)
        self._boxed: dict[TermBox, n.Node] = {}

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
        if self.note.is_hidden_by(mobjects):
            self.note.go()
        self._loose += mobjects
        self.play(*map(FadeIn, mobjects), seconds=self.theme.durations.appear)

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
        self.note.go()
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

    def in_room(self, line_id: str, room: Room) -> VGroup:
        """A line in the place of a picture, with its verdict."""
        return self.staging.beside_picture(self._checked(LINES[line_id]), room)

    def under_each_other(self, *line_ids: str, places: Iterable[Point]) -> dict[str, VGroup]:
        """The lines of a proof beside a picture, each with its verdict."""
        lines = zip(line_ids, places, strict=True)
        return {
            each: self.staging.with_verdict(self._checked(LINES[each]), at) for each, at in lines
        }

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
        staged, going = self._on_stage(), list(going)
        old, new = staged.equation, staged.equation
        if keys != old.apart:
            new = self._staged(staged.line, apart=keys).equation
            if keys:
                new.stay_near(old, self.layout.stage_width - BOX_MARGIN)
        moves = not all(map(_are_same, old.outlines, new.outlines))
        fading, window = choreography.WHOLE, choreography.WHOLE
        if going and moves:
            fading, window = choreography.AT_ONCE, choreography.CLOSING
        fades = [FadeOut(each, rate_func=fading.progress) for each in going]
        if not moves:
            if fades:
                self.play(*fades, seconds=seconds)
            return
        moved = {
            box: self._box_around(node, new, box.role)
            for box, node in self._boxes_on_stage().items()
        }
        self.remove(old)
        motion = motion_in(self, partial(choreography.carried, window=window), old, new)
        self.play(
            *fades,
            motion,
            *self.note.along(self._note_at(new), window),
            *(Transform(box, after) for box, after in moved.items()),
            seconds=seconds,
        )
        self.remove(motion.marks)
        self.add(new)
        staged.equation = new
        for box, after in moved.items():
            box.around = after.around


def _are_same(one: Outline, other: Outline) -> bool:
    if len(one.points) != len(other.points):
        return False
    return bool(np.abs(one.points - other.points).max(initial=0.0) < NOWHERE)
