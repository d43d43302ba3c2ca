from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from pilaster_local.services import process


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def test_a_process_is_known_by_pid_and_start_time():
    child = sleeper()
    try:
        known = process.identify(child.pid)
        assert known is not None
        assert process.is_alive(known)
        assert not process.is_alive(replace(known, started="another time"))
    finally:
        child.kill()
        child.wait(timeout=5)
    assert not process.is_alive(known)


def test_a_stranger_with_the_same_pid_is_not_stopped():
    child = sleeper()
    try:
        known = process.identify(child.pid)
        assert known is not None
        assert process.stop(replace(known, started="before the restart"), patience=1) is False
        assert child.poll() is None
        assert process.stop(known, patience=5) is True
        assert process.started_at(child.pid) is None
    finally:
        child.kill()
        child.wait(timeout=5)


def test_a_process_that_ignores_the_request_is_killed():
    code = "import signal, sys, time; signal.signal(15, 1); print(flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    known = process.identify(child.pid)
    assert known is not None
    assert process.stop(known, patience=0.1) is True
    child.stdout.close()
    child.wait(timeout=5)
