"""Ends from outside: a run that takes too long, and one that is stopped."""

from __future__ import annotations

import threading
import time
from typing import Any

from pilaster_emulator.executions.run import Run, now
from pilaster_emulator.executions.walking import runs


def install() -> None:
    """Look at the clock, in a thread of its own, and let who stops a run wake it."""
    _install_stop()
    threading.Thread(target=_watch, name="executions", daemon=True).start()


def _watch() -> None:
    """End the executions whose time is over; for ever."""
    while True:
        for run in list(runs.values()):
            deadline = run.record.get("deadline")
            if deadline is not None and now() >= deadline and run.record["status"] == "RUNNING":
                _time_out(run)
        time.sleep(0.25)


def _time_out(run: Run) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import stepfunctions as states

    _, _, _, region, account, *_ = run.record["executionArn"].split(":")
    with request_scope(account, region):
        run.record.update(status="TIMED_OUT", stopDate=states.now_iso())
        states._add_event(run.record, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
        states._emit_execution_status_event(run.record)
    run.end()


def _install_stop() -> None:
    """A stopped execution stops waiting, and its tokens are worth nothing any more."""
    from ministack.services import stepfunctions as states

    stop = states._stop_execution

    def stop_execution(data: dict[str, Any]) -> Any:
        answer = stop(data)
        run = runs.get(str(data.get("executionArn")))
        if run is not None and run.record["status"] != "RUNNING":
            run.end()
        return answer

    states._stop_execution = stop_execution
