"""What several tests of the pipeline need."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def blank_images(monkeypatch):
    """Manim 0.22 asks Pillow for an RGBA picture of floating zeros, which Pillow 12 refuses."""
    made = Image.fromarray

    def fromarray(pixels, mode=None):
        if np.asarray(pixels).dtype == np.float64:
            return Image.new("RGBA", np.shape(pixels)[::-1])
        return made(pixels, mode)

    monkeypatch.setattr(Image, "fromarray", fromarray)
