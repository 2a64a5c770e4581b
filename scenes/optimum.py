"""Step 2: the policy with the most reward, less divergence, in closed form."""

from dpo_math import notation as n
from dpo_math.derivation import LINES, weight
from dpo_math.examples import BETA, PROMPT
from scenes import asides
from scenes.lesson_scene import LessonScene
from scenes.theme import Role
from scenes.tilt import Tilt, Unnormalised


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

        unnormalised = Unnormalised(self, PROMPT, BETA)
        with self.beat("weights", beta=BETA):
            self.clear_ledger()
            self.box(weight(), role=Role.REFERENCE)
            self.show(unnormalised.bars)
            self.play(unnormalised.multiply())
        with self.beat("partition"):
            self.recall("partition")
            self.show(unnormalised.total, unnormalised.at_beta)
        with self.beat("completed"):
            self.leave()
            self.move("completed")
        with self.beat("recognised"):
            self.recall("tilted")
            self.move("recognised")
        with self.beat("sums_to_one"):
            self.explain("tilted_sums_to_one", self.layout.aside)

        with self.beat("constant_outside"):
            self.leave()
            self.move("constant_outside")
        for line in ("divergence", "divergence_alone"):
            with self.beat(line):
                self.move(line)
        gibbs = asides.Gibbs(self)
        proof = "log_below_line", "mean_of_ratio", "mean_of_log", "gibbs"
        lines = self.under_each_other(*proof, places=self.layout.bound_lines)
        with self.beat("log_below_line"):
            self.make_room()
            self.show(gibbs.tangent, lines["log_below_line"])
            self.play(gibbs.touch())
        with self.beat("mean_of_ratio"):
            self.show(gibbs.ratio)
            self.show(lines["mean_of_ratio"])
        for line in ("mean_of_log", "gibbs"):
            with self.beat(line):
                self.show(lines[line])
        with self.beat("least_divergence"):
            self.leave()
            self.over_picture = False
            self.move("least_divergence")
        with self.beat("closed_form"):
            self.recall("tilted")
            self.move("closed_form")

        closed_form = LINES["closed_form"].tree
        normaliser, reference, tilt = n.factors_of(closed_form.right)
        picture = Tilt(self, PROMPT, BETA)
        with self.beat("reference"):
            self.make_room()
            every = reference, tilt, normaliser, closed_form.left
            boxes = self.box(reference, role=Role.REFERENCE, then=every)
            self.show(picture.bars, picture.total)
            self.play(*picture.refer())
        with self.beat("tilt", beta=BETA):
            self.leave(*boxes)
            boxes = self.box(tilt, role=Role.REWARD)
            self.play(picture.reward())
            self.show(picture.beta, picture.factors)
        with self.beat("multiplied", total=picture.weights.sum()):
            self.play(picture.begin(), seconds=self.theme.durations.leave)
            self.play(*picture.multiply())
        with self.beat("normaliser"):
            self.leave(*boxes, picture.factors)
            boxes = self.box(normaliser, role=Role.PARTITION)
            self.play(*picture.divide())
            self.play(picture.settle(), seconds=self.theme.durations.appear)
        with self.beat("best"):
            self.leave(*boxes)
            self.box(closed_form.left, role=Role.POLICY)
