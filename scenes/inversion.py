"""Step 3: logs, and the reward written with the policy; the trouble that remains is β log Z(x)."""

from dpo_math.derivation import log_partition
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
