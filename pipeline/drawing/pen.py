"""Draws marks into the pixels of a picture, by the calls that Manim's camera makes of cairo."""

from __future__ import annotations

from typing import Any

import cairo
import numpy.typing as npt
from manim import Camera
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from pipeline.drawing.marks import Line, Mark, View
from pipeline.drawing.paths import Sheet


class Pen:
    """Draws over ``pixels``, RGBA of shape (height, width, 4), what a camera sees.

    Creating one is a first drawing to the camera: it fixes the part of the scene that it shows.
    """

    def __init__(self, camera: Camera, pixels: npt.NDArray[Any]) -> None:
        self._camera = camera
        self._context = _context(camera, pixels)
        self._sheet = Sheet.of(self._context)
        matrix = self._context.get_matrix()
        height, width, _ = pixels.shape
        self.view = View(
            width,
            height,
            (matrix.xx, matrix.yy),
            (matrix.x0, matrix.y0),
            camera.cairo_line_width_multiple,
        )

    def draw(self, mark: Mark) -> None:
        """Draw a mark that has been marked out for this pen's view."""
        context = self._context
        if mark.paths is None:
            self._camera.display_vectorized(mark.mobject, context)
            return
        context.new_path()
        mark.paths.append(mark.number, self._sheet)
        if mark.backdrop:
            self._stroke(mark.backdrop)
        if mark.fill:
            context.set_source_rgba(*mark.fill)
            context.fill_preserve()
        if mark.line:
            self._stroke(mark.line)

    def _stroke(self, line: Line) -> None:
        context = self._context
        context.set_source_rgba(*line.paint)
        context.set_line_width(line.width * self.view.line_width)
        context.set_line_join(LINE_JOIN_MAP[line.joint])
        context.set_line_cap(CAP_STYLE_MAP[line.cap])
        context.stroke_preserve()


def _context(camera: Camera, pixels: npt.NDArray[Any]) -> cairo.Context[Any]:
    """A context on ``pixels`` that sees what the camera's own does."""
    own = camera.get_cairo_context(camera.pixel_array)
    if pixels is camera.pixel_array:
        return own
    height, width, _ = pixels.shape
    surface = cairo.ImageSurface.create_for_data(pixels.data, cairo.FORMAT_ARGB32, width, height)
    context = cairo.Context(surface)
    context.set_matrix(own.get_matrix())
    return context
