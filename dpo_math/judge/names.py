"""What names mean by convention: a margin is called u, a constant C, a loss L.

Where a page does not say, these are the readings on offer, the likely one first. A formula about
other things has a name that none of them covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dpo_math import notation as n
from dpo_math.brackets import minus
from dpo_math.derivation.vocabulary import (
    BETA,
    CHOSEN,
    DATA,
    ONE,
    REJECTED,
    X_OTHER,
    X,
    difference,
    expected,
    log_partition,
    log_ratio,
    loss_of,
    over,
    plus,
    policy,
    reward,
    weight,
)
from dpo_math.judge.unsaid import KNOWN_MODELS
from dpo_math.meaning import ANY
from dpo_math.printers import tex

IMPLICIT = difference(reward(CHOSEN, name="hat"), reward(REJECTED, name="hat"))
EXPLICIT = difference(reward(CHOSEN), reward(REJECTED))
LOG_RATIOS = difference(log_ratio("theta", CHOSEN), log_ratio("theta", REJECTED))
PREFERENCE = n.Preference(CHOSEN, REJECTED, X)
PAIR_LOSS = minus(n.Log(n.Sigmoid(IMPLICIT)))
REWARD_PAIR_LOSS = minus(n.Log(n.Sigmoid(EXPLICIT)))


def _ranking_loss() -> n.Node:
    """−E[log Π_k exp r̂(y_k) / Σ_{j ≥ k} exp r̂(y_j)]: Plackett-Luce with implicit rewards."""
    k, j = n.Symbol("k"), n.Symbol("j")
    each = n.Exp(reward(n.Symbol("y_k"), name="hat"))
    rest = n.Ranged("sum", (j,), k, None, None, n.Exp(reward(n.Symbol("y_j"), name="hat")))
    ranking = n.Ranged("prod", (k,), ONE, n.Symbol("K"), None, over(each, rest))
    return minus(expected(X, DATA, n.Log(ranking)))


RANKING_LOSS = _ranking_loss()


@dataclass(frozen=True)
class Option:
    """One thing that a name may stand for.

    ``words`` say so, "" where nothing needs saying. A reading that is not ``certain`` can make a
    formula true, but not false.
    """

    words: str
    tree: n.Node
    certain: bool = True


Atom = tuple[str, str]
"""A name by its sort: ``("symbol", "u")``, ``("model", "q")``, ``("reward", "theta")``."""


def atom_of(node: n.Node) -> Atom | None:
    """The name that ``node`` is, if it is one that needs a reading."""
    match node:
        case n.Symbol(name="beta" | "theta"):
            return None
        case n.Symbol(name=name) if not name.startswith(ANY):
            return "symbol", name
        case n.Call(name=name, arguments=arguments):
            known = name == "L" and arguments[1:2] == (n.Model("ref"),)
            shift = name == "f" and arguments in ((X,), (X_OTHER,))
            return None if known or shift else ("call", name)
        case n.Reward(name=name) if name not in ("", "'"):
            return "reward", name
        case n.Policy(model=n.Model(name=name)) | n.Model(name=name) if name not in KNOWN_MODELS:
            return "model", name
        case n.Preference() if node == PREFERENCE:
            return "preference", ""
    return None


def options(atom: Atom, tree: n.Node) -> Iterator[Option]:
    """What ``atom`` may stand for in ``tree``."""
    sort, name = atom
    match sort:
        case "symbol":
            yield from losses(name)
            yield from _symbols(name, tree)
        case "call":
            yield from losses(name)
            yield from _calls(name)
        case "model":
            yield from _models(name, tree)
        case "reward":
            yield from _rewards(name, tree)
        case "preference":
            yield Option("", PREFERENCE)
            if speaks_of_loss(tree):
                yield Option("P being what π_θ prefers", n.Sigmoid(IMPLICIT))


# --- losses -------------------------------------------------------------------------------------

LOSS_LETTERS = frozenset(["L", "ℓ", "l", "loss", "Loss"])
OBJECTIVE_LETTERS = frozenset(["J", "obj"])
REWARD_LOSSES = frozenset(
    ["", "R", "RM", "CR", "p", "BT", "reward", "sigma", "sigmoid", "BCE", "r"]
)


def losses(name: str) -> Iterator[Option]:
    """What a loss of that name may be: over the data or of one pair, of the policy or the reward.

    Nothing, where the name is that of another loss.
    """
    letter, _, index = name.partition("_")
    if letter not in LOSS_LETTERS:
        return
    if index.upper() == "DPO" or index in ("", "sigma", "sigmoid"):
        yield Option("", loss_of("theta"))
        yield Option("for one pair", n.Group(PAIR_LOSS))
        yield Option("for a ranking", n.Group(RANKING_LOSS))
    if index in REWARD_LOSSES:
        yield Option("as the loss of the reward model", loss_of("*"))
        yield Option("as the loss of the reward model, for one pair", n.Group(REWARD_PAIR_LOSS))


def speaks_of_loss(tree: n.Node) -> bool:
    """Whether a loss is named, or a policy to train, or a gradient by its parameters."""
    for node in tree.walk():
        name = node.name if isinstance(node, n.Symbol | n.Call) else ""
        if name.partition("_")[0] in LOSS_LETTERS or isinstance(node, n.Gradient):
            return True
    return n.Model("theta") in tree.walk()


# --- values -------------------------------------------------------------------------------------

MARGINS = frozenset(["u", "z", "psi", "h", "logits", "Delta", "delta", "Delta_logits", "s"])
CONSTANTS = frozenset(["C", "c", "lambda", "eta", "mu", "nu", "const", "b", "K"])
MULTIPLIERS = frozenset(["lambda", "T", "tau", "alpha", "eta"])
NUMBERS = frozenset(["M", "B", "epsilon", "x", "t", "a", "b", "i", "j"])
COUNTS = frozenset(["N", "n"])


def _symbols(name: str, tree: n.Node) -> Iterator[Option]:
    letter, _, index = name.partition("_")
    if name in MARGINS or letter in ("s", "logits"):
        yield from _margins(name)
    if name in ("Delta_hat r", "Delta_r"):
        yield Option("Δr̂ being the margin", n.Group(IMPLICIT))
        yield Option("Δr̂ being rejected less chosen", n.Group(minus(n.Group(IMPLICIT))))
    if name == "w":
        yield Option("w being σ(−margin)", n.Sigmoid(minus(n.Group(IMPLICIT))))
    if index in ("w", "l"):
        yield from _of_response(letter, index)
    elif letter == "p":
        yield Option("p being the preference", PREFERENCE)
    yield from _letters_of_policies(name)
    if name == "y":
        yield Option("for the label y = 1", ONE)
    if name in MULTIPLIERS and BETA not in tree.walk():
        yield Option(f"{_shown(name)} being β", BETA, certain=False)
    if name in CONSTANTS:
        yield from _constants(name)
    if name in NUMBERS or name.startswith("y_") or index in ("i", "j", "ij"):
        yield Option("", n.Symbol(f"{ANY}{name}"))
    if name in COUNTS:
        yield Option("", n.Symbol("u"))


def _shown(name: str) -> str:
    return tex(n.Symbol(name)).removeprefix("\\")


def _margins(name: str) -> Iterator[Option]:
    shown = _shown(name)
    yield Option(f"{shown} being the margin", n.Group(IMPLICIT))
    yield Option(f"{shown} being the margin without β", n.Group(LOG_RATIOS))
    yield Option(f"{shown} being the difference of rewards", n.Group(EXPLICIT))


def _of_response(letter: str, index: str) -> Iterator[Option]:
    """Δ_w is a reward, λ_w its exponential."""
    of_it = reward(n.Symbol(f"y_{index}"))
    if letter in ("Delta", "s", "r"):
        yield Option(f"{_shown(letter)} being rewards", of_it)
    if letter in ("lambda", "s", "p", "gamma"):
        yield Option(f"{_shown(letter)} being strengths exp(r)", n.Exp(of_it))


def _letters_of_policies(name: str) -> Iterator[Option]:
    """f for π(y | x) and n for π_ref(y | x), as in a calculation at one response."""
    match name:
        case "f":
            yield Option("f being π(y | x)", policy(""))
            yield Option("f being π*(y | x)", policy("*"))
        case "n":
            yield Option("n being π_ref(y | x)", policy("ref"))
        case "q":
            yield Option("q being π_ref exp(r/β)", weight())
            yield Option("q being the target", policy("tilde"))


def _constants(name: str) -> Iterator[Option]:
    """What a number that no response changes may be, where it makes a formula true."""
    shown, log_z = _shown(name), log_partition()
    for value in (
        plus(log_z),
        minus(log_z),
        plus(log_z, n.Signed(True, BETA)),
        difference(BETA, log_z),
    ):
        yield Option(f"with {shown} = {tex(value)}", n.Group(value))


def _calls(name: str) -> Iterator[Option]:
    letter = name.partition("_")[0]
    if name == "E":
        yield Option("E being −r", n.Group(minus(reward())))
    if letter in ("s", "h", "u", "Delta"):
        yield from _margins(letter)
    if letter in ("C", "c", "b", "lambda"):
        yield from _constants(letter)


# --- policies and rewards -----------------------------------------------------------------------


def _models(name: str, tree: n.Node) -> Iterator[Option]:
    shown = tex(n.Model(name)).replace("\\", "")
    star = (
        [Option(f"where {shown} is the optimum", n.Model("*"))] if _may_be_best(name, tree) else []
    )
    if name in ("P", "Q"):
        yield Option("", n.Model(name))
    elif name == "q":
        yield Option("q being the target", n.Model("tilde"))
        yield Option("q being π_ref exp(r/β)", weight())
    elif name in ("", "theta"):
        trained = speaks_of_loss(tree) and n.Model("theta") not in tree.walk()
        yield Option("", n.Model("theta" if trained else name))
        yield from star
    elif len(name) == 1 or name in ("hat", "phi"):
        yield Option("", n.Model("theta"))
        yield from star
    elif _odd_models(tree) == {name} and n.Model("ref") not in tree.walk():
        yield Option(f"{shown} being the reference", n.Model("ref"))


def _may_be_best(name: str, tree: n.Node) -> bool:
    """Whether a policy may be meant to be π*: not where it varies, nor in a calculation with π*."""
    for node in tree.walk():
        varied = isinstance(node, n.Extremum) and node.over == n.Model(name)
        if varied or isinstance(node, n.Gradient):
            return False
    sides = tree.arguments if isinstance(tree, n.Call) else (tree,)
    alone = any(isinstance(side, n.Policy) and side.model.name == name for side in sides)
    return alone or n.Model("*") not in tree.walk()


def _odd_models(tree: n.Node) -> set[str]:
    """Policies whose names say nothing, one of which may be the reference misspelt."""
    named = {node.name for node in tree.walk() if isinstance(node, n.Model)}
    return {name for name in named - KNOWN_MODELS if len(name) > 1 and name != "theta"}


def _rewards(name: str, tree: n.Node) -> Iterator[Option]:
    if name not in ("theta", "hat"):
        return
    yield Option("", reward(name="hat"))
    if not any(_is_beside_implicit_reward(node) for node in tree.walk()):
        yield Option("", reward())
    if name == "theta":
        yield Option("", n.Group(plus(reward(name="hat"), log_partition())))


def _is_beside_implicit_reward(node: n.Node) -> bool:
    """Whether next to ``node`` r̂ must be the implicit reward: beside r, or under a gradient."""
    return isinstance(node, n.Gradient) or (isinstance(node, n.Reward) and not node.name)


def is_loss(name: str) -> bool:
    return name.partition("_")[0] in LOSS_LETTERS


def is_objective(name: str) -> bool:
    return name.partition("_")[0] in OBJECTIVE_LETTERS
