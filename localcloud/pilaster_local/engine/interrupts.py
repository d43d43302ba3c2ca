"""Ctrl-C: nothing new begins, what is in flight is finished, and then the run ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_ctrl_c(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Call `stop` at Ctrl-C before KeyboardInterrupt is raised; yields whether that happened.

    The SDK catches the exception if it strikes while the program's own lines run, and would then
    register all that is left. A caller with a handler of its own, or in a thread, keeps it.
    """
    happened = threading.Event()
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )

    def interrupted(signum: int, frame: object) -> None:
        happened.set()
        stop()
        raise KeyboardInterrupt

    if ours:
        signal.signal(signal.SIGINT, interrupted)
    try:
        yield happened.is_set
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
