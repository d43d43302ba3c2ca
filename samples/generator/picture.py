"""Pages to pictures: clean renderings, scans, faxes and photographs, with the noise each has."""

from io import BytesIO
from random import Random
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

POINTS_PER_INCH = 72
PALE = 243


def render(pdf: bytes, dpi: int) -> list[Image.Image]:
    """One RGB picture for each page."""
    document = pypdfium2.PdfDocument(pdf)
    scale: Any = dpi / POINTS_PER_INCH  # pypdfium2 takes any number, its stub says int
    try:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def dice_of(rng: Random) -> np.random.Generator:
    return np.random.default_rng(rng.getrandbits(64))


def grain(noise: np.random.Generator, shape: tuple[int, ...], sigma: float) -> np.ndarray:
    """What a sensor adds of itself. Single precision: a photograph has ten million values."""
    return noise.standard_normal(shape, np.float32) * np.float32(sigma)


def cloud(
    noise: np.random.Generator, size: tuple[int, int], cells: int, low: float, high: float
) -> np.ndarray:
    """A slowly varying field: light, shadow, the tone of paper."""
    small = noise.uniform(low, high, (cells, cells)).astype(np.float32)
    picture = Image.fromarray(small, mode="F").resize(size, Image.Resampling.BICUBIC)
    return np.asarray(picture)


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def jpeg(picture: Image.Image, quality: int, exif: Image.Exif | None = None) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return out.getvalue()


def scan(rng: Random, picture: Image.Image, *, colour: bool, skew: float) -> Image.Image:
    """A flatbed's view: skew, grey paper, noise, sometimes a dark edge, holes, its own back."""
    noise = dice_of(rng)
    paper = (rng.randrange(243, 255),) * 3
    turned = picture.rotate(skew, Image.Resampling.BICUBIC, expand=False, fillcolor=paper)
    if not colour:
        turned = turned.convert("L").convert("RGB")
    turned = turned.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.7)))
    field = np.array(turned, np.float32)
    if rng.random() < 0.3:
        back = np.asarray(ImageOps.mirror(picture.convert("L")), np.float32)
        # What is printed on the back shines through, faint and the wrong way round.
        field -= ((255 - np.roll(back, rng.randrange(20, 60), axis=0)) * 0.05)[..., None]
    field *= cloud(noise, turned.size, 5, 0.955, 1.0)[..., None]
    field += grain(noise, field.shape[:2], rng.uniform(2, 5))[..., None]
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
    noise = dice_of(rng)
    grey = np.array(picture.convert("L"), np.float32)
    grey += grain(noise, grey.shape, 6)
    black = grey < rng.randrange(150, 185)
    # Pale colours come through as a thin raster, as on a real machine: a tile keeps its shape.
    black[::4, ::6] |= grey[::4, ::6] < PALE
    black[2::4, 3::6] |= grey[2::4, 3::6] < PALE
    black ^= noise.random(grey.shape) < rng.uniform(0.0005, 0.002)
    for _ in range(rng.randrange(0, 3)):
        row = rng.randrange(black.shape[0])
        black[row] = black[row - 1]
    return Image.fromarray((~black).astype(np.uint8) * 255).convert("1")
