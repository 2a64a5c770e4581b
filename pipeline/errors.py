"""What can go wrong in a way that its user can mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Something asked for that cannot be done; its text is one line: what, where, what to do."""


def unknown(kind: str, name: str, known: Iterable[str]) -> BadInput:
    """The error for a name that is not there, with the nearest one that is."""
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
    return BadInput(f"no {kind} is called {name!r}; {hint}")
