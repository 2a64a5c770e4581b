"""What speaks for DPO, what speaks against it, and which method the next lesson takes up."""

from manim import FadeIn

from scenes import pictures
from scenes.lesson_scene import LessonScene
from scenes.limits import Descents, Longer, Unseen


class WhenItWins(LessonScene):
    id = "when_it_wins"

    def construct(self) -> None:
        pace = self.theme.durations
        models, descents = pictures.with_adapter(self), Descents(self)
        with self.beat("memory", before=len(pictures.PIPELINE)):
            self.show(models)
            self.play(models.to(**dict.fromkeys(pictures.PIPELINE, 1)))
        with self.beat("two", after=len(pictures.DIRECT)):
            self.play(models.to(reward_model=0, value_network=0))
        with self.beat("stability"):
            self.show(descents.plot, descents.name)
            self.play(descents.train(), seconds=pace.training)
        with self.beat("lora"):
            self.play(models.to(policy=0))
            self.play(models.to(adapter=1))
            adapted = self.words("adapted", at=models.below)
            self.show(adapted)
        with self.beat("switched_off"):
            self.leave(adapted)
            self.play(models.switch_off("adapter"), seconds=pace.appear)

        unseen = Unseen(self)
        with self.beat("unseen"):
            self.leave()
            self.show(unseen.bars)
            self.play(*unseen.begin())
            self.show(unseen.note, unseen.marks["start"])
        with self.beat("kept", **unseen.shares):
            self.leave(unseen.marks["start"])
            self.play(*unseen.train())
            self.play(unseen.bars.to(optimum=unseen.found.optimum), seconds=pace.appear)
            self.show(unseen.beta, unseen.marks["reached"], unseen.marks["best"])
        with self.beat("silent", **unseen.shares):
            self.leave(unseen.marks["reached"])
            self.show(unseen.loss)
            self.play(*unseen.to_best(), seconds=pace.sweep)
        with self.beat("asked", **unseen.shares):
            self.leave(unseen.marks["best"])
            self.play(*unseen.beyond(), seconds=pace.sweep)
            self.show(unseen.marks["most"])

        longer = Longer(self)
        found = longer.found
        with self.beat("lengths", chosen=found.chosen_length, rejected=found.rejected_length):
            outlines, lengths = longer.unsorted(unseen.bars)
            self.add(outlines)
            self.leave()
            self.show(longer.name)
            self.play(FadeIn(lengths), seconds=pace.shift)
            for stretch in longer.sort(unseen.bars, outlines, lengths):
                self.play(*stretch, seconds=pace.leave)
            self.show(longer.bars, longer.heading, longer.means["chosen"], longer.means["rejected"])
            self.play(*longer.begin(), seconds=pace.appear)
            self.remove(outlines, lengths)
        before, after = (found.expected_lengths[step] for step in (0, -1))
        with self.beat("longer", before=before, after=after):
            self.show(longer.means["policy"])
            self.play(*longer.train(), seconds=0.8 * pace.training)
        with self.beat("fault"):
            self.wait(pace.sweep + pace.settle)
            self.play(*longer.charge(), seconds=pace.sweep)

        checking = pictures.checking(self)
        checked, judged = pictures.answers(self, "answer")
        with self.beat("verifiable"):
            self.leave()
            self.show(checking)
            self.play(checking.to(turn=1), seconds=pace.sweep)
            self.show(checked)
        with self.beat("open_ended"):
            self.show(judged)
