"""Step 1: reward, on a leash: what RLHF maximises, built term by term over a picture of it."""

from itertools import pairwise

from dpo_math.derivation.objective import BEST, MEAN_REWARD, PENALTY
from dpo_math.examples import BETA, PROMPT, SWEEP
from scenes import pictures
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Objective(LessonScene):
    id = "objective"
    over_picture = True

    def construct(self) -> None:
        leash = pictures.Leash(self, PROMPT)
        bars, best = leash.bars, leash.best
        tight, loose = SWEEP
        pace = self.theme.durations

        with self.beat("reference"):
            self.show(bars)
            self.play(bars.to(reference=PROMPT.reference))
        with self.beat("reward"):
            self.play(bars.to(reward=PROMPT.reward))

        with self.beat("mean_reward"):
            self.build("objective", MEAN_REWARD)
            self.play(bars.to(policy=PROMPT.reference))
        with self.beat("greedy"):
            self.play(leash.greedy())

        with self.beat("strayed", times=leash.times):
            self.show(leash.change)
            self.play(leash.count())
        with self.beat("divergence", farthest=leash.farthest):
            self.show(leash.strayed)
        with self.beat("penalty"):
            self.leave(leash.copies)
            self.build("objective", PENALTY)
            self.show(leash.dial, leash.objective)
            self.play(*leash.tighten(tight))
        with self.beat("objective"):
            self.build("objective")

        with self.beat("longer"):
            self.leave(leash.objective)
            self.play(*leash.sweep(tight, BETA))
        with self.beat("loose"):
            self.play(*leash.sweep(BETA, loose))
        ahead = leash.ahead(self, BETA)
        before, after = PROMPT.reference[best], PROMPT.optimum(BETA)[best]
        with self.beat("between", beta=BETA, before=before, after=after):
            self.play(*leash.sweep(loose, BETA))
            self.show(*leash.worth(self, BETA))
        with self.beat("ahead"):
            self.show(ahead)
        with self.beat("largest"):
            self.leave(ahead)
            for start, end in pairwise((0, 1, -1, 0)):
                seconds = abs(end - start) * pace.leave
                self.play(*leash.around(BETA, start, end), seconds=seconds)
                if end:
                    self.wait(pace.compare)
        with self.beat("question"):
            self.box(BEST, role=Role.POLICY)
