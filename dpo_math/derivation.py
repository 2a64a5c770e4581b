"""The derivation of DPO as data: each line, the move that made it, what it assumes, its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.moves import Step

Move = Callable[[n.Relation], Step]


class Kind(StrEnum):
    """How a line comes to hold: it follows, it says what a sign means, or somebody chose it."""

    CLAIM = "claim"
    DEFINITION = "definition"
    CHOICE = "choice"


class Assumption(StrEnum):
    """What a line needs beyond arithmetic."""

    BETA_POSITIVE = "β > 0"
    SUPPORT = "π_ref(y | x) > 0 for every response"
    NORMALISED = "policies sum to one"
    SAME_PROMPT = "both responses answer the same x"
    BRADLEY_TERRY = "preferences follow Bradley-Terry"


@dataclass(frozen=True)
class Line:
    """A line of the derivation.

    ``step`` is the move that made it, None for a line that starts a chain; ``follows`` names the
    line moved from. ``source`` is the equation or section of the paper.
    """

    id: str
    tree: n.Relation
    kind: Kind
    lesson_step: int
    source: str
    assumptions: tuple[Assumption, ...] = ()
    step: Step | None = None
    follows: str | None = None
    note: str = ""


class Derivation:
    """The lines in order, by name."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def __getitem__(self, line_id: str) -> Line:
        return self._lines[line_id]

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def by_id(self) -> Mapping[str, Line]:
        return MappingProxyType(self._lines)

    def add(self, line: Line) -> None:
        if line.id in self._lines:
            raise ValueError(f"two lines are called {line.id}")
        self._lines[line.id] = line

    def state(
        self,
        line_id: str,
        tree: n.Relation,
        lesson_step: int,
        source: str,
        kind: Kind = Kind.CLAIM,
        assumptions: tuple[Assumption, ...] = (),
        note: str = "",
    ) -> None:
        """Add a line that no move made."""
        self.add(Line(line_id, n.keyed(tree), kind, lesson_step, source, assumptions, note=note))

    def move(
        self,
        follows: str,
        line_id: str,
        move: Move,
        source: str,
        assumptions: tuple[Assumption, ...] | None = None,
        lesson_step: int | None = None,
    ) -> None:
        """Add the line that ``move`` makes of the line called ``follows``."""
        before = self[follows]
        step = move(before.tree)
        assumed = before.assumptions if assumptions is None else assumptions
        chapter = lesson_step or before.lesson_step
        self.add(Line(line_id, step.line, Kind.CLAIM, chapter, source, assumed, step, follows))


BETA, X, X_OTHER = n.Symbol("beta"), n.Symbol("x"), n.Symbol("x'")
Y, CHOSEN, REJECTED = n.Symbol("y"), n.Symbol("y_w"), n.Symbol("y_l")
ONE = n.Number(1)


def policy(name: str, response: n.Node = Y, prompt: n.Node = X) -> n.Policy:
    """π(response | prompt) of the policy called ``name``."""
    return n.Policy(n.Model(name), response, prompt)


def reward(response: n.Node = Y, prompt: n.Node = X) -> n.Reward:
    """r(prompt, response)."""
    return n.Reward("", prompt, response)


def difference(first: n.Node, second: n.Node) -> n.Sum:
    """first − second."""
    return n.Sum((n.Signed(False, first), n.Signed(True, second)))


def log_partition(prompt: n.Node = X) -> n.Product:
    """β log Z(prompt)."""
    return n.Product((BETA, n.Log(n.Partition(prompt))))


TILT = n.Exp(n.Product((n.Quotient(ONE, BETA), reward())))
PARTITION = n.Relation(n.Partition(X), "=", n.BigSum(Y, n.Product((policy("ref"), TILT))))
CLOSED_FORM = n.Relation(
    policy("*"),
    "=",
    n.Product((n.Quotient(ONE, n.Partition(X)), policy("ref"), TILT)),
)
BRADLEY_TERRY = n.Relation(
    n.Preference(CHOSEN, REJECTED, X),
    "=",
    n.Sigmoid(difference(reward(CHOSEN), reward(REJECTED))),
)


def _inversion(lines: Derivation) -> None:
    """Step 3: the reward, written with the policy that is optimal for it (eq. 5)."""
    a = (Assumption.BETA_POSITIVE, Assumption.SUPPORT)
    lines.state("partition", PARTITION, 2, "eq. (4)", Kind.DEFINITION, a)
    lines.state("closed_form", CLOSED_FORM, 2, "eq. (4), appendix A.1", assumptions=a)
    lines.move("closed_form", "logs", moves.take_logs, "section 4", lesson_step=3)
    lines.move("logs", "log_product", moves.log_of_product, "section 4")
    lines.move("log_product", "log_partition", moves.log_of_quotient, "section 4")
    lines.move("log_partition", "log_exp", moves.log_of_exp, "section 4")
    lines.move("log_exp", "times_beta", lambda t: moves.multiply_both_sides(t, BETA), "section 4")
    lines.move("times_beta", "beta_spread", moves.distribute, "section 4")
    lines.move("beta_spread", "bare_reward", lambda t: moves.cancel_factor(t, BETA), "section 4")
    lines.move("bare_reward", "reward_alone", lambda t: moves.isolate(t, reward()), "section 4")
    lines.move("reward_alone", "reward_first", moves.swap_sides, "section 4")
    lines.move(
        "reward_first",
        "inversion",
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        "eq. (5)",
    )


def _cancellation(lines: Derivation) -> None:
    """Step 4: Bradley-Terry sees a difference of rewards, and Z(x) cancels in it (eq. 6)."""
    a = (Assumption.BETA_POSITIVE, Assumption.SUPPORT, Assumption.SAME_PROMPT)
    rule = lines["inversion"].tree
    rewards = difference(reward(CHOSEN), reward(REJECTED))
    lines.state(
        "bradley_terry",
        BRADLEY_TERRY,
        4,
        "eq. (1), section 5",
        Kind.DEFINITION,
        (Assumption.BRADLEY_TERRY,),
        note="A model of how people choose, assumed and not derived.",
    )
    lines.move(
        "bradley_terry",
        "chosen_inserted",
        lambda t: moves.evaluate(t, rule, rewards, reward(CHOSEN)),
        "section 5",
        a,
    )
    lines.move(
        "chosen_inserted",
        "rejected_inserted",
        lambda t: moves.substitute(t, rule, reward(REJECTED), "right"),
        "section 5",
    )
    lines.move("rejected_inserted", "sign_distributed", moves.distribute_sign, "section 5")
    lines.move(
        "sign_distributed",
        "cancelled",
        lambda t: moves.cancel(t, log_partition()),
        "section 5",
    )
    lines.move(
        "sign_distributed",
        "other_prompt",
        _rejected_under_another_prompt,
        "counter-example",
        (Assumption.BETA_POSITIVE, Assumption.SUPPORT),
    )
    rule = lines["cancelled"].tree
    lines.move(
        "bradley_terry",
        "preference",
        lambda t: moves.substitute(t, rule, rewards),
        "eq. (6)",
        (*a, Assumption.BRADLEY_TERRY),
    )


def _rejected_under_another_prompt(line: n.Relation) -> Step:
    """The same difference where the rejected response answers x′."""
    _, minus_reward = n.terms_of(line.left)
    second_copy = n.terms_of(line.right)[2:]
    return moves.rename(line, {"x": "x'"}, (minus_reward, *second_copy))


def build() -> Derivation:
    """The derivation. Building it runs every move."""
    lines = Derivation()
    _inversion(lines)
    _cancellation(lines)
    return lines


LINES = build()
"""The derivation of this lesson."""
