"""The title's claim as an experiment: preferences alone lead to the optimum of the objective."""

from dpo_math.examples import BETA, BETAS, PROMPT
from scenes.experiments import Twins
from scenes.lesson_scene import LessonScene


class OptimumReached(LessonScene):
    id = "optimum_reached"

    def construct(self) -> None:
        twins = Twins(self, top=1.1)
        pace = self.theme.durations

        with self.beat("twins"):
            self.show(*twins.panels.values(), twins.key)
            self.play(*twins.all_to(reference=PROMPT.reference, policy=PROMPT.reference))
        with self.beat("optimum", beta=BETA):
            self.play(*twins.all_to(optimum=twins.optima[BETA]))
        ascent, dpo, distance = (twins.label(self, name) for name in ("ascent", "dpo", "distance"))
        with self.beat("dpo"):
            self.show(dpo)
        with self.beat("ascent"):
            self.show(ascent)
            self.play(*twins.to_side("ascent", reward=PROMPT.reward))
        with self.beat("distance"):
            self.show(twins.plot, distance, *twins.samples(dpo=dpo, ascent=ascent))

        with self.beat("train"):
            self.play(*twins.train(BETA), seconds=pace.training)
        with self.beat("arrived", parts=twins.parts(BETA)):
            pass

        preferences, ratios, policy = twins.reason(self)
        with self.beat("luck"):
            self.show(preferences)
        with self.beat("reason"):
            self.show(ratios)
            self.show(policy)

        with self.beat("again"):
            self.leave(preferences, ratios, policy)
            self.show(twins.dial)
        for beta in BETAS:
            with self.beat(f"beta_{beta}", beta=beta):
                self.play(*twins.restart(beta), seconds=pace.appear)
                self.play(*twins.train(beta), seconds=pace.move)
        with self.beat("everywhere"):
            pass
