"""Proof: a relation holds for all values of its symbols, on two and on three responses.

Identities are decided by sympy. That π* is the closed form of eq. (4) is proved twice: by the
Karush-Kuhn-Tucker conditions with the Hessian, and by J(π*) − J(π) = β KL(π ‖ π*) with Gibbs'
inequality. Every proof about π* rests on both.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, combinations

import sympy

from dpo_math import notation as n
from dpo_math.derivation.objective import OBJECTIVE
from dpo_math.meaning import SymbolicWorld, at_optimum, letters_in, lower, split_logs
from dpo_math.refute import optimum_claim
from dpo_math.worlds import Place, on_simplex, on_tangent

PROOF_SIZES = (2, 3)
IDENTITY = "identity by expansion (sympy)"
BEST_POLICY = "π* by KKT with the Hessian, and by Gibbs"
SAME_OBJECTIVE = "the objective of eq. (3) times a positive number, plus what no policy changes"
CONVEXITY = "the difference is convex, and zero at its minimum"
RULED_OUT = "the difference is another policy's probability of what π rules out"
GIBBS = "Gibbs: the mean of g(u) = u − 1 − log u ≥ 0, zero at u = 1 alone"


def prove(relation: n.Relation) -> str | None:
    """How ``relation`` is proved, or None if it is not."""
    methods = {_prove_at(relation, size) for size in PROOF_SIZES}
    method = methods.pop()
    if method is None or methods:
        return None
    said = [method, BEST_POLICY] if _is_about_best(relation) else [method]
    return f"{'; '.join(said)}; n = {' and '.join(map(str, PROOF_SIZES))}"


def _prove_at(relation: n.Relation, size: int) -> str | None:
    claim = optimum_claim(relation)
    if claim:
        return SAME_OBJECTIVE if claim.policy == "*" and is_optimum(claim.best, size) else None
    if not all(is_optimum(best, size) for best in _optima(relation)):
        return None
    match relation.sign:
        case "=" | ":=":
            return IDENTITY if _is_identity(relation.left, relation.right, size) else None
        case ">=" | "<=":
            greater, less = relation.left, relation.right
            if relation.sign == "<=":
                greater, less = less, greater
            return _prove_inequality(greater, less, size)
        case "propto":
            return IDENTITY if _is_proportional(relation, size) else None
    return None


@cache
def _world(size: int) -> SymbolicWorld:
    return SymbolicWorld(size)


def _optima(relation: n.Relation) -> list[n.Extremum]:
    """What must be maximal or minimal at π* for ``relation`` to be read in a symbolic world."""
    found = [node for node in relation.walk() if isinstance(node, n.Extremum)]
    if _is_about_best(relation):
        assert isinstance(OBJECTIVE.right, n.Extremum)
        found.append(OBJECTIVE.right)
    return found


def _is_about_best(relation: n.Relation) -> bool:
    """Whether the best policy for some reward stands in ``relation``."""
    return any(node in (n.Model("*"), n.Model("'")) for node in relation.walk())


# --- identities ---------------------------------------------------------------------------------


def _is_identity(left: n.Node, right: n.Node, size: int) -> bool:
    world = _world(size)
    return is_zero(lower(left, world) - lower(right, world), size)


def is_zero(value: sympy.Expr, size: int) -> bool:
    """Whether ``value`` is zero for all values of its symbols.

    That the ``size`` probabilities of a policy sum to one, and their slopes to zero, is used only
    where it is needed.
    """
    split = split_logs(value)
    return _vanishes(split) or _vanishes(split, size) or _vanishes(on_tangent(split, size), size)


@cache
def _vanishes(difference: sympy.Expr, size: int | None = None) -> bool:
    """Whether a sum is zero; for policies over ``size`` responses, if that is given."""

    def constrained(value: sympy.Expr) -> sympy.Expr:
        return sympy.expand(value) if size is None else on_simplex(value, size)

    parts = _by_common_factor(_exponentials_named(constrained(difference)))
    fractions = (sympy.fraction(sympy.together(part)) for part in parts.values() if part != 0)
    return all(constrained(numerator) == 0 for numerator, _ in fractions)


def _exponentials_named(total: sympy.Expr) -> sympy.Expr:
    """``total`` with a symbol for each exp(a), and powers of it for exp(k a): a fraction of
    polynomials in them."""
    named: dict[sympy.Expr, sympy.Expr] = {}
    for power in total.atoms(sympy.exp):
        times, exponent = power.args[0].as_coeff_Mul()
        named[power] = sympy.Symbol(f"exp({exponent})", positive=True) ** times
    return total.xreplace(named)


LINEAR = ("p", "d", "g")
"""The symbols in which a difference is linear: weights of prompts, weights of pairs, slopes."""


def _by_common_factor(total: sympy.Expr) -> dict[sympy.Expr, sympy.Expr]:
    """The terms of a sum by what cannot cancel against each other in it: the logarithms, and the
    symbols in which the sum is linear."""
    found: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(total):
        rest: list[sympy.Expr] = []
        factor: list[sympy.Expr] = []
        for part in sympy.Mul.make_args(term):
            (factor if part.has(sympy.log) or _is_linear(part) else rest).append(part)
        key = sympy.Mul(*factor)
        found[key] = found.get(key, 0) + sympy.Mul(*rest)
    return found


def _is_linear(part: sympy.Expr) -> bool:
    return bool(part.is_Symbol) and part.name.replace("[", "_").split("_")[0] in LINEAR


def _is_proportional(relation: n.Relation, size: int) -> bool:
    world = _world(size)
    letters = [{**letters_in(world), "y": i} for i in range(size)]
    first, *rest = (
        lower(relation.left, world, at) / lower(relation.right, world, at) for at in letters
    )
    return all(is_zero(ratio - first, size) for ratio in rest)


# --- optima -------------------------------------------------------------------------------------


@cache
def is_optimum(best: n.Extremum, size: int) -> bool:
    """Whether π* alone attains ``best`` among all policies.

    It does when ``best`` is of the objective times a positive number, plus what no policy changes.
    """
    return closed_form_is_optimal(size) and _is_objective(best, _world(size))


def _is_objective(best: n.Extremum, world: SymbolicWorld) -> bool:
    assert isinstance(best.over, n.Model) and isinstance(OBJECTIVE.right, n.Extremum)
    sense = 1 if best.kind.endswith("max") else -1
    variables = _variables(best.over.name, world)
    renamed = dict(zip(_variables("", world).values(), variables.values(), strict=True))
    objective = lower(OBJECTIVE.right.body, world).xreplace(renamed)
    value = sense * lower(best.body, world)
    some = next(iter(variables.values()))
    scale = sympy.cancel(sympy.diff(value, some, 2) / sympy.diff(objective, some, 2))
    rest = on_simplex(split_logs(value - scale * objective), world.size)
    return bool(scale.is_positive) and not rest.free_symbols & set(variables.values())


Variables = dict[Place, sympy.Symbol]


def _variables(model: str, world: SymbolicWorld) -> Variables:
    """The probabilities of a policy that is free to vary."""
    places = (Place(x, y) for x in range(world.prompts) for y in range(world.size))
    return {place: world.given(model, place) for place in places}


@cache
def closed_form_is_optimal(size: int) -> bool:
    """Whether the tilted reference alone has the greatest objective (eq. 3): shown twice."""
    assert isinstance(OBJECTIVE.right, n.Extremum)
    best = OBJECTIVE.right
    return satisfies_kkt(best, size) and falls_short_by_divergence(best, size)


def satisfies_kkt(best: n.Extremum, size: int) -> bool:
    """Whether the closed form alone meets the conditions for a maximum over policies.

    At it all derivatives under one prompt are equal, to the multiplier; and the Hessian is diagonal
    and negative everywhere, so that no other point is stationary.
    """
    world = _world(size)
    objective, policy = lower(best.body, world), _variables("", world)
    star = {q: world.tilted("", place) for place, q in policy.items()}
    slopes: dict[int, list[sympy.Expr]] = {}
    for place, q in policy.items():
        slopes.setdefault(place.prompt, []).append(sympy.diff(objective, q).xreplace(star))
    hessian = sympy.hessian(objective, list(policy.values()))
    return (
        all(is_zero(one - each[0], size) for each in slopes.values() for one in each[1:])
        and hessian.is_diagonal()
        and all(sympy.expand(entry).is_negative for entry in hessian.diagonal())
    )


def falls_short_by_divergence(best: n.Extremum, size: int) -> bool:
    """Whether J(π*) − J(π) = β KL(π ‖ π*), in the mean over prompts, for every policy π.

    By Gibbs' inequality that is never negative, and zero at π* alone.
    """
    world = _world(size)
    gain = lower(at_optimum(best), world) - lower(best.body, world)
    for place, q in _variables("", world).items():
        log_ratio = world.log(q / world.tilted("", place))
        gain -= world.prompt_weight(place.prompt) * world.beta * q * log_ratio
    return is_zero(gain, size) and _is_divergence(n.KL(n.Model(""), n.Model("tilde")), world)


# --- inequalities -------------------------------------------------------------------------------


def _prove_inequality(greater: n.Node, less: n.Node, size: int) -> str | None:
    """How it is proved, of a policy that rules no response out, and of those that rule some out."""
    some = chain(*(combinations(range(size), count) for count in range(size)))
    methods = {_prove_inequality_on(out, greater, less, size) for out in some}
    return methods.pop() if len(methods) == 1 else None


@cache
def _face(out: tuple[int, ...], size: int) -> SymbolicWorld:
    """A world in which the policy rules these responses out."""
    return _world(size).ruling_out(out) if out else _world(size)


def _prove_inequality_on(
    out: tuple[int, ...], greater: n.Node, less: n.Node, size: int
) -> str | None:
    world = _face(out, size)
    if less == n.Number(0) and _is_never_negative(greater, world):
        return GIBBS
    gap = lower(greater, world) - lower(less, world)
    if _is_convex_from_zero(gap):
        return CONVEXITY
    policies = {each for side in (greater, less) for each in side.walk() if _is_of_y(each)}
    lost = (sum(_share(policy, i, world) for i in out) for policy in policies)
    return RULED_OUT if any(is_zero(gap - one, size) for one in lost) else None


def _is_of_y(node: n.Node) -> bool:
    return isinstance(node, n.Policy) and node.response == n.Symbol("y")


def _is_never_negative(node: n.Node, world: SymbolicWorld) -> bool:
    """Whether ``node`` is made of divergences by adding, averaging and positive factors."""
    match node:
        case n.KL():
            return _is_divergence(node, world)
        case n.Sum(terms=terms):
            return all(not t.negative and _is_never_negative(t.body, world) for t in terms)
        case n.Product(factors=(*factors, last)):
            positive = all(lower(factor, world).is_positive for factor in factors)
            return positive and _is_never_negative(last, world)
        case n.Expectation(body=body) | n.Group(body=body):
            return _is_never_negative(body, world)
    return False


def _is_convex_from_zero(gap: sympy.Expr) -> bool:
    """Whether a function of one positive number is convex and zero at its one stationary point."""
    if len(gap.free_symbols) != 1:
        return False
    (u,) = gap.free_symbols
    convex = sympy.diff(gap, u, 2).is_positive
    return bool(convex) and [gap.subs(u, at) for at in sympy.solve(sympy.diff(gap, u), u)] == [0]


RATIO = sympy.Symbol("u", positive=True)
SURPRISE = RATIO - 1 - sympy.log(RATIO)
"""g(u) = u − 1 − log u, never negative, and zero at u = 1 alone."""


def _is_divergence(divergence: n.KL, world: SymbolicWorld) -> bool:
    """Whether KL(p ‖ q) is Σ p g(q/p), which is never negative; p g(q/p) is q where p is zero.

    Where q alone is zero the divergence is infinite.
    """
    sides = divergence.left, divergence.right
    shares = [[_share(side, i, world) for side in sides] for i in range(world.size)]
    if any(q == 0 and p != 0 for p, q in shares):
        return True
    rest = lower(divergence, world)
    for p, q in shares:
        rest -= p * split_logs(SURPRISE.subs(RATIO, q / p)) if p != 0 else q
    return is_zero(rest, world.size) and _is_convex_from_zero(SURPRISE)


def _share(policy: n.Node, response: int, world: SymbolicWorld) -> sympy.Expr:
    """The probability of a response under one side of a divergence."""
    if isinstance(policy, n.Model):
        policy = n.Policy(policy, n.Symbol("y"), n.Symbol("x"))
    return lower(policy, world, {**letters_in(world), "y": response})
