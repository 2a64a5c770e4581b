"""Formulas that say what a name means: of the loss, of a reward, of something of the page's own."""

from __future__ import annotations

from collections.abc import Callable

from dpo_math import notation as n
from dpo_math.derivation.vocabulary import BETA, THETA, X, Y, reward
from dpo_math.judge import lines, names
from dpo_math.judge.decisions import method, outcome
from dpo_math.judge.edits import mended
from dpo_math.judge.letters import CHOSEN, REJECTED
from dpo_math.judge.readings import Definitions, readings, unknown
from dpo_math.judge.verdicts import Finding, Judgement, Numbers
from dpo_math.printers import tex

Rule = Callable[[n.Relation, Definitions], Judgement | None]
"""The verdict on a relation of one kind, or None where it is of another."""

NO_VALUE = "it has no value in a finite world"
DEFINES = ("=", ":=")


def naming(relation: n.Relation, page: Definitions) -> Judgement | None:
    """The verdict on a relation whose left side is a name; None where it is none."""
    if relation.sign not in DEFINES:
        return None
    found = (rule(relation, page) for rule in _RULES)
    return next((judgement for judgement in found if judgement is not None), None)


def true_line(relation: n.Relation, reading: str) -> Judgement:
    """The verdict on a relation that holds: a line, a line written another way, or simply true."""
    place = lines.same_line(relation) or lines.like_line(relation)
    if place is not None:
        return Judgement(Finding.LINE, place=place, reading=reading)
    return Judgement(Finding.TRUE, reading=reading, method=method(relation))


def refuted(relations: list[n.Relation], why: str = "") -> Judgement:
    """The verdict on a formula of which no reading holds: the likeliest one's numbers."""
    witness = outcome(relations[0]).witness
    assert witness is not None
    numbers, edit = Numbers.of(witness.left, witness.right), mended(relations)
    return Judgement(Finding.REFUTED, why or witness.reason, numbers=numbers, edit=edit)


def meaningless(name: str) -> Judgement:
    """The verdict on a formula with something in it of which the derivation knows nothing."""
    return Judgement(Finding.OTHER, f"{name} means nothing in it")


def _defined(name: n.Node, meaning: n.Node, page: Definitions) -> Judgement:
    page.note(name, meaning)
    return Judgement(Finding.DEFINITION, f"of {tex(name)}")


# --- one rule a kind ----------------------------------------------------------------------------


def _setting(relation: n.Relation, _: Definitions) -> Judgement | None:
    """β = 0.1."""
    if relation.left == BETA and isinstance(relation.right, n.Number | n.Decimal):
        return Judgement(Finding.CHOICE, r"of \beta")
    return None


def _parameters(relation: n.Relation, _: Definitions) -> Judgement | None:
    """θ = r − …: parameters are no number."""
    if relation.left != THETA:
        return None
    if any(isinstance(node, n.Reward | n.Policy | n.Log) for node in relation.right.walk()):
        return Judgement(Finding.REFUTED, "θ are the policy's parameters, and no number")
    return Judgement(Finding.OTHER)


def _tokens(relation: n.Relation, _: Definitions) -> Judgement | None:
    """log π(y | x) = Σ_t log π(y_t | x, y_{<t})."""
    token = any(
        isinstance(node, n.Policy) and isinstance(node.prompt, n.Call)
        for node in relation.right.walk()
    )
    whole = relation.left.argument if isinstance(relation.left, n.Log) else relation.left
    if token and isinstance(whole, n.Policy) and isinstance(relation.right, n.Ranged):
        return Judgement(Finding.DEFINITION, "of a response's probability by those of its tokens")
    return None


def _shaped_reward(relation: n.Relation, _: Definitions) -> Judgement | None:
    """r = r̂ − β log(π/π_ref): a reward made out of another one."""
    others = {node.name for node in relation.right.walk() if isinstance(node, n.Reward)}
    if relation.left == reward() and others & {"hat", "theta"}:
        return Judgement(Finding.OTHER, "a reward made out of another one")
    return None


def _named_optimum(relation: n.Relation, page: Definitions) -> Judgement | None:
    """max_π J(π) = …: J is what is maximised."""
    best = relation.left
    if isinstance(best, n.Extremum) and names.atom_of(best.body) is not None:
        return _definition(n.Relation(best.body, "=", relation.right), page)
    return None


def _loss(relation: n.Relation, page: Definitions) -> Judgement | None:
    """L = …: one of the losses of the derivation, or another one."""
    atom = names.atom_of(relation.left)
    if atom is None or atom[0] not in ("symbol", "call") or not names.is_loss(atom[1]):
        return None
    if not list(names.losses(atom[1])) and not page.defines(relation.left):
        return Judgement(Finding.OTHER, f"{tex(relation.left)} is another loss")
    sides = (relation.left, relation.right)
    strange = unknown((relation.right,), page)
    if strange is not None:
        return meaningless(strange)
    tried: list[n.Relation] = []
    for reading in readings(sides, page.without(relation.left)):
        read = n.Relation(reading.sides[0], "=", reading.sides[1])
        found = outcome(read)
        if found.holds:
            return true_line(read, reading.words)
        if found.holds is False:
            tried.append(read)
    if _compares_a_pair(atom[1], relation.right):
        return refuted(tried) if tried else Judgement(Finding.OTHER, NO_VALUE)
    return _defined(relation.left, relation.right, page)


def _compares_a_pair(name: str, right: n.Node) -> bool:
    """Whether a loss can only be meant as the one of the derivation."""
    index = name.partition("_")[2]
    letters = {node for node in right.walk() if isinstance(node, n.Symbol)}
    pairwise = {CHOSEN, REJECTED} <= letters
    likelihood = any(isinstance(node, n.Ranged) for node in right.walk())
    return index.upper() == "DPO" or (not index and pairwise and not likelihood)


def _implicit_reward(relation: n.Relation, page: Definitions) -> Judgement | None:
    """r̂_θ = β log(π_θ / π_ref), under one of its names."""
    atom = names.atom_of(relation.left)
    if atom is None or atom[0] != "reward" or relation.left != n.Reward(atom[1], X, Y):
        return None
    implicit = n.Reward("hat", X, Y)
    tried: list[n.Relation] = []
    for reading in readings((relation.right,), page):
        read = n.Relation(implicit, "=", reading.sides[0])
        found = outcome(read)
        if found.holds:
            page.note(relation.left, relation.right)
            return true_line(read, reading.words)
        if found.holds is False:
            tried.append(read)
    nearly = refuted(tried) if atom[1] == "hat" and tried else None
    return nearly if nearly is not None and nearly.edit else None


def _definition(relation: n.Relation, page: Definitions) -> Judgement | None:
    """A name of the page's own."""
    if not _is_free_name(relation.left):
        return None
    strange = unknown((relation.right,), page)
    if strange is not None:
        return meaningless(strange)
    return _defined(relation.left, relation.right, page)


def _is_free_name(node: n.Node) -> bool:
    """Whether ``node`` is a name that a page may define, and not one with a meaning already."""
    atom = names.atom_of(node)
    if atom is None:
        return False
    sort, name = atom
    match sort:
        case "symbol":
            letter = name.partition("_")[0]
            return name not in ("f", "n", "q") and letter not in ("p", "P")
        case "reward":
            return node == n.Reward(name, X, Y)
        case "model":
            return name in ("'", "hat") or (len(name) == 1 and name in "q")
    return sort == "call"


_RULES: tuple[Rule, ...] = (
    _setting,
    _parameters,
    _tokens,
    _shaped_reward,
    _named_optimum,
    _loss,
    _implicit_reward,
    _definition,
)
