"""Small documents drawn for a test: a grid in a PDF with its own text, and pictures as PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

Text = tuple[float, float, float, str]
Cell = tuple[int, int, int, int, str]
"""Column, row, columns, rows, text; rows count from the top."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TIMES = ("08:45 - 09:00", "09:00 - 10:00", "10:00 - 10:20", "10:20 - 11:20", "11:20 - 12:20")


def png_of(picture: Image.Image) -> bytes:
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def pdf_of(pages: Sequence[Sequence[Text]]) -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def grid_pdf(cells: Sequence[Cell], *, cover: Sequence[tuple[int, int]] = ()) -> bytes:
    """A ruled grid of 120 x 48 points; `cover` lays white paper over the words of cells."""
    held = io.BytesIO()
    width, height = landscape(A4)
    canvas = Canvas(held, pagesize=(width, height))
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(40, height - 40, "Class 4 Willow")
    wide, high, left, top = 120.0, 48.0, 40.0, height - 70
    for column, row, columns, rows, text in cells:
        x, y = left + column * wide, top - (row + rows) * high
        canvas.rect(x, y, columns * wide, rows * high)
        lines = text.split("\n")
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica", 11 if number == 0 else 8)
            canvas.drawCentredString(
                x + columns * wide / 2, y + rows * high / 2 + 4 - 12 * number, line
            )
    canvas.setFillGray(1)
    for column, row in cover:
        x, y = left + column * wide + 4, top - (row + 1) * high + 4
        canvas.rect(x, y, wide - 8, high - 8, stroke=0, fill=1)
    canvas.save()
    return held.getvalue()


def week(
    lessons: Sequence[Sequence[str]],
    *,
    times: Sequence[str] = TIMES,
    days: Sequence[str] = DAYS,
) -> list[Cell]:
    """The cells of a plain grid: `lessons` row by row."""
    cells: list[Cell] = [(0, 0, 1, 1, "Time")]
    cells += [(i + 1, 0, 1, 1, day) for i, day in enumerate(days)]
    for row, (time, lesson) in enumerate(zip(times, lessons, strict=True), start=1):
        cells.append((0, row, 1, 1, time))
        cells += [(i + 1, row, 1, 1, text) for i, text in enumerate(lesson)]
    return cells
