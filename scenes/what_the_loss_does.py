"""The margin on the curve of −log σ, the weight of a pair, and a push that is only relative."""

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, LINES, REJECTED, difference, policy
from dpo_math.derivation.gradient import implicit, ratio
from dpo_math.derivation.vocabulary import slope
from scenes.lesson_scene import LessonScene
from scenes.slope import Push, Slope
from scenes.summary import newly_proved
from scenes.theme import Role

MARGIN = difference(implicit(CHOSEN), implicit(REJECTED))
WEIGHT = n.Sigmoid(difference(implicit(REJECTED), implicit(CHOSEN)))


def push(response: n.Node) -> n.Node:
    """The direction in which ``response`` gets likelier."""
    return slope(n.Log(policy("theta", response)))


class WhatTheLossDoes(LessonScene):
    id = "what_the_loss_does"

    def construct(self) -> None:
        pace = self.theme.durations
        with self.beat("loss"):
            self.state("loss")
        with self.beat("implicit_reward"):
            terms = self.box(ratio(CHOSEN), ratio(REJECTED), role=Role.REWARD)
            self.recall("implicit_reward")
        with self.beat("chosen_recognised"):
            self.leave(*terms)
            self.move("chosen_recognised")
        with self.beat("margin"):
            self.move("implicit_loss")
            self.box(MARGIN, role=Role.INK)

        on_curve = Slope(self)
        first, common, rare = range(len(on_curve.slide.pairs))
        weights = on_curve.slide.weights[-1]
        with self.beat("curve"):
            self.leave()
            self.make_room()
            self.show(on_curve.curve)
        with self.beat("start"):
            self.play(*on_curve.begin(first))
        with self.beat("weight"):
            self.show(on_curve.heading, on_curve.gauges[first])
            self.play(*on_curve.feel(first), seconds=pace.sweep)
        steps = len(on_curve.slide.weights) - 1
        with self.beat("slide", steps=steps, weight=weights[first]):
            self.play(*on_curve.slide_down(first), seconds=1.75 * pace.training)
        times = on_curve.times[common]
        with self.beat("others", times=times):
            self.play(*on_curve.begin(common, rare))
            self.show(on_curve.gauges[common], on_curve.gauges[rare])
        with self.beat("settle", times=times, right=weights[common], wrong=weights[rare]):
            self.play(*on_curve.slide_down(common, rare), seconds=1.5 * pace.training)

        pushes = [push(CHOSEN), push(REJECTED)]
        proved = newly_proved(LINES["gradient"], LINES["implicit_loss"])
        with self.beat("gradient", proved=len(proved)):
            self.leave()
            self.over_picture = False
            self.state("gradient")
            self.box(WEIGHT, role=Role.INK, then=pushes)
        with self.beat("gradient_push"):
            self.leave()
            for response, role in ((CHOSEN, Role.CHOSEN), (REJECTED, Role.REJECTED)):
                self.box(push(response), role=role)

        pair = Push(self)
        with self.beat("relative"):
            self.leave()
            self.dismiss()
            self.show(*pair.parts)
            self.play(*pair.train(pair.own), seconds=pace.training)
        with self.beat("shared", share=pair.fall.features[pair.fall.chosen]):
            self.play(*pair.restart())
            self.show(pair.tie())
            self.play(*pair.nudge(), seconds=pace.sweep)
        before, after = (pair.shared[step][pair.fall.chosen] for step in (0, -1))
        with self.beat("both_fall", before=before, after=after, others=len(pair.unpaired)):
            self.play(*pair.train(pair.shared), seconds=1.5 * pace.training)
            self.show(*pair.shares_of_chosen())
        with self.beat("watch"):
            self.show(*pair.boxes())
