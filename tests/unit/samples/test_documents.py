"""Every family and kind draws; the same arguments draw the same document; the sets stay apart."""

import json
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from samples.generator import FAMILIES, KINDS, document, fonts, generate, letters, of_set
from samples.generator.__main__ import main
from samples.generator.document import UnknownChoiceError

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
def test_every_kind_is_a_file_of_its_format_and_the_truth_names_it(kind):
    drawn = document("class-grid", 5, kind)
    ending = ENDING[kind]
    assert drawn.name.endswith(ending)
    assert drawn.data.startswith(MAGIC[ending])
    assert drawn.truth["file"] == drawn.name
    assert drawn.truth["kind"] == kind
    if ending != "pdf":
        assert min(Image.open(BytesIO(drawn.data)).size) > 800


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
    truth = document(family, 3, "not_timetable").truth
    assert truth["is_timetable"] is False
    assert truth["blocks"] == []


@pytest.mark.parametrize("kind", ["pdf_text", "pdf_scan", "png_scan", "jpg_photo", "fax"])
def test_the_same_arguments_give_the_same_bytes_and_the_same_truth(kind):
    one, two = document("flat-list", 21, kind), document("flat-list", 21, kind)
    assert one.data == two.data
    assert one.truth == two.truth


def test_the_same_seed_in_the_other_set_is_another_document():
    development = document("class-grid", 4, "pdf_text")
    held_out = document("class-grid", 4, "pdf_text", set_name="held-out")
    assert development.truth["blocks"] != held_out.truth["blocks"]


def test_a_run_takes_every_family_of_the_set_in_turn():
    names = {
        d.truth["family"]
        for d in generate(seed=1, count=20, set_name="held-out", kinds=["pdf_text"])
    }
    assert names == set(of_set("held-out"))


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
