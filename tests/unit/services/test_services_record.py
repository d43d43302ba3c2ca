from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from pilaster_local.services import record
from pilaster_local.services.folders import Folders
from pilaster_local.services.process import Process
from pilaster_local.services.record import Record


def test_a_record_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path):
    written = Record(port=1, database_port=2, instance="a", processes={"x": Process(1, "now")})
    record.write(tmp_path / "platform.json", written)
    assert record.read(tmp_path / "platform.json") == written
    assert stat.S_IMODE((tmp_path / "platform.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": 1}', '{"processes": {"x": {}}}'])
def test_a_record_that_cannot_be_read_is_an_empty_one(tmp_path: Path, text: str):
    (tmp_path / "platform.json").write_text(text)
    assert record.read(tmp_path / "platform.json") == Record()


def test_a_deep_project_gets_sockets_with_a_short_path(tmp_path: Path):
    assert Folders(Path("/home/me/project")).sockets == Path("/home/me/project/.pilaster/local/run")
    deep = Folders(Path("/home") / ("d" * 90))
    assert len(str(deep.sockets)) < 60
    assert deep.sockets != Folders(Path("/home") / ("e" * 90)).sockets


def test_what_a_start_makes_is_closed_to_others(tmp_path: Path):
    folders = Folders(tmp_path)
    folders.make()
    try:
        for folder in (folders.local, folders.logs, folders.postgres, folders.sockets):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    finally:
        # A long path of pytest's puts this one elsewhere.
        shutil.rmtree(folders.sockets)
