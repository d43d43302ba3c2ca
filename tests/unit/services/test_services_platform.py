from __future__ import annotations

import fcntl
import os
import shutil
import threading
from pathlib import Path

import pytest
from pilaster_local.services import ending, platform, process, record
from pilaster_local.services.folders import Folders
from pilaster_local.services.platform import PlatformError
from pilaster_local.services.process import Process
from pilaster_local.services.record import Record


def start(root: Path) -> None:
    platform.start(root, say=lambda _: None)


@pytest.mark.parametrize("word", ["namespaces", "Landlock", "best"])
def test_an_unknown_level_of_isolation_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
):
    monkeypatch.setenv("PILASTER_ISOLATION", word)
    with pytest.raises(PlatformError, match=f"{word!r}: it may be 'landlock' or 'none'"):
        start(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    folders = Folders(tmp_path.resolve())
    folders.local.mkdir(parents=True)
    folders.logs.write_text("a file where a folder belongs")
    with pytest.raises(PlatformError, match=r"cannot be made.*logs"):
        start(tmp_path)
    shutil.rmtree(folders.sockets, ignore_errors=True)


def test_a_process_that_cannot_be_ended_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(one: Process, *, patience: float) -> bool:
        raise TimeoutError("it does not end, not even by SIGKILL")

    monkeypatch.setattr(process, "stop", stop)
    known = Record(processes={"emulator": Process(7, "now")})
    with pytest.raises(PlatformError, match=r"emulator \(process 7\).*SIGKILL"):
        ending.end(Folders(tmp_path), known)


def test_the_emulator_is_ended_before_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "stop", lambda one, patience: True)
    folders = Folders(tmp_path)
    folders.local.mkdir(parents=True)
    names = ("postgres a", "emulator")
    known = Record(processes={name: Process(7, "now") for name in names})
    assert ending.end(folders, known) == ["emulator", "postgres a"]
    assert record.read(folders.record).processes == {}


def test_a_purge_waits_for_the_lock_and_leaves_its_file(tmp_path: Path):
    folders = Folders(tmp_path.resolve())
    folders.local.mkdir(parents=True)
    with folders.lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        purging = threading.Thread(target=platform.purge, args=(tmp_path,))
        purging.start()
        purging.join(timeout=0.2)
        assert purging.is_alive()
        assert folders.local.exists()
        node = os.fstat(held.fileno()).st_ino
    purging.join(timeout=5)
    assert not folders.local.exists()
    assert folders.lock.stat().st_ino == node
