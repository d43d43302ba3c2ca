"""Boxes are told as they stand on the page that is kept, whichever way it was turned to be read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lambdas.documents.preprocessing.upright import HOW
from lambdas.documents.reading.page import Box, Page


@pytest.mark.parametrize("degrees", HOW)
def test_a_box_lies_over_the_same_ink_on_the_page_that_is_kept(degrees: int):
    kept = np.full((60, 100), 255, np.uint8)
    kept[6:18, 70:90] = 0
    how = HOW[degrees]
    image = Image.fromarray(kept)
    read = np.asarray(image if how is None else image.transpose(how))
    rows, columns = np.nonzero(read == 0)
    box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    page = Page(read.shape[1], read.shape[0], cells=(), words=(), turn=degrees)
    assert page.shown(box) == (0.7, 0.1, 0.9, 0.3)
