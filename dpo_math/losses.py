"""Preference losses in torch: DPO and its relatives, what feeds them and what is logged of them.

Everywhere h is the *margin* of a pair, in nats,

    h = [log π_θ(y_w|x) − log π_ref(y_w|x)] − [log π_θ(y_l|x) − log π_ref(y_l|x)],

βh is the *reward margin*, and β log(π_θ / π_ref) is the *implicit reward* r̂_θ of a response
(section 5). A log-probability is a whole completion's: the sum over its tokens, prompt left out.

Input in half precision is worked on in float32 and rounded once, on the way out. h is computed as
if in twice the working precision, since it is a small difference of large numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

LOGPS = (
    "policy_chosen_logps",
    "policy_rejected_logps",
    "reference_chosen_logps",
    "reference_rejected_logps",
)
FLOATING = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


class PreferenceLoss(NamedTuple):
    """What every loss returns: three tensors of shape (B,) in the dtype of the input.

    ``losses`` carry gradients to every log-probability. The implicit rewards are detached.
    """

    losses: Tensor
    chosen_rewards: Tensor
    rejected_rewards: Tensor


class PreferenceMetrics(NamedTuple):
    """What is logged of a batch, unreduced: detached tensors of shape (B,), rewards in nats.

    ``accuracies`` is 1 where the chosen response has the larger reward, 0 where it has the
    smaller, and one half where they tie.
    """

    chosen_rewards: Tensor
    rejected_rewards: Tensor
    margins: Tensor
    accuracies: Tensor


def dpo_loss(
    policy_chosen_logps: Tensor,
    policy_rejected_logps: Tensor,
    reference_chosen_logps: Tensor,
    reference_rejected_logps: Tensor,
    beta: float = 0.1,
    label_smoothing: float = 0.0,
) -> PreferenceLoss:
    """−(1 − ε) log σ(βh) − ε log σ(−βh), with ε = ``label_smoothing``.

    Eq. (7) for ε = 0. For ε > 0, conservative DPO: the labels are taken to be wrong with
    probability ε (Mitchell, "A note on DPO with noisy preferences and relationship to IPO", 2023,
    eq. 3). The gradient is −β σ(−βh) ∇h for ε = 0 (section 4, "What does the DPO update do?").

    Args:
        policy_chosen_logps: log π_θ(y_w|x) in nats, shape (B,), as all four are.
        policy_rejected_logps: log π_θ(y_l|x).
        reference_chosen_logps: log π_ref(y_w|x).
        reference_rejected_logps: log π_ref(y_l|x).
        beta: β, the price of a nat of KL divergence, in units of reward.
        label_smoothing: ε, the probability that a label is wrong.

    In float64, losses and gradients are right to 1e-12 relative for −700 ≤ βh ≤ 700 (except, for
    ε > 0, the gradient where its two parts cancel, at βh = log((1 − ε) / ε)).

    Raises:
        ValueError: beginning with the name of the argument: a log-probability that is no
            floating-point tensor of shape (B,), that differs from the first one in length, dtype
            or device, or that is NaN or infinite; a ``beta`` that is not positive and finite; a
            ``label_smoothing`` outside [0, 0.5).
    """
    policy = policy_chosen_logps, policy_rejected_logps
    pairs = _Pairs.of(beta, *policy, reference_chosen_logps, reference_rejected_logps)
    return pairs.result(_smoothed(pairs.reward_margin, _flip_rate(label_smoothing)))


def reference_free_dpo_loss(
    policy_chosen_logps: Tensor,
    policy_rejected_logps: Tensor,
    beta: float = 0.1,
    label_smoothing: float = 0.0,
) -> PreferenceLoss:
    """:func:`dpo_loss` against a reference that finds all responses equally likely.

    A constant log π_ref leaves h, so it is left out; the rewards are then β log π_θ. Arguments,
    shapes and errors as for :func:`dpo_loss`.
    """
    pairs = _Pairs.of(beta, policy_chosen_logps, policy_rejected_logps)
    return pairs.result(_smoothed(pairs.reward_margin, _flip_rate(label_smoothing)))


def robust_dpo_loss(
    policy_chosen_logps: Tensor,
    policy_rejected_logps: Tensor,
    reference_chosen_logps: Tensor,
    reference_rejected_logps: Tensor,
    beta: float = 0.1,
    label_smoothing: float = 0.0,
) -> PreferenceLoss:
    """[−(1 − ε) log σ(βh) + ε log σ(−βh)] / (1 − 2ε), with ε = ``label_smoothing``.

    rDPO of Chowdhury, Kini and Natarajan 2024 (arXiv 2403.00409). Where labels are flipped with
    probability ε, its expectation is the DPO loss on the labels before they were flipped. It is
    unbounded below. Arguments, shapes and errors as for :func:`dpo_loss`.
    """
    flip_rate = _flip_rate(label_smoothing)
    policy = policy_chosen_logps, policy_rejected_logps
    pairs = _Pairs.of(beta, *policy, reference_chosen_logps, reference_rejected_logps)
    as_labelled = functional.logsigmoid(pairs.reward_margin)
    flipped = functional.logsigmoid(-pairs.reward_margin)
    return pairs.result((flip_rate * flipped - (1 - flip_rate) * as_labelled) / (1 - 2 * flip_rate))


def ipo_loss(
    policy_chosen_logps: Tensor,
    policy_rejected_logps: Tensor,
    reference_chosen_logps: Tensor,
    reference_rejected_logps: Tensor,
    beta: float = 0.1,
) -> PreferenceLoss:
    """(h − 1 / 2β)², in nats squared, least at the finite margin 1 / 2β.

    Eq. 17 of Azar et al. 2023 (arXiv 2310.12036), whose τ is β. Some trainers divide each
    log-probability by the completion's length first; pass such means to do the same. Arguments,
    shapes and errors as for :func:`dpo_loss`.
    """
    policy = policy_chosen_logps, policy_rejected_logps
    pairs = _Pairs.of(beta, *policy, reference_chosen_logps, reference_rejected_logps)
    return pairs.result((pairs.margin - 1 / (2 * pairs.beta)).square())


def hinge_loss(
    policy_chosen_logps: Tensor,
    policy_rejected_logps: Tensor,
    reference_chosen_logps: Tensor,
    reference_rejected_logps: Tensor,
    beta: float = 0.1,
) -> PreferenceLoss:
    """max(0, 1 − βh): no gradient once the reward margin is one nat.

    The calibration loss of SLiC-HF (Zhao et al. 2023, arXiv 2305.10425) on log-ratios to the
    reference, as "hinge-norm" in Liu et al. 2023 (arXiv 2309.06657), whose γ is β.
    Arguments, shapes and errors as for :func:`dpo_loss`.
    """
    policy = policy_chosen_logps, policy_rejected_logps
    pairs = _Pairs.of(beta, *policy, reference_chosen_logps, reference_rejected_logps)
    return pairs.result(functional.relu(1 - pairs.reward_margin))


def preference_metrics(chosen_rewards: Tensor, rejected_rewards: Tensor) -> PreferenceMetrics:
    """Rewards, margins and accuracies of a batch of pairs, shape (B,).

    A tie counts one half because a coin decides it: at π_θ = π_ref, where training starts, every
    pair ties and the accuracy is that of guessing, where a strict > would log 0 and a ≥ would
    log 1. The Mann-Whitney statistic counts ties likewise.

    Raises :class:`ValueError` as the losses do.
    """
    _check_vectors({"chosen_rewards": chosen_rewards, "rejected_rewards": rejected_rewards})
    chosen, rejected = chosen_rewards.detach(), rejected_rewards.detach()
    margins = (_widened(chosen) - _widened(rejected)).to(chosen.dtype)
    accuracies = (1 + torch.sign(margins)) / 2
    return PreferenceMetrics(chosen, rejected, margins, accuracies)


def sequence_logps(logits: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """log π(y|x) of each sequence, in nats: the summed log-probability of its unmasked labels.

    Args:
        logits: shape (B, T, V), floating point.
        labels: shape (B, T), integer: the token that the logits *at the same position* predict.
        mask: shape (B, T), bool or 0 and 1: true at the tokens of the completion.

    For a causal model, whose logits predict the next token::

        sequence_logps(logits[:, :-1], tokens[:, 1:], in_completion[:, 1:])

    Returns shape (B,), in float32 for logits in half precision and in their own dtype otherwise.
    What a masked position holds does not matter, be it −inf, NaN or a label of −100: it reaches
    neither the value nor the gradient. A sequence with nothing unmasked has log-probability 0, a
    label whose logit is −inf has −inf.

    Raises:
        ValueError: naming the argument, for a wrong shape, dtype or device, a mask that holds
            something else, and at an unmasked position: a label outside the vocabulary, or logits
            that are NaN, +inf or all −inf.
    """
    _check_sequences(logits, labels, mask)
    counted = mask.bool()
    _check_vocabulary(labels, counted, vocabulary=logits.shape[-1])
    token_logps = -functional.cross_entropy(
        _widened(logits[counted]), labels[counted].long(), reduction="none"
    )
    if token_logps.isnan().any():
        index = counted.nonzero()[token_logps.isnan()][0].tolist()
        raise ValueError(f"logits{index} are unmasked, and are NaN, +inf or all -inf")
    in_place = token_logps.new_zeros(labels.shape).masked_scatter(counted, token_logps)
    return in_place.sum(dim=-1)


@dataclass(frozen=True)
class _Pairs:
    """A validated batch: log-ratios to the reference and their difference, in at least float32."""

    beta: float
    chosen_logratios: Tensor
    rejected_logratios: Tensor
    margin: Tensor
    dtype: torch.dtype

    @classmethod
    def of(cls, beta: float, *logps: Tensor) -> _Pairs:
        """Check ``beta`` and the log-probabilities, of policy and reference or policy alone."""
        beta = _positive(beta)
        _check_vectors(dict(zip(LOGPS, logps, strict=False)))
        policy_chosen, policy_rejected, *reference = (_widened(each) for each in logps)
        ratios = _logratios(
            policy_chosen, policy_rejected, *(reference or 2 * [torch.zeros_like(policy_chosen)])
        )
        return cls(beta, *ratios, logps[0].dtype)

    @property
    def reward_margin(self) -> Tensor:
        return self.beta * self.margin

    def result(self, losses: Tensor) -> PreferenceLoss:
        rewards = [
            (self.beta * logratios).detach()
            for logratios in (self.chosen_logratios, self.rejected_logratios)
        ]
        return PreferenceLoss(*(each.to(self.dtype) for each in (losses, *rewards)))


def _smoothed(reward_margin: Tensor, flip_rate: float) -> Tensor:
    """The sigmoid loss. ``logsigmoid`` because log(σ(·)) is −inf, its gradient NaN, far out."""
    as_labelled = functional.logsigmoid(reward_margin)
    flipped = functional.logsigmoid(-reward_margin)
    return -(1 - flip_rate) * as_labelled - flip_rate * flipped


def _logratios(
    policy_chosen: Tensor, policy_rejected: Tensor, ref_chosen: Tensor, ref_rejected: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The log-ratio of each response to the reference, and h.

    h is a difference of differences whose parts may be a million times larger. The rounding error
    of each subtraction is itself a floating-point number, so it is worked out and added back.
    """
    chosen, rejected = policy_chosen - ref_chosen, policy_rejected - ref_rejected
    margin = chosen - rejected
    lost = _rounding_error(policy_chosen, ref_chosen) - _rounding_error(
        policy_rejected, ref_rejected
    )
    return chosen, rejected, margin + (lost + _rounding_error(chosen, rejected))


@torch.no_grad()
def _rounding_error(a: Tensor, b: Tensor) -> Tensor:
    """Exactly (a − b) minus its rounded value (Knuth's TwoSum)."""
    difference = a - b
    minus_b = difference - a
    return (a - (difference - minus_b)) - (b + minus_b)


def _widened(tensor: Tensor) -> Tensor:
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def _check_vectors(tensors: Mapping[str, Tensor]) -> None:
    """Raise unless all are finite and floating, of one shape (B,), dtype and device."""
    first_name, first = next(iter(tensors.items()))
    for name, tensor in tensors.items():
        _check_floating(name, tensor)
        if tensor.ndim != 1:
            raise ValueError(f"{name} must have shape (B,), has {tuple(tensor.shape)}")
        for trait in ("shape", "dtype", "device"):
            ours, expected = getattr(tensor, trait), getattr(first, trait)
            if ours != expected:
                raise ValueError(f"{name} has {trait} {ours}, but {first_name} has {expected}")
    for name, tensor in tensors.items():
        finite = tensor.isfinite()
        if not finite.all():
            index = int(finite.int().argmin())
            raise ValueError(f"{name}[{index}] is {tensor[index].item()}, must be finite")


def _check_floating(name: str, tensor: object) -> None:
    if not isinstance(tensor, Tensor):
        raise ValueError(f"{name} must be a tensor, is {type(tensor).__name__}")
    if tensor.dtype not in FLOATING:
        raise ValueError(f"{name} must be floating point, has dtype {tensor.dtype}")


def _check_sequences(logits: Tensor, labels: Tensor, mask: Tensor) -> None:
    _check_floating("logits", logits)
    if logits.ndim != 3:
        raise ValueError(f"logits must have shape (B, T, V), has {tuple(logits.shape)}")
    for name, tensor in (("labels", labels), ("mask", mask)):
        if not isinstance(tensor, Tensor):
            raise ValueError(f"{name} must be a tensor, is {type(tensor).__name__}")
        if tensor.shape != logits.shape[:2]:
            expected = tuple(logits.shape[:2])
            raise ValueError(f"{name} must have shape {expected}, has {tuple(tensor.shape)}")
        if tensor.device != logits.device:
            raise ValueError(f"{name} is on {tensor.device}, but logits is on {logits.device}")
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(f"labels must be integers, has dtype {labels.dtype}")
    if not ((mask == 0) | (mask == 1)).all():
        raise ValueError("mask must hold only true and false, or 0 and 1")


def _check_vocabulary(labels: Tensor, counted: Tensor, vocabulary: int) -> None:
    outside = counted & ((labels < 0) | (labels >= vocabulary))
    if outside.any():
        row, column = outside.nonzero()[0].tolist()
        token = labels[row, column].item()
        raise ValueError(
            f"labels[{row}, {column}] is unmasked and is {token}, outside 0 to {vocabulary - 1}"
        )


def _positive(beta: float) -> float:
    if not _is_number(beta) or not (math.isfinite(beta) and beta > 0):
        raise ValueError(f"beta must be a positive finite number, is {beta!r}")
    return float(beta)


def _flip_rate(label_smoothing: float) -> float:
    if not _is_number(label_smoothing) or not 0 <= label_smoothing < 0.5:
        raise ValueError(f"label_smoothing must be in [0, 0.5), is {label_smoothing!r}")
    return float(label_smoothing)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
