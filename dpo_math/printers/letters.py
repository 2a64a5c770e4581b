"""How a symbol's name is taken apart, the same for every printer."""

from __future__ import annotations

from typing import NamedTuple

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "phi": "φ", "psi": "ψ", "rho": "ρ", "tau": "τ",
    "sigma": "σ", "omega": "ω", "pi": "π", "zeta": "ζ", "eta": "η", "xi": "ξ", "kappa": "κ",
    "chi": "χ", "Delta": "Δ", "Lambda": "Λ", "Phi": "Φ", "Psi": "Ψ", "Pi": "Π",
}  # fmt: skip


class Letter(NamedTuple):
    """``y_w'`` is the letter ``y`` with subscript ``w`` and one prime."""

    base: str
    subscript: str
    primes: int


def letter(name: str) -> Letter:
    """Split a symbol's name into its letter, its subscript and its primes."""
    bare = name.rstrip("'")
    base, _, subscript = bare.partition("_")
    return Letter(base, subscript, len(name) - len(bare))
