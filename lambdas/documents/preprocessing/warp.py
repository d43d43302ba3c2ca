"""A picture seen through another frame: four corners to a rectangle, and a grid to a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lambdas.documents.preprocessing.pictures import WORKING_SIDE, Picture

MESH_STEP = 64
"""Pixels between the places whose way is worked out; between them it is straight."""
GREATEST_STRETCH = 1.25
"""A sheet's far edge may be drawn this much larger than it was taken, no more."""

Corners = tuple[tuple[float, float], ...]
Points = NDArray[np.float64]


def rectified(picture: Picture, corners: Corners) -> Picture:
    """What lies between the corners (clockwise from the upper left), as it looks from above."""
    width, height = _size(np.array(corners))
    frame = [(0, 0), (width, 0), (width, height), (0, height)]
    numbers = _homography(frame, corners)
    image = Image.fromarray(picture).transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        numbers,
        Image.Resampling.BICUBIC,
    )
    return np.asarray(image)


def _size(corners: Points) -> tuple[int, int]:
    """As large as the sheet's longer edges were taken, within bounds."""
    sides = np.hypot(*(corners - np.roll(corners, -1, axis=0)).T)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    shorter = min(sides[0] + sides[2], sides[1] + sides[3]) / 2
    scale = min(
        WORKING_SIDE / max(width, height),
        GREATEST_STRETCH * shorter / min(width, height),
    )
    scale = min(scale, 1.0) if max(width, height) > 1500 else min(scale, GREATEST_STRETCH)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _homography(frame: list[tuple[int, int]], corners: Corners) -> list[float]:
    """The eight numbers that say where in the picture each place of the frame is found."""
    rows: list[list[float]] = []
    values: list[float] = []
    for (x, y), (u, v) in zip(frame, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows, dtype=float), np.array(values)).tolist()


def mesh_of(height: int, width: int) -> tuple[Points, Points]:
    """The places (x and y, in rows) for which `remapped` wants to know where to look."""
    columns = np.append(np.arange(0, width, MESH_STEP), width).astype(float)
    rows = np.append(np.arange(0, height, MESH_STEP), height).astype(float)
    x, y = np.meshgrid(columns, rows)
    return x, y


def remapped(picture: Picture, x: Points, y: Points) -> Picture:
    """Each place of the mesh shows what lies at (x, y); white where that is outside."""
    height, width = picture.shape[:2]
    to_x, to_y = mesh_of(height, width)
    pieces = [
        (
            (
                int(to_x[i, j]),
                int(to_y[i, j]),
                int(to_x[i + 1, j + 1]),
                int(to_y[i + 1, j + 1]),
            ),
            [
                float(value)
                for row, column in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
                for value in (x[row, column], y[row, column])
            ],
        )
        for i in range(x.shape[0] - 1)
        for j in range(x.shape[1] - 1)
    ]
    image = Image.fromarray(picture).transform(
        (width, height),
        Image.Transform.MESH,
        pieces,
        Image.Resampling.BICUBIC,
        fillcolor=(255, 255, 255),
    )
    return np.asarray(image)
