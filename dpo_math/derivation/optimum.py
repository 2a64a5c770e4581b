"""Step 2: the policy with the greatest objective, in closed form (eq. 4, appendix A.1)."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import Derivation, Kind
from dpo_math.derivation.vocabulary import (
    BETA,
    DATA,
    ONE,
    X,
    Y,
    difference,
    expected,
    log_partition,
    log_ratio,
    minus,
    over,
    policy,
    reward,
    tilt,
    times,
)

Z = n.Partition(X)
TILTED = policy("tilde")
GIBBS_WEIGHT = times(over(ONE, Z), policy("ref"), tilt())
RATIO = n.Symbol("u")
RATIO_TO_TILTED = over(TILTED, policy(""))
"""What u stands for in Gibbs' inequality."""


def write(lines: Derivation) -> None:
    _one_mean(lines)
    _tilted_reference(lines)
    _divergence(lines)
    _closed_form(lines)


def _one_mean(lines: Derivation) -> None:
    """From reward and divergence to one mean, to be minimised."""
    where = "appendix A.1"
    lines.move(
        "objective",
        "kl_written_out",
        moves.kl_as_expectation,
        where,
        lesson_step=2,
        note="The definition of the divergence, in nats.",
    )
    lines.move("kl_written_out", "one_mean", moves.one_expectation, where)
    lines.move(
        "one_mean",
        "divided",
        lambda t: moves.divide_objective(t, BETA),
        where,
        (A.BETA_POSITIVE,),
        note="Dividing by a positive number moves no maximum.",
    )
    lines.move(
        "divided",
        "minimised",
        moves.negate_objective,
        where,
        note="The paper writes that the maximum equals the minimum. The two values differ by the "
        "factor −β; what is equal is the policy that attains them.",
    )
    lines.move("minimised", "ratio_first", lambda t: moves.reorder(t, log_ratio("")), where)


def _tilted_reference(lines: Derivation) -> None:
    """What the reference becomes when it leans towards reward, and Z that makes it sum to one."""
    lines.state(
        "partition",
        n.Relation(Z, "=", n.BigSum(Y, times(policy("ref"), tilt()))),
        2,
        "eq. (4), appendix A.1",
        Kind.DEFINITION,
        note="A sum over every response there is: finite where the reward is bounded above.",
    )
    lines.state(
        "tilted",
        n.Relation(TILTED, "=", GIBBS_WEIGHT),
        2,
        "appendix A.1",
        Kind.DEFINITION,
        note="The paper calls this π* from the start. Here π* is the best policy, and that it is "
        "this one is shown below.",
    )
    lines.state(
        "tilted_sums_to_one",
        n.Relation(n.BigSum(Y, TILTED), "=", ONE),
        2,
        "appendix A.1",
        note="So the tilted reference is a distribution, and a divergence to it has a meaning.",
    )


def _divergence(lines: Derivation) -> None:
    """The objective as a divergence to the tilted reference."""
    where = "appendix A.1"
    lines.move(
        "ratio_first",
        "reward_as_log",
        lambda t: moves.as_log_of_exp(t, times(over(ONE, BETA), reward())),
        where,
    )
    lines.move("reward_as_log", "one_log", lambda t: moves.absorb_log(t, tilt()), where)
    lines.move("one_log", "completed", lambda t: moves.complete(t, Z), where)
    tilted = lines["tilted"].tree
    lines.move("completed", "recognised", lambda t: moves.recognise(t, tilted, GIBBS_WEIGHT), where)
    lines.move(
        "recognised",
        "constant_outside",
        moves.constant_out_of_expectation,
        where,
        (A.BETA_POSITIVE, A.NORMALISED),
        note="The mean of a number that is the same for every response is that number, since π "
        "sums to one.",
    )
    lines.move("constant_outside", "divergence", moves.expectation_as_kl, where)
    lines.move(
        "divergence",
        "divergence_alone",
        moves.drop_constant,
        where,
        note="No policy can change log Z(x).",
    )


def _closed_form(lines: Derivation) -> None:
    """Gibbs' inequality, and the policy that it leaves."""
    where = "appendix A.1"
    lines.state(
        "log_below_line",
        n.Relation(n.Log(RATIO), "<=", difference(RATIO, ONE)),
        2,
        "Gibbs' inequality",
        note="With equality at u = 1 alone.",
    )
    lines.state(
        "mean_of_ratio",
        n.Relation(expected(Y, policy(""), RATIO_TO_TILTED), "<=", ONE),
        2,
        "Gibbs' inequality, appendix A.1",
        note="The mean of u = π̃/π over π, in which π cancels: the sum of π̃, which is one, less "
        "what π rules out.",
    )
    lines.state(
        "mean_of_log",
        n.Relation(
            expected(Y, policy(""), n.Log(RATIO_TO_TILTED)),
            "=",
            n.Sum((minus(n.KL(policy(""), TILTED)),)),
        ),
        2,
        "appendix A.1",
        assumptions=(A.SUPPORT,),
        note="What KL means, with the ratio turned over: the log changes its sign.",
    )
    lines.state(
        "gibbs",
        n.Relation(n.KL(policy(""), TILTED), ">=", n.Number(0)),
        2,
        "Gibbs' inequality, appendix A.1",
        assumptions=(A.NORMALISED,),
        note="The mean over π of log u ≤ u − 1, for u = π̃/π: minus the divergence is at most one "
        "less one. With equality only where u is one for every response: where the two policies "
        "are the same.",
    )
    lines.move(
        "divergence_alone",
        "least_divergence",
        moves.least_divergence,
        where,
        note="By Gibbs' inequality.",
    )
    tilted = lines["tilted"].tree
    lines.move(
        "least_divergence",
        "closed_form",
        lambda t: moves.substitute(t, tilted, TILTED),
        "eq. (4), appendix A.1",
    )
    mean_reward_less_divergence = lines["objective"].tree.right
    assert isinstance(mean_reward_less_divergence, n.Extremum)
    lines.state(
        "optimal_value",
        n.Relation(
            n.Extremum("max", n.Model(""), mean_reward_less_divergence.body),
            "=",
            expected(X, DATA, log_partition()),
        ),
        0,
        "appendix A.1",
        assumptions=(A.BETA_POSITIVE, A.NORMALISED),
        note="How much reward, less divergence, the best policy has.",
    )
