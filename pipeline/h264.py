"""As much of H.264 as holding a picture takes: units, parameter sets, the head of a slice.

Numbers in brackets are clauses of ITU-T H.264 (08/2021). Only what x264 writes with the settings of
:mod:`pipeline.encoder` is understood: progressive frames, one reference, no weights, in either
code of H.264 (CAVLC or CABAC); a stream of another kind is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from pipeline import cabac

START = b"\0\0\0\1"
SLICE, IDR, SEI, SPS, PPS = 1, 5, 6, 7, 8  # nal_unit_type [table 7-1]
HIGH = 100
HEAD = 16  # bytes of a unit in which the numbers of a slice's head are
P, KINDS = 0, 5  # slice_type: this slice is P; and so are all of the picture [table 7-6]


class Slice(NamedTuple):
    """A slice of a picture: its first macroblock, how many it has, and its unit, with what comes
    before that; none, if all of it is as it was."""

    first: int
    macroblocks: int
    units: list[bytes]


def units(data: bytes) -> list[bytes]:
    """The units of a byte stream, without their start codes [B.1]."""
    return [unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")[1:]]


def stream(found: list[bytes]) -> bytes:
    """Units as a byte stream."""
    return b"".join(START + unit for unit in found)


def counted_units(data: bytes) -> list[bytes]:
    """The units of an MP4's sample, each after four bytes with its length [ISO 14496-15, 5.3.3]."""
    found, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        found.append(data[at + 4 : end])
        at = end
    return found


def counted(found: list[bytes]) -> bytes:
    """Units as an MP4's sample."""
    return b"".join(len(unit).to_bytes(4) + unit for unit in found)


def sets(avcc: bytes) -> list[bytes]:
    """The two parameter sets of an MP4's ``avcC`` box [ISO 14496-15, 5.3.3.1]."""
    end = 8 + int.from_bytes(avcc[6:8])
    return [avcc[8:end], avcc[end + 3 : end + 3 + int.from_bytes(avcc[end + 1 : end + 3])]]


def kind(unit: bytes) -> int:
    """A unit's nal_unit_type."""
    return unit[0] & 31


def payload(unit: bytes) -> bytes:
    """What is behind a unit's first byte, as it was before it was escaped [7.4.1.1]."""
    return unit[1:].replace(b"\0\0\3", b"\0\0")


class Bits:
    """A unit's payload, read bit by bit."""

    def __init__(self, unit: bytes) -> None:
        raw = payload(unit)
        self.text = format(int.from_bytes(raw), f"0{8 * len(raw)}b")
        self.at = 0

    def u(self, count: int) -> int:
        """An unsigned number of so many bits."""
        self.at += count
        return int(self.text[self.at - count : self.at], 2)

    def ue(self) -> int:
        """An unsigned Exp-Golomb code [9.1]."""
        zeros = self.text.index("1", self.at) - self.at
        self.at += zeros
        return self.u(zeros + 1) - 1

    def se(self) -> int:
        """A signed Exp-Golomb code [9.1.1]."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def ue(number: int) -> str:
    """An unsigned Exp-Golomb code, as bits."""
    code = format(number + 1, "b")
    return "0" * (len(code) - 1) + code


def se(number: int) -> str:
    """A signed Exp-Golomb code, as bits."""
    return ue(2 * number - 1 if number > 0 else -2 * number)


def whole(bits: str, fill: str) -> bytes:
    """Bits as bytes, the last one filled up."""
    count = len(bits) + -len(bits) % 8
    return int(bits.ljust(count, fill), 2).to_bytes(count // 8)


def unit(first: int, raw: bytes) -> bytes:
    """The unit with a first byte and a payload, which is escaped [7.3.1, 7.4.1.1]."""
    return bytes([first]) + re.sub(b"\0\0(?=[\0-\3])", b"\0\0\3", raw)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a slice depends on: the bits of frame_num, macroblocks in a picture, whether it is in
    arithmetic code, the quantiser it starts from, and whether it says how it is deblocked."""

    frame_num_bits: int
    macroblocks: int
    is_arithmetic: bool
    quantiser: int
    says_deblocking: bool

    @classmethod
    def of(cls, extradata: bytes) -> Self:
        """Read the parameter sets [7.3.2.1, 7.3.2.2]; raises ``ValueError`` for another kind."""
        sets = {kind(found): Bits(found) for found in units(extradata)}
        sequence, picture = sets[SPS], sets[PPS]
        profile = sequence.u(8)
        sequence.u(16), sequence.ue()  # constraints, level, id
        if profile == HIGH:
            sequence.ue(), sequence.ue(), sequence.ue(), sequence.u(2)  # 4:2:0, depths, matrices
        frame_num_bits = sequence.ue() + 4
        order, references = sequence.ue(), sequence.ue()
        sequence.u(1)
        macroblocks = (sequence.ue() + 1) * (sequence.ue() + 1)
        progressive = sequence.u(1)
        picture.ue(), picture.ue()  # ids
        is_arithmetic, _ = bool(picture.u(1)), picture.u(1)
        groups, active, _, weighted = picture.ue(), picture.ue(), picture.ue(), picture.u(3)
        quantiser, _, _ = 26 + picture.se(), picture.se(), picture.se()
        if (order, references, progressive, groups, active, weighted) != (2, 1, 1, 0, 0, 0):
            raise ValueError("holding needs one reference, no b-frames, and no weights")
        return cls(frame_num_bits, macroblocks, is_arithmetic, quantiser, bool(picture.u(1)))

    def skipped(
        self, frame_num: int, first: int = 0, count: int | None = None, *, mixed: bool = False
    ) -> bytes:
        """A slice of a P-frame of which every macroblock is skipped: what is on the screen there,
        once more; all macroblocks, or ``count`` from the ``first`` on. In a ``mixed`` picture not
        all slices are of this kind.

        A skipped macroblock is predicted with the motion of its neighbours, which is none, and has
        no residual [8.4.1.1, 7.3.4]; its edges are not filtered [8.7.2.1].
        """
        count = self.macroblocks if count is None else count
        head = ue(first) + ue(P if mixed else P + KINDS) + ue(0) + self._frame_num(frame_num)
        head += "000"  # references: as many as usual, in their order, the oldest leaves
        if self.is_arithmetic:
            head += ue(0) + se(cabac.QUANTISER - self.quantiser)  # the first of its initial states
        else:
            head += se(0)  # the quantiser: unchanged
        head += ue(1) if self.says_deblocking else ""
        if self.is_arithmetic:
            return unit(2 << 5 | SLICE, whole(head, "1") + cabac.skipped(count))
        return unit(2 << 5 | SLICE, whole(head + ue(count) + "1", "0"))

    def numbered(
        self,
        found: bytes,
        frame_num: int,
        idr_pic_id: int,
        first: int | None = None,
        *,
        mixed: bool = False,
    ) -> bytes:
        """A slice with other numbers in its head, and, if a ``first`` macroblock is given, at
        another place of the picture [7.3.3]; any other unit as it is.

        In a ``mixed`` picture, which is no keyframe, a keyframe's slice is one of that kind alone.
        """
        if kind(found) not in (SLICE, IDR):
            return found
        bits, is_key = Bits(found[:HEAD]), kind(found) == IDR
        was_first, slice_type, parameter_set = bits.ue(), bits.ue(), bits.ue()
        bits.u(self.frame_num_bits)
        head = ue(was_first if first is None else first)
        head += ue(slice_type % KINDS if mixed else slice_type) + ue(parameter_set)
        head += self._frame_num(frame_num)
        if is_key:
            bits.ue()
            marking = bits.u(2)  # pictures before it may be shown, and it is no long-term reference
            # Elsewhere it is said that the oldest reference leaves.
            head += "0" if mixed else ue(idr_pic_id) + format(marking, "02b")
        first_byte = 2 << 5 | SLICE if mixed else found[0]
        if bits.text[: bits.at] == head and first_byte == found[0]:
            return found
        raw = payload(found)
        if self.is_arithmetic:
            start = bits.at
            self._pass_rest_of_head(bits, is_key=is_key)
            data = raw[bits.at + 7 >> 3 :]  # begins with a byte [7.3.4, cabac_alignment_one_bit]
            return unit(first_byte, whole(head + bits.text[start : bits.at], "1") + data)
        left = 8 * len(raw) - bits.at
        rest = int.from_bytes(raw) & (1 << left) - 1
        unused = (rest & -rest).bit_length() - 1  # behind the stop bit
        left -= unused
        padding = -(len(head) + left) % 8
        moved = (int(head, 2) << left | rest >> unused) << padding
        return unit(first_byte, moved.to_bytes((len(head) + left + padding) // 8))

    def _pass_rest_of_head(self, bits: Bits, *, is_key: bool) -> None:
        """Read on from the numbers of a slice's head to its data [7.3.3]."""
        if not is_key:
            bits.u(3)  # references: as many as usual, in their order, the oldest leaves
            bits.ue()  # initial states
        bits.se()  # the quantiser
        if self.says_deblocking and bits.ue() != 1:
            bits.se(), bits.se()  # two offsets

    def idr_pic_id(self, found: list[bytes]) -> int:
        """What tells this keyframe from another next to it."""
        bits = Bits(next(unit for unit in found if kind(unit) == IDR))
        bits.ue(), bits.ue(), bits.ue(), bits.u(self.frame_num_bits)
        return bits.ue()

    def _frame_num(self, number: int) -> str:
        return format(number % 2**self.frame_num_bits, f"0{self.frame_num_bits}b")
