"""The paper that the derivation follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A publication, as it is cited. Authors are named in full, in the paper's order."""

    title: str
    subtitle: str
    authors: tuple[str, ...]
    venue: str
    arxiv: str

    @property
    def surnames(self) -> tuple[str, ...]:
        """The authors as a citation has them."""
        return tuple(author.split()[-1] for author in self.authors)


PAPER = Paper(
    title="Direct Preference Optimization",
    subtitle="Your Language Model is Secretly a Reward Model",
    authors=(
        "Rafael Rafailov",
        "Archit Sharma",
        "Eric Mitchell",
        "Christopher D. Manning",
        "Stefano Ermon",
        "Chelsea Finn",
    ),
    venue="NeurIPS 2023",
    arxiv="2305.18290",
)
