"""Formulas that claim something: identities, optima, and expressions that stand alone."""

from __future__ import annotations

from typing import cast

from dpo_math import notation as n
from dpo_math.derivation import Line
from dpo_math.derivation.vocabulary import BETA, THETA, log_ratio, loss_of, times
from dpo_math.judge import lines, names, objectives
from dpo_math.judge.decisions import equal, method, outcome
from dpo_math.judge.edits import mended_expression, mended_objective
from dpo_math.judge.naming import NO_VALUE, meaningless, naming, refuted, true_line
from dpo_math.judge.readings import Definitions, readings, unknown
from dpo_math.judge.unsaid import free_letters, policy_of
from dpo_math.judge.values import value_nodes
from dpo_math.judge.verdicts import Finding, Judgement, Numbers
from dpo_math.printers import tex

LOSSES = (
    (loss_of("theta"), "the loss"),
    (names.PAIR_LOSS, "the loss of one pair"),
    (loss_of("*"), "the loss of the reward model"),
    (names.REWARD_PAIR_LOSS, "the loss of the reward model, of one pair"),
)
QUANTITIES = (
    *LOSSES,
    (names.IMPLICIT, "the margin"),
    (names.LOG_RATIOS, "the margin without β"),
    (times(BETA, log_ratio("theta")), "the implicit reward"),
    (n.Gradient(THETA, loss_of("theta")), "the gradient of the loss"),
)
"""What an expression that stands alone may be, and what it is called."""


def relation(claim: n.Relation, page: Definitions) -> Judgement:
    """The verdict on ``left sign right``."""
    if claim.sign in ("<", ">", "approx"):
        return Judgement(Finding.OTHER, "a condition, and no identity")
    place = lines.same_line(claim)
    if place is not None:
        return Judgement(Finding.LINE, place=place)
    named = naming(claim, page)
    if named is not None:
        return named
    strange = unknown((claim.left, claim.right), page)
    if strange is not None:
        return meaningless(strange)
    if isinstance(claim.left, n.Extremum) and isinstance(claim.right, n.Extremum):
        return _two_optima(claim, page)
    if isinstance(claim.right, n.Extremum) and claim.right.kind.startswith("arg"):
        return _argument(claim, page)
    return _identity(_of_body(claim), page)


def _of_body(claim: n.Relation) -> n.Relation:
    """max F(π) = G(π) says what F is, and not what its maximum is, where G has the π in it."""
    best = claim.left
    if isinstance(best, n.Extremum) and best.over in claim.right.walk():
        return n.Relation(best.body, claim.sign, claim.right)
    return claim


def _identity(claim: n.Relation, page: Definitions) -> Judgement:
    tried: list[n.Relation] = []
    doubtful = False
    for reading in readings((claim.left, claim.right), page):
        read = n.Relation(reading.sides[0], claim.sign, reading.sides[1])
        found = outcome(read)
        if found.holds:
            return true_line(read, reading.words)
        if found.holds is False and reading.certain:
            tried.append(read)
        doubtful = doubtful or found.holds is False
    mean = _in_the_mean(claim, page)
    if mean is not None:
        return mean
    if tried:
        return refuted(tried, _no_constant(claim))
    return Judgement(Finding.OTHER, "it holds under no reading" if doubtful else NO_VALUE)


def _no_constant(claim: n.Relation) -> str:
    """What is wrong where a number of the author's own was to make up for the difference."""
    for node in value_nodes(claim):
        if isinstance(node, n.Symbol) and node.name in names.CONSTANTS:
            return f"no {tex(node)} that is the same for every response makes it true"
    return ""


def _in_the_mean(claim: n.Relation, page: Definitions) -> Judgement | None:
    """Where only one side is a mean over prompts, the other may be meant in the mean too."""
    one_sided = ("x" in free_letters(claim.left)) != ("x" in free_letters(claim.right))
    if not one_sided:
        return None
    for reading in readings((claim.left, claim.right), page):
        left, right = map(objectives.over_prompts, reading.sides)
        read = n.Relation(left, claim.sign, right)
        if outcome(read).holds:
            words = "; ".join(filter(None, (reading.words, "both sides in the mean over prompts")))
            return true_line(read, words)
    return None


# --- optima -------------------------------------------------------------------------------------


def _two_optima(claim: n.Relation, page: Definitions) -> Judgement:
    """max F = min G: the same objective, scale and a constant aside."""
    numbers: Numbers | None = None
    for reading in readings((claim.left, claim.right), page):
        left, right = (cast(n.Extremum, side) for side in reading.sides)
        if not (objectives.is_over_policies(left) and objectives.is_over_policies(right)):
            continue
        found = objectives.difference(left, right)
        if found is None:
            return _objective(right, reading.words) or Judgement(
                Finding.TRUE, "the same optimum", reading=reading.words
            )
        numbers = numbers or (found if isinstance(found, Numbers) else None)
    if numbers is None:
        return Judgement(Finding.OTHER, NO_VALUE)
    sides = (cast(n.Extremum, side) for side in (claim.left, claim.right))
    edit = next(filter(None, map(mended_objective, sides)), None)
    return Judgement(Finding.REFUTED, "two different objectives", numbers=numbers, edit=edit)


def _objective(best: n.Extremum, words: str) -> Judgement | None:
    """The verdict on what asks for π*; None where it asks for something else."""
    if not objectives.is_the_objective(best):
        return None
    if "x" in free_letters(best.body):
        words = "; ".join(filter(None, (words, "in the mean over prompts, which it leaves unsaid")))
    claim = objectives.optimum_claim(best)
    place = lines.same_line(claim) or lines.nearest(claim, lambda line: _has_value(best, line))
    if place is not None:
        return Judgement(Finding.LINE, place=place, reading=words)
    why = "the objective up to a positive factor and what no policy changes"
    return Judgement(Finding.TRUE, why, reading=words, method=method(claim))


def _has_value(best: n.Extremum, line: Line) -> bool:
    """Whether ``line`` is of the same objective, value for value."""
    right = line.tree.right
    return isinstance(right, n.Extremum) and objectives.has_the_value_of(best, right)


def _argument(claim: n.Relation, page: Definitions) -> Judgement:
    """π = arg max F."""
    best = cast(n.Extremum, claim.right)
    found = _optimum(best, page)
    named = claim.left.model if isinstance(claim.left, n.Policy) else claim.left
    if named != n.Model("*") and found.finding in (Finding.OTHER, Finding.NO_CLAIM):
        return Judgement(Finding.DEFINITION, "of a policy")
    return found


def _optimum(best: n.Extremum, page: Definitions) -> Judgement:
    """An optimum that is asked for: the derivation's objective, or one of its losses."""
    for reading in readings((best,), page):
        read = cast(n.Extremum, reading.sides[0])
        found = _objective(read, reading.words) if objectives.is_over_policies(read) else None
        if found is not None:
            return found
        loss = objectives.as_loss(read)
        for known, called in LOSSES:
            if equal(known, loss):
                return Judgement(Finding.TRUE, f"it makes {called} small", reading=reading.words)
    for reading in readings((best,), page):
        read = cast(n.Extremum, reading.sides[0])
        edit = mended_objective(read) if objectives.is_over_policies(read) else None
        if edit is not None:
            return Judgement(Finding.REFUTED, "not the objective, but nearly", edit=edit)
    return Judgement(Finding.NO_CLAIM)


def constrained(best: n.Node, constraint: n.Node, page: Definitions) -> Judgement | None:
    """max E[r] subject to KL ≤ ε: its Lagrangian is the objective."""
    if not isinstance(best, n.Extremum):
        return None
    for reading in readings((best, constraint), page):
        read, bound = reading.sides
        if objectives.is_over_policies(read):
            penalised = objectives.lagrangian(cast(n.Extremum, read), bound)
            if objectives.is_the_objective(penalised):
                return Judgement(Finding.TRUE, "the objective of line 1, with β as the multiplier")
    return None


# --- expressions --------------------------------------------------------------------------------


def expression(alone: n.Node, page: Definitions, display: bool) -> Judgement:
    """The verdict on an expression without a relation."""
    if not lines.is_compound(alone):
        return Judgement(Finding.NO_CLAIM)
    strange = unknown((alone,), page)
    if strange is not None:
        return meaningless(strange)
    if isinstance(alone, n.Extremum):
        return _optimum(alone, page)
    for reading in readings((alone,), page):
        place = lines.part_of_line(reading.sides[0])
        if place is not None:
            return Judgement(Finding.LINE, place=place, reading=reading.words)
    for reading in readings((alone,), page):
        for known, called in QUANTITIES:
            if equal(known, reading.sides[0]):
                return Judgement(Finding.TRUE, called, reading=reading.words)
    return (_nearly(alone, page) if display else None) or Judgement(Finding.NO_CLAIM)


def _nearly(alone: n.Node, page: Definitions) -> Judgement | None:
    """What is one small change away from the objective or from a loss of one pair."""
    for reading in readings((alone,), page):
        read = reading.sides[0]
        edit = None
        if _looks_like_loss(read):
            edit = mended_expression(read, [known for known, _ in LOSSES])
        elif _looks_like_objective(read):
            best = n.Extremum("max", n.Model(policy_of(read)), read)
            found = _objective(best, reading.words)
            if found is not None:
                return found
            edit = mended_objective(best)
        if edit is not None:
            why = "not what it nearly is"
            return Judgement(Finding.REFUTED, why, reading=reading.words, edit=edit)
    return None


def _looks_like_loss(read: n.Node) -> bool:
    logs = (node.argument for node in read.walk() if isinstance(node, n.Log))
    return any(isinstance(argument, n.Sigmoid) for argument in logs)


def _looks_like_objective(read: n.Node) -> bool:
    """Rewards and logarithms of policies, of no response in particular."""
    kinds = {type(node) for node in read.walk()}
    return {n.Reward, n.Policy, n.Log} <= kinds and not free_letters(read) & {"y", "y_w", "y_l"}
