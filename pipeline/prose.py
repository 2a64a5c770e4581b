"""What the page's own words refer to: formulas of the derivation, and measured numbers.

The words stand in ``assets/page/index.html.j2``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.examples import BETA, RESPONSE_LENGTH, VOCABULARY_SIZE, response_count
from dpo_math.printers import mathml
from dpo_math.statements import amount_left_over
from dpo_math.verify import report
from pipeline.proof import place
from scenes.roles import roles_of


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that the page's text mentions; ``left_over`` is of the two prompts of the example."""

    beta: float
    left_over: float
    vocabulary: int
    length: int
    digits: int
    both_fall: measured.BothFall
    growth: measured.LengthGrowth
    never: measured.NeverCompared
    hard: measured.HardLabels


ABOUT = (
    "How Direct Preference Optimization follows from a KL-constrained objective: short films of a "
    "derivation whose every line was checked before it was drawn."
)
"""What the page is, for those who have not seen it."""


def numbers() -> Numbers:
    """The numbers of the page. Raises :class:`~dpo_math.measured.DataError` if one is missing."""
    return Numbers(
        beta=BETA,
        left_over=amount_left_over(),
        vocabulary=VOCABULARY_SIZE,
        length=RESPONSE_LENGTH,
        digits=int(response_count(VOCABULARY_SIZE, RESPONSE_LENGTH).magnitude) + 1,
        both_fall=measured.read(measured.BothFall),
        growth=measured.read(measured.LengthGrowth),
        never=measured.read(measured.NeverCompared),
        hard=measured.read(measured.HardLabels),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the derivation in the text: in colours, with its verdict and where that is told."""

    mathml: Markup
    verdict: str
    given: bool
    place: str


def formula(line_id: str) -> Shown:
    """A line of the derivation, for the text."""
    line = LINES[line_id]
    found = report(line)
    return Shown(coloured(line.tree), str(found.verdict), found.given, place(line_id))


STEPS = {1: "objective", 2: "closed_form", 3: "inversion", 4: "preference", 5: "loss"}
"""The line that each step of the lesson comes to."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The films in numbers; ``lines`` are counted once each, ``verdicts`` in order of first use."""

    films: int
    minutes: int
    lines: int
    verdicts: dict[str, int]


def counts(scenes: Sequence[dict[str, Any]]) -> Counts:
    """The numbers of the films that a manifest tells of."""
    shown = {line["id"]: line["verdict"] for scene in scenes for line in scene["lines"]}
    return Counts(
        films=len(scenes),
        minutes=max(1, round(sum(scene["seconds"] for scene in scenes) / 60)),
        lines=len(shown),
        verdicts=dict(Counter(shown.values())),
    )


def coloured(tree: n.Node) -> Markup:
    """A formula whose terms have their roles as classes, as they have the colours in films."""
    roles = roles_of(tree)
    outermost = {
        child.key: str(roles[child.key])
        for node in tree.walk()
        for child in node.children
        if child.key in roles and roles[child.key] is not roles.get(node.key)
    }
    if tree.key in roles:
        outermost[tree.key] = str(roles[tree.key])
    written = mathml(tree, block=True, classes=lambda node: outermost.get(node.key))
    return Markup(written)  # made from the tree, not from anybody's text
