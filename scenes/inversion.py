"""Step 3: logs, and the reward written with the policy; the trouble that remains is β log Z(x)."""

import numpy as np

from dpo_math import derivation
from dpo_math.derivation import log_partition
from dpo_math.derivation.vocabulary import log_ratio, times
from dpo_math.examples import (
    BETA,
    PROMPT,
    RESPONSE_LENGTH,
    VOCABULARY_SIZE,
    response_count,
)
from scenes import asides, pictures
from scenes.figures import Factors
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Inversion(LessonScene):
    id = "inversion"

    def construct(self) -> None:
        with self.beat("closed_form"):
            self.state("closed_form")

        with self.beat("logs"):
            self.move("logs", keep=True)
        for line in ("log_product", "log_partition", "log_exp"):
            with self.beat(line):
                self.move(line)
        for line in ("times_beta", "beta_spread", "bare_reward"):
            with self.beat(line):
                self.move(line)
        for line in ("sides_swapped", "reward_alone", "inversion"):
            with self.beat(line):
                self.move(line)

        series, top = ("reference", "policy", "reward"), pictures.close_up(PROMPT)
        bars, best = pictures.responses(self, PROMPT, *series, top=top), PROMPT.optimum(BETA)
        bars.draw(reference=PROMPT.reference, policy=best, reward=PROMPT.reward)
        with self.beat("likelier"):
            self.make_room()
            factors = Factors(self.theme, bars, PROMPT.reward, Role.POLICY)
            factors.draw(factors=best / np.array(PROMPT.reference))
            self.show(bars, factors)
            raised = times(derivation.BETA, log_ratio("*"))
            self.box(raised, role=Role.POLICY, then=[raised, log_partition()])
        with self.beat("trouble"):
            self.leave()
            self.box(log_partition())
            level = self.layout.aside_left[0], self.layout.stage[1]
            explained = self.definition("partition", level)
            self.show(explained)
        said = {"vocabulary": VOCABULARY_SIZE, "length": RESPONSE_LENGTH}
        magnitude = response_count(VOCABULARY_SIZE, RESPONSE_LENGTH).magnitude
        with self.beat("count", **said, magnitude=magnitude):
            tokens = asides.Tokens(self, explained, RESPONSE_LENGTH, "terms")
            self.show(tokens.count)
            self.play(tokens.lengthen(), seconds=self.theme.durations.training)
