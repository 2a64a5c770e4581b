"""What the reader says when it cannot read."""

from __future__ import annotations


class CannotRead(ValueError):
    """A formula that cannot be read, or could be read in two ways.

    ``at`` is the offset, in the formula as it was given, of the mark in the way.
    """

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at

    def place(self, source: str) -> tuple[int, int]:
        """Line and column of the mark within ``source``, counted from one."""
        before = source[: self.at]
        return before.count("\n") + 1, self.at - (before.rfind("\n") + 1) + 1


MAX_CHARACTERS = 20_000
"""The longest formula that is read."""

MAX_DEPTH = 60
"""The deepest nesting, of braces, of brackets and of constructs, that is read."""

MAX_TOKENS = 20_000
"""The most tokens that a formula may have once its macros are expanded."""
