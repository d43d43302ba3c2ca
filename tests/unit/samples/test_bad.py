"""The hostile files are what they claim to be."""

import struct

import pypdfium2
import pytest

from samples.generator.bad import BAD_NAMES, BOMB_SIDE, bad_files, write_bad_files

FILES = {bad.name: bad.data for bad in bad_files(heavy=False)}


def test_a_locked_pdf_does_not_open_without_its_password():
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(FILES["password.pdf"])
    with pypdfium2.PdfDocument(FILES["password.pdf"], password="secret") as opened:
        assert len(opened) == 1


def test_the_long_pdf_has_three_hundred_pages():
    with pypdfium2.PdfDocument(FILES["pages300.pdf"]) as opened:
        assert len(opened) == 300


def test_the_bomb_claims_its_size_in_the_header():
    assert struct.unpack(">II", FILES["bomb-header.png"][16:24]) == (BOMB_SIDE, BOMB_SIDE)


def test_the_names_try_to_leave_the_folder_and_to_run():
    assert any(".." in name for name in BAD_NAMES)
    assert any("<img" in name for name in BAD_NAMES)


def test_the_files_are_written_where_they_are_asked_for(tmp_path):
    paths = write_bad_files(tmp_path / "bad", heavy=False)
    assert {path.name for path in paths} == set(FILES)
