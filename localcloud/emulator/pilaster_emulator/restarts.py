"""What was in work when the emulator stopped or was killed is taken up again at the next start.

On AWS none of this ends with a machine. ministack calls an execution that ran failed, without the
event that somebody may wait for, and leaves a message in work unseen until its time runs out.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from pilaster_emulator.executions import calls, walking
from pilaster_emulator.executions.journal import ASKED, BEGAN
from pilaster_emulator.executions.run import Run

INTERRUPTED = "States.ServiceRestart"
"""What ministack calls the error of an execution that ran when its state was last saved."""
MOST = 3
"""So often one call is made again: one that ends the emulator must not do it for ever."""

log = logging.getLogger("pilaster.restarts")


def resume() -> None:
    """Take interrupted executions up where they were, and show messages in work again.

    A call that was under way may so be made twice, as on AWS, where deliveries and retries do the
    same. One that was done is not, and who waits for an answer waits on, with the same token.
    """
    from ministack.services import sqs
    from ministack.services import stepfunctions as states

    now = time.time()
    for queue in list(sqs._queues._data.values()):
        for message in queue["messages"]:
            # One that nobody received yet is not in work: it waits for its delay.
            if message.get("receive_count"):
                message["visible_at"] = min(message.get("visible_at", now), now)
    for execution in list(states._executions._data.values()):
        # Whoever waited for the answer of a synchronous one waits no more.
        if execution.get("error") == INTERRUPTED and not execution.get("sync"):
            _resume(execution)


def _resume(record: dict[str, Any]) -> None:
    """It runs from now on; what it does, it does in a thread, as after `StartExecution`."""
    from ministack.core.responses import request_scope
    from ministack.services import stepfunctions as states

    arn = record["executionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    record.update(status="RUNNING", stopDate=None, output=None, mockAttempts={})
    for name in ("error", "cause"):
        del record[name]
    with request_scope(account, region):
        walking.prepare(record)
        record["replay_to"] = len(record["events"])
        run = walking.runs[arn] = Run(record)
        worn_out = _interrupted(run)
        # Kept with the execution: who asks for its document is told what was not done twice.
        record["resumed"] = [*record.get("resumed", []), _noted(states, run)]
        if worn_out is None:
            log.info("%s was interrupted: it goes on", arn)
            # Before anybody is answered: an answer may be the first thing that comes.
            for key, asked in run.journal.open(ASKED):
                calls.expect(run, key, asked["token"])
            work: tuple[Any, ...] = (states._run_execution, arn)
        else:
            log.error("%s was interrupted %d times in %s: it has failed", arn, MOST + 1, worn_out)
            reason = f"{worn_out} was begun {MOST + 1} times, and each time the local cloud ended."
            work = (states._fail_execution, record, "States.Interrupted", reason)
            del walking.runs[arn]
        context = contextvars.copy_context()
    threading.Thread(target=context.run, args=work, daemon=True).start()


def interruptions() -> dict[str, list[dict[str, Any]]]:
    """Of each execution that was interrupted, by its name: when it went on, the states whose
    outcome was `kept`, those whose call is made `again`, and those that wait on for an answer."""
    from ministack.services import stepfunctions as states

    return {
        record["name"]: record["resumed"]
        for record in list(states._executions._data.values())
        if record.get("resumed")
    }


def _noted(states: Any, run: Run) -> dict[str, Any]:
    waiting = {key for key, _ in run.journal.open(ASKED)}
    open_ = {key for key, _ in run.journal.open(BEGAN)} - waiting
    return {
        "at": states.now_iso(),
        "kept": _names(run.journal.done()),
        "again": _names(open_),
        "waiting": _names(waiting),
    }


def _names(keys: Iterable[str]) -> list[str]:
    """The states of journal keys such as `read#1/2`, in their order, each once."""
    return list(dict.fromkeys(key.partition("#")[0] for key in keys))


def _interrupted(run: Run) -> str | None:
    """The call that was interrupted once too often, if there is one."""
    asked = {key for key, _ in run.journal.open(ASKED)}
    before = run.record.get("interrupted", {})
    open_ = [key for key, _ in run.journal.open(BEGAN) if key not in asked]
    run.record["interrupted"] = {key: before.get(key, 0) + 1 for key in open_}
    return next((key for key, n in run.record["interrupted"].items() if n > MOST), None)
