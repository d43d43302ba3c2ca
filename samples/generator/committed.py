"""The few documents that are kept in the repository: for the demo, the tests and the README."""

from pathlib import Path

from samples.generator.document import Document, document
from samples.generator.series import write

FOLDER = Path(__file__).resolve().parents[1] / "timetables"
# name, family, seed, kind
CHOICE = (
    ("demo", "class-grid", 1640, "png_scan"),
    ("pupil", "period-columns", 9, "pdf_text"),
    ("nursery", "time-in-cell", 10, "pdf_text"),
    ("tiles", "soft-tiles", 4, "png_clean"),
    ("list", "flat-list", 4, "png_clean"),
    ("college", "proportional", 2, "png_clean"),
    ("teacher", "start-end-columns", 8, "pdf_scan"),
    ("phone", "class-grid", 8, "jpg_photo"),
    ("letter", "letter", 1, "not_timetable"),
)


def committed() -> list[Document]:
    """Drawn anew."""
    return [document(family, seed, kind, name=name) for name, family, seed, kind in CHOICE]


def rewrite() -> list[Path]:
    return write(committed(), FOLDER)
