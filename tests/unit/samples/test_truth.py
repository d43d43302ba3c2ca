"""What the truth says must stand on the page, read back by other means than the generator's."""

import re
from collections import defaultdict
from itertools import pairwise

import pypdfium2
import pytest

from samples.generator import FAMILIES, SETS, document, fonts, of_set
from samples.generator.page import Text
from samples.generator.stock import Stock

EVERY_FAMILY = [(set_name, family) for set_name in SETS for family in of_set(set_name)]
TIME = re.compile(r"(?<!\d)(\d{1,2})[:.]?(\d{2})(?!\d)")
FIRST_HOUR = 7


def minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def printed_text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def printed_times(text: str) -> set[int]:
    """Every time on the page; hours before seven are afternoon."""
    found = set()
    for hour, minute in TIME.findall(text):
        hours = int(hour) if int(hour) >= FIRST_HOUR else int(hour) + 12
        found.add(hours * 60 + int(minute))
    return found


@pytest.mark.parametrize(("set_name", "family"), EVERY_FAMILY)
def test_every_title_and_time_of_the_truth_stands_in_the_text_layer(set_name, family):
    for seed in (1, 2):
        drawn = document(family, seed, "pdf_text", set_name=set_name)
        text = printed_text(drawn.data)
        letters = re.sub(r"\s+", "", text)
        times = printed_times(text)
        for block in drawn.truth["blocks"]:
            assert re.sub(r"\s+", "", block["title"]) in letters, (drawn.name, block)
            assert {minutes(block["start"]), minutes(block["end"])} <= times, (drawn.name, block)


@pytest.mark.parametrize(("set_name", "family"), EVERY_FAMILY)
def test_the_days_of_the_truth_are_in_order_and_nothing_overlaps(set_name, family):
    for seed in (3, 4):
        truth = document(family, seed, "pdf_text", set_name=set_name).truth
        days = defaultdict(list)
        for block in truth["blocks"]:
            assert re.fullmatch(r"\d\d:\d\d", block["start"])
            assert block["start"] < block["end"]
            assert block["title"].strip() == block["title"] != ""
            days[block["day"]].append(block)
        assert list(days) == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
        for blocks in days.values():
            assert all(one["end"] <= two["start"] for one, two in pairwise(blocks)), family


@pytest.mark.parametrize(("set_name", "family"), EVERY_FAMILY)
def test_nothing_is_drawn_over_the_edge_of_the_page(set_name, family):
    for seed in range(8):
        drawing = FAMILIES[family].draw(Stock.of(set_name, family, seed))
        for page in drawing.pages:
            for ink in page.ink:
                if not isinstance(ink, Text):
                    continue
                long = fonts.width(ink.text, ink.face, ink.size)
                right = ink.x if ink.angle else ink.x + long
                top = ink.y - (long if ink.angle else ink.size)
                assert ink.x >= 0, (family, seed, ink.text)
                assert right <= page.width, (family, seed, ink.text)
                assert top >= 0, (family, seed, ink.text)
                assert ink.y <= page.height, (family, seed, ink.text)
