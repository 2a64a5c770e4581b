"""What trees mean: values checked against sums written out, in symbols, numbers and slopes."""

from __future__ import annotations

import re

import mpmath
import pytest
import sympy

from dpo_math.assumptions import Assumption
from dpo_math.derivation import LINES
from dpo_math.dual import Dual
from dpo_math.meaning import MeaningError, NumericWorld, SymbolicWorld, lower
from dpo_math.reader import read_tree
from dpo_math.refute import optimum_claim
from dpo_math.worlds import Place, on_simplex, on_tangent, split_logs

SIZE = 4
WORLD = NumericWorld(SIZE, seed=7)
BETA = WORLD.beta
EPS = mpmath.mpf(10) ** -12


def value(written, world=WORLD, letters=None):
    return lower(read_tree(f"0 = {written}").right, world, letters)


def pi(response, model="", prompt=0):
    return WORLD.probability(model, Place(prompt, response))


def r(response, prompt=0):
    return WORLD.reward("", Place(prompt, response))


def at(response):
    return {"x": 0, "y": response}


# Values


def test_policies_sum_to_one_and_are_positive():
    for model in ("", "ref", "theta", "*", "tilde", "'"):
        shares = [pi(i, model) for i in range(SIZE)]
        assert mpmath.almosteq(sum(shares), 1)
        assert min(shares) > 0


def test_different_letters_are_different_responses_and_prompts():
    letters = [value(f"r(x, {letter})") for letter in ("y_w", "y_l", "y", "y'")]
    assert len({*letters, value("r(x', y)")}) == 5


def test_the_partition_function_is_the_sum_of_tilted_shares():
    written_out = sum(pi(i, "ref") * mpmath.exp(r(i) / BETA) for i in range(SIZE))
    assert mpmath.almosteq(value("Z(x)"), written_out)


def test_the_best_policy_is_the_tilted_reference():
    shares = [pi(i, "ref") * mpmath.exp(r(i) / BETA) for i in range(SIZE)]
    for i, share in enumerate(shares):
        assert mpmath.almosteq(value(r"\pi^*(y \mid x)", letters=at(i)), share / sum(shares))


def test_a_preference_is_the_sigmoid_of_a_difference():
    gap = r(0) - r(1)
    assert mpmath.almosteq(value(r"P(y_w \succ y_l \mid x)"), 1 / (1 + mpmath.exp(-gap)))
    assert mpmath.almosteq(value(r"\sigma(r(x, y_w) - r(x, y_l))"), 1 / (1 + mpmath.exp(-gap)))


def test_a_divergence_is_in_nats_and_goes_from_left_to_right():
    written_out = sum(pi(i) * mpmath.log(pi(i) / pi(i, "ref")) for i in range(SIZE))
    told = value(r"\mathrm{KL}(\pi(y \mid x) \,\|\, \pi_{\mathrm{ref}}(y \mid x))")
    assert mpmath.almosteq(told, written_out)
    assert mpmath.almosteq(value(r"\mathrm{KL}(\pi \,\|\, \pi_{\mathrm{ref}})"), written_out)
    assert not mpmath.almosteq(value(r"\mathrm{KL}(\pi_{\mathrm{ref}} \,\|\, \pi)"), written_out)


def test_a_mean_over_responses_is_under_the_policy_that_is_named():
    for model, written in (("", r"\pi"), ("ref", r"\pi_{\mathrm{ref}}")):
        told = value(rf"\mathbb{{E}}_{{y \sim {written}(y \mid x)}}[r(x, y)]")
        assert mpmath.almosteq(told, sum(pi(i, model) * r(i) for i in range(SIZE)))


def test_a_mean_over_prompts_reads_the_prompt_anew():
    weights = [WORLD.prompt_weight(i) for i in range(WORLD.prompts)]
    told = value(r"\mathbb{E}_{x \sim \mathcal{D}}[Z(x)]")
    written_out = sum(w * WORLD.partition(i) for i, w in enumerate(weights))
    assert mpmath.almosteq(told, written_out)
    assert mpmath.almosteq(sum(weights), 1)


def test_prompt_and_response_may_be_drawn_at_once():
    nested = r"\mathbb{E}_{x \sim \mathcal{D}}[\mathbb{E}_{y \sim \pi(y \mid x)}[r(x, y)]]"
    at_once = r"\mathbb{E}_{x \sim \mathcal{D},\, y \sim \pi(y \mid x)}[r(x, y)]"
    assert mpmath.almosteq(value(nested), value(at_once))


def test_a_mean_over_pairs_is_over_labelled_pairs_of_different_responses():
    pairs = list(WORLD.pairs())
    assert mpmath.almosteq(sum(weight for weight, *_ in pairs), 1)
    assert all(chosen != rejected for _, _, chosen, rejected in pairs)
    told = value(r"\mathbb{E}_{x, y_w, y_l \sim \mathcal{D}}[r(x, y_w) - r(x, y_l)]")
    written_out = sum(weight * (r(win, x) - r(lose, x)) for weight, x, win, lose in pairs)
    assert mpmath.almosteq(told, written_out)


def test_the_loss_is_the_mean_surprise_at_the_labels():
    def surprise(x, win, lose):
        margin = WORLD.implicit_reward("theta", Place(x, win)) - WORLD.implicit_reward(
            "theta", Place(x, lose)
        )
        return mpmath.log(1 + mpmath.exp(-margin))

    written_out = sum(weight * surprise(*pair) for weight, *pair in WORLD.pairs())
    assert mpmath.almosteq(value(r"\mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}})"), written_out)


def test_a_label_flipped_with_some_probability_costs_as_much_more():
    plain, flipped = (
        value(rf"\mathcal{{L}}(\pi_\theta, \pi_{{\mathrm{{ref}}}}, {share})") for share in (0, 1)
    )
    half = value(r"\mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}}, \frac{1}{2})")
    assert mpmath.almosteq(plain, value(r"\mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}})"))
    assert mpmath.almosteq(half, (plain + flipped) / 2)


def test_a_maximum_over_policies_has_the_value_at_the_best_one():
    told = value(r"\max_{\pi} \mathbb{E}_{y \sim \pi(y \mid x)}[r(x, y)]")
    assert mpmath.almosteq(told, sum(pi(i, "*") * r(i) for i in range(SIZE)))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (r"\operatorname*{arg\,max}_{\pi} Z(x)", "argmax is a policy"),
        (r"\max_{y} r(x, y)", "extremum over y"),
        (r"\theta", "letter theta"),
        (r"g(x)", "function g"),
        (r"\pi(\beta \mid x)", "beta is not a prompt or a response"),
        (r"\nabla_{\beta} \beta", "derivative by beta"),
        (r"\mathbb{E}[Z(x)]", "what is drawn"),
        (r"\mathbb{E}_{y \sim \mathcal{D}}[r(x, y)]", "no draw of y"),
    ],
)
def test_what_has_no_value_is_an_error_that_says_why(written, told):
    with pytest.raises(MeaningError, match=told):
        value(written)


# Slopes


def test_dual_numbers_differentiate_as_calculus_has_it():
    x = Dual(mpmath.mpf(3), mpmath.mpf(1))

    def formula(t):
        return (2 - t) * t / (1 + t) - 5 / t + (t**3 - 1) / 2

    slope = mpmath.diff(formula, 3)
    assert mpmath.almosteq(formula(x).value, formula(mpmath.mpf(3)))
    assert mpmath.almosteq(formula(x).slope, slope)


@pytest.mark.parametrize(
    "written",
    [
        r"\log \pi_\theta(y \mid x)",
        r"\hat{r}_\theta(x, y)",
        r"\mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}})",
        r"\mathbb{E}_{y \sim \pi_\theta(y \mid x)}[r(x, y)]",
        r"\mathrm{KL}(\pi_\theta \,\|\, \pi_{\mathrm{ref}})",
    ],
)
def test_a_gradient_is_the_limit_of_differences(written):
    with mpmath.workdps(40):
        h = mpmath.mpf(10) ** -15

        def moved(step):
            def table(prompt, response):
                place = Place(prompt, response)
                slope = WORLD.moving("theta").probability("theta", place).slope
                return WORLD.probability("theta", place) + step * slope

            return value(written, WORLD.where("theta", table))

        difference = (moved(h) - moved(-h)) / (2 * h)
        assert abs(value(rf"\nabla_{{\theta}} {written}") - difference) < EPS


def test_a_direction_keeps_the_sum_of_a_policy():
    slopes = [WORLD.moving("theta").probability("theta", Place(0, i)).slope for i in range(SIZE)]
    assert abs(sum(slopes)) < EPS
    assert max(map(abs, slopes)) > 0.01


def test_only_the_policy_that_moves_has_a_slope():
    assert value(r"\nabla_{\theta} \log \pi_{\mathrm{ref}}(y \mid x)") == 0
    assert value(r"\nabla_{\theta} r(x, y)") == 0


# Symbols and numbers


def numbers_for(symbols, world):
    """The values in ``world`` of the primitive symbols of a symbolic one."""
    found = {}
    for symbol in symbols:
        name = symbol.name
        indexed = re.fullmatch(r"(.)\[(.*)\]_(\d+)_(\d+)", name)
        if name == "beta":
            found[symbol] = world.beta
        elif indexed and indexed[1] == "π":
            found[symbol] = world.given(indexed[2], Place(int(indexed[3]), int(indexed[4])))
        elif indexed and indexed[1] == "g":
            found[symbol] = world._slope(indexed[2], Place(int(indexed[3]), int(indexed[4])))
        elif indexed:
            found[symbol] = world.score(indexed[2], Place(int(indexed[3]), int(indexed[4])))
        elif name.startswith("p_"):
            found[symbol] = world.prompt_weight(int(name[2:]))
        elif name == "d":
            found[symbol] = mpmath.mpf(1)
        else:
            found[symbol] = world.scalar(name)
    return found


class OnePair(NumericWorld):
    """A world of one prompt, whose data are one pair, as a symbolic world is."""

    prompts = 1

    def pairs(self):
        yield mpmath.mpf(1), 0, 0, 1


SIDES = [
    pytest.param(side, id=f"{line.id}-{which}")
    for line in LINES
    if not optimum_claim(line.tree)
    for which, side in (("left", line.tree.left), ("right", line.tree.right))
]


@pytest.mark.parametrize("side", SIDES)
def test_symbols_and_numbers_mean_the_same(side):
    world = OnePair(3, seed=11)
    symbolic = sympy.sympify(lower(side, SymbolicWorld(3)))
    numbers = numbers_for(symbolic.free_symbols, world)
    function = sympy.lambdify(list(numbers), symbolic, modules="mpmath")
    assert mpmath.almosteq(function(*numbers.values()), lower(side, world), 1e-10)


def test_floats_and_exact_numbers_are_drawn_alike():
    rough, exact = (NumericWorld(3, 5, exact=exact) for exact in (False, True))
    place = Place(1, 2)
    assert rough.beta == pytest.approx(float(exact.beta))
    assert rough.probability("*", place) == pytest.approx(float(exact.probability("*", place)))
    assert isinstance(rough.partition(0), float)


def test_the_same_seed_gives_the_same_world():
    again, other = NumericWorld(SIZE, 7), NumericWorld(SIZE, 8)
    assert again.partition(0) == WORLD.partition(0) != other.partition(0)


def test_a_number_is_computed_to_the_precision_that_is_asked_for():
    """Not to the one that was asked for when it was computed first."""
    world = NumericWorld(3, seed=11)
    rough = world.partition(0)
    with mpmath.workdps(40):
        assert 0 < abs(world.partition(0) - rough) < mpmath.mpf(10) ** -12
    assert world.partition(0) == rough


def test_a_constraint_is_used_only_where_policies_are_told_to_sum_to_one():
    world = SymbolicWorld(2)
    total = sum(world.given("ref", Place(0, i)) for i in range(2))
    assert total != 1
    assert on_simplex(total, 2) == 1
    assert on_simplex(total, 3) == total


def test_slopes_sum_to_zero_where_they_are_told_to():
    world = SymbolicWorld(3).moving("theta")
    total = sum(world.probability("theta", Place(0, i)).slope for i in range(3))
    assert sympy.simplify(on_tangent(total, 3)) == 0
    assert on_tangent(total, 4) == sympy.expand(total)


# Logarithms


def test_logs_are_split_only_where_that_is_right():
    a, b = sympy.symbols("a b")
    p, q = sympy.symbols("p q", positive=True)
    assert split_logs(sympy.log(a * b)) == sympy.log(a * b)
    assert split_logs(sympy.log(p * q)) == sympy.log(p) + sympy.log(q)
    assert split_logs(sympy.log(p / q)) == sympy.log(p) - sympy.log(q)


def test_a_log_of_a_sum_has_one_form_whatever_its_terms_share():
    p, q, s = sympy.symbols("p q s", positive=True)
    plain, scaled = (split_logs(sympy.log(each)) for each in (p + q, s * p + s * q))
    assert sympy.expand(scaled - plain) == sympy.log(s)


# Dropped assumptions


def test_without_beta_positive_the_best_policy_is_a_corner():
    world = NumericWorld(SIZE, 3, {Assumption.BETA_POSITIVE})
    shares = [world.probability("*", Place(0, i)) for i in range(SIZE)]
    assert world.beta < 0
    assert sorted(shares) == [0] * (SIZE - 1) + [1]


def test_without_normalisation_no_policy_sums_to_one():
    world = NumericWorld(SIZE, 3, {Assumption.NORMALISED})
    for model in ("", "ref", "theta", "*"):
        assert abs(sum(world.probability(model, Place(0, i)) for i in range(SIZE)) - 1) > 0.01


def test_without_support_some_response_is_never_given_by_the_reference():
    world = NumericWorld(SIZE, 3, {Assumption.SUPPORT})
    shares = [world.probability("ref", Place(0, i)) for i in range(SIZE)]
    assert 0 in shares
    assert mpmath.almosteq(sum(shares), 1)


def test_without_the_same_prompt_a_rejected_response_answers_another():
    world = NumericWorld(SIZE, 7, {Assumption.SAME_PROMPT})
    assert value("r(x, y_l)", world) == value("r(x', y_l)")
    assert value("r(x, y_w)", world) == value("r(x, y_w)")
    assert value("r(x', y_l)", world) == value("r(x', y_l)")


def test_without_bradley_terry_a_preference_is_any_number():
    world = NumericWorld(SIZE, 3, {Assumption.BRADLEY_TERRY})
    first, second = Place(0, 0), Place(0, 1)
    assert world.preference(first, second) + world.preference(second, first) == 1
    by_reward = world.sigmoid(world.reward("", first) - world.reward("", second))
    assert abs(world.preference(first, second) - by_reward) > 0.01


def test_what_is_never_drawn_has_no_say_even_where_its_log_is_infinite():
    world = NumericWorld(SIZE, 3, {Assumption.SUPPORT})
    divergence = value(r"\mathrm{KL}(\pi^* \,\|\, \pi_{\mathrm{ref}})", world)
    assert 0 < divergence < mpmath.inf
    assert value(r"\mathrm{KL}(\pi \,\|\, \pi_{\mathrm{ref}})", world) == mpmath.inf
