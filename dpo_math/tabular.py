"""DPO on a table of a few responses, in torch float64: the experiments behind the films.

A policy is a softmax of one logit a response, trained from π_ref. The data are a *wins* matrix:
entry (i, j) is how often response i is chosen over response j, of all pairs. The loss of a data set
is the mean of :func:`dpo_math.losses.dpo_loss` over it. Every number is the same on every machine
to the digits that :mod:`dpo_math.measured` keeps: no random numbers but from a seeded generator,
and gradient steps of a size that follows from the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dpo_math import measured
from dpo_math.examples import (
    BETA,
    BETAS,
    CHOSEN,
    LENGTHS,
    PROMPT,
    REJECTED,
    Table,
    length_reward,
)
from dpo_math.losses import PreferenceLoss, dpo_loss

SEED = 18290
"""The paper's number on arXiv."""

# Policies


def tensor(values: Sequence[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def closed_form(table: Table, beta: float | Tensor) -> tuple[Tensor, Tensor]:
    """log π* and log Z (eq. 4): shapes (n,) and (), or (B, n) and (B,) for ``beta`` of shape (B,).

    Differentiable in ``beta``.
    """
    inverse = 1 / torch.as_tensor(beta, dtype=torch.float64)
    weights = tensor(table.reference).log() + inverse.unsqueeze(-1) * tensor(table.reward)
    log_partition = weights.logsumexp(dim=-1)
    return weights - log_partition.unsqueeze(-1), log_partition


def divergence(logps: Tensor, others: Tensor) -> Tensor:
    """KL of the policies ``logps`` to the policies ``others``, in nats, over the last dimension."""
    return (logps.exp() * (logps - others)).sum(dim=-1)


def objective(table: Table, logps: Tensor, beta: float) -> Tensor:
    """E_π[r] − β KL(π‖π_ref) (eq. 3) of log-probabilities of shape (…, n)."""
    expected_reward = (logps.exp() * tensor(table.reward)).sum(dim=-1)
    return expected_reward - beta * divergence(logps, tensor(table.reference).log())


def distance(logps: Tensor, others: Tensor) -> Tensor:
    """Total variation ½ Σ|π − π′| over the last dimension."""
    return (logps.exp() - others.exp()).abs().sum(dim=-1) / 2


# Data


def comparisons(n: int, groups: Sequence[Sequence[int]] = ()) -> Tensor:
    """How often each ordered pair is compared, shape (n, n): all equally, or those in a group."""
    compared = torch.zeros(n, n, dtype=torch.float64)
    for group in groups or [range(n)]:
        for i in group:
            compared[i, list(group)] = 1
    compared.fill_diagonal_(0)
    return compared / compared.sum()


def preferences(reward: Tensor) -> Tensor:
    """P(i ≻ j) by Bradley-Terry (eq. 1), shape (n, n)."""
    return torch.sigmoid(reward.unsqueeze(-1) - reward)


def population(table: Table, compared: Tensor | None = None) -> Tensor:
    """The wins of infinitely many labels, with every pair compared equally often by default."""
    compared = comparisons(len(table)) if compared is None else compared
    return _normalised(compared * preferences(tensor(table.reward)))


def sample(table: Table, pairs: int, generator: torch.Generator) -> Tensor:
    """The wins of this many labels: two different responses at random, labelled by eq. (1)."""
    n = len(table)
    first = torch.randint(n, (pairs,), generator=generator)
    second = (first + torch.randint(1, n, (pairs,), generator=generator)) % n
    chances = preferences(tensor(table.reward))[first, second]
    first_wins = torch.rand(pairs, generator=generator, dtype=torch.float64) < chances
    winner, loser = torch.where(first_wins, first, second), torch.where(first_wins, second, first)
    counts = torch.bincount(winner * n + loser, minlength=n * n).reshape(n, n)
    return _normalised(counts.to(torch.float64))


def _normalised(wins: Tensor) -> Tensor:
    return wins / wins.sum()


# Training


def dpo_data_loss(logps: Tensor, reference: Tensor, wins: Tensor, beta: float) -> Tensor:
    """The mean DPO loss (eq. 7) of policies of shape (…, n) on wins of shape (…, n, n)."""
    pairs = torch.cartesian_prod(*2 * [torch.arange(wins.shape[-1])])
    chosen, rejected = pairs[pairs[:, 0] != pairs[:, 1]].unbind(dim=-1)
    result = _pair_losses(logps, reference, chosen, rejected, beta)
    per_pair = result.losses.reshape(*logps.shape[:-1], len(chosen))
    return (wins[..., chosen, rejected] * per_pair).sum(dim=-1)


def _pair_losses(
    logps: Tensor, reference: Tensor, chosen: Tensor, rejected: Tensor, beta: float
) -> PreferenceLoss:
    """The DPO loss of each policy on each pair, flat."""

    def side(policy: Tensor, response: Tensor) -> Tensor:
        return policy[..., response].reshape(-1)

    frozen = reference.expand_as(logps)
    return dpo_loss(
        side(logps, chosen),
        side(logps, rejected),
        side(frozen, chosen),
        side(frozen, rejected),
        beta,
    )


def safe_rate(wins: Tensor, beta: float) -> float:
    """A step at which gradient descent on the DPO loss cannot overshoot: 1 / its curvature.

    By Gershgorin on the Hessian in the logits, a Laplacian whose edges weigh β²/4 at most. In terms
    of implicit rewards the steps are then the same for every β.
    """
    degrees = (wins + wins.mT).sum(dim=-1)
    return 2 / (beta**2 * float(degrees.max()))


def train_dpo(
    reference: Tensor,
    wins: Tensor,
    beta: float,
    steps: int,
    rate: float | None = None,
    features: Tensor | None = None,
) -> Tensor:
    """Gradient descent on the DPO loss from π_ref: log-probabilities, shape (steps + 1, …, n).

    Wins of shape (…, n, n) train that many policies at once. With ``features`` of shape (k, n) the
    parameters are k numbers, and log π is log π_ref plus their combination, normalised.
    """
    features = torch.eye(len(reference), dtype=torch.float64) if features is None else features
    rate = safe_rate(wins, beta) if rate is None else rate
    shape = (*wins.shape[:-2], len(features))
    parameters = torch.zeros(shape, dtype=torch.float64, requires_grad=True)

    def policy() -> Tensor:
        return torch.log_softmax(reference + parameters @ features, dim=-1)

    def gradient() -> Tensor:
        loss = dpo_data_loss(policy(), reference, wins, beta).sum()
        return torch.autograd.grad(loss, parameters)[0]

    return _path(parameters, policy, lambda: -rate * gradient(), steps)


def train_objective(table: Table, beta: float, steps: int, rate: float = 0.3) -> Tensor:
    """Natural gradient ascent on E_π[r] − β KL from π_ref: log-probabilities, (steps + 1, n).

    The plain gradient of a softmax has a factor π(y|x), under which an unlikely response hardly
    learns; the natural one is without it. A step goes ``rate`` / β along it.
    """
    logits = tensor(table.reference).log().requires_grad_()

    def policy() -> Tensor:
        return torch.log_softmax(logits, dim=-1)

    def step() -> Tensor:
        logps = policy()
        (gradient,) = torch.autograd.grad(objective(table, logps, beta), logits)
        return rate / beta * gradient / logps.detach().exp()

    return _path(logits, policy, step, steps)


def _path(
    parameters: Tensor, policy: Callable[[], Tensor], step: Callable[[], Tensor], steps: int
) -> Tensor:
    """The policy before each step and after the last."""
    path = [policy().detach()]
    for _ in range(steps):
        change = step()
        with torch.no_grad():
            parameters += change
        path.append(policy().detach())
    return torch.stack(path)


# What holds

ARRIVED = 1e-9
"""The distance at which a run ends: not much nearer, rounding is all that is left."""


def arrival(
    table: Table = PROMPT, betas: Sequence[float] = tuple(sorted({*BETAS, BETA}))
) -> measured.Arrival:
    """The title's claim: DPO on preferences and ascent on reward minus β KL arrive in one place."""
    reference = tensor(table.reference).log()
    optima = [closed_form(table, beta)[0] for beta in betas]

    def run(beta: float, optimum: Tensor, path: Tensor) -> measured.Run:
        distances = distance(path, optimum)
        kept = slice(int((distances > ARRIVED).sum()) + 1)
        return measured.Run(beta, _matrix(path[kept].exp()), _vector(distances[kept]))

    both = list(zip(betas, optima, strict=True))
    wins = population(table)
    return measured.Arrival(
        optima=_matrix(torch.stack(optima).exp()),
        dpo=tuple(run(b, o, train_dpo(reference, wins, b, steps=60)) for b, o in both),
        ascent=tuple(run(b, o, train_objective(table, b, steps=60)) for b, o in both),
    )


def sweep(table: Table = PROMPT, points: int = 61) -> measured.Sweep:
    """KL(π*‖π_ref), J* = β log Z and the moments of r under π*, for β from 0.05 to 5.

    The slope dKL/dβ is by automatic differentiation; it is −Var(r) / β³.
    """
    betas = torch.logspace(math.log10(0.05), math.log10(5), points, dtype=torch.float64)
    betas.requires_grad_()
    optima, log_partitions = closed_form(table, betas)
    kl = divergence(optima, tensor(table.reference).log())
    (slope,) = torch.autograd.grad(kl.sum(), betas)
    reward = tensor(table.reward)
    expected = (optima.exp() * reward).sum(dim=-1)
    variance = (optima.exp() * (reward - expected.unsqueeze(-1)).square()).sum(dim=-1)
    columns = (betas, kl, slope, betas * log_partitions, expected, variance)
    return measured.Sweep(*map(_vector, columns))


def sampled(table: Table = PROMPT, beta: float = BETA, repeats: int = 20) -> measured.Sampled:
    """DPO on finitely many labels comes as near to π* as their number allows."""
    sizes = (300, 1_000, 3_000, 10_000, 30_000, 100_000)
    generator = torch.Generator().manual_seed(SEED)
    data_sets = [[sample(table, size, generator) for _ in range(repeats)] for size in sizes]
    wins = torch.stack([torch.stack(same_size) for same_size in data_sets])
    trained = train_dpo(tensor(table.reference).log(), wins, beta, steps=60)[-1]
    distances = distance(trained, closed_form(table, beta)[0]).mean(dim=-1)
    return measured.Sampled(beta, repeats, sizes, _vector(distances))


# What does not


def weighted(table: Table = PROMPT, beta: float = BETA) -> measured.Weighted:
    """Pairs kept three times as often: for a pair's sake, and where the longer response won."""
    n = len(table)
    reference, optimum = tensor(table.reference).log(), closed_form(table, beta)[0]
    labels = population(table)
    adjacent = torch.tensor([[1 + 2 * (abs(i - j) == 1) for j in range(n)] for i in range(n)])
    longer = torch.tensor([[1 + 2 * (LENGTHS[i] > LENGTHS[j]) for j in range(n)] for i in range(n)])
    by_pair, by_outcome = (
        train_dpo(reference, _normalised(labels * kept), beta, steps=150)[-1]
        for kept in (adjacent, longer)
    )
    return measured.Weighted(
        beta=beta,
        optimum=_vector(optimum.exp()),
        by_pair=_vector(by_pair.exp()),
        by_outcome=_vector(by_outcome.exp()),
        by_outcome_distance=float(distance(by_outcome, optimum)),
    )


def disconnected(
    table: Table = PROMPT,
    beta: float = BETA,
    groups: tuple[tuple[int, ...], ...] = ((0, 1, 2), (3, 4, 5)),
) -> measured.Disconnected:
    """Responses compared only within two groups: the right policy in each, and no say between."""
    wins = population(table, comparisons(len(table), groups))
    reached, loss, others, losses = _left_open(table, beta, wins, groups[1], (0.1, 0.5, 0.9))
    return measured.Disconnected(
        beta=beta,
        groups=groups,
        optimum=_vector(closed_form(table, beta)[0].exp()),
        reached=_vector(reached.exp()),
        reached_loss=loss,
        same_loss=_matrix(others.exp()),
        losses=losses,
    )


def never_compared(
    table: Table = PROMPT, beta: float = BETA, response: int = 5
) -> measured.NeverCompared:
    """The best response in no pair: no exploration, so DPO does not find it."""
    compared = [i for i in range(len(table)) if i != response]
    wins = population(table, comparisons(len(table), [compared]))
    reached, loss, others, losses = _left_open(table, beta, wins, [response], (0.01, 0.3, 0.9))
    return measured.NeverCompared(
        beta=beta,
        response=response,
        reference=table.reference,
        optimum=_vector(closed_form(table, beta)[0].exp()),
        reached=_vector(reached.exp()),
        reached_loss=loss,
        same_loss=_matrix(others.exp()),
        losses=losses,
    )


def _left_open(
    table: Table, beta: float, wins: Tensor, group: Sequence[int], masses: Sequence[float]
) -> tuple[Tensor, float, Tensor, measured.Vector]:
    """Where DPO arrives, and its loss there and where ``group`` has other masses instead."""
    reference = tensor(table.reference).log()
    reached = train_dpo(reference, wins, beta, steps=100)[-1]
    others = torch.stack([with_mass(reached, group, mass) for mass in masses])
    every = torch.stack([reached, *others])
    losses = dpo_data_loss(every, reference, wins.expand(len(every), -1, -1), beta)
    return reached, float(losses[0]), others, _vector(losses[1:])


def with_mass(logps: Tensor, group: Sequence[int], mass: float) -> Tensor:
    """The policy with probability ``mass`` on ``group``, unchanged within it and without."""
    policy = logps.exp()
    inside = torch.zeros(len(policy), dtype=torch.bool)
    inside[list(group)] = True
    within = policy[inside].sum()
    return (policy * torch.where(inside, mass / within, (1 - mass) / (1 - within))).log()


def hard_labels(
    table: Table = PROMPT, beta: float = BETA, doublings: int = 10
) -> measured.HardLabels:
    """The response with the larger reward always wins, where Bradley-Terry has it win mostly."""
    reward, reference = tensor(table.reward), tensor(table.reference).log()
    wins = comparisons(len(table)) * (reward.unsqueeze(-1) > reward)
    wins = _normalised(wins)
    steps = (0, *(2**k for k in range(doublings + 1)))
    path = train_dpo(reference, wins, beta, steps[-1])[list(steps)]
    ratios = path - reference
    smallest = [beta * (ratio.unsqueeze(-1) - ratio)[wins > 0].min() for ratio in ratios]
    losses = dpo_data_loss(path, reference, wins.expand(len(steps), -1, -1), beta)
    return measured.HardLabels(
        beta=beta,
        steps=steps,
        margins=_vector(torch.stack(smallest)),
        losses=_vector(losses),
        kl=_vector(divergence(path, reference)),
        optimum_kl=table.kl(beta),
    )


def both_fall(
    table: Table = PROMPT, beta: float = BETA, chosen: int = CHOSEN, rejected: int = REJECTED
) -> measured.BothFall:
    """A pair that shares a feature, of which the rejected response has more.

    The policy is π_ref exp(θφ(y)), normalised. A step lowers θ, and with it both responses, the
    rejected one faster. What they lose goes to the responses without the feature. Beside it the
    same pair with a parameter for each response, at the rate at which its margin grows alike.
    """
    reference = tensor(table.reference).log()
    feature = torch.zeros(len(table), dtype=torch.float64)
    feature[chosen], feature[rejected] = 0.6, 1.0
    wins = torch.zeros(len(table), len(table), dtype=torch.float64)
    wins[chosen, rejected] = 1
    steps, rate = 12, 1.0
    path = train_dpo(reference, wins, beta, steps, rate, features=feature.unsqueeze(0))
    # A step moves the margin in proportion to the rate and to the pair's squared distance in
    # features, which is 2 where each response has a parameter of its own.
    own_rate = rate * float((feature[chosen] - feature[rejected]).square()) / 2
    own_path = train_dpo(reference, wins, beta, steps, own_rate)
    changes = path - reference
    return measured.BothFall(
        beta=beta,
        chosen=chosen,
        rejected=rejected,
        features=_vector(feature),
        policies=_matrix(path.exp()),
        own_policies=_matrix(own_path.exp()),
        chosen_change=_vector(changes[:, chosen]),
        rejected_change=_vector(changes[:, rejected]),
        margins=_vector(changes[:, chosen] - changes[:, rejected]),
    )


def length_growth(table: Table = PROMPT, beta: float = 0.5) -> measured.LengthGrowth:
    """Labels by length alone."""
    lengths = tensor(LENGTHS)
    labels = Table(table.name, table.reference, tuple(map(length_reward, LENGTHS)))
    wins = population(labels)
    rate = safe_rate(wins, beta) / 4
    path = train_dpo(tensor(table.reference).log(), wins, beta, steps=40, rate=rate)
    return measured.LengthGrowth(
        beta=beta,
        lengths=LENGTHS,
        chosen_length=float(wins.sum(dim=1) @ lengths),
        rejected_length=float(wins.sum(dim=0) @ lengths),
        expected_lengths=_vector(path.exp() @ lengths),
        policies=_matrix(path.exp()),
        limit=float(closed_form(labels, beta)[0].exp() @ lengths),
    )


def slide(table: Table = PROMPT, beta: float = BETA, steps: int = 40) -> measured.Slide:
    """Three labelled pairs: the second is contradicted by the third, which is outvoted."""
    pairs = ((5, 2), (CHOSEN, REJECTED), (REJECTED, CHOSEN))
    chosen, rejected = torch.tensor(pairs).unbind(dim=-1)
    reference = tensor(table.reference).log()
    wins = torch.zeros(len(table), len(table), dtype=torch.float64)
    frequencies = (0.25, 0.5, 0.25)
    wins[chosen, rejected] = tensor(frequencies)
    path = train_dpo(reference, wins, beta, steps)
    result = _pair_losses(path, reference, chosen, rejected, beta)
    losses, chosen_rewards, rejected_rewards = (each.reshape(-1, len(pairs)) for each in result)
    margins = chosen_rewards - rejected_rewards
    weights = torch.sigmoid(-margins)
    columns = (path.exp(), margins, losses, weights, chosen_rewards, rejected_rewards)
    return measured.Slide(beta, pairs, frequencies, *map(_matrix, columns))


# Storing what films show

EXPERIMENTS: tuple[Callable[[], Any], ...] = (
    arrival,
    sweep,
    sampled,
    weighted,
    disconnected,
    never_compared,
    hard_labels,
    both_fall,
    length_growth,
    slide,
)


def write_data(directory: Path = measured.DIRECTORY) -> list[Path]:
    """Run every experiment and store what it measured; the files written."""
    results = [experiment() for experiment in EXPERIMENTS]
    directory.mkdir(parents=True, exist_ok=True)
    return [measured.write(result, directory) for result in results]


def check_data(directory: Path = measured.DIRECTORY) -> list[str]:
    """Run every experiment and compare: a line for each number that was stored otherwise."""
    results = [experiment() for experiment in EXPERIMENTS]
    return list(measured.drifts(results, directory))


def _vector(values: Tensor) -> measured.Vector:
    return tuple(values.detach().tolist())


def _matrix(values: Tensor) -> measured.Matrix:
    return tuple(_vector(row) for row in values)
