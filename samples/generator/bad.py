"""Hostile and broken uploads, made when they are needed: none of them is worth keeping in a
repository.
"""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from samples.generator.document import document

PNG = b"\x89PNG\r\n\x1a\n"
BOMB_SIDE = 60_000


@dataclass(frozen=True)
class Bad:
    """A file that must be refused, or at least never completed with something made up."""

    name: str
    what: str
    data: bytes


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_header(side: int) -> bytes:
    """One-bit grey of that many pixels square."""
    return PNG + _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))


def _full_bomb() -> bytes:
    packer = zlib.compressobj(9)
    line = b"\0" + b"\xff" * (BOMB_SIDE // 8)
    rows = 200
    parts = [packer.compress(line * rows) for _ in range(BOMB_SIDE // rows)]
    parts.append(packer.flush())
    return _png_header(BOMB_SIDE) + _chunk(b"IDAT", b"".join(parts)) + _chunk(b"IEND", b"")


def _many_pages(count: int) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(count):
        canvas.drawString(72, 720, f"Page {number + 1}: Monday 09:00 Maths")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _locked() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, encrypt=StandardEncryption("secret", "owner", strength=128))
    canvas.drawString(72, 720, "Monday 09:00-10:00 Maths")
    canvas.save()
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("timetable.txt"), "Monday 09:00-10:00 Maths")
    return out.getvalue()


def _one_pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(out, "PNG")
    return out.getvalue()


def _blank(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "pdf":
        canvas = Canvas(out, invariant=1)
        canvas.showPage()
        canvas.save()
    else:
        Image.new("RGB", (1240, 1754), "white").save(out, "PNG")
    return out.getvalue()


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400" onload="alert(1)">
<script>fetch("http://127.0.0.1:9/stolen")</script>
<image href="http://127.0.0.1:9/outside.png" width="600" height="400"/>
<text x="20" y="40">Monday 09:00-10:00 Maths</text>
</svg>
"""


def bad_files(*, heavy: bool = True) -> list[Bad]:
    """All of them; `heavy=False` leaves out the one that takes a second to make."""
    good_png = document("class-grid", 1, "png_clean").data
    good_pdf = document("class-grid", 1, "pdf_text").data
    found = [
        Bad("empty.png", "no bytes at all", b""),
        Bad("truncated.png", "a good PNG cut off in the middle", good_png[: len(good_png) // 2]),
        Bad("truncated.pdf", "a good PDF cut off in the middle", good_pdf[: len(good_pdf) // 2]),
        Bad("one-pixel.png", "1 x 1 pixel", _one_pixel()),
        Bad("zip-renamed.pdf", "a zip archive under a PDF's name", _zip()),
        Bad(
            "bomb-header.png",
            "a header of 60000 x 60000 pixels and nothing behind it",
            _png_header(BOMB_SIDE),
        ),
        Bad("password.pdf", "a PDF that needs a password", _locked()),
        Bad("pages300.pdf", "300 pages with a line each", _many_pages(300)),
        Bad("script.svg", "SVG with a script and an outside picture", SVG),
        Bad(
            "photo.heic",
            "text under the name of a HEIC photo",
            b"this is not a photograph, only its name says so\n",
        ),
        Bad("text.png", "text under a PNG's name", b"Monday 09:00-10:00 Maths\n"),
        Bad("png-renamed.pdf", "a PNG under a PDF's name", good_png),
        Bad("blank.png", "a white page", _blank("png")),
        Bad("blank.pdf", "an empty page", _blank("pdf")),
    ]
    if heavy:
        found.append(
            Bad("bomb-full.png", "a valid PNG of 60000 x 60000 pixels, small on disk", _full_bomb())
        )
    return found


# Names only: upload any good file under them. Each must be stored under a name of the system's own.
BAD_NAMES = (
    "../../outside/week.png",
    "..\\..\\outside\\week.pdf",
    "stundenplan – ünïcödé 📅.png",
    "timetable\u202egnp.exe",
    "a" * 300 + ".png",
    "nul\x00byte.png",
    "<img src=x onerror=alert(1)>.jpg",
    ".png",
    "week.pdf.png",
    " .pdf",
    "",
)


def write_bad_files(folder: Path, *, heavy: bool = True) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for bad in bad_files(heavy=heavy):
        path = folder / bad.name
        path.write_bytes(bad.data)
        paths.append(path)
    return paths
