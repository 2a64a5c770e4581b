"""RLHF without the RL: four models and a loop, of which two models remain."""

from dpo_math.examples import PROMPT
from scenes import pictures
from scenes.lesson_scene import LessonScene


class Prologue(LessonScene):
    id = "prologue"

    def construct(self) -> None:
        models, loop = pictures.pipeline(self), pictures.loop(self)
        bars = pictures.trained(self, PROMPT)
        name = pictures.heading(self, "chart", self.layout.chart_key)
        pace = self.theme.durations

        with self.beat("policy"):
            self.show(models, bars, name)
            self.play(models.to(policy=1), bars.to(policy=PROMPT.reference))
        with self.beat("reference"):
            self.play(models.to(reference=1), bars.to(reference=PROMPT.reference))
        with self.beat("reward_model"):
            self.play(models.to(reward_model=1), bars.to(reward=PROMPT.reward))
        with self.beat("value_network", models=len(pictures.PIPELINE)):
            self.play(models.to(value_network=1))
            self.play(bars.to(value=pictures.expected(PROMPT, PROMPT.reference)))

        arrows = pictures.advantages(bars, PROMPT)
        with self.beat("rollouts"):
            self.play(models.use("policy"), seconds=pace.leave)
        with self.beat("advantages"):
            self.play(models.use("reference", "reward_model", "value_network"), seconds=pace.leave)
            self.play(arrows.to(reached=1))
        with self.beat("update"):
            self.leave(arrows)
            self.play(models.use("policy", "value_network"), seconds=pace.leave)
            self.play(pictures.stepped(bars, PROMPT))
        with self.beat("again"):
            self.play(models.use(), seconds=pace.leave)
            self.leave(bars, name)
            self.show(loop)
            self.play(loop.to(turn=4), seconds=pace.sweep)

        with self.beat("without"):
            self.play(models.to(reward_model=0))
            self.play(models.to(value_network=0))
            self.leave(loop)
        pair = pictures.preference(self)
        with self.beat("direct"):
            self.show(pair)
            self.play(models.feed("policy", pair.framed))
            self.play(models.use(*pictures.DIRECT), seconds=pace.leave)
        with self.beat("question"):
            self.show(pictures.question(self, "question", room=self.layout.question))
