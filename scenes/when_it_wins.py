"""What speaks for DPO, what speaks against it, and which method the next lesson takes up."""

from dpo_math.examples import PROMPT
from scenes import pictures
from scenes.lesson_scene import LessonScene
from scenes.limits import Descents, Longer, Unseen


class WhenItWins(LessonScene):
    id = "when_it_wins"

    def construct(self) -> None:
        pace = self.theme.durations
        models, descents = pictures.direct(self), Descents(self)
        with self.beat("memory", before=len(pictures.PIPELINE), after=len(pictures.DIRECT)):
            self.show(models)
            self.play(models.to(policy=1))
            self.play(models.to(reference=1))
        with self.beat("stability"):
            self.show(descents.plot, descents.name)
            self.play(descents.train(), seconds=pace.training)
        with self.beat("lora"):
            self.play(models.to(adapter=1))
            self.play(models.to(policy=0))

        unseen = Unseen(self)
        with self.beat("unseen"):
            self.leave()
            self.show(unseen.bars)
            self.play(unseen.bars.to(reference=PROMPT.reference, reward=PROMPT.reward))
            self.show(unseen.note)
        with self.beat("kept", reached=unseen.reached, best=unseen.best):
            self.play(unseen.bars.to(policy=PROMPT.reference))
            self.play(*unseen.train())
            self.play(unseen.bars.to(optimum=unseen.found.optimum))
        with self.beat("silent"):
            self.leave(unseen.note)
            self.show(unseen.loss)
            self.play(*unseen.wander(), seconds=pace.training)

        longer = Longer(self)
        found = longer.found
        with self.beat("lengths", chosen=found.chosen_length, rejected=found.rejected_length):
            self.leave()
            self.show(longer.bars, longer.length)
            self.play(*longer.begin())
        before, after = (found.expected_lengths[step] for step in (0, -1))
        with self.beat("longer", before=before, after=after):
            self.play(*longer.train(), seconds=pace.training)

        checking = pictures.checking(self)
        with self.beat("verifiable"):
            self.leave()
            self.show(checking)
            self.play(checking.to(turn=2), seconds=pace.sweep)
        with self.beat("open_ended"):
            self.show(pictures.question(self, "answer"))
