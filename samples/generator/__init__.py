"""Draws school timetables together with what they say.

>>> from samples.generator import document, generate
>>> sheet = document("class-grid", 7, "pdf_text")
>>> sheet.name, sheet.truth["is_timetable"]
('d7-class-grid-pdf-text.pdf', True)
"""

from samples.generator.damage import DAMAGES
from samples.generator.document import KINDS, Document, document
from samples.generator.families import FAMILIES, of_set
from samples.generator.series import Order, generate, orders
from samples.generator.stock import SETS

__all__ = [
    "DAMAGES",
    "FAMILIES",
    "KINDS",
    "SETS",
    "Document",
    "Order",
    "document",
    "generate",
    "of_set",
    "orders",
]
