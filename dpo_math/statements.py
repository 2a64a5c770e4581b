"""Numbers of the worked example, written as lines: computed here, never typed."""

from __future__ import annotations

from dpo_math import notation as n
from dpo_math.derivation import X_OTHER, difference, log_partition
from dpo_math.examples import (
    BETA,
    OTHER_PROMPT,
    PROMPT,
    RESPONSE_LENGTH,
    VOCABULARY_SIZE,
    Table,
    response_count,
)


def responses(length: int = RESPONSE_LENGTH) -> n.Relation:
    """How many responses of this length Z(x) sums over: tokens to the power of it, as a power of
    ten, to a decimal of its exponent."""
    magnitude = decimal(response_count(VOCABULARY_SIZE, length).magnitude, places=1)
    power = n.Power(n.Number(VOCABULARY_SIZE), n.Number(length))
    return n.keyed(n.Relation(power, "approx", n.Power(n.Number(10), magnitude)))


def left_over(beta: float = BETA) -> n.Relation:
    """β log Z(x) − β log Z(x′) of the example's two prompts, to two decimals."""
    terms = difference(log_partition(), log_partition(X_OTHER))
    return n.keyed(n.Relation(terms, "approx", decimal(amount_left_over(beta))))


def beta_of_example(beta: float = BETA) -> n.Relation:
    """β of the worked example."""
    return n.keyed(n.Relation(n.Symbol("beta"), "=", n.Decimal(f"{beta:g}")))


def partition_of(table: Table, prompt: n.Node, beta: float = BETA) -> n.Relation:
    """Z of a prompt of the example, to two decimals."""
    amount = decimal(table.partition(beta))
    return n.keyed(n.Relation(n.Partition(prompt), "approx", amount))


def amount_left_over(beta: float = BETA) -> float:
    """The number that :func:`left_over` rounds."""
    return beta * (PROMPT.log_partition(beta) - OTHER_PROMPT.log_partition(beta))


def power_of_ten(exponent: int) -> n.Power:
    """10 to the power of a whole number."""
    return n.Power(n.Number(10), whole(exponent))


def whole(value: int) -> n.Node:
    """A whole number, with its sign."""
    digits = n.Number(abs(value))
    return n.Sum((n.Signed(True, digits),)) if value < 0 else digits


def decimal(value: float, places: int = 2) -> n.Node:
    """A number rounded to ``places``, with its sign."""
    digits = n.Decimal(f"{abs(value):.{places}f}")
    return n.Sum((n.Signed(True, digits),)) if value < 0 else digits
