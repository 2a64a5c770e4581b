"""The moves: what each makes, that its map of terms has no holes, and what each refuses."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.derivation import BETA, LINES, X_OTHER, log_partition, policy, reward
from dpo_math.meaning import NumericWorld, lower
from dpo_math.moves import Gone, MoveError, Step
from dpo_math.printers import tex
from dpo_math.reader import read_tree

Z = n.Partition(n.Symbol("x"))
THETA, T = n.Symbol("theta"), n.Symbol("t")


def line(written):
    return n.keyed(read_tree(written))


def part(written):
    """A term as the reader gives it."""
    return read_tree(f"0 = {written}").right


REF = r"\pi_{\mathrm{ref}}(y \mid x)"
STAR = r"\pi^*(y \mid x)"
ANY = r"\pi(y \mid x)"
TILTED = r"\tilde{\pi}(y \mid x)"
R = "r(x, y)"
OVER_Y = r"\mathbb{E}_{y \sim \pi(y \mid x)}"
OVER_X = r"\mathbb{E}_{x \sim \mathcal{D}}"
DATA = r"\mathbb{E}_{x, y_w, y_l \sim \mathcal{D}}"
BEST = r"\pi^* = \operatorname*{arg\,min}_{\pi} \mathbb{E}_{x \sim \mathcal{D}}"
MOST = BEST.replace("min", "max")
HAT_W, HAT_L = r"\hat{r}_\theta(x, y_w)", r"\hat{r}_\theta(x, y_l)"
SHIFT_RULE = line("r'(x, y) = r(x, y) + f(x)")
SIGMOID_RULE = line(r"\sigma(t) = \frac{1}{1 + \exp(-t)}")

APPLIED = {
    "take_logs": (moves.take_logs, f"{STAR} = {REF} Z(x)", rf"\log {STAR} = \log ({REF} Z(x))"),
    "log_of_product": (
        moves.log_of_product,
        rf"0 = \log ({REF} Z(x))",
        rf"0 = \log {REF} + \log Z(x)",
    ),
    "log_of_product in a product": (
        moves.log_of_product,
        rf"0 = \beta \log ({REF} Z(x))",
        rf"0 = \beta (\log {REF} + \log Z(x))",
    ),
    "log_of_quotient": (
        moves.log_of_quotient,
        rf"0 = \log \frac{{{STAR}}}{{{REF}}}",
        rf"0 = \log {STAR} - \log {REF}",
    ),
    "log_of_quotient of one": (
        moves.log_of_quotient,
        r"0 = \beta + \log \frac{1}{Z(x)}",
        r"0 = \beta - \log Z(x)",
    ),
    "log_of_exp": (moves.log_of_exp, rf"0 = \log \exp({R})", f"0 = {R}"),
    "exp_of_log": (moves.exp_of_log, r"0 = \exp(\log Z(x))", "0 = Z(x)"),
    "as_log_of_exp": (
        lambda t: moves.as_log_of_exp(t, reward()),
        rf"0 = \beta + {R}",
        rf"0 = \beta + \log \exp({R})",
    ),
    "combine_logs": (
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        rf"0 = \beta \log {STAR} + {R} - \beta \log {REF}",
        rf"0 = \beta \log \frac{{{STAR}}}{{{REF}}} + {R}",
    ),
    "absorb_log": (
        lambda t: moves.absorb_log(t, Z),
        rf"0 = \log \frac{{{STAR}}}{{{REF}}} - \log Z(x)",
        rf"0 = \log \frac{{{STAR}}}{{{REF} Z(x)}}",
    ),
    "complete": (
        lambda t: moves.complete(t, Z),
        rf"0 = \log \frac{{{STAR}}}{{{REF}}}",
        rf"0 = \log \frac{{{STAR}}}{{\frac{{1}}{{Z(x)}} {REF}}} - \log Z(x)",
    ),
    "multiply_both_sides": (
        lambda t: moves.multiply_both_sides(t, BETA),
        rf"{R} = {R} + \log Z(x)",
        rf"\beta {R} = \beta ({R} + \log Z(x))",
    ),
    "distribute": (
        moves.distribute,
        rf"0 = \beta ({R} - \log Z(x))",
        rf"0 = \beta {R} - \beta \log Z(x)",
    ),
    "factor_out": (
        lambda t: moves.factor_out(t, BETA),
        rf"0 = \beta {R} - \beta \log Z(x)",
        rf"0 = \beta ({R} - \log Z(x))",
    ),
    "cancel_factor": (
        lambda t: moves.cancel_factor(t, BETA),
        rf"0 = \beta \frac{{1}}{{\beta}} {R}",
        f"0 = {R}",
    ),
    "isolate": (
        lambda t: moves.isolate(t, reward()),
        rf"\beta = -\log Z(x) + {R}",
        rf"\beta + \log Z(x) = {R}",
    ),
    "isolate on the left": (
        lambda t: moves.isolate(t, reward()),
        rf"{R} - \log Z(x) = \beta",
        rf"{R} = \beta + \log Z(x)",
    ),
    "swap_sides": (moves.swap_sides, rf"{R} = \beta", rf"\beta = {R}"),
    "subtract_line": (
        lambda t: moves.subtract_line(t, SHIFT_RULE, {"y": "y_l"}),
        r"r'(x, y_w) = \beta",
        r"r'(x, y_w) - r'(x, y_l) = \beta - (r(x, y_l) + f(x))",
    ),
    "distribute_sign": (
        moves.distribute_sign,
        rf"0 = \beta - ({R} + Z(x))",
        rf"0 = \beta - {R} - Z(x)",
    ),
    "distribute_sign before a negative term": (
        moves.distribute_sign,
        rf"0 = \beta - (-{R} + Z(x))",
        rf"0 = \beta + {R} - Z(x)",
    ),
    "cancel": (
        lambda t: moves.cancel(t, log_partition()),
        rf"0 = {R} + \beta \log Z(x) - \beta \log Z(x)",
        f"0 = {R}",
    ),
    "reorder": (
        lambda t: moves.reorder(t, reward()),
        rf"0 = -\beta + {R} - Z(x)",
        rf"0 = {R} - \beta - Z(x)",
    ),
    "turn_difference": (
        moves.turn_difference,
        rf"0 = \sigma(\beta - {R})",
        rf"0 = \sigma(-({R} - \beta))",
    ),
    "turned_difference": (
        moves.turned_difference,
        rf"0 = \sigma(-({R} - \beta))",
        rf"0 = \sigma(\beta - {R})",
    ),
    "rename": (
        lambda t: moves.rename(t, {"y": "y_w", "x": "x'"}),
        rf"{R} = Z(x)",
        "r(x', y_w) = Z(x')",
    ),
    "replace_policy": (
        lambda t: moves.replace_policy(t, "*", "theta"),
        rf"{STAR} = {REF}",
        rf"\pi_\theta(y \mid x) = {REF}",
    ),
    "substitute": (
        lambda t: moves.substitute(t, SHIFT_RULE, part("r'(x, y_l)")),
        r"0 = \beta - r'(x, y_l)",
        r"0 = \beta - (r(x, y_l) + f(x))",
    ),
    "substitute on the right alone": (
        lambda t: moves.substitute(t, SHIFT_RULE, part("r'(x, y_l)"), "right"),
        r"r'(x, y_l) = r'(x, y_l)",
        r"r'(x, y_l) = r(x, y_l) + f(x)",
    ),
    "recognise": (
        lambda t: moves.recognise(t, SHIFT_RULE, part("r(x, y_w) + f(x)")),
        r"0 = \sigma(r(x, y_w) + f(x))",
        r"0 = \sigma(r'(x, y_w))",
    ),
    "recognise any expression": (
        lambda t: moves.recognise(t, SIGMOID_RULE, t.right),
        rf"0 = \frac{{1}}{{1 + \exp(-({R} - \beta))}}",
        rf"0 = \sigma({R} - \beta)",
    ),
    "evaluate": (
        lambda t: moves.evaluate(t, SHIFT_RULE, part("r'(x, y_w) - f(x)"), part("r'(x, y_w)")),
        r"0 = \sigma(r'(x, y_w) - f(x))",
        "r'(x, y_w) - f(x) = r(x, y_w) + f(x) - f(x)",
    ),
    "divide_through": (
        moves.divide_through,
        rf"0 = \frac{{\exp({R})}}{{\exp({R}) + \exp(\beta)}}",
        rf"0 = \frac{{1}}{{1 + \frac{{\exp(\beta)}}{{\exp({R})}}}}",
    ),
    "quotient_of_exps": (
        moves.quotient_of_exps,
        rf"0 = \frac{{\exp(\beta)}}{{\exp({R})}}",
        rf"0 = \exp(\beta - {R})",
    ),
    "cancel_fraction": (
        moves.cancel_fraction,
        r"0 = \beta \frac{Z(x)}{Z(x)}",
        r"0 = \beta",
    ),
    "reduce_fraction": (
        lambda t: moves.reduce_fraction(t, Z),
        rf"0 = \frac{{{REF} Z(x)}}{{Z(x) \beta}}",
        rf"0 = \frac{{{REF}}}{{\beta}}",
    ),
    "fraction_as_factor": (
        moves.fraction_as_factor,
        rf"0 = \frac{{{REF} \beta}}{{Z(x)}}",
        rf"0 = \frac{{1}}{{Z(x)}} {REF} \beta",
    ),
    "exp_of_sum": (moves.exp_of_sum, rf"0 = \exp({R} + \beta)", rf"0 = \exp({R}) \exp(\beta)"),
    "factor_out_of_sum": (
        lambda t: moves.factor_out_of_sum(t, Z),
        rf"0 = \sum_{{y}} {ANY} Z(x)",
        rf"0 = Z(x) \sum_{{y}} {ANY}",
    ),
    "sum_of_probabilities": (
        moves.sum_of_probabilities,
        rf"0 = \beta \sum_{{y}} {ANY}",
        r"0 = \beta",
    ),
    "kl_as_expectation": (
        moves.kl_as_expectation,
        rf"0 = \mathrm{{KL}}({ANY} \,\|\, {REF})",
        rf"0 = {OVER_Y}\left[ \log \frac{{{ANY}}}{{{REF}}} \right]",
    ),
    "expectation_as_kl": (
        moves.expectation_as_kl,
        rf"0 = {OVER_Y}\left[ \log \frac{{{ANY}}}{{{REF}}} \right]",
        rf"0 = \mathrm{{KL}}({ANY} \,\|\, {REF})",
    ),
    "one_expectation": (
        moves.one_expectation,
        rf"0 = {OVER_Y}[{R}] - \beta \, {OVER_Y}[\log {ANY}]",
        rf"0 = {OVER_Y}[{R} - \beta \log {ANY}]",
    ),
    "constant_out_of_expectation": (
        moves.constant_out_of_expectation,
        rf"0 = {OVER_Y}[{R} - \log Z(x)]",
        rf"0 = {OVER_Y}[{R}] - \log Z(x)",
    ),
    "factor_out_of_expectation": (
        lambda t: moves.factor_out_of_expectation(t, BETA),
        rf"0 = {OVER_Y}[{R} \beta \log {ANY}]",
        rf"0 = \beta \, {OVER_Y}[{R} \log {ANY}]",
    ),
    "divide_objective": (
        lambda t: moves.divide_objective(t, BETA),
        rf"{MOST}[{R} - \beta \log Z(x)]",
        rf"{MOST}\left[ \frac{{1}}{{\beta}} {R} - \log Z(x) \right]",
    ),
    "negate_objective": (
        moves.negate_objective,
        rf"{MOST}[{R} - \log Z(x)]",
        rf"{BEST}[-{R} + \log Z(x)]",
    ),
    "drop_constant": (
        moves.drop_constant,
        rf"{BEST}[\log {ANY} - \log Z(x)]",
        rf"{BEST}[\log {ANY}]",
    ),
    "least_divergence": (
        moves.least_divergence,
        rf"{BEST}[\mathrm{{KL}}({ANY} \,\|\, {TILTED})]",
        rf"{STAR} = {TILTED}",
    ),
    "take_gradients": (
        lambda t: moves.take_gradients(t, THETA),
        rf"{HAT_W} = \beta + {HAT_L}",
        rf"\nabla_{{\theta}} {HAT_W} = \nabla_{{\theta}} (\beta + {HAT_L})",
    ),
    "gradient_of_sum": (
        moves.gradient_of_sum,
        rf"0 = \beta \nabla_{{\theta}} ({HAT_W} - {HAT_L})",
        rf"0 = \beta (\nabla_{{\theta}} {HAT_W} - \nabla_{{\theta}} {HAT_L})",
    ),
    "gradient_inside": (
        moves.gradient_inside,
        rf"0 = \nabla_{{\theta}} {DATA}[{HAT_W}]",
        rf"0 = {DATA}[\nabla_{{\theta}} {HAT_W}]",
    ),
    "gradient_of_log_sigmoid": (
        moves.gradient_of_log_sigmoid,
        rf"0 = \nabla_{{\theta}} \log \sigma({HAT_W} - {HAT_L})",
        rf"0 = \sigma(-({HAT_W} - {HAT_L})) \nabla_{{\theta}} ({HAT_W} - {HAT_L})",
    ),
    "gradient_of_multiple": (
        lambda t: moves.gradient_of_multiple(t, BETA),
        rf"0 = \nabla_{{\theta}} (\beta {HAT_W})",
        rf"0 = \beta \nabla_{{\theta}} {HAT_W}",
    ),
    "drop_zero_gradient": (
        moves.drop_zero_gradient,
        rf"0 = \beta (\nabla_{{\theta}} {HAT_W} - \nabla_{{\theta}} \log {REF})",
        rf"0 = \beta \nabla_{{\theta}} {HAT_W}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", APPLIED)
def test_a_move_makes_the_next_line(name):
    move, before, after = APPLIED[name]
    assert tex(move(line(before)).line) == after


REWRITTEN = [
    name for name, (_, before, after) in APPLIED.items() if before[:3] == after[:3] == "0 ="
]


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_move_within_a_side_changes_no_value(name):
    world = NumericWorld(4, seed=1)
    _, *sides = APPLIED[name]
    before, after = (lower(part(written.removeprefix("0 = ")), world) for written in sides)
    assert mpmath.almosteq(before, after)


def test_most_moves_work_within_a_side():
    assert len(REWRITTEN) > 35


def test_every_move_is_in_the_table():
    tried = {name.split()[0] for name in APPLIED}
    helpers = {"is_positive"}
    offered = {name for name in moves.__all__ if name[0].islower()} - helpers
    assert tried == offered


def every_step():
    yield from (move(line(before)) for move, before, _ in APPLIED.values())
    yield from (each.step for each in LINES if each.step)


STEPS = list(every_step())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.move)
def test_what_survives_a_move_is_the_same_kind_of_term_in_both_lines(step):
    old, new = n.by_key(step.before), n.by_key(step.line)
    assert all(type(old[key]) is type(new[key]) for key in old.keys() & new.keys())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.move)
def test_nothing_both_survives_and_is_gone(step):
    kept = set(n.by_key(step.line))
    for gone in step.gone:
        assert not kept & set(gone.keys)
        assert kept.isdisjoint(gone.others) == (gone.kind == "cancel" or not gone.others)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.move)
def test_what_merges_or_cancels_term_by_term_is_paired_with_its_like(step):
    lines = {**n.by_key(step.before), **n.by_key(step.line)}
    for gone in step.gone:
        nodes, others = ([lines[key] for key in keys] for keys in (gone.keys, gone.others))
        symbols = [(a, b) for a, b in zip(nodes, others, strict=False) if isinstance(a, n.Symbol)]
        if gone.kind == "cancel" and len(nodes) == len(others):
            assert all(a == b for a, b in symbols)


@pytest.mark.parametrize("name", APPLIED)
def test_a_move_is_the_same_every_time(name):
    move, before, _ = APPLIED[name]
    one, other = (move(line(before)) for _ in range(2))
    assert list(n.by_key(one.line)) == list(n.by_key(other.line))
    assert (one.origins, one.gone) == (other.origins, other.gone)


def test_a_copy_splits_off_what_it_is_a_copy_of():
    step = LINES["beta_spread"].step
    old, new = n.by_key(step.before), n.by_key(step.line)
    copies = {key: origin for key, origin in step.origins.items() if origin.kind == "copy"}
    assert {tex(new[key]) for key in copies} == {r"\beta"}
    assert {tex(old[origin.key]) for origin in copies.values()} == {r"\beta"}


def test_what_is_inserted_comes_from_the_rule():
    step = LINES["rejected_inserted"].step
    rule = n.by_key(step.rule)
    inserted = [origin for origin in step.origins.values() if origin.source == "rule"]
    assert {type(rule[origin.key]) for origin in inserted} >= {n.Policy, n.Log, n.Partition}


def test_the_two_terms_that_cancel_are_both_told():
    step = LINES["cancelled"].step
    (gone,) = (entry for entry in step.gone if entry.kind == "cancel")
    old = n.by_key(step.before)
    plus, minus = old[gone.keys[0]], old[gone.others[0]]
    assert plus.body == minus.body == log_partition()
    assert (plus.negative, minus.negative) == (False, True)


def test_the_beta_that_leaves_one_term_goes_under_the_other():
    step = LINES["divided"].step
    (freed,) = (node for node in n.find(step.before, BETA))
    above = n.parents(step.line)[freed.key]
    assert above == part(r"\frac{1}{\beta}")


# Holes


def without_map(step, **changes):
    return Step(**{**vars(step), **changes})


def test_dividing_through_keeps_the_term_below_and_puts_it_under_the_other():
    """So what is seen to move has no bar of a fraction to pass."""
    old = line(rf"0 = \frac{{\exp({R})}}{{\exp({R}) + \exp(\beta)}}")
    step = moves.divide_through(old)
    before, after = old.right, step.line.right
    first, _ = before.denominator.terms
    _, ratio = after.denominator.terms
    assert ratio.body.denominator.key == first.body.key
    assert not {node.key for node in before.numerator.walk()} & {node.key for node in after.walk()}


def test_a_map_that_leaves_out_a_new_term_is_refused():
    step = LINES["times_beta"].step
    with pytest.raises(AssertionError, match="without origin"):
        without_map(step, origins={})


def test_a_map_that_loses_an_old_term_is_refused():
    step = LINES["cancelled"].step
    with pytest.raises(AssertionError, match="lost"):
        without_map(step, gone=())


def test_a_map_from_an_unknown_term_is_refused():
    step = LINES["times_beta"].step
    elsewhere = {key: replace(origin, key="t999") for key, origin in step.origins.items()}
    with pytest.raises(AssertionError, match="origin unknown"):
        without_map(step, origins=elsewhere)


def test_a_map_with_all_told_is_accepted():
    step = LINES["cancelled"].step
    assert without_map(step, gone=(*step.gone, Gone("drop", ()))).line == step.line


# Refusals

REFUSED = {
    "logs of what may be negative": (moves.take_logs, rf"{R} = Z(x)", "need not be positive"),
    "logs of an inequality": (moves.take_logs, r"Z(x) \ge \beta", "not an equation"),
    "log of a product with a reward in it": (
        moves.log_of_product,
        rf"0 = \log ({R} Z(x))",
        "no log of a product of positive factors",
    ),
    "log of a quotient with a reward in it": (
        moves.log_of_quotient,
        rf"0 = \log \frac{{{R}}}{{Z(x)}}",
        "no log of a quotient of positive parts",
    ),
    "log of exp where there is none": (moves.log_of_exp, "0 = Z(x)", "no log of an exponential"),
    "one of two places, unsaid": (
        moves.log_of_exp,
        rf"\log \exp({R}) = \log \exp({R})",
        "2 places for it",
    ),
    "logs with different factors": (
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        rf"0 = \beta \log {STAR} - \log {REF}",
        "different factors",
    ),
    "logs that are not in one sum": (
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        rf"\log {STAR} = \log {REF}",
        "not in one sum",
    ),
    "logs that are added": (
        lambda t: moves.combine_logs(t, policy("*"), policy("ref")),
        rf"0 = \log {STAR} + \log {REF}",
        "not in one sum",
    ),
    "multiplying by what may be zero": (
        lambda t: moves.multiply_both_sides(t, reward()),
        r"0 = \beta",
        "might be zero",
    ),
    "multiplying an inequality": (
        lambda t: moves.multiply_both_sides(t, BETA),
        r"0 \le \beta",
        "not an equation",
    ),
    "distributing over no sum": (moves.distribute, rf"0 = \beta {R}", "no factor before"),
    "a factor without its inverse": (
        lambda t: moves.cancel_factor(t, BETA),
        rf"0 = \beta {R}",
        "beside its inverse",
    ),
    "a term that is not alone with a plus": (
        lambda t: moves.isolate(t, reward()),
        rf"0 = \beta - {R}",
        "not a positive term",
    ),
    "a letter that is not there": (
        lambda t: moves.rename(t, {"y": "y_w"}),
        r"0 = Z(x)",
        "not in",
    ),
    "a prompt read as a response": (
        lambda t: moves.rename(t, {"x": "y"}),
        r"0 = Z(x)",
        "not of one sort",
    ),
    "a letter that a sum binds": (
        lambda t: moves.rename(t, {"y": "y_w"}),
        rf"0 = \sum_{{y}} {ANY}",
        "bound",
    ),
    "a letter that is neither prompt nor response": (
        lambda t: moves.rename(t, {"beta": "theta"}),
        r"0 = \beta",
        "not a prompt or response",
    ),
    "a policy that is not there": (
        lambda t: moves.replace_policy(t, "*", "theta"),
        rf"0 = {REF}",
        "is not in",
    ),
    "a rule for something else": (
        lambda t: moves.substitute(t, SHIFT_RULE, reward()),
        f"0 = {R}",
        "does not say",
    ),
    "a pattern that does not fit": (
        lambda t: moves.recognise(t, SHIFT_RULE, t.right),
        rf"0 = {R} + \beta",
        "does not say",
    ),
    "terms of different sums": (
        lambda t: moves.cancel(t, log_partition()),
        r"\beta \log Z(x) = \beta \log Z(x)",
        "not in one sum",
    ),
    "terms of one sign": (
        lambda t: moves.cancel(t, log_partition()),
        r"0 = \beta \log Z(x) + \beta \log Z(x)",
        "not in one sum",
    ),
    "the only two terms there are": (
        lambda t: moves.cancel(t, log_partition()),
        r"0 = \beta \log Z(x) - \beta \log Z(x)",
        "nothing would be left",
    ),
    "a minus before no brackets": (moves.distribute_sign, rf"0 = \beta - {R}", "no minus before"),
    "a fraction of another form": (
        moves.divide_through,
        rf"0 = \frac{{\exp({R})}}{{1 + \exp({R})}}",
        "no a/",
    ),
    "dividing through by what may be zero": (
        moves.divide_through,
        rf"0 = \frac{{{R}}}{{{R} + \beta}}",
        "might be zero",
    ),
    "a fraction that is not one": (
        moves.cancel_fraction,
        rf"0 = \beta \frac{{Z(x)}}{{{REF}}}",
        "no a/a",
    ),
    "a factor that is only above": (
        lambda t: moves.reduce_fraction(t, Z),
        rf"0 = \frac{{{REF} Z(x)}}{{\beta {REF}}}",
        "above and below",
    ),
    "exp of a difference": (moves.exp_of_sum, rf"0 = \exp({R} - \beta)", "no exponential of a sum"),
    "a factor with the sum's letter": (
        lambda t: moves.factor_out_of_sum(t, reward()),
        rf"0 = \sum_{{y}} {ANY} {R}",
        "no sum over responses with the factor",
    ),
    "a divergence at two responses": (
        moves.kl_as_expectation,
        rf"0 = \mathrm{{KL}}({ANY} \,\|\, \pi_{{\mathrm{{ref}}}}(y_w \mid x))",
        "no KL of two policies at one response",
    ),
    "a mean under another policy": (
        moves.expectation_as_kl,
        rf"0 = {OVER_Y}\left[ \log \frac{{{STAR}}}{{{REF}}} \right]",
        "no mean of the log of a ratio",
    ),
    "means over different draws": (
        moves.one_expectation,
        rf"0 = {OVER_Y}[{R}] - {OVER_X}[Z(x)]",
        "no sum of expectations over the same draws",
    ),
    "a constant that has the response in it": (
        moves.constant_out_of_expectation,
        rf"0 = {OVER_Y}[{R} - \log {ANY}]",
        "no response in it",
    ),
    "a factor that is drawn": (
        lambda t: moves.factor_out_of_expectation(t, reward()),
        rf"0 = {OVER_Y}[\beta {R}]",
        "no mean with the factor",
    ),
    "an objective divided by what may be negative": (
        lambda t: moves.divide_objective(t, reward()),
        rf"{MOST}[{R} - \beta \log Z(x)]",
        "need not be positive",
    ),
    "an objective where there is none": (
        moves.negate_objective,
        rf"{STAR} = {REF}",
        "no arg max or arg min",
    ),
    "a constant that has the policy in it": (
        moves.drop_constant,
        rf"{BEST}[\log {ANY} - {OVER_Y}[{R}]]",
        "is in every term",
    ),
    "the least divergence of something else": (
        moves.least_divergence,
        rf"{BEST}[\mathrm{{KL}}({REF} \,\|\, {ANY})]",
        "is not",
    ),
    "gradient inside a mean that depends on it": (
        moves.gradient_inside,
        rf"0 = \nabla_{{\theta}} \mathbb{{E}}_{{y \sim \pi_\theta(y \mid x)}}[{R}]",
        "no gradient of a mean over the data",
    ),
    "a factor that depends on the parameters": (
        lambda t: moves.gradient_of_multiple(t, part(HAT_W)),
        rf"0 = \nabla_{{\theta}} ({HAT_W} \beta)",
        "no gradient of",
    ),
    "a gradient that is not zero": (
        moves.drop_zero_gradient,
        rf"0 = \nabla_{{\theta}} {HAT_W} - \nabla_{{\theta}} {HAT_L}",
        "no gradient of what has no parameters",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_move_that_does_not_apply_is_refused(name):
    move, before, told = REFUSED[name]
    with pytest.raises(MoveError, match=told):
        move(line(before))


def test_log_partitions_of_different_prompts_do_not_cancel():
    two_prompts = LINES["other_prompt"].tree
    with pytest.raises(MoveError, match=r"x is not x'") as refusal:
        moves.cancel(two_prompts, log_partition(), log_partition(X_OTHER))
    assert refusal.value.difference == (n.Symbol("x"), n.Symbol("x'"))


def test_a_refusal_names_the_line():
    with pytest.raises(MoveError, match=r"Z\(x\) - \\beta"):
        moves.log_of_exp(line(r"0 = Z(x) - \beta"))


@pytest.mark.parametrize(
    ("written", "positive"),
    [
        (STAR, True),
        (r"\beta", True),
        (r"Z(x) \beta", True),
        (rf"\frac{{{STAR}}}{{{REF}}}", True),
        (rf"\exp({R})", True),
        (rf"\sum_{{y}} {ANY}", True),
        (r"\sigma(-\beta)", True),
        (R, False),
        ("0", False),
        (r"\log Z(x)", False),
        (r"Z(x) - \beta", False),
        (rf"\beta {R}", False),
    ],
)
def test_what_is_positive_whatever_its_symbols_stand_for(written, positive):
    assert moves.is_positive(part(written)) is positive
