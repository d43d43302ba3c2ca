"""Hashes of assets and archives."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest
from pilaster_local.engine.assets import Hashes, with_hashes
from pilaster_local.engine.errors import RegistrationError
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, secret


def hashed(value: dict, folder: Path) -> dict:
    hashes = Hashes(folder / "memory")
    return with_hashes({"it": value}, urn="urn:x", folder=folder, hashes=hashes)["it"]


def test_files_texts_and_packed_archives_are_hashed_as_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    expected = hashlib.sha256(b"PK").hexdigest()
    for value in (
        {SIGNATURE: ARCHIVE, "path": "a.zip"},
        {SIGNATURE: ARCHIVE, "path": str(tmp_path / "a.zip")},
        {SIGNATURE: ASSET, "path": "a.zip"},
        {SIGNATURE: ASSET, "text": "PK"},
    ):
        assert hashed(value, tmp_path) == {**value, "hash": expected}


def test_a_folder_is_hashed_by_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "a.py").write_text("1")
    value = {SIGNATURE: ARCHIVE, "path": "code"}
    first = hashed(value, tmp_path)["hash"]
    assert hashed(value, tmp_path)["hash"] == first
    (folder / "a.py").rename(folder / "b.py")
    assert hashed(value, tmp_path)["hash"] != first


def test_an_archive_of_assets_changes_with_its_members(tmp_path: Path) -> None:
    def packed(text: str) -> dict:
        return {SIGNATURE: ARCHIVE, "assets": {"x": {SIGNATURE: ASSET, "text": text}}}

    assert hashed(packed("1"), tmp_path)["hash"] != hashed(packed("2"), tmp_path)["hash"]


def test_an_archive_inside_a_secret_is_hashed_too(tmp_path: Path) -> None:
    value = hashed(secret({SIGNATURE: ASSET, "text": "x"}), tmp_path)
    assert value["value"]["hash"] == hashlib.sha256(b"x").hexdigest()


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"one")
    value = {SIGNATURE: ARCHIVE, "path": "a.zip"}
    first = hashed(value, tmp_path)["hash"]
    (tmp_path / "a.zip").write_bytes(b"two!")
    assert hashed(value, tmp_path)["hash"] != first


def test_a_file_that_did_not_change_is_not_read_again_by_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"one")
    first = Hashes(tmp_path / "memory")
    expected = first.of(file)
    first.save()
    status = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert Hashes(tmp_path / "memory").of(file) == expected, "it was read"
    os.utime(file)
    assert Hashes(tmp_path / "memory").of(file) == hashlib.sha256(b"two").hexdigest()


def test_a_damaged_memory_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("{")
    (tmp_path / "a.zip").write_bytes(b"one")
    assert Hashes(tmp_path / "memory").of(tmp_path / "a.zip") == hashlib.sha256(b"one").hexdigest()


@pytest.mark.parametrize("path", ["missing.zip", "missing"])
def test_a_missing_file_is_named_with_its_resource(tmp_path: Path, path: str) -> None:
    with pytest.raises(RegistrationError, match=f"urn:x: cannot read the file '{path}'"):
        hashed({SIGNATURE: ARCHIVE, "path": path}, tmp_path)


# --- the hashes that `pulumi` 3.259 wrote into its state -----------------------------------------


def test_a_folder_has_the_hash_the_official_engine_gives_it(tmp_path: Path) -> None:
    long = "long" * 30
    files = {
        "a.txt": "hi\n",
        "deep/er/b.txt": "yo\n",
        f"{long}/{'name' * 30}": "z\n",  # too long for the old tar format
        f"{long}/short": "z\n",
        "ünïcode.txt": "ü\n",
        "Z": "Z\n",
        "empty": "",
        "deep/zeros": "\0" * 1500,
        ".pulumi/x": "left out",
    }
    for name, text in files.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "folder" / "link").symlink_to("a.txt")
    assert hashed({SIGNATURE: ARCHIVE, "path": "folder"}, tmp_path)["hash"] == (
        "5698ec5807b4686fbe14b6e5f244de90629d946dff9e232a1bb03921800083c1"
    )


def test_an_archive_that_is_put_together_has_the_hash_the_official_engine_gives_it(
    tmp_path: Path,
) -> None:
    index = {SIGNATURE: ASSET, "text": "hello"}
    assert hashed({SIGNATURE: ARCHIVE, "assets": {"index.py": index}}, tmp_path)["hash"] == (
        "0918ae6b1bd5245f5ac7d2175319587e96ad18e7d37fdf2d7c1dc690e4fca3d5"
    )


def test_archives_inside_of_one_are_laid_open(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("1")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        packed.writestr("x", "1")
    inner = [
        {SIGNATURE: ARCHIVE, "path": "folder"},
        {SIGNATURE: ARCHIVE, "path": "packed.zip"},
        {SIGNATURE: ARCHIVE, "assets": {"x": {SIGNATURE: ASSET, "text": "1"}}},
    ]
    hashes = {
        hashed({SIGNATURE: ARCHIVE, "assets": {"in": archive}}, tmp_path)["hash"]
        for archive in inner
    }
    assert len(hashes) == 1
