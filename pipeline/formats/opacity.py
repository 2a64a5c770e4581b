"""Pictures with the background left out."""

from __future__ import annotations

import numpy as np

from pipeline.conversion import Pixels


def straight(pixels: Pixels) -> Pixels:
    """Colours as they are, where Manim has them mixed with a background that is not to be seen.

    Both RGBA of shape (height, width, 4). Manim starts from the background's colour at opacity 0,
    over which cairo draws, so an edge is a mixture by opacity; what is fully clear tells the
    background.
    """
    alpha = pixels[..., 3]
    clear = int(np.argmin(alpha))
    if alpha.flat[clear]:
        return pixels
    partly = (alpha > 0) & (alpha < 255)
    background = pixels.reshape(-1, 4)[clear, :3].astype(np.int32)
    mixed = pixels[partly].astype(np.int32)
    opacity = mixed[:, 3:]
    found = pixels.copy()
    colours = background + ((mixed[:, :3] - background) * 255 + opacity // 2) // opacity
    found[partly, :3] = np.clip(colours, 0, 255)
    return found
