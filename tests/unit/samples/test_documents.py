"""Every family and kind draws; the same arguments draw the same document; the sets stay apart."""

import json
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from samples.generator import (
    DAMAGES,
    FAMILIES,
    KINDS,
    SETS,
    camera,
    document,
    fonts,
    generate,
    letters,
    of_set,
    orders,
)
from samples.generator.__main__ import main
from samples.generator.document import UnknownChoiceError
from samples.generator.stock import Stock, dice

MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG", "jpg": b"\xff\xd8\xff"}
ENDING = {
    "pdf_text": "pdf",
    "pdf_scan": "pdf",
    "png_clean": "png",
    "png_scan": "png",
    "jpg_photo": "jpg",
    "fax": "png",
}


def test_there_are_at_least_twelve_families_and_some_are_reserved():
    assert len(of_set("development")) >= 12
    assert len(FAMILIES) - len(of_set("development")) >= 4


def test_the_development_set_cannot_draw_a_reserved_family():
    with pytest.raises(UnknownChoiceError, match="no family 'day-cards'"):
        document("day-cards", 1, "pdf_text")


def test_there_are_at_least_six_faces_and_each_has_the_letters_we_print():
    assert len(fonts.ALL) >= 6
    printed = "".join(chr(code) for code in range(33, 127)) + "–—’£·"
    for family in fonts.ALL:
        for bold in (False, True):
            assert fonts.has_glyphs(printed, fonts.register(family, bold)), family


def test_both_sets_use_at_least_six_faces():
    for set_name in ("development", "held-out"):
        seen = set()
        for drawn in generate(seed=50, count=40, set_name=set_name, kinds=["pdf_text"]):
            seen |= {face.split("-")[0] for face in drawn.truth["fonts"]}
            if len(seen) >= 6:
                break
        assert len(seen) >= 6, (set_name, seen)


def test_both_orientations_come_up():
    shapes = set()
    for drawn in generate(seed=1, count=28, kinds=["pdf_text"]):
        with pypdfium2.PdfDocument(drawn.data) as pdf:
            width, height = pdf[0].get_size()
            shapes.add("portrait" if height > width else "landscape")
    assert shapes == {"portrait", "landscape"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "not_timetable"])
def test_every_kind_is_a_file_of_its_format_and_the_same_one_every_time(kind):
    drawn = document("flat-list", 21, kind)
    ending = ENDING[kind]
    assert drawn.name.endswith(ending)
    assert drawn.data.startswith(MAGIC[ending])
    assert drawn.truth["file"] == drawn.name
    assert drawn.truth["kind"] == kind
    if ending != "pdf":
        assert min(Image.open(BytesIO(drawn.data)).size) > 800
    if kind != "jpg_photo":  # the dearest: its camera is held by a small picture below
        again = document("flat-list", 21, kind)
        assert again.data == drawn.data
        assert again.truth == drawn.truth


def test_the_camera_takes_the_same_photograph_twice_and_another_with_other_dice():
    sheet = Image.new("RGB", (200, 140), "white")
    shots = [camera.photo(dice(shot), sheet, (260, 200)).tobytes() for shot in (1, 1, 2)]
    assert shots[0] == shots[1] != shots[2]


def test_the_kind_changes_the_picture_and_not_the_week():
    weeks = [
        document("soft-tiles", 9, kind).truth["blocks"] for kind in ("pdf_text", "png_clean", "fax")
    ]
    assert weeks[0] == weeks[1] == weeks[2]


def test_a_fax_is_black_and_white():
    drawn = document("class-grid", 5, "fax")
    assert Image.open(BytesIO(drawn.data)).mode == "1"


def test_a_scan_has_no_text_layer():
    with pypdfium2.PdfDocument(document("class-grid", 5, "pdf_scan").data) as pdf:
        assert pdf[0].get_textpage().get_text_range() == ""


@pytest.mark.parametrize("family", letters.KINDS)
def test_what_is_no_timetable_has_no_blocks(family):
    drawing = letters.draw(Stock.of("development", family, 3), family)
    assert drawing.blocks == []
    assert drawing.pages[0].ink


def test_the_truth_of_a_letter_says_that_it_is_no_timetable():
    truth = document("letter", 1, "not_timetable").truth
    assert (truth["is_timetable"], truth["blocks"]) == (False, [])


def test_the_same_seed_in_the_other_set_is_another_document():
    development = document("class-grid", 4, "pdf_text")
    held_out = document("class-grid", 4, "pdf_text", set_name="held-out")
    assert development.truth["blocks"] != held_out.truth["blocks"]


def test_a_run_of_the_held_out_set_draws_every_family_and_about_half_are_reserved():
    run = list(orders(seed=1, count=26, set_name="held-out", kinds=["pdf_text"]))
    assert {order.family for order in run} == set(of_set("held-out"))
    assert sum(FAMILIES[order.family].held_out for order in run) in (12, 13, 14)


def test_in_a_long_run_every_family_meets_every_kind():
    kinds = [kind for kind in KINDS if kind != "not_timetable"]
    for set_name in SETS:
        run = orders(seed=900, count=300, set_name=set_name, kinds=kinds)
        met = {(order.family, order.kind) for order in run}
        assert len(met) == len(of_set(set_name)) * len(kinds)


def test_in_a_long_run_every_kind_meets_every_damage():
    kinds = [kind for kind in KINDS if kind != "not_timetable"]
    run = list(orders(seed=1, count=100, kinds=kinds, damages=DAMAGES))
    met = {(order.kind, order.damage) for order in run}
    assert met == {(k, d) for k in kinds for d in DAMAGES} - {("pdf_text", "smudge")}


def test_two_short_runs_are_one_long_run():
    assert [*orders(seed=1, count=30), *orders(seed=31, count=30)] == [*orders(seed=1, count=60)]


def test_the_command_writes_each_document_with_its_truth(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--seed", "3", "--count", "2", "--kinds", "pdf_text"]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 4
    truth = json.loads((tmp_path / names[1]).read_text(encoding="utf-8"))
    assert (tmp_path / truth["file"]).read_bytes().startswith(b"%PDF-")
    assert truth["file"] in capsys.readouterr().out


def test_a_family_of_the_other_set_is_refused_by_name(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--families", "day-cards", "--kinds", "pdf_text"]) == 2
    assert "no family 'day-cards'; there are: class-grid" in capsys.readouterr().err
