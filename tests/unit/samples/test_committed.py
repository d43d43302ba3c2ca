"""The files in samples/timetables are what the generator makes of them today."""

import json

import pytest

from samples.generator.committed import CHOICE, FOLDER, committed

DRAWN = {drawn.name.split(".")[0]: drawn for drawn in committed()}


@pytest.mark.parametrize("name", [choice[0] for choice in CHOICE])
def test_a_committed_truth_is_what_the_generator_says(name):
    kept = json.loads((FOLDER / f"{name}.truth.json").read_text(encoding="utf-8"))
    assert kept == DRAWN[name].truth, "run python -m samples.generator --committed"
    assert (FOLDER / kept["file"]).stat().st_size > 0


@pytest.mark.parametrize("name", ["pupil", "nursery"])
def test_a_committed_text_pdf_is_the_same_to_the_byte(name):
    assert (FOLDER / f"{name}.pdf").read_bytes() == DRAWN[name].data


def test_the_folder_holds_nothing_else():
    known = {drawn.name for drawn in DRAWN.values()} | {f"{name}.truth.json" for name in DRAWN}
    assert {path.name for path in FOLDER.iterdir()} == known


def test_the_committed_set_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000


def test_the_fonts_come_with_their_licences():
    folder = FOLDER.parent / "fonts"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000
    notice = (folder / "LICENCES.md").read_text(encoding="utf-8")
    families = {path.stem.split("-")[0] for path in folder.glob("*.ttf")}
    assert [family for family in sorted(families) if f"`{family}`" not in notice] == []
