"""The five lines together, each with its verdict; and why the paper is called what it is."""

from dpo_math.derivation import CHOSEN, LINES, REJECTED
from dpo_math.derivation.gradient import implicit
from dpo_math.paper import PAPER
from scenes.furniture import Citation
from scenes.summary import Summary, newly_proved
from scenes.theme import Role

FIVE = ("objective", "closed_form", "inversion", "preference", "loss")
"""Where each step of the lesson arrived."""


CONDITIONS = ("bradley_terry", "labels", "linked", "full_reference", "free")
"""What has to be true for the loss to lead to the optimum, by the name of its words."""


class Epilogue(Summary):
    id = "epilogue"

    def construct(self) -> None:
        self.list_lines(*FIVE)
        for line in FIVE:
            with self.beat(line):
                self.next_line()
        proved = newly_proved(LINES["preference"], LINES["objective"])
        with self.beat("verdicts", proved=len(proved)):
            self.count_proofs()
            self.swell("loss")

        with self.beat("allowed"):
            self.take("loss")
            for condition in self.names(**dict.fromkeys(CONDITIONS, Role.INK)):
                self.show(condition)
        with self.beat("implicit_rewards"):
            self.leave()
            self.state("implicit_loss")
            self.qualify(self.words("rewritten", at=self.under_verdict))
        with self.beat("reward_model"):
            self.box(implicit(CHOSEN), implicit(REJECTED), role=Role.REWARD)
        with self.beat("paper"):
            self.leave()
            self.make_room()
            self.show(Citation(PAPER, self.theme, self.layout))
