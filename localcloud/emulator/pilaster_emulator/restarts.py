"""What was in work when the emulator stopped or was killed is taken up again at the next start.

On AWS none of this ends with a machine. ministack calls an execution that ran failed, without the
event that somebody may wait for, and leaves a message in work unseen until its time runs out.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from typing import Any

INTERRUPTED = "States.ServiceRestart"
"""What ministack calls the error of an execution that ran when its state was last saved."""
MOST = 3
"""So often an execution is begun again: one that ends the emulator must not do it for ever."""

log = logging.getLogger("pilaster.restarts")


def resume() -> None:
    """Begin interrupted executions again from their input, and show messages in work again.

    A step may so run twice, as on AWS, where deliveries and retries do the same.
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


def _resume(execution: dict[str, Any]) -> None:
    """It runs from now on; what it does, it does in a thread, as after `StartExecution`."""
    from ministack.core.responses import request_scope
    from ministack.services import stepfunctions as states

    arn = execution["executionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    times = execution["restarts"] = execution.get("restarts", 0) + 1
    execution.update(status="RUNNING", stopDate=None, output=None, mockAttempts={})
    for name in ("error", "cause"):
        del execution[name]
    if times <= MOST:
        log.info("%s was interrupted: it is begun again", arn)
        # What it did so far is the history of a run that is no more.
        del execution["events"][1:]
        work: tuple[Any, ...] = (states._run_execution, arn)
    else:
        log.error("%s was interrupted %d times: it has failed", arn, times)
        reason = f"It was begun {times} times, and each time the local cloud ended before it."
        work = (states._fail_execution, execution, "States.Interrupted", reason)
    with request_scope(account, region):
        context = contextvars.copy_context()
    threading.Thread(target=context.run, args=work, daemon=True).start()
