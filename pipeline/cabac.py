"""Slices of which every macroblock is skipped, in H.264's arithmetic code (CABAC).

That code takes an eighth of a film's bytes off. Here each macroblock says the same, that it is
skipped and not the last, so the code goes one way: to the state that expects it most. Numbers in
brackets are clauses of ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from functools import cache

QUANTISER = 51
"""Of these slices. It quantises nothing; with it the code expects skipping most from the start."""
FIRST_STATE, LAST_STATE = 42, 62
"""How much skipping is expected: with that quantiser at first [9.3.1.1, table 9-13, ctxIdx 11], and
at most [table 9-45]."""
LEAST = (
    (16, 20, 23, 27),
    (15, 19, 22, 25),
    (14, 18, 21, 24),
    (14, 17, 20, 23),
    (13, 16, 19, 22),
    (12, 15, 18, 21),
    (12, 14, 17, 20),
    (11, 14, 16, 19),
    (11, 13, 15, 18),
    (10, 12, 15, 17),
    (10, 12, 14, 16),
    (9, 11, 13, 15),
    (9, 11, 12, 14),
    (8, 10, 12, 14),
    (8, 9, 11, 13),
    (7, 9, 11, 12),
    (7, 9, 10, 12),
    (7, 8, 10, 11),
    (6, 8, 9, 11),
    (6, 7, 9, 10),
    (6, 7, 8, 9),
)
"""The part of the range that goes to the unexpected, from the first state to the last, by the
quarter that the range is in [table 9-44]."""


@cache
def skipped(macroblocks: int) -> bytes:
    """The data of a slice of so many macroblocks, all skipped, up to its stop bit."""
    encoder = _Encoder()
    for number in range(1, macroblocks + 1):
        encoder.skip()
        encoder.terminate(last=number == macroblocks)
    return encoder.data()


class _Encoder:
    """The arithmetic encoder, as far as it is needed [9.3.4.2]."""

    def __init__(self) -> None:
        self._low, self._range, self._state = 0, 510, FIRST_STATE
        self._bits: list[int] = []
        self._outstanding = 0
        self._is_first = True

    def skip(self) -> None:
        """Encode that a macroblock is skipped: what is expected [figure 9-8]."""
        self._range -= LEAST[self._state - FIRST_STATE][self._range >> 6 & 3]
        self._state = min(self._state + 1, LAST_STATE)
        self._renormalise()

    def terminate(self, *, last: bool) -> None:
        """Encode whether the slice ends [figures 9-12 and 9-13]."""
        self._range -= 2
        if last:
            self._low += self._range
            self._range = 2
        self._renormalise()
        if last:
            self._put(self._low >> 9 & 1)
            self._bits += [self._low >> 8 & 1, 1]

    def data(self) -> bytes:
        """What has been encoded, with zeros up to the end of its last byte."""
        count = len(self._bits) + -len(self._bits) % 8
        bits = int("".join(map(str, self._bits)).ljust(count, "0"), 2)
        return bits.to_bytes(count // 8)

    def _renormalise(self) -> None:
        """Bring the range back to nine bits [figure 9-9]."""
        while self._range < 256:
            if self._low < 256:
                self._put(0)
            elif self._low >= 512:
                self._low -= 512
                self._put(1)
            else:
                self._low -= 256
                self._outstanding += 1
            self._range <<= 1
            self._low <<= 1

    def _put(self, bit: int) -> None:
        """Write a bit, but the first, and those that waited to know it [figure 9-10]."""
        if self._is_first:
            self._is_first = False
        else:
            self._bits.append(bit)
        self._bits += self._outstanding * [1 - bit]
        self._outstanding = 0
