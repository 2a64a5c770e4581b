"""The terms that the derivation's lines are written with."""

from __future__ import annotations

from dpo_math import notation as n

BETA, THETA, EPSILON = n.Symbol("beta"), n.Symbol("theta"), n.Symbol("epsilon")
X, X_OTHER = n.Symbol("x"), n.Symbol("x'")
Y, Y_OTHER, CHOSEN, REJECTED = (n.Symbol(name) for name in ("y", "y'", "y_w", "y_l"))
DATA, T = n.Symbol("D"), n.Symbol("t")
ONE = n.Number(1)
PAIRS = n.Draw((X, CHOSEN, REJECTED), DATA)
"""A labelled pair of the data: a prompt, the response chosen, the response rejected."""


def policy(name: str, response: n.Node = Y, prompt: n.Node = X) -> n.Policy:
    """π(response | prompt) of the policy called ``name``."""
    return n.Policy(n.Model(name), response, prompt)


def reward(response: n.Node = Y, prompt: n.Node = X, name: str = "") -> n.Reward:
    """r(prompt, response), or the reward called ``name``."""
    return n.Reward(name, prompt, response)


def plus(*terms: n.Node) -> n.Sum:
    """The sum of ``terms``; one that is Signed keeps its sign."""
    return n.Sum(tuple(t if isinstance(t, n.Signed) else n.Signed(False, t) for t in terms))


def minus(term: n.Node) -> n.Signed:
    """− term."""
    return n.Signed(True, term)


def times(*factors: n.Node) -> n.Product:
    return n.Product(factors)


def over(numerator: n.Node, denominator: n.Node) -> n.Quotient:
    return n.Quotient(numerator, denominator)


def difference(first: n.Node, second: n.Node) -> n.Sum:
    """first − second."""
    return plus(first, minus(second))


def log_ratio(model: str, response: n.Node = Y, below: str = "ref") -> n.Log:
    """log π(response | x) / π_ref(response | x)."""
    return n.Log(over(policy(model, response), policy(below, response)))


def shift(prompt: n.Node = X) -> n.Call:
    """f(prompt), a number that no response changes."""
    return n.Call("f", (prompt,))


def slope(body: n.Node) -> n.Gradient:
    """∇ by the parameters θ of ``body``."""
    return n.Gradient(THETA, body)


def log_partition(prompt: n.Node = X) -> n.Product:
    """β log Z(prompt)."""
    return times(BETA, n.Log(n.Partition(prompt)))


def expected(variable: n.Node, distribution: n.Node, body: n.Node) -> n.Expectation:
    """𝔼 over ``variable`` ~ ``distribution`` of ``body``."""
    return n.Expectation((n.Draw((variable,), distribution),), body)


def over_pairs(body: n.Node) -> n.Expectation:
    """𝔼 over the labelled pairs of the data of ``body``."""
    return n.Expectation((PAIRS,), body)


def loss_of(model: str, *parameters: n.Node) -> n.Call:
    """L(π, π_ref) of the policy called ``model``."""
    return n.Call("L", (n.Model(model), n.Model("ref"), *parameters))


def tilt(response: n.Node = Y) -> n.Exp:
    """exp(r(x, response) / β), written with 1/β in front."""
    return n.Exp(times(over(ONE, BETA), reward(response)))


def weight(response: n.Node = Y) -> n.Product:
    """π_ref(response | x) exp(r(x, response) / β): a probability once it is divided by Z."""
    return times(policy("ref", response), tilt(response))
