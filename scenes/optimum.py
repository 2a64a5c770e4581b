"""Step 2: the policy with the most reward, less divergence, in closed form."""

from dpo_math import notation as n
from dpo_math.derivation import LINES, weight
from dpo_math.examples import BETA, PROMPT
from scenes import pictures
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
            self.clear_ledger()
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
            self.explain("tilted_sums_to_one", self.layout.aside)

        with self.beat("constant_outside"):
            self.leave()
            self.move("constant_outside")
        for line in ("divergence", "divergence_alone"):
            with self.beat(line):
                self.move(line)
        with self.beat("log_below_line"):
            self.explain("log_below_line", self.layout.aside_left)
        with self.beat("gibbs"):
            self.explain("gibbs", self.layout.aside_right)
        with self.beat("least_divergence"):
            self.leave()
            self.move("least_divergence")
        with self.beat("closed_form"):
            self.move("closed_form")

        normaliser, reference, tilt = n.factors_of(LINES["closed_form"].tree.right)
        weights, best = PROMPT.weights(BETA), PROMPT.optimum(BETA)
        bars = pictures.responses(self, PROMPT, "reference", "reward", "weights", "policy")
        total = pictures.total(self, PROMPT, BETA)
        with self.beat("reference"):
            self.make_room()
            self.box(reference, role=Role.REFERENCE)
            self.show(bars, total)
            self.play(bars.to(reference=PROMPT.reference), total.to(value=1))
        with self.beat("tilt", beta=BETA, total=weights.sum()):
            self.box(tilt, role=Role.REWARD)
            self.play(bars.to(reward=PROMPT.reward))
            self.play(bars.to(weights=PROMPT.reference))
            self.play(bars.to(weights=weights, top=weights.max()), total.to(value=weights.sum()))
        with self.beat("normaliser"):
            self.box(normaliser, role=Role.PARTITION)
            self.play(bars.to(weights=best, top=1), total.to(value=1))
        with self.beat("best"):
            self.play(bars.to(policy=best))
