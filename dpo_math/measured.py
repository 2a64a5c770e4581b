"""What the experiments of :mod:`dpo_math.tabular` measured, as plain data that films read.

One JSON file an experiment, in ``assets/data``. Numbers are kept to as many digits as mean the same
on every machine: six, or fewer where a field says so. Reading needs no torch.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

Vector: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Vector, ...]
Experiment = TypeVar("Experiment")

DIRECTORY = Path(__file__).resolve().parents[1] / "assets" / "data"
DIGITS = 6
FEW_DIGITS = {"digits": 3}
"""For what is a small difference of larger numbers."""


@dataclass(frozen=True)
class Run:
    """A training run from π_ref: the policy and its distance to π* before each step and at the end.

    ``policies`` has a row a step and a column a response. A distance is the total variation
    ½ Σ|π − π*|.
    """

    beta: float
    policies: Matrix
    distances: Vector = field(metadata=FEW_DIGITS)


@dataclass(frozen=True)
class Arrival:
    """DPO on preferences, and ascent on reward minus β KL, at several β: they meet in π*."""

    optima: Matrix
    dpo: tuple[Run, ...]
    ascent: tuple[Run, ...]


@dataclass(frozen=True)
class Sweep:
    """The optimum as β varies, in nats and units of reward; ``slope`` is dKL/dβ."""

    betas: Vector
    kl: Vector
    slope: Vector
    value: Vector
    expected_reward: Vector
    variance: Vector


@dataclass(frozen=True)
class Sampled:
    """DPO on finitely many labelled pairs: mean distance to π* over ``repeats`` data sets."""

    beta: float
    repeats: int
    pairs: tuple[int, ...]
    distances: Vector = field(metadata=FEW_DIGITS)


@dataclass(frozen=True)
class Weighted:
    """Pairs counted more often for who is in them, which is harmless, and for who won, which is
    not: then the policy that DPO reaches is not π*."""

    beta: float
    optimum: Vector
    by_pair: Vector
    by_outcome: Vector
    by_outcome_distance: float


@dataclass(frozen=True)
class Disconnected:
    """Two groups of responses, compared only within: how likely each is as a group stays open.

    ``same_loss`` are policies that divide the groups otherwise, at ``losses`` that are all equal to
    the loss of ``reached``.
    """

    beta: float
    groups: tuple[tuple[int, ...], ...]
    optimum: Vector
    reached: Vector
    reached_loss: float
    same_loss: Matrix
    losses: Vector


@dataclass(frozen=True)
class NeverCompared:
    """A response that no pair holds: DPO leaves it about where π_ref had it, whatever its reward.

    ``same_loss`` are policies that give it other probabilities, at ``losses`` that are all equal to
    the loss of ``reached``.
    """

    beta: float
    response: int
    reference: Vector
    optimum: Vector
    reached: Vector
    reached_loss: float
    same_loss: Matrix
    losses: Vector


@dataclass(frozen=True)
class HardLabels:
    """The better response always wins: no finite margin is enough, and the policy never settles.

    ``margins`` are the smallest reward margin βh of any pair, after each of ``steps``.
    """

    beta: float
    steps: tuple[int, ...]
    margins: Vector
    losses: Vector
    kl: Vector
    optimum_kl: float


@dataclass(frozen=True)
class BothFall:
    """Two responses that share a feature: both lose probability, and the margin still grows.

    Changes of log π since π_ref and the margin h that they make, in nats, by step.
    ``own_policies`` are those of the same pair with the same margins, where each response has a
    parameter of its own.
    """

    beta: float
    chosen: int
    rejected: int
    features: Vector
    policies: Matrix
    own_policies: Matrix
    chosen_change: Vector
    rejected_change: Vector
    margins: Vector


@dataclass(frozen=True)
class LengthGrowth:
    """Labels that favour the longer response and nothing else; lengths in tokens, by step."""

    beta: float
    lengths: tuple[int, ...]
    chosen_length: float
    rejected_length: float
    expected_lengths: Vector
    policies: Matrix
    limit: float


@dataclass(frozen=True)
class Slide:
    """Labelled pairs on the curve −log σ while torch takes steps: a row a step, a column a pair.

    ``frequencies`` says what share of the data each pair is. ``weights`` are σ(−βh), the share of
    the gradient that a pair asks for. ``policies`` has a column a response.
    """

    beta: float
    pairs: tuple[tuple[int, int], ...]
    frequencies: Vector
    policies: Matrix
    reward_margins: Matrix
    losses: Matrix
    weights: Matrix
    chosen_rewards: Matrix
    rejected_rewards: Matrix


class DataError(ValueError):
    """Measured data that is missing or damaged, and what to do about it."""


def read(kind: type[Experiment], directory: Path = DIRECTORY) -> Experiment:
    """The stored measurement of this kind.

    Raises :class:`DataError` when its file is missing or does not hold such a measurement.
    """
    path = directory / file_name(kind)
    try:
        decoded: Experiment = _decoded(kind, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise DataError(f"{path}: {problem}; measure it again with render.py data") from problem
    return decoded


def write(measurement: Any, directory: Path = DIRECTORY) -> Path:
    """Store a measurement, a field a line; the file is replaced whole or not at all."""
    path = directory / file_name(type(measurement))
    values = _encoded(measurement)
    lines = (f" {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
    temporary = path.with_suffix(".tmp")
    temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return temporary.replace(path)


def drifts(measurements: Sequence[Any], directory: Path = DIRECTORY) -> Iterator[str]:
    """A line for each place where what is stored differs by more than the last digit."""
    expected = {file_name(type(measurement)): measurement for measurement in measurements}
    for path in sorted(directory.glob("*.json")):
        if path.name not in expected:
            yield f"{path.name} is stored, and no longer measured"
    for name, measurement in expected.items():
        try:
            stored = json.loads((directory / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            yield f"{name} is missing"
        except ValueError as problem:
            yield f"{name} cannot be read: {problem}"
        else:
            yield from _drifts(name, stored, measurement)


def file_name(kind: type) -> str:
    """The file of a kind of measurement: ``never_compared.json`` for :class:`NeverCompared`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower() + ".json"


def _drifts(place: str, stored: Any, measured: Any, digits: int = DIGITS) -> Iterator[str]:
    if is_dataclass(measured) and isinstance(stored, dict):
        parts = {each.name: _digits_of(each) for each in fields(measured)}
        for name in sorted(stored.keys() - parts):
            yield f"{place}: {name} is stored, and no longer measured"
        for name, part_digits in parts.items():
            part = f"{place}: {name}" if place.endswith(".json") else f"{place}.{name}"
            yield from _drifts(part, stored.get(name), getattr(measured, name), part_digits)
    elif isinstance(measured, tuple) and isinstance(stored, list):
        if len(stored) != len(measured):
            yield f"{place} holds {len(stored)} values, measured {len(measured)}"
        for i, (before, now) in enumerate(zip(stored, measured, strict=False)):
            yield from _drifts(f"{place}[{i}]", before, now, digits)
    elif not _same(stored, measured, digits):
        yield f"{place} is {stored!r}, measured {_encoded(measured, digits)!r}"


def _same(stored: Any, measured: Any, digits: int) -> bool:
    """Whether the stored number is the measured one, give or take one in its last digit."""
    if not isinstance(stored, int | float) or not isinstance(measured, int | float):
        return False
    if isinstance(measured, int) or measured == 0:
        return stored == measured
    last_digit = 10.0 ** (math.floor(math.log10(abs(measured))) + 1 - digits)
    return abs(stored - measured) <= 1.5 * last_digit


def _encoded(value: Any, digits: int = DIGITS) -> Any:
    if is_dataclass(value):
        parts = fields(value)
        return {each.name: _encoded(getattr(value, each.name), _digits_of(each)) for each in parts}
    if isinstance(value, tuple):
        return [_encoded(item, digits) for item in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _decoded(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        if value.keys() != hints.keys():
            raise ValueError(f"it should hold {', '.join(hints)}")
        construct: Any = kind
        return construct(**{name: _decoded(hints[name], item) for name, item in value.items()})
    if get_origin(kind) is tuple:
        return tuple(_decoded(get_args(kind)[0], item) for item in value)
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} should be a number")
    return value


def _digits_of(part: Field[Any]) -> int:
    return int(part.metadata.get("digits", DIGITS))
