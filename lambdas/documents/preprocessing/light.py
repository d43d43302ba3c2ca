"""Even light: each place divided by the light of the paper around it. Shadows go, the fills of
cells stay.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import Floats, Picture, darkest, spread

PAPER = 250.0
DARKEST = 40.0
"""Where even the paper is darker, nothing is left to be made visible."""
BAND = 256
"""Rows worked on at a time: real numbers for a whole page would take 50 MB."""


def evened(picture: Picture) -> tuple[Picture, float]:
    """The picture in even light, and how uneven it was: the darkest paper beside the brightest."""
    light = _light_of(picture)
    height, width = picture.shape[:2]
    low, high = np.percentile(darkest(light), (2, 98))
    out = np.empty_like(picture)
    whole = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    for top in range(0, height, BAND):
        part = np.asarray(whole.crop((0, top, width, min(height, top + BAND))), dtype=np.float32)
        part = picture[top : top + BAND] * (PAPER / np.maximum(part, DARKEST))
        out[top : top + BAND] = np.minimum(part, 255, out=part)
    return out, float(1 - low / max(1.0, high))


def _light_of(picture: Picture) -> Floats:
    """The paper as it would look without anything on it, small."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((max(8, width // 24), max(8, height // 24)))
    paper = Image.fromarray(spread(np.asarray(small), 4, np.maximum))
    paper = paper.filter(ImageFilter.GaussianBlur(6))
    return np.asarray(paper, dtype=np.float32)
