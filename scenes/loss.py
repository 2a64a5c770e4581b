"""Step 5: the loss: the preferences' likelihood, with a policy to train in the place of π*."""

from dpo_math import notation as n
from dpo_math.derivation import CHOSEN, PAIRS, REJECTED, policy
from dpo_math.derivation.loss import PREFERENCE
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Loss(LessonScene):
    id = "loss"

    def construct(self) -> None:
        with self.beat("preference"):
            self.state("preference")
        with self.beat("data"):
            self.keep(copy=False)
            self.build("likelihood", n.Log(PREFERENCE))
        with self.beat("likelihood"):
            self.build("likelihood")
        with self.beat("likelihood_of_policy"):
            self.move("likelihood_of_policy")
        with self.beat("unknown"):
            self.box(policy("*").model, role=Role.POLICY)
        with self.beat("loss"):
            self.leave()
            self.move("loss")

        trained, frozen, pairs, reward_model = self.names(
            policy=Role.POLICY, reference=Role.REFERENCE, pairs=Role.INK, reward_model=Role.REWARD
        )
        with self.beat("whole"):
            self.clear_ledger()
        with self.beat("policy"):
            self.box(*_both("theta"), role=Role.POLICY)
            self.show(trained)
        with self.beat("reference"):
            self.box(*_both("ref"), role=Role.REFERENCE)
            self.show(frozen)
        with self.beat("pairs"):
            self.box(PAIRS, role=Role.INK)
            self.show(pairs)
        with self.beat("reward_model"):
            self.show(reward_model)
            self.strike(reward_model)


def _both(model: str) -> tuple[n.Policy, n.Policy]:
    return policy(model, CHOSEN), policy(model, REJECTED)
