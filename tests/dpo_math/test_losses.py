"""The torch losses against the derivation, lowered to sympy and evaluated to 50 digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import mpmath
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from dpo_math import losses
from dpo_math import notation as n
from dpo_math.derivation import LINES, per_pair
from dpo_math.losses import (
    PreferenceLoss,
    dpo_loss,
    hinge_loss,
    ipo_loss,
    preference_metrics,
    reference_free_dpo_loss,
    robust_dpo_loss,
    sequence_logps,
)
from dpo_math.meaning import lower
from dpo_math.worlds import Place, SymbolicWorld

PairLoss = Callable[..., Sequence[Tensor]]

EDGE = 700.0
"""The reward margin up to which the losses promise 1e-12."""
DIGITS = 50
GUARD_DIGITS = math.ceil(2 * EDGE / math.log(10))
"""1 + exp(-700) differs from 1 in its 305th digit."""
TOLERANCE = 1e-12
SCALED_MARGINS = (
    *(0.0, 1e-300, 1e-15, -1e-9, 1e-3, -0.4, 1.0, -3.0, 8.0, -20.0, 21.0, 36.0, -37.0, 38.0),
    *(-80.0, 104.0, 300.0, -300.0, 699.9, -699.9, EDGE, -EDGE),
)
BETAS = (1e-6, 0.05, 0.1, 1.0, 3.7)
SMOOTHINGS = (0.0, 1e-6, 0.1, 0.49)


# The oracle


class LogProbabilities(SymbolicWorld):
    """A world of one pair, whose policies are given by the log-probabilities that losses take."""

    def given(self, model: str, place: Place) -> sympy.Expr:
        return sympy.exp(logp_symbol(model, place.response))


def logp_symbol(model: str, response: int) -> sympy.Symbol:
    return sympy.Symbol(f"logp[{model}]_{response}", real=True)


WORLD = LogProbabilities(size=2)
BETA = WORLD.beta
EPSILON = WORLD.scalar("epsilon")
LOGPS = [logp_symbol(model, response) for model in ("theta", "ref") for response in (0, 1)]
AS_LABELLED = {"x": 0, "y_w": 0, "y_l": 1}
FLIPPED = {"x": 0, "y_w": 1, "y_l": 0}

LOSS = per_pair(LINES["loss"])
SMOOTHED_LOSS = per_pair(LINES["conservative"])


def loss_of_line(letters=AS_LABELLED) -> sympy.Expr:
    return lower(LOSS, WORLD, letters)


def smoothed_of_line() -> sympy.Expr:
    return lower(SMOOTHED_LOSS, WORLD, AS_LABELLED)


def margin_of_line() -> sympy.Expr:
    """h: what the σ of the line is a function of, over β."""
    (margin,) = (node.argument for node in LOSS.walk() if isinstance(node, n.Sigmoid))
    return lower(margin, WORLD, AS_LABELLED) / BETA


def robust_of_line() -> sympy.Expr:
    noisy = (1 - EPSILON) * loss_of_line() - EPSILON * loss_of_line(FLIPPED)
    return noisy / (1 - 2 * EPSILON)


def ipo_of_line() -> sympy.Expr:
    return (margin_of_line() - 1 / (2 * BETA)) ** 2


def hinge_of_line() -> sympy.Expr:
    slack = 1 - BETA * margin_of_line()
    return sympy.Piecewise((slack, slack > 0), (0, True))


class Oracle:
    """A symbolic loss, the implicit rewards and the gradient, as functions on mpmath numbers."""

    def __init__(self, loss: sympy.Expr) -> None:
        rewards = [WORLD.implicit_reward("theta", Place(0, response)) for response in (0, 1)]
        gradient = [sympy.diff(loss, logp) for logp in LOGPS]
        self._function = sympy.lambdify(
            [*LOGPS, BETA, EPSILON], [loss, *rewards, *gradient], modules="mpmath"
        )

    def __call__(self, logps: Sequence[float], beta: float, epsilon: float) -> list[mpmath.mpf]:
        """loss, chosen reward, rejected reward, and the loss's derivative by each log-probability.

        The arguments are taken for the numbers they are in binary, not for their decimals.
        """
        with mpmath.workdps(DIGITS + GUARD_DIGITS):
            return self._function(*map(mpmath.mpf, (*logps, beta, epsilon)))


@pytest.fixture(scope="module")
def symbolic_loss() -> Oracle:
    return Oracle(smoothed_of_line())


def relative_error(got: float, exact: mpmath.mpf) -> float:
    with mpmath.workdps(DIGITS):
        difference = mpmath.fabs(mpmath.mpf(got) - exact)
        return float(difference / mpmath.fabs(exact)) if exact else float(bool(difference))


def outcome(pair_loss: PairLoss, logps: Sequence[Tensor], *parameters: float) -> Tensor:
    """What the oracle gives, from torch: one row a pair."""
    leaves = [each.clone().requires_grad_() for each in logps]
    result = pair_loss(*leaves, *parameters)
    gradient = torch.autograd.grad(result[0].sum(), leaves, materialize_grads=True)
    return torch.stack([each.detach() for each in (*result, *gradient)], dim=1)


def worst_error(
    pair_loss: PairLoss, oracle: Oracle, logps: Sequence[Tensor], beta: float, epsilon: float = 0.0
) -> float:
    """The largest relative error of any loss, reward or derivative in the batch."""
    parameters = (beta,) if pair_loss in WITHOUT_SMOOTHING else (beta, epsilon)
    rows = outcome(pair_loss, logps, *parameters).tolist()
    pairs = torch.stack(list(logps), dim=1).tolist()
    return max(
        relative_error(got, exact)
        for pair, row in zip(pairs, rows, strict=True)
        for got, exact in zip(row, oracle(pair, beta, epsilon), strict=True)
    )


WITHOUT_SMOOTHING = (ipo_loss, hinge_loss)


def pairs_with(
    margins: Sequence[float], beta: float, dtype: torch.dtype = torch.float64, seed: int = 0
) -> list[Tensor]:
    """Log-probabilities of some hundred nats, as completions have, with these reward margins."""
    generator = torch.Generator().manual_seed(seed)
    h = torch.tensor(margins, dtype=torch.float64) / beta
    others = [-150 - 100 * torch.rand(h.shape, generator=generator, dtype=h.dtype) for _ in "abc"]
    rejected, reference_chosen, reference_rejected = others
    chosen = h + (rejected - reference_rejected) + reference_chosen
    return [each.to(dtype) for each in (chosen, rejected, reference_chosen, reference_rejected)]


def around_zero(margins: Sequence[float], beta: float) -> list[Tensor]:
    """The same reward margins to the last bit: all of each is in the chosen log-probability."""
    h = torch.tensor(margins, dtype=torch.float64) / beta
    return [h, *(torch.zeros_like(h) for _ in "abc")]


# Agreement with the derivation


@pytest.mark.parametrize("epsilon", SMOOTHINGS)
@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("pairs", [pairs_with, around_zero])
def test_dpo_loss_and_gradient_are_those_of_the_derivation(symbolic_loss, pairs, beta, epsilon):
    logps = pairs(SCALED_MARGINS, beta)
    assert worst_error(dpo_loss, symbolic_loss, logps, beta, epsilon) < TOLERANCE


def test_without_smoothing_it_is_the_line_before():
    """Eq. (7) itself, where the tests above have the line that adds smoothing to it."""
    logps = pairs_with(SCALED_MARGINS, 0.1)
    assert worst_error(dpo_loss, Oracle(loss_of_line()), logps, 0.1) < TOLERANCE


@settings(deadline=None)
@given(
    margin=st.floats(-EDGE, EDGE),
    beta=st.floats(1e-4, 100),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_pair_in_range_agrees_with_the_derivation(symbolic_loss, margin, beta, seed):
    logps = pairs_with([margin], beta, seed=seed)
    assert worst_error(dpo_loss, symbolic_loss, logps, beta) < TOLERANCE


def test_a_small_margin_between_very_long_completions_keeps_its_digits(symbolic_loss):
    """Each log-ratio is rounded by 1e-10, ten thousand times the error allowed in h."""
    values = (-1e6 + 0.1, -1e6 + 0.2, -0.3, -0.7)
    logps = [torch.tensor([value], dtype=torch.float64) for value in values]
    losses_ = dpo_loss(*logps, 1.0).losses
    exact = symbolic_loss([float(each) for each in logps], 1.0, 0.0)
    assert relative_error(float(losses_), exact[0]) < 4 * torch.finfo(torch.float64).eps


@pytest.mark.parametrize(
    ("pair_loss", "of_line", "margins"),
    [
        (robust_dpo_loss, robust_of_line, SCALED_MARGINS),
        (ipo_loss, ipo_of_line, SCALED_MARGINS),
        (hinge_loss, hinge_of_line, [m for m in SCALED_MARGINS if m != 1.0]),
    ],
)
@pytest.mark.parametrize("beta", BETAS)
def test_the_relatives_of_dpo_are_made_of_the_same_line(pair_loss, of_line, margins, beta):
    oracle = Oracle(of_line())
    assert worst_error(pair_loss, oracle, around_zero(margins, beta), beta, 0.2) < TOLERANCE


@pytest.mark.parametrize("epsilon", SMOOTHINGS)
def test_reference_free_dpo_is_dpo_against_a_constant_reference(symbolic_loss, epsilon):
    chosen, rejected, *_ = pairs_with(SCALED_MARGINS, 0.1)
    zeros = [torch.zeros_like(chosen)] * 2
    free = outcome(reference_free_dpo_loss, (chosen, rejected), 0.1, epsilon)
    assert torch.equal(free, outcome(dpo_loss, (chosen, rejected, *zeros), 0.1, epsilon)[:, :5])


@pytest.mark.parametrize("epsilon", [0.0, 0.3])
def test_robust_dpo_undoes_on_average_what_flipped_labels_do(epsilon):
    chosen, rejected, *reference = pairs_with((-2.0, 0.1, 5.0), 0.1)
    as_labelled = robust_dpo_loss(chosen, rejected, *reference, 0.1, epsilon).losses
    flipped = robust_dpo_loss(rejected, chosen, *reference[::-1], 0.1, epsilon).losses
    clean = dpo_loss(chosen, rejected, *reference, 0.1).losses
    torch.testing.assert_close((1 - epsilon) * as_labelled + epsilon * flipped, clean)


def test_an_independently_written_implementation_agrees():
    public = pytest.importorskip(
        "torchtune.rlhf.loss", reason="torchtune is not installed", exc_type=ImportError
    )
    logps = pairs_with([m for m in SCALED_MARGINS if abs(m) < 50], 0.1)
    for ours, theirs in (
        (partial(dpo_loss, label_smoothing=0.1), public.DPOLoss(beta=0.1, label_smoothing=0.1)),
        (hinge_loss, public.RSOLoss(gamma=0.1)),
    ):
        torch.testing.assert_close(outcome(ours, logps), outcome(theirs, logps))


# Gradients


@pytest.mark.parametrize(
    "pair_loss",
    [
        dpo_loss,
        partial(dpo_loss, label_smoothing=0.2),
        partial(robust_dpo_loss, label_smoothing=0.2),
        ipo_loss,
        hinge_loss,
    ],
)
def test_first_and_second_derivatives_match_finite_differences(pair_loss):
    logps = [each.requires_grad_() for each in pairs_with((-3.0, -0.2, 0.0, 0.7, 4.0), 0.1)]

    def losses_only(*tensors):
        return pair_loss(*tensors).losses

    assert torch.autograd.gradcheck(losses_only, logps)
    assert torch.autograd.gradgradcheck(losses_only, logps)


def test_the_gradient_is_the_one_printed_in_the_paper():
    """Section 4: −β σ(r̂_l − r̂_w) [∇ log π(y_w) − ∇ log π(y_l)], through a real softmax."""
    beta = 0.3
    table = torch.randn(5, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    reference = torch.log_softmax(table, dim=0)
    parameters = (table + torch.arange(5) / 4).requires_grad_()
    policy = torch.log_softmax(parameters, dim=0)
    chosen, rejected = [1], [4]
    result = dpo_loss(
        policy[chosen], policy[rejected], reference[chosen], reference[rejected], beta
    )
    (got,) = torch.autograd.grad(result.losses.sum(), parameters, retain_graph=True)
    (push,) = torch.autograd.grad(policy[chosen].sum() - policy[rejected].sum(), parameters)
    weight = torch.sigmoid(result.rejected_rewards - result.chosen_rewards)
    torch.testing.assert_close(got, -beta * weight * push)


def test_rewards_are_detached_and_losses_are_not():
    logps = [each.requires_grad_() for each in pairs_with((1.0, -2.0), 0.1)]
    result = dpo_loss(*logps)
    assert result.losses.requires_grad
    assert not result.chosen_rewards.requires_grad
    assert not result.rejected_rewards.requires_grad


def test_at_the_reference_the_first_step_has_coefficient_half_beta():
    for beta in BETAS:
        logps = [torch.full((1,), -40.0, dtype=torch.float64, requires_grad=True) for _ in "abcd"]
        gradient = torch.autograd.grad(dpo_loss(*logps, beta).losses.sum(), logps)
        assert [float(each) for each in gradient] == [s * beta / 2 for s in (-1, 1, 1, -1)]


# Symmetries, limits, extremes


@settings(deadline=None)
@given(
    margin=st.floats(-100, 100),
    beta=st.floats(1e-3, 10),
    epsilon=st.floats(0, 0.49),
)
def test_swapping_chosen_and_rejected_turns_the_margin_round(margin, beta, epsilon):
    chosen, rejected, ref_chosen, ref_rejected = pairs_with([margin], beta)
    one = dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta, epsilon)
    other = dpo_loss(rejected, chosen, ref_rejected, ref_chosen, beta, epsilon)
    assert (one.chosen_rewards, one.rejected_rewards) == (
        other.rejected_rewards,
        other.chosen_rewards,
    )
    reward_margin = one.chosen_rewards - one.rejected_rewards
    torch.testing.assert_close(other.losses - one.losses, (1 - 2 * epsilon) * reward_margin)


@settings(deadline=None)
@given(shift=st.integers(-(2**20), 2**20), side=st.sampled_from(["policy", "reference", "prompt"]))
def test_what_both_responses_share_does_not_change_the_loss(shift, side):
    """Adding f(x) to both log-probabilities of a model, or to all of one response's, changes h
    by nothing; the shifts are integers so that adding them is exact."""
    logps = [torch.tensor([float(v)], dtype=torch.float64) for v in (-80, -93, -85, -91)]
    touched = {"policy": (0, 1), "reference": (2, 3), "prompt": (0, 2)}[side]
    shifted = [each + shift * (i in touched) for i, each in enumerate(logps)]
    assert torch.equal(dpo_loss(*shifted).losses, dpo_loss(*logps).losses)


def test_a_vanishing_beta_leaves_log_two_and_half_the_margin():
    logps = pairs_with((-50.0, 3.0), 1.0)
    beta = 1e-9
    chosen, rejected, *reference = logps
    margin = (chosen - reference[0]) - (rejected - reference[1])
    losses_ = dpo_loss(*logps, beta).losses
    torch.testing.assert_close(losses_, math.log(2) - beta * margin / 2, rtol=1e-14, atol=0)


def test_a_growing_beta_tends_to_the_ranking_loss():
    logps = around_zero((-2.0, -0.5, 0.5, 2.0), 1.0)
    beta = 1e6
    torch.testing.assert_close(dpo_loss(*logps, beta).losses / beta, torch.relu(-logps[0]))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("pair_loss", [dpo_loss, robust_dpo_loss, hinge_loss])
def test_far_out_margins_give_finite_losses_and_gradients(pair_loss, dtype):
    logps = [each.to(dtype) for each in around_zero((-1e6, -1e4, 1e4, 1e6), 0.1)]
    rows = outcome(pair_loss, logps, 0.1)
    assert rows.isfinite().all()
    slopes = torch.tensor([-0.1, -0.1, 0.0, 0.0], dtype=dtype)
    torch.testing.assert_close(rows[:, 3], slopes)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("pair_loss", [dpo_loss, robust_dpo_loss, ipo_loss, hinge_loss])
def test_half_precision_loses_only_the_last_rounding(pair_loss, dtype):
    """Values and gradients are those of the same numbers in float64, rounded once."""
    logps = pairs_with((-30.0, -1.0, 0.0, 0.5, 20.0), 0.25, dtype)
    half = outcome(pair_loss, logps, 0.25)
    assert half.dtype == dtype
    full = outcome(pair_loss, [each.double() for each in logps], 0.25)
    torch.testing.assert_close(half.double(), full, rtol=0.51 * torch.finfo(dtype).eps, atol=1e-7)


def test_large_half_precision_log_probabilities_do_not_overflow():
    logps = [torch.tensor([v], dtype=torch.float16) for v in (-6e4, -10.0, -10.0, -6e4)]
    assert torch.equal(dpo_loss(*logps, beta=0.5).losses, torch.tensor([6e4], dtype=torch.float16))


def test_an_empty_batch_has_no_losses():
    result = dpo_loss(*(torch.empty(0) for _ in "abcd"))
    assert [each.shape for each in result] == 3 * [(0,)]


# Bad input

ARGUMENTS = losses.LOGPS
PAIR_LOSSES = [dpo_loss, robust_dpo_loss, ipo_loss, hinge_loss]
WRONG_TENSORS = {
    "a list": ([-1.0, -2.0, -3.0], "must be a tensor, is list"),
    "a column": (torch.zeros(3, 1), r"must have shape \(B,\), has \(3, 1\)"),
    "a scalar": (torch.tensor(-1.0), r"must have shape \(B,\), has \(\)"),
    "integers": (torch.tensor([-1, -2, -3]), "must be floating point, has dtype torch.int64"),
    "booleans": (torch.tensor([True, False, True]), "must be floating point"),
    "complex": (torch.zeros(3, dtype=torch.complex64), "must be floating point"),
    "NaN": (torch.tensor([-1.0, math.nan, -2.0]), r"\[1\] is nan, must be finite"),
    "-inf": (torch.tensor([-1.0, -2.0, -math.inf]), r"\[2\] is -inf, must be finite"),
    "+inf": (torch.tensor([math.inf, -2.0, -1.0]), r"\[0\] is inf, must be finite"),
}
MISMATCHES = {
    "length": (torch.zeros(4), "shape"),
    "one to broadcast": (torch.zeros(1), "shape"),
    "dtype": (torch.zeros(3, dtype=torch.bfloat16), "dtype"),
    "device": (torch.zeros(3, device="meta"), "device"),
}


@pytest.mark.parametrize("wrong", WRONG_TENSORS)
@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("pair_loss", PAIR_LOSSES)
def test_a_wrong_log_probability_is_refused_by_name(pair_loss, argument, wrong):
    tensor, message = WRONG_TENSORS[wrong]
    arguments = {name: -torch.ones(3) for name in ARGUMENTS} | {argument: tensor}
    with pytest.raises(ValueError, match=f"{argument}.*{message}"):
        pair_loss(**arguments)


@pytest.mark.parametrize("mismatch", MISMATCHES)
@pytest.mark.parametrize("argument", ARGUMENTS)
def test_log_probabilities_that_do_not_match_are_refused_by_name(argument, mismatch):
    tensor, trait = MISMATCHES[mismatch]
    arguments = {name: -torch.ones(3) for name in ARGUMENTS} | {argument: tensor}
    with pytest.raises(ValueError, match=argument) as refusal:
        dpo_loss(**arguments)
    assert trait in str(refusal.value)


@pytest.mark.parametrize("beta", [0, 0.0, -0.1, math.nan, math.inf, -math.inf, "0.1", None, True])
@pytest.mark.parametrize("pair_loss", PAIR_LOSSES)
def test_a_beta_that_is_not_positive_and_finite_is_refused(pair_loss, beta):
    with pytest.raises(ValueError, match=r"^beta "):
        pair_loss(*(torch.zeros(2) for _ in "abcd"), beta=beta)


@pytest.mark.parametrize("epsilon", [0.5, 0.7, 1.0, -1e-9, math.nan, math.inf, "0", None, False])
@pytest.mark.parametrize("pair_loss", [dpo_loss, robust_dpo_loss])
def test_a_label_smoothing_outside_zero_to_one_half_is_refused(pair_loss, epsilon):
    with pytest.raises(ValueError, match=r"^label_smoothing "):
        pair_loss(*(torch.zeros(2) for _ in "abcd"), label_smoothing=epsilon)


def test_reference_free_dpo_names_what_it_was_given():
    with pytest.raises(ValueError, match=r"^policy_rejected_logps\[0\] is nan"):
        reference_free_dpo_loss(torch.zeros(1), torch.tensor([math.nan]))


# Log-probabilities of sequences


@dataclass(frozen=True)
class Completions:
    """A batch of prompts with completions, padded to one length.

    ``probabilities`` has shape (B, T, V): those of the token at each position. ``constants``, of
    shape (T, 1), are what the model's logits have beside the logarithms of these.
    """

    probabilities: Tensor
    constants: Tensor
    labels: Tensor
    in_prompt: Tensor
    mask: Tensor

    @property
    def logits(self) -> Tensor:
        return self.probabilities.log() + self.constants

    def exact_logps(self) -> list[mpmath.mpf]:
        picked = self.probabilities.gather(-1, self.labels.unsqueeze(-1)).squeeze(-1)
        with mpmath.workdps(DIGITS):
            return [
                mpmath.fsum(mpmath.log(p) for p in row[keep].tolist())
                for row, keep in zip(picked, self.mask, strict=True)
            ]


def completions(seed: int, lengths: Sequence[int] = (2, 4, 3), vocabulary: int = 5) -> Completions:
    """Prompts of three tokens and completions of these lengths, padded to three more than most."""
    generator = torch.Generator().manual_seed(seed)
    steps = 3 + max(lengths) + 3
    weights = torch.rand(len(lengths), steps, vocabulary, generator=generator, dtype=torch.float64)
    labels = torch.randint(vocabulary, weights.shape[:2], generator=generator)
    position = torch.arange(steps).expand(len(lengths), -1)
    ends = 3 + torch.tensor(lengths).unsqueeze(-1)
    weights = weights + 0.02
    return Completions(
        probabilities=weights / weights.sum(dim=-1, keepdim=True),
        constants=18 * torch.rand(steps, 1, generator=generator, dtype=torch.float64) - 9,
        labels=labels,
        in_prompt=position < 3,
        mask=(position >= 3) & (position < ends),
    )


def test_sequence_log_probability_is_the_sum_over_the_completion():
    batch = completions(seed=1)
    got = sequence_logps(batch.logits, batch.labels, batch.mask)
    errors = map(relative_error, got.tolist(), batch.exact_logps())
    assert max(errors) < TOLERANCE


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf])
def test_masked_positions_reach_neither_value_nor_gradient(rubbish):
    batch = completions(seed=2)
    spoilt_logits = batch.logits.masked_fill(~batch.mask.unsqueeze(-1), rubbish).requires_grad_()
    spoilt_labels = batch.labels.masked_fill(~batch.mask, -100)
    got = sequence_logps(spoilt_logits, spoilt_labels, batch.mask)
    assert torch.equal(got, sequence_logps(batch.logits, batch.labels, batch.mask))
    (gradient,) = torch.autograd.grad(got.sum(), spoilt_logits)
    assert (gradient[~batch.mask] == 0).all()
    assert gradient[batch.mask].isfinite().all()
    assert (gradient[batch.mask] != 0).all()


def test_sequence_log_probability_passes_gradcheck():
    batch = completions(seed=3)
    logits = batch.logits.requires_grad_()
    both = (torch.autograd.gradcheck, torch.autograd.gradgradcheck)
    assert all(check(sequence_logps, (logits, batch.labels, batch.mask)) for check in both)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_logits_are_normalised_and_summed_in_float32(dtype):
    generator = torch.Generator().manual_seed(4)
    logits = (4 * torch.randn(2, 256, 2048, generator=generator)).to(dtype)
    labels = torch.randint(2048, (2, 256), generator=generator)
    mask = torch.ones_like(labels, dtype=torch.bool)
    got = sequence_logps(logits, labels, mask)
    assert got.dtype == torch.float32
    torch.testing.assert_close(
        got.double(), sequence_logps(logits.double(), labels, mask), rtol=1e-6, atol=0
    )


def test_the_mask_may_be_zeros_and_ones():
    batch = completions(seed=5)
    expected = sequence_logps(batch.logits, batch.labels, batch.mask)
    for dtype in (torch.int64, torch.uint8, torch.float32):
        assert torch.equal(
            sequence_logps(batch.logits, batch.labels, batch.mask.to(dtype)), expected
        )


def test_a_forbidden_token_has_log_probability_minus_infinity_and_an_empty_completion_zero():
    logits = torch.tensor([[[0.0, -math.inf, 0.0]], [[1.0, 2.0, 3.0]]])
    labels, mask = torch.tensor([[1], [0]]), torch.tensor([[True], [False]])
    assert sequence_logps(logits, labels, mask).tolist() == [-math.inf, 0.0]


def bad_sequences() -> dict[str, tuple[dict[str, object], str]]:
    """Changes to good arguments, and what is said of each."""
    logits, labels = torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)
    poisoned, infinite, empty = logits.clone(), logits.clone(), logits.clone()
    poisoned[1, 2, 0], infinite[0, 1, 3], empty[1, 0] = math.nan, math.inf, -math.inf
    outside, below = labels.clone(), labels.clone()
    outside[1, 1], below[0, 2] = 4, -100
    meta = torch.device("meta")
    return {
        "logits list": ({"logits": [0.0]}, "logits must be a tensor"),
        "logits flat": ({"logits": logits[0]}, r"logits must have shape \(B, T, V\)"),
        "logits integer": ({"logits": logits.long()}, "logits must be floating point"),
        "logits NaN": ({"logits": poisoned}, r"logits\[1, 2\]"),
        "logits +inf": ({"logits": infinite}, r"logits\[0, 1\]"),
        "logits all -inf": ({"logits": empty}, r"logits\[1, 0\]"),
        "labels list": ({"labels": [1]}, "labels must be a tensor"),
        "labels short": ({"labels": labels[:, 1:]}, r"labels must have shape \(2, 3\)"),
        "labels float": ({"labels": labels.float()}, "labels must be integers"),
        "labels bool": ({"labels": labels.bool()}, "labels must be integers"),
        "labels large": ({"labels": outside}, r"labels\[1, 1\] is unmasked and is 4"),
        "labels negative": ({"labels": below}, r"labels\[0, 2\] is unmasked and is -100"),
        "labels elsewhere": ({"labels": labels.to(meta)}, "labels is on meta"),
        "mask list": ({"mask": [1]}, "mask must be a tensor"),
        "mask short": ({"mask": torch.ones(2, 2)}, r"mask must have shape \(2, 3\)"),
        "mask of weights": ({"mask": torch.full((2, 3), 0.5)}, "mask must hold only"),
    }


@pytest.mark.parametrize("case", bad_sequences())
def test_bad_sequences_are_refused_by_name(case):
    change, message = bad_sequences()[case]
    good = {
        "logits": torch.zeros(2, 3, 4),
        "labels": torch.zeros(2, 3, dtype=torch.int64),
        "mask": torch.ones(2, 3, dtype=torch.bool),
    }
    with pytest.raises(ValueError, match=message):
        sequence_logps(**(good | change))


# Metrics


def test_metrics_are_rewards_margins_and_accuracies_with_ties_at_one_half():
    chosen = torch.tensor([1.0, 0.5, -2.0], requires_grad=True)
    metrics = preference_metrics(chosen, torch.tensor([0.0, 0.5, 3.0]))
    assert metrics.margins.tolist() == [1.0, 0.0, -5.0]
    assert metrics.accuracies.tolist() == [1.0, 0.5, 0.0]
    assert metrics.chosen_rewards.tolist() == [1.0, 0.5, -2.0]
    assert metrics.rejected_rewards.tolist() == [0.0, 0.5, 3.0]
    assert not any(each.requires_grad for each in metrics)


def test_a_policy_that_is_the_reference_guesses():
    logps = torch.tensor([-10.0, -30.0])
    result = dpo_loss(logps, logps - 5, logps, logps - 5)
    metrics = preference_metrics(result.chosen_rewards, result.rejected_rewards)
    assert metrics.accuracies.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("argument", ["chosen_rewards", "rejected_rewards"])
def test_metrics_refuse_bad_rewards_by_name(argument):
    rewards = {"chosen_rewards": torch.zeros(2), "rejected_rewards": torch.zeros(2)}
    with pytest.raises(ValueError, match=rf"^{argument}\[1\] is nan"):
        preference_metrics(**(rewards | {argument: torch.tensor([0.0, math.nan])}))


# Bugs that others shipped


@dataclass(frozen=True)
class Recipe:
    """How token logits become a loss: the parts that a bug can be in."""

    logps: Callable[[Completions], Tensor]
    pair_loss: PairLoss


def published_logps(batch: Completions) -> Tensor:
    return sequence_logps(batch.logits, batch.labels, batch.mask)


PUBLISHED = Recipe(published_logps, dpo_loss)


def with_mask(change: Callable[[Completions], Tensor]) -> Callable[[Completions], Tensor]:
    return lambda batch: sequence_logps(batch.logits, batch.labels, change(batch))


def without_first_token(batch: Completions) -> Tensor:
    first = batch.mask & (batch.mask.cumsum(dim=-1) == 1)
    return batch.mask & ~first


def raw_logit_sum(batch: Completions) -> Tensor:
    picked = batch.logits.gather(-1, batch.labels.unsqueeze(-1)).squeeze(-1)
    return (picked * batch.mask).sum(dim=-1)


def rounded_reference(pc, pr, rc, rr, beta, epsilon):
    return dpo_loss(pc, pr, *(each.bfloat16().to(each.dtype) for each in (rc, rr)), beta, epsilon)


def beta_frozen_at_zero(pc, pr, rc, rr, beta, epsilon):
    stuck = dpo_loss(pc, pr, rc, rr, beta, epsilon)
    return (math.log(2) + 0 * stuck.losses, *stuck[1:])


def overwritten(pc, pr, rc, rr, beta, epsilon):
    result = dpo_loss(pc, pr, rc, rr, beta, epsilon)
    return result._replace(losses=dpo_loss(pc, pr, rc, rr, beta).losses)


def only_the_last_pair(pc, pr, rc, rr, beta, epsilon):
    result = dpo_loss(pc, pr, rc, rr, beta, epsilon)
    return result._replace(losses=result.losses[-1].expand(result.losses.shape))


def rewards_without_reference(pc, pr, rc, rr, beta, epsilon):
    result = dpo_loss(pc, pr, rc, rr, beta, epsilon)
    return PreferenceLoss(result.losses, beta * pc.detach(), beta * pr.detach())


def log_of_sigmoid(pc, pr, rc, rr, beta, epsilon):
    result = dpo_loss(pc, pr, rc, rr, beta, epsilon)
    margin = beta * ((pc - rc) - (pr - rr))
    both = (torch.log(torch.sigmoid(side)) for side in (margin, -margin))
    as_labelled, flipped = both
    return result._replace(losses=-(1 - epsilon) * as_labelled - epsilon * flipped)


MUTANTS = {
    "reference left out": Recipe(
        published_logps,
        lambda pc, pr, rc, rr, *rest: dpo_loss(pc, pr, 0 * rc, 0 * rr, *rest),
    ),
    "beta twice": Recipe(
        published_logps,
        lambda pc, pr, rc, rr, beta, *rest: dpo_loss(pc, pr, rc, rr, beta * beta, *rest),
    ),
    "mean over padded length": Recipe(lambda b: published_logps(b) / b.labels.shape[1], dpo_loss),
    "mean over completion length": Recipe(lambda b: published_logps(b) / b.mask.sum(-1), dpo_loss),
    "first completion token masked": Recipe(with_mask(without_first_token), dpo_loss),
    "prompt unmasked": Recipe(with_mask(lambda b: b.mask | b.in_prompt), dpo_loss),
    "padding unmasked": Recipe(with_mask(lambda b: ~b.in_prompt), dpo_loss),
    "chosen and rejected swapped": Recipe(
        published_logps,
        lambda pc, pr, rc, rr, *rest: dpo_loss(pr, pc, rr, rc, *rest),
    ),
    "reference's chosen and rejected swapped": Recipe(
        published_logps,
        lambda pc, pr, rc, rr, *rest: dpo_loss(pc, pr, rr, rc, *rest),
    ),
    "smoothed loss overwritten by the plain one": Recipe(published_logps, overwritten),
    "losses overwritten by the last pair's": Recipe(published_logps, only_the_last_pair),
    "log-normaliser dropped as if it cancelled": Recipe(raw_logit_sum, dpo_loss),
    "reference dropped from the rewards as if it cancelled": Recipe(
        published_logps, rewards_without_reference
    ),
    "reference in another dtype": Recipe(published_logps, rounded_reference),
    "beta zero freezing the loss at log 2": Recipe(published_logps, beta_frozen_at_zero),
}


def recipe_error(recipe: Recipe, oracle: Oracle, beta: float = 0.3, epsilon: float = 0.1) -> float:
    """The largest relative error of a loss or reward, from the tokens' probabilities on.

    The prompts' tokens are the same, and as probable, in chosen and rejected: they cancel in h.
    """
    models = [[completions(10, (2, 4, 3)), completions(11, (4, 1, 3))] for _ in ("theta", "ref")]
    models[1] = [
        replace(batch, probabilities=batch.probabilities.flip(-1), constants=-batch.constants)
        for batch in models[1]
    ]
    batches = [_with_prompt_of(model[0], batch) for model in models for batch in model]
    got = recipe.pair_loss(*map(recipe.logps, batches), beta, epsilon)
    pairs = zip(*(batch.exact_logps() for batch in batches), strict=True)
    return max(
        relative_error(float(value), exact)
        for pair, row in zip(pairs, zip(*got, strict=True), strict=True)
        for value, exact in zip(row, oracle(pair, beta, epsilon)[:3], strict=True)
    )


def _with_prompt_of(chosen: Completions, batch: Completions) -> Completions:
    prompt = chosen.in_prompt
    return replace(
        batch,
        probabilities=torch.where(prompt.unsqueeze(-1), chosen.probabilities, batch.probabilities),
        labels=torch.where(prompt, chosen.labels, batch.labels),
    )


def test_the_published_recipe_agrees_from_token_probabilities_to_loss(symbolic_loss):
    assert recipe_error(PUBLISHED, symbolic_loss) < TOLERANCE


@pytest.mark.parametrize("name", MUTANTS)
def test_a_bug_that_others_shipped_is_caught(symbolic_loss, name):
    assert recipe_error(MUTANTS[name], symbolic_loss) > 1e-4


def test_a_log_of_a_sigmoid_is_caught_where_the_sigmoid_rounds_to_one(symbolic_loss):
    logps = around_zero(SCALED_MARGINS, 0.1)
    assert worst_error(log_of_sigmoid, symbolic_loss, logps, 0.1) > 0.1


def test_the_oracle_would_notice_an_error_in_the_twelfth_digit(symbolic_loss):
    def slightly_off(*arguments):
        result = dpo_loss(*arguments)
        return result._replace(losses=result.losses * (1 + 3e-12))

    logps = around_zero(SCALED_MARGINS, 0.1)
    assert worst_error(slightly_off, symbolic_loss, logps, 0.1) > TOLERANCE
