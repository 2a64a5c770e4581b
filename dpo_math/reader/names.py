"""What a letter with its scripts stands for, in every spelling that authors use."""

from __future__ import annotations

from dataclasses import dataclass

from dpo_math.reader.commands import words
from dpo_math.reader.grouping import (
    Accent,
    Braces,
    Brackets,
    Entries,
    Entry,
    Factor,
    Name,
    Numeral,
    Scripted,
)

POLICIES = words("pi")
DISTRIBUTIONS = words("p P q Q f g n h")
"""Letters that are a policy where they stand before y | x."""

REWARDS = words("r R u U")
COEFFICIENTS = words(
    """
    alpha beta gamma delta epsilon zeta eta lambda mu nu tau kappa xi omega T N K G e d D
    """
)
"""Letters before a bracket that multiply it, unless it holds one letter."""

RESPONSES = words("y a o c A B")
PROMPTS = words("x s q X")
OPTIMAL = words("* opt optimal r")
REFERENCE = words("ref 0 SFT sft init base reference Ref REF")
CHOSEN = words("w + c chosen win winner pos preferred good W")
REJECTED = words("l - r ℓ rejected lose loser neg dispreferred bad L")


@dataclass(frozen=True)
class Head:
    """A letter or word with its accent, primes, and the labels below and above it.

    A label is None where a script is a formula and not a name.
    """

    letter: str
    accent: str
    below: str | None
    above: str | None
    primes: int
    at: int

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(label for label in (self.below, self.above) if label)


def label(group: Braces) -> str | None:
    """The script as a name: ``ref``, ``*``, ``i,t``; None where it is more than that."""
    parts = [_entry_label(entry) for entry in group.inside.entries]
    if any(part is None for part in parts):
        return None
    return ",".join(part for part in parts if part)


def _entry_label(entry: Entry) -> str | None:
    if entry.bars or entry.parts[0].relations:
        return None
    side = entry.parts[0].sides[0]
    if side is None:
        return ""
    if len(side.terms) != 1 or side.terms[0][0]:
        return None
    spelled = [_factor_label(factor) for factor in side.terms[0][1]]
    return None if None in spelled else "".join(filter(None, spelled))


def _factor_label(factor: Factor) -> str | None:
    match factor:
        case Scripted(base=Name(text=text) | Numeral(text=text), below=(), above=(), primes=primes):
            return text + "'" * primes
        case Scripted(base=Accent(inside=inside), below=(), above=(), primes=0):
            return label(inside)
        case Scripted(base=Brackets(inside=Entries() as inside), below=(), above=(), primes=0):
            inner = label(Braces(inside))
            return None if inner is None else f"({inner})"
    return None


def head(item: Scripted) -> Head | None:
    """The name that ``item`` is, or None where it is a bracket, a fraction or a number."""
    base, accent, below, above = item.base, "", item.below, item.above
    primes = item.primes
    if isinstance(base, Accent):
        inner = _only_factor(base.inside)
        if inner is None or not isinstance(inner.base, Name):
            return None
        accent, primes = base.name, primes + inner.primes
        base, below, above = inner.base, (*inner.below, *below), (*inner.above, *above)
    if not isinstance(base, Name) or len(below) > 1 or len(above) > 1:
        return None
    return Head(
        base.text,
        accent,
        label(below[0]) if below else "",
        label(above[0]) if above else "",
        primes,
        base.at,
    )


def _only_factor(group: Braces) -> Scripted | None:
    match group.inside.entries:
        case (entry,) if not entry.bars and not entry.parts[0].relations:
            side = entry.parts[0].sides[0]
            if side is not None and len(side.terms) == 1 and len(side.terms[0][1]) == 1:
                factor = side.terms[0][1][0]
                return factor if isinstance(factor, Scripted) else None
    return None


def model_name(policy: Head) -> str:
    """Which policy: "ref", "*", "theta", or the label as it stands; "" for π alone."""
    if policy.labels & REFERENCE:
        return "ref"
    if policy.labels & OPTIMAL:
        return "*"
    if policy.primes:
        return "'" * policy.primes
    if policy.accent:
        return policy.accent
    letter = "" if policy.letter in ("pi", "p", "P") else policy.letter
    return (policy.below or "") or letter


def reward_name(reward: Head) -> str:
    """Which reward: "", "*", "hat" for r̂_θ, or the label as it stands."""
    if reward.accent:
        return "hat"
    if "*" in reward.labels:
        return "*"
    if reward.primes:
        return "'" * reward.primes
    return reward.below or ""


def symbol_name(name: Head) -> str:
    """A letter with its labels as one name; chosen and rejected responses as y_w and y_l."""
    accent = f"{name.accent} " if name.accent else ""
    below, above = name.below or "", name.above or ""
    if above.startswith("("):
        above = ""
    script = below + above
    if name.letter in RESPONSES:
        script = "w" if script in CHOSEN else "l" if script in REJECTED else script
    full = f"{accent}{name.letter}" + (f"_{script}" if script else "")
    return full + "'" * name.primes
