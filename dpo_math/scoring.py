"""The checker's own test: of every line, every mutant is refuted or is known to be no error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from dpo_math import notation as n
from dpo_math.derivation import LINES, Line
from dpo_math.meaning import MeaningError
from dpo_math.mutants import Mutant, mutants
from dpo_math.refute import differs, refute
from dpo_math.verify import keeps_objective
from dpo_math.worlds import NumericWorld

FIRST_LOOK = 3
"""Responses of the small world in which most mutants fail already."""


@dataclass(frozen=True)
class Equivalent:
    """Changes of some lines that leave them true, and why."""

    reason: str
    lines: tuple[str, ...]
    change: str
    """What the change in words must match, as a regular expression."""

    def covers(self, line: Line, mutant: Mutant) -> bool:
        return line.id in self.lines and re.search(self.change, mutant.change) is not None


_SHIFTED = (
    "shifted_optimum", "share_above", "share_below", "factors_above", "factors_below",
    "shift_outside", "shift_cancelled", "partition_again", "partition_before", "same_optimum",
)  # fmt: skip
_SLOPES = ("slopes", "beta_before", "slope_of_logs", "slopes_of_logs")
_DIFFERENCES = (
    "chosen_inserted", "rejected_inserted", "sign_distributed", "cancelled", "other_prompt",
    "shifted_chosen", "shifted_difference", "shifts_apart", "same_preference",
)  # fmt: skip

EQUIVALENTS = (
    Equivalent(
        "π̃ is π*: that is what these lines lead to.",
        (
            "tilted",
            "recognised",
            "constant_outside",
            "divergence",
            "divergence_alone",
            "least_divergence",
        ),
        r"^write \\pi\^\* for \\tilde",
    ),
    Equivalent(
        "π′ is π*: a shifted reward has the same optimum.", _SHIFTED, r"^write \\pi\^\* for \\pi'"
    ),
    Equivalent(
        "The line is true of any policy, and the change says it of another one.",
        (
            "tilted_sums_to_one",
            "mean_of_ratio",
            "mean_of_log",
            "gibbs",
            "representative_sum",
            "shifted_sum",
        ),
        r"^(write (\\pi\S*|x') for|exchange)",
    ),
    Equivalent(
        "A positive multiple of what is not negative is not negative.",
        ("gibbs",),
        r"^write \\beta before",
    ),
    Equivalent(
        "The bound gets weaker and stays true.",
        ("log_below_line", "mean_of_ratio"),
        r"^(write the term u twice|drop the term 1|turn the sign of 1|write \\log before|keep )",
    ),
    Equivalent("So does this one.", ("mean_of_ratio",), r"^write 2 for 1"),
    Equivalent(
        "The line holds for any two responses, and the change only names them the other way round.",
        _DIFFERENCES,
        r"^exchange chosen and rejected$",
    ),
    Equivalent(
        "There is no θ in the reference, so nothing done to it changes a gradient by θ.",
        _SLOPES,
        r"\\pi_{\\mathrm{ref}}",
    ),
    Equivalent("Both sides lose the same factor.", ("times_beta", "beta_spread"), r"^drop every"),
    Equivalent(
        "A positive factor moves no optimum, and π* is best under each prompt alone.",
        ("objective",),
        r"^(write (\\beta before \\mathbb{E}_{x|x' for x in x \\sim)|drop the mean over x)",
    ),
    Equivalent(
        "β and 1/β stand side by side and cancel, in either order.",
        ("representative_sum", "shifted_sum"),
        r"^write \\beta and 1/\\beta for each other$",
    ),
    Equivalent(
        "What is dropped is one, or takes with it all that the sum is of.",
        ("representative_sum", "shifted_sum", "plackett_luce"),
        r"^drop the (factor \\exp|factor \\frac{\\exp|term \\beta)",
    ),
)
"""What survives, with its reason. A test shows that nothing listed is in fact refuted."""

Fate = Literal["refuted", "equivalent", "survived"]


@dataclass(frozen=True)
class Trial:
    """One mutant of one line, what became of it and why."""

    line: Line
    mutant: Mutant
    fate: Fate
    reason: str = ""


@dataclass(frozen=True)
class Score:
    """How many mutants were tried and what became of them."""

    trials: tuple[Trial, ...]

    def count(self, fate: Fate) -> int:
        return sum(trial.fate == fate for trial in self.trials)

    @property
    def tried(self) -> int:
        return len(self.trials)

    @property
    def percent(self) -> float:
        """The share of mutants that are refuted, of those that are errors."""
        errors = self.tried - self.count("equivalent")
        return 100.0 * self.count("refuted") / errors if errors else 100.0

    @property
    def survivors(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.fate == "survived")


def score(lines: Iterable[Line] = LINES) -> Score:
    """Every mutant of every line, tried."""
    return Score(tuple(trial for line in lines for trial in trials(line)))


def trials(line: Line) -> Iterator[Trial]:
    """The mutants of one line, each tried."""
    for mutant in mutants(line.tree):
        if is_refuted(line, mutant.tree):
            yield Trial(line, mutant, "refuted")
            continue
        reasons = [known.reason for known in EQUIVALENTS if known.covers(line, mutant)]
        yield Trial(line, mutant, "equivalent" if reasons else "survived", "".join(reasons[:1]))


def is_refuted(line: Line, changed: n.Node) -> bool:
    """Whether ``line`` would be found wrong if ``changed`` stood in its place.

    What says nothing in any world is wrong; so is an objective that is not the one of the line
    before.
    """
    assert isinstance(changed, n.Relation)
    try:
        if differs(changed, _small_world()) is not None:
            return True
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, MeaningError):
            return True
    return not keeps_objective(replace(line, tree=changed)) or refute(changed) is not None


@cache
def _small_world() -> NumericWorld:
    return NumericWorld(FIRST_LOOK, seed=0, exact=False)
