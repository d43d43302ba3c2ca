"""The bytes a function is sent."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pulumi
import pytest
from pilaster_local.providers.aws import archives
from pilaster_local.providers.aws.archives import ArchiveMissingError


def test_a_zip_file_goes_up_as_it_is(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"zipped")
    assert archives.content(pulumi.FileArchive(str(tmp_path / "a.zip"))) == b"zipped"


def test_a_folder_and_the_same_parts_give_the_same_bytes(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    parts = {"in/b.py": pulumi.StringAsset("b"), "a.py": pulumi.FileAsset(str(tmp_path / "a.py"))}
    folder = archives.content(pulumi.FileArchive(str(tmp_path)))
    assert folder == archives.content(pulumi.AssetArchive(parts))
    assert zipfile.ZipFile(io.BytesIO(folder)).namelist() == ["a.py", "in/b.py"]


def test_an_archive_without_a_body_has_no_digest_and_says_so_when_it_is_sent():
    placeholder = pulumi.FileArchive("/nowhere/package.zip")
    assert archives.digest(placeholder) is None
    with pytest.raises(ArchiveMissingError, match="/nowhere"):
        archives.content(placeholder)
