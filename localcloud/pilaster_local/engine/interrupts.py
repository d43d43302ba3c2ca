"""Ctrl-C: nothing new begins, what is in flight is finished, and then the run ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_ctrl_c(
    stop: Callable[[], None], *, drain: Callable[[], None], again: Callable[[], None]
) -> Iterator[Callable[[], bool]]:
    """Call `stop` at Ctrl-C before KeyboardInterrupt is raised; yields whether that happened.

    The SDK catches the exception if it strikes while the program's own lines run, and would then
    register all that is left. A caller with a handler of its own, or in a thread, keeps it.

    However the run ends, `drain` returns when nothing is in flight. A second Ctrl-C raises nothing,
    or it would break that wait and free the stack while a thread still creates; it calls `again`.
    """
    happened = threading.Event()
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )

    def interrupted(signum: int, frame: object) -> None:
        if happened.is_set():
            # Not here: this thread may be in the middle of telling something else.
            threading.Thread(target=again, name="pilaster-patience", daemon=True).start()
            return
        happened.set()
        stop()
        raise KeyboardInterrupt

    if ours:
        signal.signal(signal.SIGINT, interrupted)
    try:
        try:
            yield happened.is_set
        finally:
            drain()
    except KeyboardInterrupt:
        drain()  # the only one may have struck while draining
        raise
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
