from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lambdas.documents.preprocessing.noise import despeckled, is_one_bit, noise_of
from lambdas.documents.preprocessing.pictures import WORKING_SIDE, bounded
from lambdas.documents.preprocessing.prepare import prepared
from lambdas.documents.preprocessing.prepared import on_its_feet
from lambdas.documents.preprocessing.upright import lines_lie_level, turn_for
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.picture_pages import legible_letters, read_pictures
from tests.unit.lambdas.documents.preprocessing.table import grained, photographed, sheet


def nobody(piece: Image.Image) -> float:
    """Reads nothing."""
    return 0.0


def test_a_drawn_picture_is_not_touched() -> None:
    picture = sheet()
    found = prepared(picture)
    assert found.picture is picture
    assert found.drawn
    assert found.steps == ()


def test_each_step_says_what_it_did() -> None:
    taken = photographed(sheet(), [(140, 90), (1180, 150), (1120, 860), (90, 900)])
    found = prepared(taken)
    assert not found.drawn
    assert [step.split(" (")[0] for step in found.steps] == ["sheet cut out", "noise smoothed"]


@pytest.mark.parametrize(("quarters", "back"), [(0, 0), (1, 270), (2, 180), (3, 90)])
def test_a_page_is_turned_the_way_it_can_be_read(quarters: int, back: int) -> None:
    page = np.ascontiguousarray(np.rot90(grained(sheet()), quarters))
    assert turn_for(page, legible_letters).degrees == back


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_of_which_nothing_can_be_read_is_not_turned_on_a_guess(quarters: int) -> None:
    page = np.ascontiguousarray(np.rot90(grained(sheet()), quarters))
    assert turn_for(page, nobody).degrees == 0
    assert on_its_feet(prepared(page), nobody) is None


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_preparing_lays_the_lines_level_and_reading_puts_the_page_on_its_feet(
    quarters: int,
) -> None:
    page = np.ascontiguousarray(np.rot90(grained(sheet()), quarters))
    ready = prepared(page)
    assert lines_lie_level(ready.picture) > 1.25
    assert ready.on_its_side == (quarters in (1, 3))
    reading = read_pictures(Kind.PHOTO, [ready])
    words = [w.text for c in reading.pages[0].cells for w in c.words if w.sure > 60]
    assert words.count("Mathematics") >= 3


def test_lines_of_words_say_how_they_lie() -> None:
    page = grained(sheet())
    assert lines_lie_level(page) > 1.25
    assert lines_lie_level(np.ascontiguousarray(np.rot90(page))) < 0.8


def test_noise_is_measured_on_the_paper() -> None:
    assert noise_of(sheet()) == 0
    assert 2 < noise_of(grained(sheet(), 4)) < 8


def fax() -> np.ndarray:
    return np.where(sheet().min(axis=2, keepdims=True) > 128, 255, 0).repeat(3, axis=2).astype("u1")


def test_specks_go_and_full_stops_stay() -> None:
    image = Image.new("RGB", (600, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((100, 100, 110, 120), fill=0)
    pen.rectangle((114, 118, 115, 120), fill=0)  # a full stop beside its letter
    pen.rectangle((400, 200, 401, 200), fill=0)  # a speck in the open
    clean, gone = despeckled(np.array(image))
    assert gone == 2
    assert clean[200, 400].tolist() == [255, 255, 255]
    assert clean[119, 114].tolist() == [0, 0, 0]


def test_a_raster_of_dots_becomes_the_pale_fill_it_was() -> None:
    dots = np.full((300, 300, 3), 255, dtype=np.uint8)
    dots[100:200:4, 100:200:6] = 0
    dots[102:200:4, 103:200:6] = 0
    clean, gone = despeckled(dots)
    assert gone < 40
    assert 200 < clean[150, 150, 0] < 230
    assert clean[20, 20, 0] == 255


def test_one_bit_is_black_or_white_and_nothing_between() -> None:
    assert is_one_bit(fax())
    assert not is_one_bit(sheet())


def test_no_picture_is_worked_on_larger_than_the_bound() -> None:
    large = np.zeros((4 * WORKING_SIDE, 40, 3), dtype=np.uint8)
    assert max(bounded(large).shape) == WORKING_SIDE


@pytest.mark.parametrize("what", ["noise", "stripes", "checks", "black", "white", "dots"])
def test_hostile_pictures_come_out_as_large_as_they_went_in(what: str) -> None:
    side = 700
    rows, columns = np.mgrid[:side, :side]
    field = {
        "noise": np.random.default_rng(3).integers(0, 256, (side, side)),
        "stripes": (rows // 3 % 2) * 255 + np.random.default_rng(3).integers(0, 9, (side, side)),
        "checks": ((rows // 7 + columns // 7) % 2) * 250 + (rows + columns) % 5,
        "black": np.zeros((side, side)),
        "white": np.full((side, side), 255),
        "dots": ((rows % 9 == 0) & (columns % 9 == 0)) * 255,
    }[what]
    picture = np.repeat(np.clip(field, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    assert prepared(picture).picture.shape == picture.shape


@pytest.mark.parametrize("colours", [2, 256])
def test_no_noisy_or_one_bit_picture_is_read_larger_than_the_bound(colours: int) -> None:
    """The pixels bound the memory of `read`: at 6.8 million it takes a third of what it has."""
    noise = np.random.default_rng(1).integers(0, colours, (600, WORKING_SIDE + 400, 1))
    picture = (noise * (255 // (colours - 1))).astype(np.uint8).repeat(3, axis=2)
    assert max(prepared(picture).picture.shape) == WORKING_SIDE


@pytest.mark.parametrize("size", [(1200, 60), (60, 1200), (1200, 200), (240, 6), (3, 3)])
def test_a_strip_is_no_sheet_and_no_crash(size: tuple[int, int]) -> None:
    height, width = size
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert prepared(picture).picture.shape == picture.shape


def test_a_page_of_one_colour_is_not_turned() -> None:
    grey = np.full((500, 400, 3), 240, dtype=np.uint8)
    assert prepared(grey).picture.tolist() == grey.tolist()
