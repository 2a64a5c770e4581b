"""What the loss does: its gradient (section 4, appendix A.4)."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import BESIDE, Derivation, Kind
from dpo_math.derivation.vocabulary import (
    BETA,
    CHOSEN,
    REJECTED,
    THETA,
    T,
    Y,
    log_ratio,
    minus,
    plus,
    reward,
    slope,
    times,
)

WHERE = "appendix A.4"
NEEDS = (A.SUPPORT,)


def implicit(response: n.Node) -> n.Reward:
    """r̂_θ(x, response)."""
    return reward(response, name="hat")


def ratio(response: n.Node) -> n.Product:
    """β log π_θ(response | x) / π_ref(response | x)."""
    return times(BETA, log_ratio("theta", response))


def write(lines: Derivation) -> None:
    _implicit_reward(lines)
    _its_gradient(lines)
    _chain_rule(lines)


def _implicit_reward(lines: Derivation) -> None:
    """The reward that a policy implies, and the loss written with it."""
    lines.state(
        "implicit_reward",
        n.Relation(implicit(Y), "=", ratio(Y)),
        BESIDE,
        "section 4, appendix A.4",
        Kind.DEFINITION,
        NEEDS,
        note="The reward for which π_θ would be optimal, but for a term in x alone.",
    )
    rule = lines["implicit_reward"].tree
    lines.move(
        "loss",
        "chosen_recognised",
        lambda t: moves.recognise(t, rule, ratio(CHOSEN)),
        WHERE,
        lesson_step=BESIDE,
    )
    lines.move(
        "chosen_recognised",
        "implicit_loss",
        lambda t: moves.recognise(t, rule, ratio(REJECTED)),
        WHERE,
    )


def _its_gradient(lines: Derivation) -> None:
    """The gradient of the implicit reward: the reference has none."""
    lines.move("implicit_reward", "slopes", lambda t: moves.take_gradients(t, THETA), WHERE)
    lines.move("slopes", "beta_before", lambda t: moves.gradient_of_multiple(t, BETA), WHERE)
    lines.move("beta_before", "slope_of_logs", moves.log_of_quotient, WHERE)
    lines.move("slope_of_logs", "slopes_of_logs", moves.gradient_of_sum, WHERE)
    lines.move(
        "slopes_of_logs",
        "implicit_slope",
        moves.drop_zero_gradient,
        WHERE,
        note="The reference has no parameters.",
    )


def _chain_rule(lines: Derivation) -> None:
    """From the gradient of the loss to weights on gradients of log-probabilities."""
    lines.move("implicit_loss", "loss_slope", lambda t: moves.take_gradients(t, THETA), WHERE)
    lines.move("loss_slope", "minus_before", moves.gradient_of_sum, WHERE)
    lines.move(
        "minus_before",
        "slope_inside",
        moves.gradient_inside,
        WHERE,
        note="The data do not depend on θ.",
    )
    lines.state(
        "log_sigmoid_slope",
        n.Relation(n.Derivative(n.Log(n.Sigmoid(T)), T), "=", n.Sigmoid(plus(minus(T)))),
        BESIDE,
        WHERE,
        note="The chain rule needs it: the slope of log σ is σ of minus its argument.",
    )
    lines.move("slope_inside", "chain_rule", moves.gradient_of_log_sigmoid, WHERE)
    lines.move("chain_rule", "rejected_first", moves.turned_difference, WHERE)
    lines.move("rejected_first", "two_slopes", moves.gradient_of_sum, WHERE)
    rule = lines["implicit_slope"].tree
    for before, after, response in (
        ("two_slopes", "chosen_slope", CHOSEN),
        ("chosen_slope", "both_slopes", REJECTED),
    ):
        lines.move(
            before,
            after,
            lambda t, response=response: moves.substitute(t, rule, slope(implicit(response))),  # type: ignore[misc]
            WHERE,
        )
    lines.move("both_slopes", "beta_out", lambda t: moves.factor_out(t, BETA), WHERE)
    lines.move(
        "beta_out",
        "gradient",
        lambda t: moves.factor_out_of_expectation(t, BETA),
        "section 4, appendix A.4",
        note="Each pair pushes its chosen response up and its rejected one down, by a weight that "
        "is large where the implicit reward has them the wrong way round.",
    )
