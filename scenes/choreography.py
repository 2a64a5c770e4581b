"""Choreography: a move's map of terms as an animation.

Survivors travel to their new places, copies split off what they are copies of, what cancels meets
and goes, and what is new grows out of its origin. Every mark's fate comes from the
:class:`~dpo_math.moves.Step`; geometry only chooses the path, so that marks do not run through each
other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from manim import DOWN, Animation, Mobject, VGroup, VMobject
from manim.utils.rate_functions import linear

from dpo_math import notation as n
from dpo_math.moves import Gone, Origin, Step
from scenes.copies import lifted, lifted_from, split_off
from scenes.equation import Equation, Outline
from scenes.paths import Actor, Window, centre
from scenes.poses import Poses
from scenes.routing import with_paths
from scenes.shapes import Points


class Timing(NamedTuple):
    """When each kind of mark moves. One thing at a time: first what goes, then what stays makes
    room, then what is new comes. What goes fades in its place, or leaves for where it ends."""

    fade: Window = Window(0.0, 0.30)
    leave: Window = Window(0.0, 0.30)
    survive: Window = Window(0.12, 0.80)
    copy: Window = Window(0.20, 0.92)
    grow: Window = Window(0.62, 1.0)


PLAIN = Timing()
MERGING = Timing(
    fade=Window(0.0, 0.2),
    leave=Window(0.1, 0.45),
    survive=Window(0.4, 0.95),
    copy=Window(0.4, 0.97),
    grow=Window(0.7, 1.0),
)
CANCELLING = Timing(
    fade=Window(0.0, 0.55),
    leave=Window(0.0, 0.42),
    survive=Window(0.62, 1.0),
    grow=Window(0.8, 1.0),
)
VANISHING = Window(0.5, 0.62)
"""For what cancels: once it has met, for long enough to be seen as one."""
SUBSTITUTING = Timing(fade=Window(0.0, 0.25), survive=Window(0.12, 0.55), copy=Window(0.1, 0.9))
DESCENDING = Timing(copy=Window(0.0, 0.75), grow=Window(0.6, 1.0))


class TermMotion(Animation):
    """Actors on their way, all at once.

    While it plays, the marks on their way stand in for the equations they belong to: the scene
    takes the old one off before and puts the new one on after.
    """

    def __init__(self, actors: Iterable[Actor], backwards: bool = False, **kwargs: Any) -> None:
        self.actors, self._backwards = tuple(actors), backwards
        self._poses = Poses(self.actors)
        self.marks = VGroup(*self._poses.marks)
        super().__init__(self.marks, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Mobject:
        return self.marks  # the poses know where they start; a copy would cost and say nothing

    def interpolate_mobject(self, alpha: float) -> None:
        self._poses.strike(1 - alpha if self._backwards else alpha)


WHOLE = Window(0.0, 1.0)
AT_ONCE = Window(0.0, 0.4)
"""For what makes room."""
CLOSING = Window(0.4, 1.0)
"""For a line that takes the room of what goes :data:`AT_ONCE`."""
MAKING_WAY = Window(0.05, 0.3)
"""For a line that goes as another comes to its place."""
LATE = Window(0.6, 1.0)
"""For what comes up where something else has arrived."""


def carried(
    old: Equation, new: Equation, splitting: bool = False, window: Window = WHOLE
) -> list[Actor]:
    """The same line going to another place or size within ``window``: every mark to its own.

    A copy that is ``splitting`` off comes to be seen only when it is clear of its original.
    """
    pairs = zip(old.outlines, new.outlines, strict=True)
    if splitting:
        return [Actor(start, end, window, (0.0, 1.0), Window(0.45, 1.0)) for start, end in pairs]
    actors = [actor for pair in pairs for actor in _changed(*pair, window)]
    return actors if old.rows.breaks == new.rows.breaks else with_paths(actors)


def appearing(marks: Iterable[Outline], since: float = 0.0) -> list[Actor]:
    """Marks coming up in place, the left ones first; none before ``since``."""
    shown = list(marks)
    left = min(centre(mark)[0] for mark in shown)
    width = max(max(centre(mark)[0] for mark in shown) - left, 1e-6)
    half = (1 - since) / 2
    starts = [since + half * (centre(mark)[0] - left) / width for mark in shown]
    return [
        Actor(mark.copy().shift(0.12 * DOWN), mark, Window(start, start + half), (0.0, 1.0))
        for mark, start in zip(shown, starts, strict=True)
    ]


def stepping(
    step: Step,
    old: Equation,
    new: Equation,
    rule: Equation | None = None,
    standing: Iterable[Mobject] = (),
    staying: Collection[Equation] = (),
) -> list[Actor]:
    """A move from ``old`` to ``new``: every mark of both, with what becomes of it, and of ``rule``,
    the equation that was substituted.

    What is ``staying`` of ``old`` and ``rule`` is there at the end as well: what the new line has
    from it is lifted off it. What else is ``standing`` around is not run through.
    Raises ValueError unless a rule is given exactly when the step has one.
    """
    if (step.rule is None) != (rule is None):
        raise ValueError(f"{step.move}: the rule it substitutes and the equation shown must match")
    timing = _timing(step)
    actors = [*_arriving(step, old, new, rule, timing, staying)]
    if old not in staying:
        actors += _leaving(step, old, new, timing)
    if rule and rule not in staying:
        given = {id(actor.start) for actor in actors}
        actors += (_fading(mark, timing) for mark in rule.outlines if id(mark) not in given)
    actors = with_paths(actors, standing)
    return [*(mark for equation in staying for mark in lifted_from(equation, actors)), *actors]


def descending(old: Equation, new: Equation, sources: Mapping[str, str]) -> list[Actor]:
    """A line coming out of an earlier one, which stays: copies of the terms that come from there
    go to their places, and the rest grows around them.

    ``sources`` maps terms of ``new`` to the terms of ``old`` that they come from.
    """
    actors: list[Actor] = []
    for node in new.tree.walk():
        marks = new.own_marks(node.key)
        origins = old.own_marks(sources[node.key]) if node.key in sources else []
        if origins:
            copies = _matched(origins, marks, DESCENDING, DESCENDING.copy)
            actors += split_off(copies)
        else:
            actors += _growing(marks, None, DESCENDING)
    return with_paths(actors)


def _timing(step: Step) -> Timing:
    if step.rule is not None:
        return SUBSTITUTING
    kinds = {gone.kind for gone in step.gone}
    if "cancel" in kinds:
        return CANCELLING
    return MERGING if any(_joins_a_survivor(gone, step) for gone in step.gone) else PLAIN


def _joins_a_survivor(gone: Gone, step: Step) -> bool:
    """Whether terms become one with others that were there before."""
    before = {node.key for node in step.before.walk()}
    return gone.kind == "merge" and before.issuperset(gone.others)


def _arriving(
    step: Step,
    old: Equation,
    new: Equation,
    rule: Equation | None,
    timing: Timing,
    staying: Collection[Equation],
) -> Iterator[Actor]:
    kept = {node.key for node in step.before.walk()}
    broken = old.rows.breaks ^ new.rows.breaks
    companies = _companies(step, broken)
    grows = old.em != new.em and not broken
    setting_out: dict[str, Window] = {}
    copies: Counter[Origin] = Counter()
    many, remaining = Counter(step.origins.values()), {node.key for node in step.line.walk()}
    for node in step.line.walk():
        marks = new.own_marks(node.key)
        company = companies[node.key]
        if node.key in kept:
            if grows and node is not step.line:
                company = "the line"  # all of it but the sign between its sides
            brackets = [*old.brackets(node.key), *new.brackets(node.key)]
            moved = _matched(old.own_marks(node.key), marks, timing, timing.survive)
            for actor in lifted(moved) if old in staying else moved:
                steady = any(mark in brackets for mark in (actor.start, actor.end))
                yield replace(actor, company=company, steady=steady)
            continue
        origin = step.origins[node.key]
        source = rule if origin.source == "rule" else old
        assert source is not None
        if origin.kind == "copy" and source.own_marks(origin.key):
            if company not in setting_out or not company:
                alone = source is old and origin.key not in remaining and many[origin] == 1
                way = timing.survive if alone else timing.copy
                setting_out[company] = way.later(STAGGER * copies[origin])
                copies[origin] += 1
            window = setting_out[company]
            copied = _matched(source.own_marks(origin.key), marks, timing, window)
            for actor in lifted(copied) if source in staying else copied:
                yield replace(actor, company=company)
        else:
            yield from _growing(marks, _place_of(origin.key, new, source), timing)


def _companies(step: Step, broken: Set[str]) -> dict[str, str]:
    """Which terms of the new line travel together: what survived whole, and what splits off one
    term of the old line as its copy.

    What is ``broken`` into rows in one line alone goes different ways, row by row.
    """
    old = n.by_key(step.before)
    found: dict[str, str] = {}

    def fate(node: n.Node) -> str:
        origin = step.origins.get(node.key)
        if node.key in old or origin is None:
            return "kept"
        return origin.source if origin.kind == "copy" else "grown"

    def visit(node: n.Node, above: str) -> None:
        """``above`` is the company of the copy that the node right above is in, if it is in one."""
        parts = {part.key for part in node.walk()}
        if fate(node) == "kept" and old[node.key] == node and broken.isdisjoint(parts):
            found.update(dict.fromkeys(parts, node.key))
            return
        found[node.key] = own = (above or node.key) if fate(node) == "line" else ""
        for child in node.children:
            visit(child, own)

    visit(step.line, "")
    return found


def _matched(
    old: list[Outline], new: list[Outline], timing: Timing, window: Window
) -> Iterator[Actor]:
    """Marks of one term in both lines: in order; what is over goes, what is short grows."""
    for start, end in zip(old, new, strict=False):
        yield from _changed(start, end, window)
    if old and new:
        yield from _in_tow(old, new, window)
    else:
        yield from (_fading(mark, timing) for mark in old)
        yield from _growing(new, None, timing)


def _in_tow(old: list[Outline], new: list[Outline], window: Window) -> Iterator[Actor]:
    """Marks beyond those that both have: they come or go beside the ones they belong to."""
    both = min(len(old), len(new)) - 1
    travel = centre(new[both]) - centre(old[both])
    late = Window((window.start + window.end) / 2, window.end)
    for mark in old[len(new) :]:
        yield Actor(mark, mark.copy().shift(travel), window, (1.0, 0.0))
    for mark in new[len(old) :]:
        yield Actor(mark.copy().shift(-travel), mark, window, (0.0, 1.0), late)


def _changed(old: Outline, new: Outline, window: Window) -> Iterator[Actor]:
    """A mark that becomes another; on its own if it is the same sign drawn the same way."""
    if _is_like(old, new):
        yield Actor(old, new, window)
    else:
        yield from _turning(old, new, window)


def _is_like(old: Outline, new: Outline) -> bool:
    """Whether the curves of one go over into those of the other without bending: a bracket in
    another size may be drawn from another corner on."""
    if len(old.points) != len(new.points):
        return False
    one, other = (
        (mark.points - mark.points.min(axis=0)) / np.maximum(np.ptp(mark.points, axis=0), 1e-6)
        for mark in (old, new)
    )
    return bool(np.abs(one - other).max() < UNLIKE)


def _turning(old: Outline, new: Outline, window: Window) -> Iterator[Actor]:
    """A mark that becomes another: one stretches to the other's box while they change over."""
    half = Window(window.start + 0.4 * (window.end - window.start), window.end)
    yield Actor(old, _stretched(old, new), window, (1.0, 0.0), half)
    yield Actor(_stretched(new, old), new, window, (0.0, 1.0), half)


def _stretched(mark: Outline, like: Outline) -> Outline:
    """``mark`` as wide as ``like`` and no taller, in its place: a plus folds into a minus.

    A bracket grows as tall as the other.
    """
    fitted = mark.copy().stretch_to_fit_width(like.width)
    upright = min(one.height / one.width for one in (mark, like)) > UPRIGHT
    fitted.stretch_to_fit_height(like.height if upright else min(mark.height, like.height))
    return fitted.move_to(like)


UNLIKE = 0.2
"""How far apart, as a share of their size, curves are that do not draw the same sign."""
UPRIGHT = 1.8
"""What is taller than this many times its width is a bracket or a bar."""
STAGGER = 0.08
"""How much later each further copy of the same term sets out."""
GROWTH = 0.55
"""The scale at which a new mark starts."""
LETTER_GAP = 0.5
"""Marks further apart than this share of their height are not letters of one word."""
REACH = 0.45
"""How far from its place a new mark starts, at most, in frame units."""


def _growing(marks: Iterable[Outline], out_of: Points | None, timing: Timing) -> Iterator[Actor]:
    for word in _words(marks):
        middle = np.asarray(VGroup(*word).get_center())
        away = np.zeros(3) if out_of is None else out_of - middle
        distance = float(np.linalg.norm(away))
        shift = away / distance * min(distance, REACH) if distance > 0 else away
        for mark in word:
            seed = mark.copy().scale(GROWTH, about_point=middle).shift(shift)
            yield Actor(seed, mark, timing.grow, (0.0, 1.0), steady=True)


def _words(marks: Iterable[Outline]) -> Iterator[list[Outline]]:
    """Marks that stand side by side, as letters of a word do, together."""
    word: list[Outline] = []
    for mark in marks:
        if word and mark.get_left()[0] - word[-1].get_right()[0] > LETTER_GAP * mark.height:
            yield word
            word = []
        word.append(mark)
    if word:
        yield word


def _place_of(key: str, new: Equation, source: Equation) -> Points | None:
    """Where the term ``key`` is once survivors have arrived, or else where it was."""
    for equation in (new, source):
        node = next((part for part in equation.tree.walk() if part.key == key), None)
        marks = equation.marks_of(node) if node else VGroup()
        if len(marks):
            return np.asarray(marks.get_center())
    return None


def _leaving(step: Step, old: Equation, new: Equation, timing: Timing) -> Iterator[Actor]:
    staying = {node.key for node in step.line.walk()}
    staying |= {o.key for o in step.origins.values() if (o.source, o.kind) == ("line", "copy")}
    for gone in step.gone:
        if gone.kind == "cancel":
            yield from _meeting(gone, old, timing)
            staying |= {*gone.keys, *gone.others}
        elif gone.kind == "merge":
            yield from _merging(gone, step, old, new, timing)
            staying |= {*gone.keys}
    for node in step.before.walk():
        if isinstance(node, n.Group) and (around := _survivors(node, old, new)):
            yield from _opening(old.own_marks(node.key), around, timing)
        elif node.key not in staying:
            yield from (_fading(mark, timing) for mark in old.own_marks(node.key))


def _survivors(group: n.Group, old: Equation, new: Equation) -> list[tuple[Outline, Outline]]:
    """The marks in a group that goes, which stay in the new line, from left to right; none for a
    group that stays."""
    if new.own_marks(group.key):
        return []
    inside = [node.key for node in group.body.walk()]
    pairs = (
        pair for key in inside for pair in zip(old.own_marks(key), new.own_marks(key), strict=False)
    )
    return sorted(pairs, key=lambda pair: float(centre(pair[0])[0]))


def _opening(
    brackets: list[Outline], around: list[tuple[Outline, Outline]], timing: Timing
) -> Iterator[Actor]:
    """Brackets that go: they keep with what they hold for the first half of its way, while each
    term gets what it is given."""
    first, last = timing.survive
    fade = Window(first + 0.5 * (last - first), first + 0.75 * (last - first))
    for bracket, (start, end) in zip(brackets, (around[0], around[-1]), strict=True):
        gone = bracket.copy().shift(centre(end) - centre(start))
        yield Actor(bracket, gone, timing.survive, (1.0, 0.0), fade, steady=True)


def _fading(mark: Outline, timing: Timing) -> Actor:
    return Actor(mark, mark.copy().scale(0.85), timing.fade, (1.0, 0.0))


def _meeting(gone: Gone, old: Equation, timing: Timing) -> Iterator[Actor]:
    """Two groups travel to the middle between them and vanish: alike ones once they lie on each
    other, others as they come near. Brackets fade in place."""
    groups = [
        [mark for key in keys for mark in _unbracketed(old, key)]
        for keys in (gone.keys, gone.others)
    ]
    centres = [np.asarray(VGroup(*group).get_center()) for group in groups]
    middle = (centres[0] + centres[1]) / 2
    one, other = groups
    alike = 2 * sum(map(_is_like, one, other)) > max(len(one), len(other))  # not in their signs
    on_the_way = timing.leave.start + 0.6 * (timing.leave.end - timing.leave.start)
    fade = VANISHING if alike else Window(on_the_way, timing.leave.end)
    for group, place in zip(groups, centres, strict=True):
        for mark in group:
            end = mark.copy().shift(middle - place)
            yield Actor(mark, end, timing.leave, (1.0, 0.0), fade)
    for key in (*gone.keys, *gone.others):
        if len(_unbracketed(old, key)) < len(old.own_marks(key)):
            yield from (_fading(mark, timing) for mark in old.brackets(key))


def boxes_meeting(first: VMobject, second: VMobject) -> list[Animation]:
    """Boxes around two terms that cancel, going along with them and fading as they do."""
    middle = (first.get_center() + second.get_center()) / 2
    return [_Meeting(box, middle - box.get_center()) for box in (first, second)]


class _Meeting(Animation):
    """A box on its way to where another one comes as well, and vanishing there."""

    def __init__(self, box: VMobject, way: Points, **kwargs: Any) -> None:
        self._box, self._start, self._way = box, box.copy(), way
        super().__init__(box, rate_func=linear, remover=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        shown, start = 1 - VANISHING.progress(alpha), self._start
        self._box.points = start.points + CANCELLING.leave.progress(alpha) * self._way
        self._box.set_fill(opacity=shown * start.get_fill_opacity())
        self._box.set_stroke(opacity=shown * start.get_stroke_opacity())


def _unbracketed(equation: Equation, key: str) -> list[Outline]:
    """A node's marks; without its brackets if they stand around what survives."""
    brackets = equation.brackets(key)
    node = next(part for part in equation.tree.walk() if part.key == key)
    stretched = [mark for mark in brackets if mark.height > 1.5 * equation.em]
    marks = equation.own_marks(key)
    return marks if not stretched or not node.children else marks[: len(marks) - len(brackets)]


def _merging(
    gone: Gone, step: Step, old: Equation, new: Equation, timing: Timing
) -> Iterator[Actor]:
    """Terms run into their counterparts where there is one each, else they fade.

    A counterpart that was there before is run into where it was; a new one, where it will be.
    """
    early = _joins_a_survivor(gone, step)
    place, window = (old, timing.leave) if early else (new, timing.copy)
    pairs = [
        (mark, target)
        for key, other in zip(gone.keys, gone.others, strict=False)
        for mark, target in zip(old.own_marks(key), place.own_marks(other), strict=False)
    ]
    marks = [mark for key in gone.keys for mark in old.own_marks(key)]
    if len(gone.keys) == len(gone.others) and len(pairs) == len(marks):
        late = Window(window.start + 0.75 * (window.end - window.start), window.end)
        for mark, target in pairs:
            yield Actor(mark, target, window, (1.0, 0.0), late)
    else:
        yield from (_fading(mark, timing) for mark in marks)
