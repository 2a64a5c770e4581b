"""The worked example of the lesson: six responses to a prompt, and everything in closed form.

No training and no torch: what a picture shows of these tables follows from eq. (4) at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LARGEST_LOG = 700.0
PEAK_FOUND = 1e-7

BETA = 0.9
"""The β of a picture that shows one."""
BETAS = (0.05, 0.1, 0.5, 1.0)
"""The β of pictures that compare several."""
SWEEP = (20.0, 0.05)
"""The β between which a picture sweeps. At the first π* is the reference, to the eye, and at the
second the best response."""


@dataclass(frozen=True)
class Table:
    """A prompt with a few responses: π_ref(y|x) and r(x, y) of each, in one order.

    Every β is in units of reward; divergences are in nats. Methods raise :class:`ValueError`,
    naming the argument, for a ``beta`` that is not positive and finite, and for a ``policy`` that
    is not a distribution over the responses.

    Raises:
        ValueError: naming the field, when ``reference`` is not a distribution that gives every
            one of at least two responses some probability, or when ``reward`` is not as many
            finite numbers.
    """

    name: str
    reference: tuple[float, ...]
    reward: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.reference) < 2:
            raise ValueError(f"reference needs two responses or more, has {len(self.reference)}")
        _check_distribution("reference", self.reference, len(self.reference))
        if min(self.reference) <= 0:
            raise ValueError("reference must give every response some probability")
        if len(self.reward) != len(self):
            raise ValueError(f"reward must hold {len(self)} numbers, holds {len(self.reward)}")
        if not np.isfinite(self.reward).all():
            raise ValueError("reward must hold finite numbers")

    def __len__(self) -> int:
        return len(self.reference)

    def weights(self, beta: float) -> Floats:
        """π_ref(y|x) exp(r(x, y) / β), which do not sum to one.

        Raises :class:`ValueError`, as :meth:`partition` does, for a ``beta`` so small that they
        exceed the largest float. The other methods have no such limit.
        """
        log_weights = self._log_weights(beta)
        if log_weights.max() > LARGEST_LOG:
            raise ValueError(f"beta must not be so small that Z(x) overflows, is {beta}")
        return np.asarray(np.exp(log_weights))

    def log_partition(self, beta: float) -> float:
        """log Z(x). β times this is J*, the largest value of the objective (appendix A.1)."""
        return float(np.logaddexp.reduce(self._log_weights(beta)))

    def partition(self, beta: float) -> float:
        """Z(x), the sum of the weights (eq. 4)."""
        return float(self.weights(beta).sum())

    def optimum(self, beta: float) -> Floats:
        """π*(y|x) = π_ref(y|x) exp(r(x, y) / β) / Z(x) (eq. 4)."""
        return np.asarray(np.exp(self._log_weights(beta) - self.log_partition(beta)))

    def greedy(self) -> Floats:
        """The policy of most reward, whatever its divergence: what π* tends to as β goes to 0."""
        weights = np.where(np.equal(self.reward, max(self.reward)), self.reference, 0.0)
        return np.asarray(weights / weights.sum())

    def kl(self, beta: float) -> float:
        """KL(π*‖π_ref) at this β."""
        return self.divergence(self.optimum(beta))

    def divergence(self, policy: ArrayLike) -> float:
        """KL(π‖π_ref) of any policy."""
        pi = self._distribution(policy)
        present = pi > 0
        return float(pi[present] @ np.log(pi[present] / np.asarray(self.reference)[present]))

    def expected_reward(self, policy: ArrayLike) -> float:
        """E_π[r]."""
        return float(self._distribution(policy) @ np.asarray(self.reward))

    def objective(self, policy: ArrayLike, beta: float) -> float:
        """E_π[r] − β KL(π‖π_ref), what RLHF maximises (eq. 3)."""
        return self.expected_reward(policy) - _positive(beta) * self.divergence(policy)

    def preference(self, chosen: int, rejected: int) -> float:
        """The probability that response ``chosen`` is preferred to ``rejected`` (eq. 1)."""
        return _sigmoid(self.reward[chosen] - self.reward[rejected])

    def implied_preference(
        self, policy: ArrayLike, beta: float, chosen: int, rejected: int
    ) -> float:
        """The same by the implicit rewards of a policy, β log π(y|x) / π_ref(y|x).

        Raises :class:`ValueError` for a ``policy`` that rules one of the two out.
        """
        pi = self._distribution(policy)
        if not min(pi[chosen], pi[rejected]) > 0:
            raise ValueError("policy must give both responses some probability to compare them")
        gap = math.log(pi[chosen] / pi[rejected])
        gap_before = math.log(self.reference[chosen] / self.reference[rejected])
        return _sigmoid(_positive(beta) * (gap - gap_before))

    def cross_entropy(
        self, policy: ArrayLike, beta: float, pairs: Iterable[tuple[int, int]]
    ) -> float:
        """The DPO loss on countless labels of these pairs, each as often as any other, in nats."""
        losses = [
            cross_entropy(self.implied_preference(policy, beta, *pair), self.preference(*pair))
            for pair in pairs
        ]
        return sum(losses) / len(losses)

    def moved(self, by: float, features: Sequence[float]) -> Floats:
        """π_ref once a parameter has moved the log of each weight by so much, times its feature."""
        return replace(self, reward=tuple(by * feature for feature in features)).optimum(1.0)

    def _log_weights(self, beta: float) -> Floats:
        return np.log(self.reference) + np.asarray(self.reward) / _positive(beta)

    def _distribution(self, policy: ArrayLike) -> Floats:
        _check_distribution("policy", policy, len(self))
        return np.asarray(policy, dtype=np.float64)


def pair_loss(margin: float) -> float:
    """−log σ(margin), in nats: the DPO loss of a pair that has this reward margin (eq. 7)."""
    return float(np.logaddexp(0.0, -margin))


def pull(margin: float) -> float:
    """σ(−margin): how fast :func:`pair_loss` falls there, and the pair's weight in the gradient."""
    return _sigmoid(-margin)


def cross_entropy(said: float, true: float) -> float:
    """−p log q − (1 − p) log(1 − q), in nats: the mean of :func:`pair_loss` over the labels of a
    pair, when the policy says q and the one response is chosen with probability p.

    Raises :class:`ValueError`, naming the argument, for what is not between 0 and 1.
    """
    for name, value in (("said", said), ("true", true)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, is {value}")
    return -true * math.log(said) - (1 - true) * math.log1p(-said)


def cross_entropy_slope(said: float, true: float) -> float:
    """How fast :func:`cross_entropy` grows with what the policy says: not at all at the truth."""
    return (said - true) / (said * (1 - said))


def beta_between(start: float, end: float, along: float) -> float:
    """β on its way from ``start`` to ``end``: equal factors in equal times, ``along`` 0 to 1."""
    return float(_positive(start) * (_positive(end) / start) ** along)


def peak(worth: Callable[[float], float], start: float, end: float) -> float:
    """Where between two numbers ``worth`` is largest, if it rises up to there and falls beyond."""
    while end - start > PEAK_FOUND:
        third = (end - start) / 3
        if worth(start + third) < worth(end - third):
            start += third
        else:
            end -= third
    return (start + end) / 2


class ResponseCount(NamedTuple):
    """How many responses there are: exactly, and as the power of ten that this is."""

    exact: int
    magnitude: float


def response_count(vocabulary: int, length: int) -> ResponseCount:
    """The number of responses of ``length`` tokens: as many terms as Z(x) sums.

    Raises :class:`ValueError` for a vocabulary or a length below one.
    """
    for name, value in (("vocabulary", vocabulary), ("length", length)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, is {value}")
    return ResponseCount(vocabulary**length, length * math.log10(vocabulary))


def _check_distribution(name: str, values: ArrayLike | Sequence[float], size: int) -> None:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), has {array.shape}")
    if not (array >= 0).all():
        raise ValueError(f"{name} must hold probabilities, holds {array.min()}")
    if not math.isclose(array.sum(), 1, abs_tol=1e-9):
        raise ValueError(f"{name} must sum to 1, sums to {array.sum()}")


def _sigmoid(margin: float) -> float:
    return (1 + math.tanh(margin / 2)) / 2


def _positive(beta: float) -> float:
    if not (math.isfinite(beta) and beta > 0):
        raise ValueError(f"beta must be positive and finite, is {beta}")
    return beta


PROMPT = Table(
    name="x",
    reference=(0.30, 0.24, 0.18, 0.13, 0.09, 0.06),
    reward=(1.0, 1.8, 0.7, 2.2, 1.3, 2.9),
)
"""The prompt of every picture. Its reference thinks least of the response that is best."""

OTHER_PROMPT = Table(
    name="x'",
    reference=(0.10, 0.16, 0.28, 0.22, 0.17, 0.07),
    reward=(0.4, 1.2, 0.6, 0.3, 1.4, 0.9),
)
"""A prompt with another partition function, for the counter-example to the cancellation."""

LENGTHS = (45, 60, 30, 120, 90, 150)
"""Tokens in each of the six responses."""

TWICE_AS_LONG = 0.6
"""How often a response twice as long is preferred, where labels look at nothing but length."""


def length_reward(tokens: float) -> float:
    """The reward of such labels: by Bradley-Terry it makes them, whatever is added to it."""
    return math.log2(tokens) * math.log(TWICE_AS_LONG / (1 - TWICE_AS_LONG))


CHOSEN, REJECTED = 3, 0
"""The pair of every picture that compares two responses, as places in the table."""

VOCABULARY_SIZE = 128_256
"""Tokens in the vocabulary of Llama 3."""
RESPONSE_LENGTH = 100
"""Tokens in a short answer."""
