"""A ruled sheet drawn for a test, and the table it is photographed on."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.warp import mesh_of, remapped

PAPER = (245, 244, 238)
WOOD = (110, 80, 60)
WORDS = ("Registration", "Mathematics", "Geography", "Computing", "Assembly", "Literature")


def sheet(width: int = 1000, height: int = 700) -> Picture:
    """Five columns and six rows, a word in each cell."""
    image = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=22)
    left, top, wide, high = width // 20, height // 8, width * 9 // 50, height // 8
    for row in range(7):
        pen.line((left, top + row * high, left + 5 * wide, top + row * high), fill=0, width=2)
    for column in range(6):
        x = left + column * wide
        pen.line((x, top, x, top + 6 * high), fill=0, width=2)
    for row in range(6):
        for column in range(5):
            word = WORDS[(row + column) % len(WORDS)]
            at = (left + column * wide + 15, top + row * high + high // 3)
            pen.text(at, word, fill=(20, 20, 20), font=font)
    return np.array(image)


def grained(picture: Picture, sigma: float = 3.0) -> Picture:
    noise = np.random.default_rng(7).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def photographed(
    picture: Picture, corners: list[tuple[float, float]], size: tuple[int, int] = (1300, 1000)
) -> Picture:
    """The sheet with its corners there (clockwise from the upper left), on wood."""
    from lambdas.documents.preprocessing.warp import _homography

    height, width = picture.shape[:2]
    numbers = _homography(
        [(round(x), round(y)) for x, y in corners],
        ((0, 0), (width, 0), (width, height), (0, height)),
    )
    laid, mask = (
        Image.fromarray(part).transform(
            size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC
        )
        for part in (picture, np.full_like(picture, 255))
    )
    table = Image.new("RGB", size, WOOD)
    table.paste(laid, mask=mask.convert("L"))
    return grained(np.asarray(table))


def bowed(picture: Picture, pixels: float) -> Picture:
    """The sheet's middle lies higher than its sides."""
    height, width = picture.shape[:2]
    x, y = mesh_of(height, width)
    return remapped(picture, x, y + pixels * np.sin(np.pi * x / width))
