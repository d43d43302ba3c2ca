"""Damage changes one place on the page and leaves the truth alone."""

from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from samples.generator import DAMAGES, document, of_set
from samples.generator.damage import NothingToDamageError, _odd, _swaps


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("family", of_set("held-out"))
@pytest.mark.parametrize("damage", ["erased", "swapped", "covered"])
def test_damage_changes_what_is_printed_and_not_the_truth(family, damage):
    whole = document(family, 6, "pdf_text", set_name="held-out")
    harmed = document(family, 6, "pdf_text", set_name="held-out", damage=damage)
    assert harmed.truth["blocks"] == whole.truth["blocks"]
    assert text_of(harmed.data) != text_of(whole.data)
    note = harmed.truth["damage"]
    assert note["what"] == damage
    assert note["printed"] != note["now"]


def test_an_erased_cell_keeps_its_border():
    whole = document("class-grid", 6, "pdf_text").data
    harmed = document("class-grid", 6, "pdf_text", damage="erased")
    pictures = []
    for data in (whole, harmed.data):
        with pypdfium2.PdfDocument(data) as pdf:
            pictures.append(np.asarray(pdf[0].render(scale=1).to_pil().convert("L"), int))
    rows, columns = np.nonzero(np.abs(pictures[0] - pictures[1]) > 40)
    left, top, right, bottom = harmed.truth["damage"]["box"]
    assert left + 1 < columns.min()
    assert columns.max() < right - 1
    assert top + 1 < rows.min()
    assert rows.max() < bottom - 1


def test_a_smudge_darkens_its_place_and_nothing_else():
    whole = document("class-grid", 6, "png_clean")
    harmed = document("class-grid", 6, "png_clean", damage="smudge")
    one, two = (np.asarray(Image.open(BytesIO(d.data)).convert("L"), int) for d in (whole, harmed))
    rows, columns = np.nonzero(one != two)
    scale = one.shape[1] / harmed.truth["damage"]["page_size"][0]
    left, top, right, bottom = (side * scale for side in harmed.truth["damage"]["box"])
    assert left - 2 <= columns.min() <= columns.max() <= right + 2
    assert top - 2 <= rows.min() <= rows.max() <= bottom + 2


def test_a_text_layer_cannot_be_smudged():
    with pytest.raises(NothingToDamageError, match="take another kind"):
        document("class-grid", 6, "pdf_text", damage="smudge")


def test_an_unknown_damage_is_refused_with_those_there_are():
    with pytest.raises(NothingToDamageError, match=", ".join(DAMAGES)):
        document("class-grid", 6, "pdf_text", damage="burnt")


def test_every_swap_of_a_time_exchanges_two_neighbouring_digits():
    assert _swaps("09:15") == ["90:15", "01:95", "09:51"]
    assert _swaps("11.00") == ["10.10"]
    assert _swaps("Maths") == []


@pytest.mark.parametrize(
    ("printed", "odd"),
    [
        ("09:51", True),
        ("90:15", True),
        ("10:20 - 10:02", True),
        ("10:50", False),
        ("1.05 - 1.50", False),
    ],
)
def test_a_swap_a_reader_can_see_is_told_from_one_that_looks_right(printed, odd):
    assert _odd(printed) is odd
