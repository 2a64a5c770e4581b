"""Step 5: the loss: the preferences' likelihood, with a policy to train in the place of π*."""

from scenes.lesson_scene import LessonScene


class Loss(LessonScene):
    id = "loss"

    def construct(self) -> None:
        with self.beat("preference"):
            self.state("preference")
        with self.beat("likelihood"):
            self.state("likelihood")
        with self.beat("likelihood_of_policy"):
            self.move("likelihood_of_policy")
        with self.beat("loss"):
            self.move("loss")
