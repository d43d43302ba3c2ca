"""The archives of the emulator, which lives in an environment these tests do not need."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import os
import stat
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from pilaster_local.services import environment


def _load() -> ModuleType:
    path = environment.PROJECT / "pilaster_emulator/functions/archive.py"
    spec = importlib.util.spec_from_file_location("archive_of_the_emulator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


archive = _load()


def packed(files: dict[str, bytes], **modes: int) -> tuple[str, bytes]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = modes.get(name, 0o100644) << 16
            zipped.writestr(entry, text)
    return base64.b64encode(
        hashlib.sha256(content.getvalue()).digest()
    ).decode(), content.getvalue()


@pytest.fixture
def archives(tmp_path: Path):
    return archive.Archives(tmp_path)


def test_an_archive_is_unpacked_once_and_read_only(archives):
    code, content = packed({"a/b.py": b"x = 1", "run": b"#!"}, run=0o100755)
    folder = archives.unpack(code, lambda: content)
    assert (folder / "a/b.py").read_bytes() == b"x = 1"
    assert stat.S_IMODE((folder / "a/b.py").stat().st_mode) == 0o444
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o555

    def never() -> bytes:
        raise AssertionError("it was unpacked before")

    assert archives.unpack(code, never) == folder


def test_an_archive_is_run_as_it_came_with_its_bytecode_or_without(archives):
    for files in ({"a.py": b"x = 1"}, {"a.py": b"x = 1", "__pycache__/a.pyc": b"its own"}):
        code, content = packed(files)
        folder = archives.unpack(code, lambda content=content: content)
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
        assert there == set(files)


def test_archives_share_equal_files_and_a_sweep_keeps_what_is_used(archives, tmp_path: Path):
    first, one = packed({"shared.pyc": b"same", "own.pyc": b"1"})
    second, two = packed({"shared.pyc": b"same", "own.pyc": b"2"})
    folders = [
        archives.unpack(first, lambda: one),
        archives.unpack(second, lambda: two),
    ]
    assert os.path.samefile(*(folder / "shared.pyc" for folder in folders))
    (tmp_path / "unpacked/left-by-a-crash.zip").write_bytes(b"")
    archives.sweep({first})
    assert sorted(tmp_path.glob("unpacked/*")) == [folders[0]]
    assert len(list(tmp_path.glob("files/*"))) == 2


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_an_entry_that_leads_out_of_the_archive_is_refused(archives, tmp_path: Path, name: str):
    code, content = packed({name: b"x"})
    with pytest.raises(archive.ArchiveError, match="leads out of the archive"):
        archives.unpack(code, lambda: content)
    assert not list(tmp_path.parent.glob("outside"))
    assert not list(tmp_path.glob("unpacked/*"))


def test_a_symbolic_link_is_refused(archives):
    code, content = packed({"link": b"/etc/passwd"}, link=0o120777)
    with pytest.raises(archive.ArchiveError, match="'link' is a symbolic link"):
        archives.unpack(code, lambda: content)
