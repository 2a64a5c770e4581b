"""Typst as a typesetter: source in, outlines out, each mark with the number it was labelled with.

One compiler is kept for the life of the process; system fonts are ignored, so that the same source
gives the same outlines on every machine. A label travels through Typst as a fill colour, which
leaves the layout as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import svgelements
import typst
from manim.mobject.svg.svg_mobject import VMobjectFromSVGPath

from scenes.shapes import Points, rectangle

EM = 100.0
"""Typst points to an em: outlines come back in ems, divided by this."""

MATH = '"New Computer Modern Math"'
"""The face of formulas, and of signs in words that the text face lacks."""

PREAMBLE = f"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#set text(font: ("Libertinus Serif", {MATH}), size: {EM}pt, fallback: false)
#show math.equation: set text(font: {MATH}, fallback: false)
#let mark(n, body) = text(
  fill: rgb(n.bit-rshift(16), n.bit-rshift(8).bit-and(255), n.bit-and(255)), body)
"""

_DRAWN = re.compile(
    r'<g transform="matrix\((?P<a>\S+) 0 0 (?P<d>\S+) (?P<x>\S+) (?P<y>\S+)\)">(?P<uses>.*?)</g>'
    r'|<path [^>]*?stroke="(?P<stroke>#\w{6})" stroke-width="(?P<width>[\d.]+)"[^>]*?'
    r'transform="translate\((?P<tx>\S+) (?P<ty>\S+)\)" d="M 0 0h (?P<length>[\d.]+)"/>',
    re.DOTALL,
)
_GLYPH = re.compile(r'<use xlink:href="#(\w+)" x="([^"]+)" y="([^"]+)" fill="(#\w{6})"')
_SYMBOL = re.compile(r'<symbol id="(\w+)"[^>]*><path d="([^"]*)"')
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


class TypesettingError(ValueError):
    """Source that Typst refuses, or a picture it drew that is not made of glyphs and bars."""


@dataclass(frozen=True)
class Mark:
    """An outline: a glyph or a fraction bar.

    ``points`` are cubic Bézier points of shape (4k, 3), in ems, y upwards, placed; ``baseline`` is
    the y they stand on.
    """

    label: int
    points: Points
    baseline: float


@dataclass(frozen=True)
class Setting:
    """What Typst set: marks in drawing order, in a box of ``width`` × ``height`` ems."""

    marks: tuple[Mark, ...]
    width: float
    height: float


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


_outlines: dict[str, Points] = {}


def label(number: int, body: str) -> str:
    """``body``, in mathematics, labelled with ``number``."""
    return f"mark(#{number}, {body})"


def in_air(body: str, beside: float, above: float, below: float) -> str:
    """``body``, in mathematics, as if it went that far above and below the line it stands on, with
    room at its sides; in ems, the room in those of its own size, which in a script are less."""
    height, depth = EM * (above + below), EM * below
    strut = f"#box(width: 0pt, height: {height:.2f}pt, baseline: {depth:.2f}pt)"
    side = f"#h({beside:.4f}em)"
    return f'class("normal", {side} {body}{strut}{side})'


def formula(body: str) -> Setting:
    """A displayed equation."""
    return _set(f"$ {body} $")


def words(body: str) -> Setting:
    """A line of text: Typst markup, in the lesson's text face."""
    return _set(body)


@cache
def _set(source: str) -> Setting:
    try:
        svg = _compiler().compile((PREAMBLE + source).encode(), format="svg")
    except typst.TypstError as error:
        raise TypesettingError(f"Typst cannot set {source!r}: {error}") from error
    assert isinstance(svg, bytes), "one page, so one picture"
    return _read(svg.decode(), source)


def _read(svg: str, source: str) -> Setting:
    size = _SIZE.search(svg)
    assert size is not None
    width, height = (float(value) for value in size.groups())
    outlines = _read_outlines(svg)
    marks: list[Mark] = []
    for found in _DRAWN.finditer(svg):
        marks.extend(_bar(found, height) if found["stroke"] else _glyphs(found, height, outlines))
    if not marks:
        raise TypesettingError(f"nothing to see in {source!r}")
    return Setting(tuple(marks), width / EM, height / EM)


def _read_outlines(svg: str) -> dict[str, Points]:
    for name, path in _SYMBOL.findall(svg):
        if name not in _outlines:
            _outlines[name] = _outline(path)
    return _outlines


def _outline(path: str) -> Points:
    points = VMobjectFromSVGPath(svgelements.Path(path)).points
    return np.asarray(points, dtype=np.float64)


def _glyphs(found: re.Match[str], height: float, outlines: dict[str, Points]) -> list[Mark]:
    scale = np.array([float(found["a"]), -float(found["d"]), 0.0])
    x, y = float(found["x"]), height - float(found["y"])
    marks: list[Mark] = []
    for name, across, up, fill in _GLYPH.findall(found["uses"]):
        outline = outlines[name]
        if not len(outline):
            continue
        place = np.array([x + float(across), y + float(up), 0.0])
        mark = Mark(int(fill[1:], 16), (outline * scale + place) / EM, y / EM)
        if float(up) and marks:
            marks[-1] = _on_top(marks[-1], mark)
        else:
            marks.append(mark)
    return marks


def _on_top(lower: Mark, upper: Mark) -> Mark:
    """Two pieces of a bracket too tall for the font to have as one."""
    return replace(lower, points=np.concatenate([lower.points, upper.points]))


def _bar(found: re.Match[str], height: float) -> list[Mark]:
    x, y = float(found["tx"]), height - float(found["ty"])
    length, half = float(found["length"]), float(found["width"]) / 2
    bar = rectangle(x, y - half, x + length, y + half)
    return [Mark(int(found["stroke"][1:], 16), bar / EM, y / EM)]
