"""RLHF without the RL: four models and a loop, of which two models remain."""

from dpo_math.examples import PROMPT
from scenes import pictures
from scenes.lesson_scene import LessonScene


class Prologue(LessonScene):
    id = "prologue"

    def construct(self) -> None:
        models, loop = pictures.pipeline(self), pictures.loop(self)
        right, top = self.layout.halves[1], pictures.close_up(PROMPT)
        bars = pictures.responses(self, PROMPT, room=right, top=top)
        stations = {name: i / len(pictures.ROUND) for i, name in enumerate(pictures.ROUND)}

        with self.beat("policy"):
            self.show(models, bars)
            self.play(models.to(policy=1), bars.to(policy=PROMPT.reference))
        with self.beat("reference"):
            self.play(models.to(reference=1), bars.to(reference=PROMPT.reference))
        with self.beat("reward_model"):
            self.play(models.to(reward_model=1), bars.to(reward=PROMPT.reward))
        with self.beat("value_network", models=len(pictures.PIPELINE)):
            value = pictures.expected(PROMPT, PROMPT.reference)
            self.play(models.to(value_network=1), bars.to(value=value))

        with self.beat("rollouts"):
            self.leave(bars)
            self.show(loop)
            self.play(models.use("policy"))
        with self.beat("advantages"):
            self.play(loop.to(turn=stations["advantages"]))
            self.play(models.use("reference", "reward_model", "value_network"))
        with self.beat("update"):
            self.play(loop.to(turn=stations["update"]))
            self.play(models.use("policy", "value_network"))
        with self.beat("again"):
            self.play(models.use(), loop.to(turn=4), seconds=self.theme.durations.sweep)

        with self.beat("without"):
            self.play(models.to(reward_model=0))
            self.play(models.to(value_network=0))
            self.leave(loop)
        with self.beat("question"):
            self.show(pictures.question(self, "question"))
