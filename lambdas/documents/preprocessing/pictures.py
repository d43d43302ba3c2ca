"""Arrays that are pictures, the bound on all work done on them, and what is asked of all their
pixels.

Reading is half numpy, so how a question is put counts: along an axis of three numpy is ten times as
slow as plane by plane, and differences of bytes need no wider numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


def darkest(picture: NDArray[Any]) -> NDArray[Any]:
    """The least of red, green and blue, at each place."""
    return np.minimum(np.minimum(picture[..., 0], picture[..., 1]), picture[..., 2])


def brightest(picture: NDArray[Any]) -> NDArray[Any]:
    """The greatest of red, green and blue, at each place."""
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])


def in_any(colours: Mask) -> Mask:
    """Where it is true of red, green or blue."""
    return colours[..., 0] | colours[..., 1] | colours[..., 2]


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How far two colours or greys differ: bytes, so none of them may go below zero on the way."""
    return np.maximum(one, other) - np.minimum(one, other)


def spread(picture: NDArray[Any], reach: int, how: np.ufunc) -> NDArray[Any]:
    """The brightest (`np.maximum`) or darkest (`np.minimum`) in the square of `reach` pixels around
    each place: what Pillow's MaxFilter and MinFilter do, in a tenth of their time.
    """
    out = np.pad(picture, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    for step in doubling(2 * reach + 1):
        out = how(out[:-step], out[step:])
    for step in doubling(2 * reach + 1):
        out = how(out[:, :-step], out[:, step:])
    return out


def doubling(length: int) -> Iterator[int]:
    """Steps from one pixel to `length` of them, each as far as has been seen already."""
    seen = 1
    while seen < length:
        step = min(seen, length - seen)
        yield step
        seen += step


def bounded(picture: Picture, side: int = WORKING_SIDE) -> Picture:
    """Not larger than `side` pixels either way."""
    if max(picture.shape[:2]) <= side:
        return picture
    image = Image.fromarray(picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return np.asarray(image)
