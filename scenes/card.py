"""The picture by which a link to the lesson is known: what cancels, and who showed it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from manim import Camera, ManimColor, Scene

from dpo_math import notation as n
from dpo_math.derivation import LINES, log_partition
from dpo_math.paper import PAPER
from scenes.equation import Equation
from scenes.furniture import TermBox, Words
from scenes.layout import CARD
from scenes.narration import narration
from scenes.theme import THEMES, Role

LINE = "sign_distributed"
"""Its right side is what the card shows: all that is left to do is to let two terms go."""


class Card(Scene):
    """One picture of 1200 × 630, and nothing moves."""

    def __init__(
        self, renderer: Any = None, *, theme: str = "dark", language: str = "en", **kwargs: Any
    ) -> None:
        super().__init__(renderer, **kwargs)
        self.say = narration(language)
        self.theme = replace(THEMES[theme], numerals=self.say.numerals)

    def construct(self) -> None:
        camera = self.renderer.camera
        assert isinstance(camera, Camera)
        camera.background_color = ManimColor(self.theme.background)
        camera.frame_width, camera.frame_height = CARD.width, CARD.height
        theme, sizes, tree = self.theme, self.theme.type, LINES[LINE].tree
        assert isinstance(tree, n.Relation)
        terms = n.find(tree.right, log_partition())
        apart = {term.key for term in terms}
        formula = Equation(
            tree.right, theme, sizes.card_formula, CARD.stage_width, CARD.stage, apart=apart
        )
        boxes = [TermBox(formula.marks_of(term), theme, Role.PARTITION, formula) for term in terms]
        source = f"{', '.join(PAPER.surnames)} · {PAPER.venue}"
        self.add(
            Words(PAPER.title, theme, sizes.card_title, Role.INK, CARD.title),
            Words(self.say("lesson", "title"), theme, sizes.card_subtitle, Role.DIM, CARD.subtitle),
            *boxes,
            formula,
            Words(source, theme, sizes.move, Role.DIM, CARD.source),
        )
