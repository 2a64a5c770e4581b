"""What the page's own words refer to: formulas of the derivation, and measured numbers.

The words stand in ``assets/page/index.html.j2``.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from dpo_math import measured
from dpo_math.derivation import LINES
from dpo_math.examples import BETA, RESPONSE_LENGTH, VOCABULARY_SIZE, response_count
from dpo_math.printers import mathml
from dpo_math.statements import amount_left_over


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


def formula(line_id: str) -> Markup:
    """A line of the derivation, on a line of its own."""
    written = mathml(LINES[line_id].tree, block=True)
    return Markup(
        '<div class="formula" tabindex="0" role="group" aria-label="Formula">{}</div>'
    ).format(
        Markup(written)  # made from the tree, not from anybody's text
    )
