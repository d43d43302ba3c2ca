"""Pages to pictures: clean renderings, scans, faxes and photographs, with the noise each has."""

from io import BytesIO
from random import Random
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

POINTS_PER_INCH = 72


def render(pdf: bytes, dpi: int) -> list[Image.Image]:
    """One RGB picture for each page."""
    document = pypdfium2.PdfDocument(pdf)
    scale: Any = dpi / POINTS_PER_INCH  # pypdfium2 takes any number, its stub says int
    try:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def _noise(rng: Random) -> np.random.Generator:
    return np.random.default_rng(rng.getrandbits(64))


def _cloud(
    noise: np.random.Generator, size: tuple[int, int], cells: int, low: float, high: float
) -> np.ndarray:
    """A slowly varying field: light, shadow, the tone of paper."""
    small = noise.uniform(low, high, (cells, cells)).astype(np.float32)
    picture = Image.fromarray(small, mode="F").resize(size, Image.Resampling.BICUBIC)
    return np.asarray(picture)


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=False, compress_level=9)
    return out.getvalue()


def jpeg(picture: Image.Image, quality: int, exif: Image.Exif | None = None) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return out.getvalue()


def scan(rng: Random, picture: Image.Image, *, colour: bool, skew: float) -> Image.Image:
    """A flatbed's view: some skew, grey paper, noise, sometimes a dark edge or punched holes."""
    noise = _noise(rng)
    paper = (rng.randrange(243, 255),) * 3
    turned = picture.rotate(skew, Image.Resampling.BICUBIC, expand=False, fillcolor=paper)
    if not colour:
        turned = turned.convert("L").convert("RGB")
    turned = turned.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.7)))
    field = np.asarray(turned, np.float32)
    field *= _cloud(noise, turned.size, 5, 0.955, 1.0)[..., None]
    field += noise.normal(0, rng.uniform(2, 5), field.shape[:2])[..., None]
    if rng.random() < 0.4:
        edge = np.linspace(rng.uniform(0.4, 0.7), 1, max(8, turned.width // 60))
        field[:, : len(edge)] *= edge[None, :, None]
    sheet = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
    if rng.random() < 0.3:
        _punch(rng, sheet)
    return sheet


def _punch(rng: Random, sheet: Image.Image) -> None:
    """Two dark holes in the left margin, where a file's rings go through."""
    pen = ImageDraw.Draw(sheet)
    x, radius = sheet.width * rng.uniform(0.014, 0.019), sheet.width * 0.008
    apart = min(sheet.height * 0.2, sheet.width * 0.14)
    for y in (sheet.height / 2 - apart, sheet.height / 2 + apart):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(58, 56, 54))


def copier(rng: Random, picture: Image.Image, skew: float) -> Image.Image:
    """What an office copier mails: grey in sixteen steps, hardly askew, clean paper, a soft edge
    to the type.
    """
    paper = rng.randrange(244, 252)
    grey = picture.convert("L").rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)
    grey = grey.filter(ImageFilter.GaussianBlur(rng.uniform(0.35, 0.6)))
    toned = np.asarray(grey, np.float32) * (paper / 255)
    toned *= np.linspace(1.0, rng.uniform(0.975, 0.99), grey.width, dtype=np.float32)[None, :]
    return Image.fromarray((np.clip(toned, 0, 255) // 17 * 17).astype(np.uint8))


def scan_pdf(pictures: list[Image.Image], dpi: int, quality: int) -> bytes:
    """A PDF that holds pictures and no text."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for picture in pictures:
        width, height = (side * POINTS_PER_INCH / dpi for side in picture.size)
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(BytesIO(jpeg(picture, quality))), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def fax(rng: Random, picture: Image.Image) -> Image.Image:
    """Black or white, coarse, with specks and lost lines."""
    noise = _noise(rng)
    grey = np.asarray(picture.convert("L"), np.float32)
    grey = grey + noise.normal(0, 18, grey.shape)
    black = grey < rng.randrange(150, 185)
    black ^= noise.random(grey.shape) < rng.uniform(0.0005, 0.002)
    for _ in range(rng.randrange(0, 3)):
        row = rng.randrange(black.shape[0])
        black[row] = black[row - 1]
    return Image.fromarray((~black).astype(np.uint8) * 255).convert("1")


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
        float,
    )
    grain = _cloud(noise, size, rng.choice((6, 14, 40)), 0.8, 1.15)
    return base[None, None, :] * grain[..., None]


def photo(rng: Random, picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A telephone's view: the sheet on a table, seen askew, unevenly lit, a little soft."""
    noise = _noise(rng)
    width, height = size
    margin = rng.uniform(0.03, 0.07)
    scale = min(
        width * (1 - 2 * margin) / picture.width, height * (1 - 2 * margin) / picture.height
    )
    w, h = picture.width * scale, picture.height * scale
    left, top = (width - w) / 2, (height - h) / 2
    wobble = 0.035 * min(w, h)
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
    sheet = picture.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC)
    white = Image.new("L", picture.size, 255)
    mask = white.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC)
    share = np.asarray(mask, np.float32)[..., None] / 255
    shadow = (
        np.asarray(mask.filter(ImageFilter.GaussianBlur(width / 90)), np.float32)[..., None] / 255
    )
    table = _table_top(rng, noise, size) * (1 - 0.45 * shadow)
    field = np.asarray(sheet, np.float32) * share * rng.uniform(0.9, 0.98) + table * (1 - share)
    light = _cloud(noise, size, 3, rng.uniform(0.68, 0.82), 1.02)
    tint = np.array(rng.choice(((1, 0.98, 0.92), (1, 1, 1), (0.95, 0.98, 1))))
    field = field * light[..., None] * tint
    soft = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
    soft = soft.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.1)))
    field = np.asarray(soft, np.float32) + noise.normal(0, rng.uniform(2, 5), (height, width, 1))
    return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
