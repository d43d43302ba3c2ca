"""Cells whose words run into their rim, and looks that are no second ones."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lambdas.documents.reading import pieces
from lambdas.documents.reading.agree import BEYOND_IT, DISPUTED, THROUGH_IT
from lambdas.documents.reading.cells import cells_of
from lambdas.documents.reading.flat import Grey
from lambdas.documents.reading.ocr import Seen
from lambdas.documents.reading.page import Box, Cell, Word
from lambdas.documents.reading.pieces import read_cell
from samples.generator.fonts import FOLDER

PAPER, FILL = 238, 221
WIDE = 1989
"""How far a rule may be broken is a part of the page."""
TILE = Box(40, 40, 169, 168)


def tile(text: str, *, size: int = 80, rule_at: int | None = None, other: int = FILL) -> np.ndarray:
    """A pale tile of which the word fills nearly all the width, in soft print."""
    picture = Image.new("L", (WIDE, 240), PAPER)
    draw = ImageDraw.Draw(picture)
    box = (int(TILE.x0), int(TILE.y0), int(TILE.x1) - 1, int(TILE.y1) - 1)
    draw.rectangle(box, fill=FILL)
    if rule_at is not None:
        draw.rectangle((box[0], rule_at, box[2], box[3]), fill=other)
        if other == FILL:
            draw.line((box[0], rule_at, box[2], rule_at), fill=90)
    large = picture.resize((4 * WIDE, 960), Image.Resampling.NEAREST)
    font = ImageFont.truetype(FOLDER / "book-bold.ttf", size)
    across = 4 * (TILE.x0 + TILE.x1) / 2
    ImageDraw.Draw(large).text((across, 4 * 104), text, fill=0, font=font, anchor="ms")
    soft = large.rotate(-0.2, resample=Image.Resampling.BICUBIC, fillcolor=PAPER)
    soft = soft.resize((WIDE, 240), Image.Resampling.LANCZOS)
    return np.asarray(soft.convert("RGB"))


def in_tile(picture: np.ndarray) -> list[Box]:
    return [c.box for c in cells_of(picture)[0] if 30 < c.box.x0 < 60 and c.box.x1 < 200]


@pytest.mark.parametrize("size", [80, 84, 88, 92, 96])
def test_the_feet_of_letters_cut_no_tile_in_two(size: int) -> None:
    assert len(in_tile(tile("Summer Exam", size=size))) == 1


def test_a_rule_below_the_word_still_does() -> None:
    assert len(in_tile(tile("Economics", rule_at=120))) == 2


def test_so_does_another_fill() -> None:
    assert len(in_tile(tile("Economics", rule_at=120, other=200))) == 2


def flat_with(text: str) -> Grey:
    page = Image.new("L", (400, 120), 255)
    font = ImageFont.truetype(FOLDER / "book-bold.ttf", 26)
    ImageDraw.Draw(page).text((200, 70), text, fill=0, font=font, anchor="ms")
    return np.asarray(page)


def cell(flat: Grey, y0: int, y1: int) -> Cell:
    """With what the page's own look saw of it."""
    first = Word("?", Box(100, 50, 300, 70), size=26, sure=50)
    assert flat.shape == (120, 400)
    return Cell(Box(60, y0, 340, y1), (255, 255, 255), (first,), ink=True)


@pytest.mark.parametrize(("y0", "y1"), [(10, 67), (10, 65), (58, 110), (52, 110)])
def test_half_a_word_is_never_read_surely(y0: int, y1: int) -> None:
    flat = flat_with("Economics").copy()
    flat[: y0 + 3], flat[y1 - 3 :] = 255, 255
    read = read_cell(cell(flat, y0, y1), flat)
    assert (read.readings, read.others) == (0, (BEYOND_IT,))
    assert all(word.sure <= DISPUTED for word in read.words)


def test_a_whole_one_is() -> None:
    flat = flat_with("Economics")
    read = read_cell(cell(flat, 10, 110), flat)
    assert [word.text for word in read.words] == ["Economics"]
    assert read.readings > 0
    assert read.words[0].sure > DISPUTED


@pytest.mark.parametrize("longest", [1000, 1295, 1684, 2400])
def test_two_looks_of_one_size_are_one(longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole page and a piece of it in the same size hold the same pixels."""
    asked: list[float] = []

    def said(picture: Image.Image, mode: int, *, scale: float = 1.0, only: str = "") -> list[Seen]:
        asked.append(scale)
        return [Seen(f"{scale}", Box(0, 0, 60, 20), 96.0, (1,))]

    monkeypatch.setattr(pieces, "words_in", said)
    flat = np.full((700, longest), 255, dtype=np.uint8)
    flat[:120, :400] = flat_with("Economics")
    own = pieces.page_scale(flat)
    read = read_cell(Cell(Box(60, 10, 340, 110), (255, 255, 255), (), ink=True), flat)
    assert read.readings == 0
    assert len(asked) == 3
    assert all(max(scale / own, own / scale) > 1.1 for scale in asked)


@pytest.mark.parametrize("text", ["Games", "PSHE", "Guided"])
@pytest.mark.parametrize("thick", [2, 3])
def test_a_word_that_is_crossed_out_is_never_read_surely(text: str, thick: int) -> None:
    flat = flat_with(text).copy()
    ink = np.flatnonzero((flat < 128).any(axis=0))
    flat[61 : 61 + thick, ink[0] - 3 : ink[-1] + 4] = 0
    read = read_cell(cell(flat, 10, 110), flat)
    assert read.readings == 0
    assert read.others == (THROUGH_IT,) or read.words == ()
