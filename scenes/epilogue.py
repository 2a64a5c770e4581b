"""The five lines together, each with its verdict; and why the paper is called what it is."""

from dpo_math.derivation import LINES
from dpo_math.paper import PAPER
from scenes.furniture import Citation
from scenes.summary import Summary, newly_proved
from scenes.theme import Role

FIVE = ("objective", "closed_form", "inversion", "preference", "loss")
"""Where each step of the lesson arrived."""


CONDITIONS = {
    "bradley_terry": Role.INK,
    "one_prompt": Role.INK,
    "compared": Role.INK,
    "free": Role.POLICY,
}
"""What has to be true for the loss to lead to the optimum: the words of each, and their colour."""


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

        with self.beat("allowed"):
            self.take("loss")
            for condition in self.names(**CONDITIONS):
                self.show(condition)
        with self.beat("rewards"):
            self.leave()
        with self.beat("implicit_reward"):
            self.recall("implicit_reward")
        for line in ("chosen_recognised", "implicit_loss"):
            with self.beat(line):
                self.move(line)
        with self.beat("paper"):
            self.keep(copy=False)
            self.show(Citation(PAPER, self.theme, self.layout))
