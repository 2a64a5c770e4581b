"""Step 5: the loss: the preferences' likelihood, with a policy to train in the place of π*."""

from manim import FadeIn

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, PAIRS, REJECTED, policy
from dpo_math.derivation.loss import PREFERENCE
from scenes.lesson_scene import LessonScene
from scenes.slope import data_set, gathered
from scenes.theme import Role


class Loss(LessonScene):
    id = "loss"

    def construct(self) -> None:
        pace = self.theme.durations
        with self.beat("preference"):
            self.state("preference")
        with self.beat("data"):
            self.keep(copy=False)
            pairs, name = data_set(self)
            self.play(FadeIn(pairs), FadeIn(name), seconds=pace.appear)
            self.play(pairs.to(rows=len(pairs.rows)))
            self.build("likelihood", PREFERENCE)
        with self.beat("likelihood"):
            self.build("likelihood", n.Log(PREFERENCE))
            self.play(gathered(self, "likelihood", pairs, name), seconds=pace.appear)
            self.build("likelihood")
        with self.beat("likelihood_of_policy"):
            self.move("likelihood_of_policy")
        with self.beat("unknown"):
            self.box(policy("*").model, role=Role.POLICY)
        with self.beat("loss"):
            self.leave()
            self.move("loss")
        with self.beat("why"):
            self.box(policy("theta").model, role=Role.POLICY)

        trained, frozen, labelled, reward_model = self.names(
            policy=Role.POLICY, reference=Role.REFERENCE, pairs=Role.INK, reward_model=Role.REWARD
        )
        with self.beat("whole"):
            self.leave()
            self.clear_ledger()
        with self.beat("policy"):
            lit = self.box(*_both("theta"), role=Role.POLICY, then=[PAIRS])
            self.show(trained)
        with self.beat("reference"):
            self.leave(*lit)
            lit = self.box(*_both("ref"), role=Role.REFERENCE, then=_both("ref"))
            self.show(frozen)
        with self.beat("pairs"):
            self.leave(*lit)
            lit = self.box(PAIRS, role=Role.INK)
            self.show(labelled)
        with self.beat("reward_model"):
            self.leave(*lit)
            self.show(reward_model)
            self.strike(reward_model)


def _both(model: str) -> tuple[n.Policy, n.Policy]:
    return policy(model, CHOSEN), policy(model, REJECTED)
