"""The title's claim as an experiment: preferences alone lead to the optimum of the objective."""

from manim import FadeOut

from dpo_math import measured
from dpo_math.examples import BETA, BETAS, PROMPT
from scenes.experiments import CLOSE_UP, FROM_AFAR, Cause, Twins
from scenes.lesson_scene import LessonScene


class OptimumReached(LessonScene):
    id = "optimum_reached"

    def construct(self) -> None:
        twins = Twins(self, top=CLOSE_UP)
        pace = self.theme.durations

        with self.beat("twins"):
            self.show(*twins.panels.values(), twins.key, twins.dial)
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
            outlines, way = twins.laid_over()
            self.play(way)
            self.play(FadeOut(outlines), seconds=pace.leave)

        cause = Cause(self, twins, BETA)
        with self.beat("luck"):
            self.leave(twins.plot, distance, twins.dial)
            self.play(cause.restart(), seconds=pace.leave)
            self.show(cause.curve, cause.label)
            self.play(*cause.train(), seconds=1.1 * pace.training)
        with self.beat("reason"):
            self.leave(cause.curve, cause.label)
            gaps = self.in_room("cancelled", self.layout.plot)
            self.show(gaps, cause.total)
            self.play(cause.begin(), seconds=pace.shift)
            self.play(*cause.scale(), seconds=0.9 * pace.move)
            self.play(*cause.normalise(), seconds=0.9 * pace.move)
            self.play(cause.settle(), seconds=pace.leave)

        with self.beat("again"):
            self.leave(gaps, cause.total)
            self.show(twins.plot, distance, twins.dial)
            self.play(*twins.all_to(top=FROM_AFAR), seconds=pace.shift)
        for beta in BETAS:
            with self.beat(f"beta_{beta}", beta=beta):
                self.play(*twins.restart(beta), seconds=pace.appear)
                self.play(*twins.train(beta), seconds=0.75 * pace.move)
        with self.beat("everywhere"):
            self.play(twins.light_all(), *twins.all_to(top=CLOSE_UP), seconds=pace.shift)
            gap, best = twins.gap(self), int(PROMPT.greedy().argmax())
            self.leave(twins.plot, distance)
            self.show(gap, twins.within_groups())
            self.play(*twins.unlink(), seconds=pace.sweep)
        with self.beat("ruled_out"):
            self.leave(gap, twins.loss)
            self.play(*twins.rule_out(best), seconds=pace.move)
            undefined = twins.undefined(self, best)
            self.show(undefined)
        with self.beat("free"):
            self.leave(undefined)
            self.play(*twins.bind(measured.read(measured.BothFall).features))
