"""The telephone's camera: the sheet on a table, askew, bowed, unevenly lit, a little soft."""

import math
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from samples.generator.picture import cloud, dice_of, grain


def _perspective(
    source: list[tuple[float, float]], target: list[tuple[float, float]]
) -> list[float]:
    """The eight numbers Pillow wants: where in the source each target point comes from."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(values, float)).tolist()


def _table_top(rng: Random, noise: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    base = np.array(
        rng.choice(((120, 82, 52), (62, 66, 74), (150, 132, 108), (70, 90, 70), (172, 172, 168))),
        np.float32,
    )
    grain = cloud(noise, size, rng.choice((6, 14, 40)), 0.8, 1.15)
    return base[None, None, :] * grain[..., None]


def _across(rng: Random, size: tuple[int, int]) -> np.ndarray:
    """What lies across the sheet, at times: the photographer's shadow, or the crease of a fold."""
    width, height = size
    light = np.ones((height, width), np.float32)
    chance = rng.random()
    columns = np.arange(width, dtype=np.float32)[None, :]
    rows = np.arange(height, dtype=np.float32)[:, None]
    if chance < 0.25:
        edge = rng.uniform(0.3, 0.8) * width + (rows - height / 2) * rng.uniform(-0.6, 0.6)
        dark = 1 / (1 + np.exp(np.clip((columns - edge) / rng.uniform(12, 60), -30, 30)))
        light *= 1 - np.float32(rng.uniform(0.2, 0.38)) * dark
    elif chance < 0.45:
        fold = (rng.uniform(0.4, 0.6) * height) + (columns - width / 2) * rng.uniform(-0.02, 0.02)
        light *= 1 - np.float32(0.16) * np.exp(-(((rows - fold) / 5) ** 2))
    return light


def _weave(rng: Random, size: tuple[int, int]) -> np.ndarray:
    """Boards or cloth: stripes with a little life in them, at times none."""
    width, height = size
    kind = rng.choice(("plain", "boards", "cloth"))
    if kind == "plain":
        return np.ones((height, width), np.float32)
    columns = np.arange(width, dtype=np.float32)[None, :]
    rows = np.arange(height, dtype=np.float32)[:, None]
    if kind == "cloth":
        thread, depth = rng.uniform(5, 12), rng.uniform(0.04, 0.1)
        crossed = np.sin(columns * (6.3 / thread)) + np.sin(rows * (6.3 / thread))
        return (1 + np.float32(depth) * crossed).astype(np.float32)
    apart, sway, depth = rng.uniform(12, 70), rng.uniform(2, 12), rng.uniform(0.06, 0.18)
    stripes = np.sin((rows + sway * np.sin(columns / rng.uniform(60, 300))) * (6.3 / apart))
    return (1 + np.float32(depth) * stripes).astype(np.float32)


def _bowed(
    picture: Image.Image, size: tuple[int, int], numbers: list[float], bow: tuple[float, ...]
) -> Image.Image:
    """The perspective of a sheet that does not lie flat; `bow` in parts of the sheet's height and
    width, and how many waves."""
    a, b, c, d, e, f, g, h = numbers
    high, wide, waves, phase = bow

    def source(x: float, y: float) -> tuple[float, float]:
        depth = g * x + h * y + 1
        u, v = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
        across, down = u / picture.width, v / picture.height
        return (
            u + wide * picture.width * math.sin(waves * math.pi * down + phase),
            v + high * picture.height * math.sin(waves * math.pi * across + phase),
        )

    step = 40
    mesh = []
    for y in range(0, size[1], step):
        for x in range(0, size[0], step):
            x1, y1 = min(x + step, size[0]), min(y + step, size[1])
            corners = (source(x, y), source(x, y1), source(x1, y1), source(x1, y))
            mesh.append(((x, y, x1, y1), [side for corner in corners for side in corner]))
    return picture.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _patch(rng: Random, size: tuple[int, int]) -> np.ndarray:
    """The shadow of a hand, a lamp or a window's frame: a soft dark patch."""
    width, height = size
    columns = np.arange(width, dtype=np.float32)[None, :] / width - rng.uniform(0, 1)
    rows = np.arange(height, dtype=np.float32)[:, None] / height - rng.uniform(0, 1)
    reach = rng.uniform(0.12, 0.35)
    dark = np.exp(-(((columns**2 + rows**2) / reach**2) ** 2))
    return (1 - np.float32(rng.uniform(0.15, 0.45)) * dark).astype(np.float32)


def photo(
    rng: Random, picture: Image.Image, size: tuple[int, int], *, careless: bool = False
) -> Image.Image:
    """A telephone's view: the sheet on a table, seen askew, unevenly lit, a little soft.

    `careless`: taken in a hurry, farther from the side, of a sheet that does not lie flat, on a
    table with a grain, under a lamp.
    """
    noise = dice_of(rng)
    width, height = size
    margin = rng.uniform(0.05, 0.11) if careless else rng.uniform(0.03, 0.07)
    scale = min(
        width * (1 - 2 * margin) / picture.width, height * (1 - 2 * margin) / picture.height
    )
    w, h = picture.width * scale, picture.height * scale
    left, top = (width - w) / 2, (height - h) / 2
    wobble = (0.08 if careless else 0.035) * min(w, h)
    corners = [(left, top), (left + w, top), (left + w, top + h), (left, top + h)]
    corners = [
        (x + rng.uniform(-wobble, wobble), y + rng.uniform(-wobble, wobble)) for x, y in corners
    ]
    full = [
        (0.0, 0.0),
        (picture.width, 0.0),
        (picture.width, picture.height),
        (0.0, picture.height),
    ]
    numbers = _perspective(full, corners)
    white = Image.new("L", picture.size, 255)
    if careless:
        bow = (
            rng.uniform(-0.008, 0.008),
            rng.uniform(-0.004, 0.004),
            rng.uniform(0.7, 1.6),
            rng.uniform(0, 3),
        )
        sheet, mask = (_bowed(flat, size, numbers, bow) for flat in (picture, white))
    else:
        sheet, mask = (
            flat.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC)
            for flat in (picture, white)
        )
    share = np.asarray(mask, np.float32)[..., None] / 255
    shadow = (
        np.asarray(mask.filter(ImageFilter.GaussianBlur(width / 90)), np.float32)[..., None] / 255
    )
    table = _table_top(rng, noise, size) * (1 - 0.45 * shadow)
    if careless:
        table = table * _weave(rng, size)[..., None]
    field = np.asarray(sheet, np.float32) * share * rng.uniform(0.9, 0.98) + table * (1 - share)
    light = cloud(noise, size, 3, rng.uniform(0.68, 0.82), 1.02) * _across(rng, size)
    if careless and rng.random() < 0.6:
        light = light * _patch(rng, size)
    tint = np.array(rng.choice(((1, 0.98, 0.92), (1, 1, 1), (0.95, 0.98, 1))), np.float32)
    field = field * light[..., None] * tint
    soft = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
    soft = soft.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.1)))
    field = np.asarray(soft, np.float32) + grain(noise, (height, width, 1), rng.uniform(2, 5))
    return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
