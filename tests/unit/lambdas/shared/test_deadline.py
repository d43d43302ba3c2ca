"""An end to what takes too long: in time, for its block alone, and past every handler of errors."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress

import pytest

from lambdas.shared.deadline import OutOfTimeError, ends_after


def test_what_takes_too_long_is_ended():
    started = time.monotonic()
    with pytest.raises(OutOfTimeError), ends_after(0.05):
        time.sleep(30)
    assert time.monotonic() - started < 10


def test_what_handles_errors_does_not_handle_this_one():
    with pytest.raises(OutOfTimeError), ends_after(0.05), suppress(Exception):
        time.sleep(30)


def test_nothing_rings_after_the_block():
    with ends_after(0.05):
        pass
    time.sleep(0.1)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_time_left_is_no_limit(seconds: float):
    with ends_after(seconds):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_another_thread_than_the_main_one_has_no_limit():
    ended: list[str] = []

    def work() -> None:
        with ends_after(0.01):
            time.sleep(0.05)
        ended.append("by itself")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == ["by itself"]
