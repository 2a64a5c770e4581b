"""Step 2: the policy with the most reward, less divergence, in closed form."""

from dpo_math.derivation import weight
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Optimum(LessonScene):
    id = "optimum"

    def construct(self) -> None:
        with self.beat("objective"):
            self.state("objective")

        with self.beat("kl_written_out"):
            self.move("kl_written_out", keep=True)
        for line in ("one_mean", "divided", "minimised", "ratio_first", "reward_as_log", "one_log"):
            with self.beat(line):
                self.move(line)

        with self.beat("weights"):
            self.box(weight(), role=Role.REFERENCE)
        with self.beat("partition"):
            self.recall("partition")
        with self.beat("completed"):
            self.leave()
            self.move("completed")
        with self.beat("tilted"):
            self.recall("tilted")
        with self.beat("recognised"):
            self.move("recognised")
        with self.beat("sums_to_one"):
            self.show(self.definition("tilted_sums_to_one", self.layout.aside))

        with self.beat("constant_outside"):
            self.leave()
            self.move("constant_outside")
        for line in ("divergence", "divergence_alone"):
            with self.beat(line):
                self.move(line)
        with self.beat("log_below_line"):
            self.show(self.definition("log_below_line", self.layout.aside_left))
        with self.beat("gibbs"):
            self.show(self.definition("gibbs", self.layout.aside_right))
        with self.beat("least_divergence"):
            self.leave()
            self.move("least_divergence")
        with self.beat("closed_form"):
            self.move("closed_form")
