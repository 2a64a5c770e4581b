"""Step 4: in a difference of rewards under one prompt, β log Z(x) cancels."""

from dpo_math import moves, statements
from dpo_math.derivation import X_OTHER, X, log_partition
from dpo_math.examples import BETA, CHOSEN, OTHER_PROMPT, PROMPT, REJECTED
from scenes.asides import Contest, worked
from scenes.furniture import Between
from scenes.lesson_scene import LessonScene
from scenes.theme import Role


class Cancellation(LessonScene):
    id = "cancellation"

    def construct(self) -> None:
        contest = Contest(self, PROMPT, CHOSEN, REJECTED)
        self.over_picture = True
        with self.beat("strengths"):
            self.state("strengths")
            self.show(contest.split)
            self.play(contest.raise_chosen(), seconds=self.theme.durations.training)
        with self.beat("divided_through"):
            self.leave()
            self.over_picture = False
            self.move("divided_through")
        for line in ("one_exponential", "minus_drawn_out"):
            with self.beat(line):
                self.move(line)
        with self.beat("sigmoid"):
            self.recall("sigmoid")
        with self.beat("bradley_terry"):
            self.move("bradley_terry")
        with self.beat("inversion"):
            self.state("inversion")
            self.box(log_partition())

        with self.beat("chosen_inserted"):
            self.leave()
            self.move("chosen_inserted", keep=True)
        with self.beat("rejected_inserted"):
            self.move("rejected_inserted")
        with self.beat("sign_distributed"):
            self.move("sign_distributed")

        with self.beat("same"):
            upper, lower = self.box(log_partition())
            under = (lower.get_x(), self.layout.move[1])
            arrow = Between(upper, lower, self.theme, Role.PARTITION)
            reason = self.words("same_prompt", at=under, symbols={"x": X})
            self.show(arrow, reason)
        with self.beat("cancelled"):
            self.leave(arrow, reason)
            self.move("cancelled", *self.meeting(upper, lower))

        with self.beat("rewound"):
            self.rewind()
        with self.beat("other_prompt"):
            self.move("other_prompt")
        with self.beat("refused"):
            here, there = self.box(log_partition(), log_partition(X_OTHER))
            self.approach(here, there)
            one, other = self.refused(moves.cancel, log_partition(), log_partition(X_OTHER))
            symbols = {"one": one, "other": other}
            em = self.theme.type.move
            self.show(self.words("refused", at=under, role=Role.PARTITION, em=em, symbols=symbols))
        given = {
            "beta": statements.beta_of_example(),
            "here": statements.partition_of(PROMPT, X),
            "there": statements.partition_of(OTHER_PROMPT, X_OTHER),
        }
        amount = statements.amount_left_over()
        sums = {"here": PROMPT.partition(BETA), "there": OTHER_PROMPT.partition(BETA)}
        with self.beat("left_over", beta=BETA, left_over=amount, **sums):
            self.leave()
            self.show(worked(self, statements.left_over(), "given", symbols=given))

        with self.beat("again"):
            self.rewind()
            self.move("cancelled")
        with self.beat("preference"):
            self.recall("bradley_terry")
            self.move("preference")
