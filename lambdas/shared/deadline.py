"""An end to what takes too long, while there is still time to say so.

Lambda kills a function that runs out of time without a word: the client gets API Gateway's answer,
and the log says nothing of where the time went.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """Raised wherever the code is. No `Exception`: what handles those must not go on after it."""


@contextmanager
def ends_after(seconds: float) -> Iterator[None]:
    """Raises OutOfTimeError in the block once the seconds are over; none left is no limit.

    Only on the main thread, where Lambda calls handlers: Python delivers signals nowhere else.
    """
    if seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _stop(number: int, frame: FrameType | None) -> None:
    raise OutOfTimeError
