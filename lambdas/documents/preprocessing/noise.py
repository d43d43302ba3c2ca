"""What a sensor, a copier or a fax added: how much of it there is, and taking it away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import Picture

SPECK = 2
"""A speck has at most this many pixels on either side of its middle."""
ALONE = 7
"""Around a speck nothing else stands within this many pixels: full stops and
colons are no specks."""
RASTER = 0.035
"""The share of lone dots from which they are a pale fill; specks are far fewer."""
FILL = 215
"""The grey that a raster becomes."""


def noise_of(picture: Picture) -> float:
    """The sensor's noise on plain paper, in values of 255: 0 in a drawn picture, 2 and up in a
    photograph.
    """
    grey = picture[::2, ::2, 1].astype(np.int16)
    if min(grey.shape) < 3:
        return 0.0
    bend = (
        grey[1:-1, 1:-1] * 4 - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    return float(np.median(np.abs(bend))) / 3.0


def smoothed(picture: Picture) -> Picture:
    """A little softer: noise is finer than strokes."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(0.7)))


def is_one_bit(picture: Picture) -> bool:
    """Black or white and nothing between, as a fax or a copier set to text leaves it."""
    # Most pictures show a grey at the first glance, at a hundredth of the cost.
    for step in (16, 2):
        part = picture[::step, ::step]
        between = (part > 16) & (part < 239)
        if between.any() or not (part[..., 0] == part[..., 2]).all():
            return False
    return True


def despeckled(picture: Picture) -> tuple[Picture, int]:
    """A one-bit picture without its specks, its rasters as plain grey; and how many pixels went."""
    dark = picture[..., 0] < 128
    own, around = _sums(dark, SPECK), _sums(dark, ALONE)
    small = dark & (own <= 4)
    fill = _raster(small)
    lone = small & ~fill & (around <= 2 * own)
    grey = np.where(lone, 255, picture[..., 0]).astype(np.uint8)
    grey[fill & (small | ~dark)] = FILL
    return np.repeat(grey[..., None], 3, axis=2), int(lone.sum())


def _raster(small: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where dots stand so close that they were a pale colour."""
    reach = 12
    return _sums(small, reach) > RASTER * (2 * reach + 1) ** 2


def _sums(mask: NDArray[np.bool_], reach: int) -> NDArray[np.int32]:
    """How many are True in the square around each place."""
    total = np.cumsum(
        np.cumsum(np.pad(mask, ((reach + 1, reach), (reach + 1, reach))), axis=0, dtype=np.int32),
        axis=1,
        dtype=np.int32,
    )
    side = 2 * reach + 1
    return total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
