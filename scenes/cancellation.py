"""Step 4: in a difference of rewards under one prompt, β log Z(x) cancels."""

from dpo_math.derivation import log_partition
from scenes.lesson_scene import LessonScene


class Cancellation(LessonScene):
    id = "cancellation"

    def construct(self) -> None:
        with self.beat("inversion"):
            self.state("inversion")

        with self.beat("bradley_terry"):
            self.keep()
            self.state("bradley_terry")

        with self.beat("chosen_inserted"):
            self.move("chosen_inserted", keep=True)
        with self.beat("rejected_inserted"):
            self.move("rejected_inserted")
        with self.beat("sign_distributed"):
            self.move("sign_distributed")

        with self.beat("same"):
            boxes = self.box(log_partition())
        with self.beat("cancelled"):
            self.leave(*boxes)
            self.move("cancelled")

        with self.beat("rewound"):
            self.rewind()
        with self.beat("other_prompt"):
            self.move("other_prompt")
        with self.beat("again"):
            self.rewind()
            self.move("cancelled")

        with self.beat("preference"):
            self.move("preference")
