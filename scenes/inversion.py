"""Step 3: logs, and the reward written with the policy; the trouble that remains is β log Z(x)."""

from dpo_math import statements
from dpo_math.derivation import log_partition
from dpo_math.examples import RESPONSE_LENGTH, VOCABULARY_SIZE, response_count
from scenes.lesson_scene import LessonScene


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

        with self.beat("times_beta"):
            self.move("times_beta", keep=True)
        for line in ("beta_spread", "bare_reward", "reward_alone", "reward_first", "inversion"):
            with self.beat(line):
                self.move(line)

        with self.beat("trouble"):
            self.box(log_partition())
            self.show(self.definition("partition", self.layout.aside_left))
        tokens = {"vocabulary": VOCABULARY_SIZE, "length": RESPONSE_LENGTH}
        digits = len(str(response_count(VOCABULARY_SIZE, RESPONSE_LENGTH).exact))
        with self.beat("count", **tokens, digits=digits):
            count = self.statement(statements.responses(), self.layout.aside_right)
            self.show(count, self.words("terms", at=self.layout.aside_label))
