"""Beside the lesson: the paper's lemmas on equivalent rewards (section 5) and Plackett-Luce."""

from dpo_math import moves
from dpo_math import notation as n
from dpo_math.assumptions import Assumption as A
from dpo_math.derivation.lines import BESIDE, Derivation, Kind, Move
from dpo_math.derivation.vocabulary import (
    BETA,
    CHOSEN,
    ONE,
    REJECTED,
    Y_OTHER,
    X,
    Y,
    log_ratio,
    over,
    plus,
    policy,
    reward,
    shift,
    times,
)


def write(lines: Derivation) -> None:
    _same_preference(lines)
    _same_optimum(lines)
    _one_of_each_class(lines)
    _plackett_luce(lines)


def shifted(response: n.Node) -> n.Reward:
    """r′(x, response)."""
    return reward(response, name="'")


def _same_preference(lines: Derivation) -> None:
    """Lemma 1: rewards that differ by f(x) have the same preferences."""
    where = "lemma 1, appendix A.5"
    lines.state(
        "shifted_reward",
        n.Relation(shifted(Y), "=", plus(reward(Y), shift())),
        BESIDE,
        "definition 1",
        Kind.DEFINITION,
        note="Two rewards are equivalent when they differ by a function of the prompt alone.",
    )
    rule = lines["shifted_reward"].tree
    lines.move("shifted_reward", "shifted_chosen", lambda t: moves.rename(t, {"y": "y_w"}), where)
    lines.move(
        "shifted_chosen",
        "shifted_difference",
        lambda t: moves.subtract_line(t, rule, {"y": "y_l"}),
        where,
        (A.SAME_PROMPT,),
    )
    lines.move("shifted_difference", "shifts_apart", moves.distribute_sign, where)
    lines.move(
        "shifts_apart",
        "same_preference",
        lambda t: moves.cancel(t, shift()),
        where,
        note="Bradley-Terry sees nothing of a reward but this difference.",
    )


def _same_optimum(lines: Derivation) -> None:
    """Lemma 2: rewards that differ by f(x) have the same optimal policy."""
    where = "lemma 2, appendix A.5"
    lines.state(
        "shifted_optimum",
        n.Relation(policy("'"), "=", over(_weight(Y), n.BigSum(Y_OTHER, _weight(Y_OTHER)))),
        BESIDE,
        where,
        assumptions=(A.BETA_POSITIVE, A.NORMALISED),
        note="Eq. (4) for the reward r + f, whose optimal policy is π′.",
    )
    partition, closed_form = lines["partition"].tree, lines["closed_form"].tree
    shift_alone = n.Exp(times(over(ONE, BETA), shift()))
    chain: tuple[tuple[str, Move], ...] = (
        ("share_above", lambda t: moves.distribute(t, _share(Y))),
        ("share_below", lambda t: moves.distribute(t, _share(Y_OTHER))),
        ("factors_above", lambda t: moves.exp_of_sum(t, _tilt_apart(Y))),
        ("factors_below", lambda t: moves.exp_of_sum(t, _tilt_apart(Y_OTHER))),
        ("shift_outside", lambda t: moves.factor_out_of_sum(t, shift_alone)),
        ("shift_cancelled", lambda t: moves.reduce_fraction(t, shift_alone)),
        ("partition_again", lambda t: moves.recognise(t, partition, t.right.children[1])),
        ("partition_before", moves.fraction_as_factor),
    )
    previous = "shifted_optimum"
    for line_id, move in chain:
        lines.move(previous, line_id, move, where)
        previous = line_id
    lines.move(
        "partition_before",
        "same_optimum",
        lambda t: moves.recognise(t, closed_form, t.right),
        where,
        (A.NORMALISED,),
        note="That β is positive is not needed for this: whatever is best for r is best for r + f.",
    )


def _share(response: n.Node) -> n.Product:
    """(1/β)(r + f)."""
    return times(over(ONE, BETA), n.Group(plus(reward(response), shift())))


def _weight(response: n.Node) -> n.Product:
    """π_ref exp((1/β)(r + f))."""
    return times(policy("ref", response), n.Exp(_share(response)))


def _tilt_apart(response: n.Node) -> n.Exp:
    """exp((1/β) r + (1/β) f)."""
    parts = (times(over(ONE, BETA), each) for each in (reward(response), shift()))
    return n.Exp(plus(*parts))


def _one_of_each_class(lines: Derivation) -> None:
    """Theorem 1: among equivalent rewards one is β log π/π_ref, and no more than one."""
    where = "theorem 1, appendix A.6"
    ratio = times(BETA, log_ratio("*"))
    lines.move(
        "inversion",
        "representative",
        lambda t: moves.isolate(t, ratio),
        where,
        lesson_step=BESIDE,
        note="So every class has a reward that is β log π/π_ref for some π: the one shifted by "
        "−β log Z(x).",
    )
    ratio = times(BETA, log_ratio(""))
    form = times(policy("ref"), n.Exp(times(over(ONE, BETA), *ratio.factors)))
    lines.state(
        "representative_sum",
        n.Relation(n.BigSum(Y, form), "=", ONE),
        BESIDE,
        where,
        assumptions=(A.SUPPORT, A.NORMALISED),
        note="The partition function of such a reward is one.",
    )
    shifted_form = n.Exp(times(over(ONE, BETA), n.Group(plus(ratio, shift()))))
    lines.state(
        "shifted_sum",
        n.Relation(
            n.BigSum(Y, times(policy("ref"), shifted_form)),
            "=",
            n.Exp(times(over(ONE, BETA), shift())),
        ),
        BESIDE,
        where,
        assumptions=(A.SUPPORT, A.NORMALISED),
        note="That of one shifted by f(x) is exp(f(x)/β), which is one only where f(x) is zero: no "
        "class has two such rewards.",
    )


def _plackett_luce(lines: Derivation) -> None:
    """A ranking of two is a comparison (eq. 18, K = 2)."""
    win, lose = (n.Exp(each) for each in (reward(CHOSEN), reward(REJECTED)))
    lines.state(
        "plackett_luce",
        n.Relation(
            n.Preference(CHOSEN, REJECTED, X),
            "=",
            times(over(win, plus(win, lose)), over(lose, lose)),
        ),
        BESIDE,
        "eq. (18), appendix A.3, with K = 2",
        Kind.ASSUMPTION,
        (A.BRADLEY_TERRY,),
        note="A ranking is drawn from the best down: each time one of those left, in proportion to "
        "exp(r).",
    )
    lines.move(
        "plackett_luce",
        "plackett_luce_pair",
        moves.cancel_fraction,
        "appendix A.3",
        note="The Bradley-Terry model.",
    )
