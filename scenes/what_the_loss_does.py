"""The margin on the curve of −log σ, the weight of a pair, and a push that is only relative."""

from dpo_math import measured
from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, REJECTED, difference, policy, reward
from dpo_math.derivation.vocabulary import slope
from scenes.lesson_scene import LessonScene
from scenes.slope import Push, Slope
from scenes.theme import Role

IMPLICIT = {response: reward(response, name="hat") for response in (CHOSEN, REJECTED)}
WEIGHT = n.Sigmoid(difference(IMPLICIT[REJECTED], IMPLICIT[CHOSEN]))


def push(response: n.Node) -> n.Node:
    """The direction in which ``response`` gets likelier."""
    return slope(n.Log(policy("theta", response)))


class WhatTheLossDoes(LessonScene):
    id = "what_the_loss_does"

    def construct(self) -> None:
        pace = self.theme.durations
        with self.beat("loss"):
            self.state("implicit_loss")
        with self.beat("implicit_reward"):
            self.explain("implicit_reward", self.layout.aside)

        on_curve = Slope(self)
        first, *others = range(len(on_curve.slide.pairs))
        weights = on_curve.slide.weights[-1]
        with self.beat("curve"):
            self.leave()
            self.make_room()
            self.show(on_curve.curve)
        with self.beat("start"):
            self.play(*on_curve.begin(first))
        with self.beat("weight"):
            self.show(on_curve.heading, on_curve.gauges[first])
        steps = len(on_curve.slide.weights) - 1
        with self.beat("slide", steps=steps, weight=weights[first]):
            self.play(*on_curve.slide_down(first), seconds=pace.training)
        right, wrong = sorted(weights[i] for i in others)
        with self.beat("others", times=wrong / right):
            self.play(*on_curve.begin(*others))
            self.show(*(on_curve.gauges[i] for i in others))
        with self.beat("settle", right=right, wrong=wrong):
            self.play(*on_curve.slide_down(*others), seconds=pace.training)

        with self.beat("gradient"):
            self.leave()
            self.dismiss()
            self.state("gradient")
            self.box(WEIGHT, role=Role.POLICY)
        with self.beat("gradient_push"):
            self.leave()
            self.box(push(CHOSEN), role=Role.CHOSEN)
            self.box(push(REJECTED), role=Role.REJECTED)

        slide = on_curve.slide
        apart = Push(self, slide.policies, slide.pairs[first], slide.beta)
        with self.beat("relative"):
            self.leave()
            self.dismiss()
            self.show(*apart.parts)
            self.play(*apart.train(), seconds=pace.training)
        fall = measured.read(measured.BothFall)
        together = Push(self, fall.policies, (fall.chosen, fall.rejected), fall.beta)
        with self.beat("shared"):
            self.leave()
            self.show(*together.parts)
        before, after = (fall.policies[step][fall.chosen] for step in (0, -1))
        with self.beat("both_fall", before=before, after=after):
            self.play(*together.train(), seconds=pace.training)
        with self.beat("watch"):
            pass
