"""Arrays that are pictures, and the bound on all work done on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""Height x width x 3, red, green and blue."""
Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

WORKING_SIDE = 2600
"""No noisy picture is worked on larger: 220 dpi for A4. Each step's memory and time follow from
it."""


def bounded(picture: Picture, side: int = WORKING_SIDE) -> Picture:
    """Not larger than `side` pixels either way."""
    if max(picture.shape[:2]) <= side:
        return picture
    image = Image.fromarray(picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return np.asarray(image)
