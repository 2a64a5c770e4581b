"""Step 1: reward, on a leash: what RLHF maximises, built term by term over a picture of it."""

from dpo_math.derivation.objective import BEST, DIVERGENCE, MEAN_REWARD, PENALTY
from dpo_math.examples import BETA, PROMPT, SWEEP
from scenes import pictures
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Objective(LessonScene):
    id = "objective"
    over_picture = True

    def construct(self) -> None:
        bars = pictures.responses(self, PROMPT, "reference", "reward", "policy")
        leash, strayed = pictures.leash(self), pictures.divergence(self, PROMPT)
        tight, loose = SWEEP

        with self.beat("reference"):
            self.show(bars)
            self.play(bars.to(reference=PROMPT.reference))
        with self.beat("reward"):
            self.play(bars.to(reward=PROMPT.reward))

        with self.beat("mean_reward"):
            self.build("objective", MEAN_REWARD)
            self.play(bars.to(policy=PROMPT.reference))
        with self.beat("greedy"):
            self.play(bars.to(policy=PROMPT.greedy()))

        farthest = PROMPT.divergence(PROMPT.greedy())
        with self.beat("divergence", farthest=farthest):
            self.build("objective", DIVERGENCE)
            self.show(strayed)
            self.play(strayed.to(value=farthest))
        with self.beat("penalty"):
            self.build("objective", PENALTY)
            self.show(leash)
            self.play(bars.to(policy=PROMPT.optimum(tight)), strayed.to(value=PROMPT.kl(tight)))
        with self.beat("objective"):
            self.build("objective")

        with self.beat("longer"):
            self.play(*pictures.sweep(PROMPT, tight, BETA, bars, leash, strayed))
        with self.beat("loose"):
            self.play(*pictures.sweep(PROMPT, BETA, loose, bars, leash, strayed))
        best = PROMPT.greedy().argmax()
        before, after = PROMPT.reference[best], PROMPT.optimum(BETA)[best]
        with self.beat("between", beta=BETA, kl=PROMPT.kl(BETA), before=before, after=after):
            self.play(*pictures.sweep(PROMPT, loose, BETA, bars, leash, strayed))
        with self.beat("question"):
            self.box(BEST, role=Role.POLICY)
