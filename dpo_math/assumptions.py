"""What a line of the derivation may need beyond arithmetic."""

from enum import StrEnum


class Assumption(StrEnum):
    """An assumption. In :mod:`dpo_math.worlds` each can be dropped."""

    BETA_POSITIVE = "β > 0"
    SUPPORT = "π_ref(y | x) > 0 for every response"
    NORMALISED = "policies sum to one"
    SAME_PROMPT = "both responses answer the same x"
    BRADLEY_TERRY = "preferences follow Bradley-Terry"
