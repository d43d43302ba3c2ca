"""What functions printed, as CloudWatch Logs has it, without an end to it.

ministack makes a log stream for each invocation and keeps all of them in the state that is saved.
On AWS the group's retention says how many days; here the newest invocations stay, and the log files
of the platform have the rest.
"""

from __future__ import annotations

import re
from typing import Any

STREAMS = 100
"""Kept of each group: the newest invocations of what writes there."""

_OF_AN_INVOCATION = re.compile(r"\d{4}/\d\d/\d\d/\[[^]]+\][0-9a-f]{32}")
"""What somebody else put into the group is not ours to delete."""


def install() -> None:
    """Put this around ministack's own function, which works in the scope of the function's."""
    from ministack.services import cloudwatch_logs, lambda_svc

    stock = lambda_svc._emit_lambda_logs

    def emit(func: dict[str, Any], *more: Any, **named: Any) -> None:
        stock(func, *more, **named)
        config = func.get("config") or func
        named_group = (config.get("LoggingConfig") or {}).get("LogGroup")
        group = cloudwatch_logs._log_groups.get(
            named_group or f"/aws/lambda/{config.get('FunctionName', 'unknown')}"
        )
        if group is not None:
            trim(group["streams"])

    lambda_svc._emit_lambda_logs = emit


def trim(streams: dict[str, Any]) -> None:
    """Delete the oldest. Invocations end in threads: another may be at it too."""
    if len(streams) <= STREAMS:
        return
    ours = [name for name in list(streams) if _OF_AN_INVOCATION.fullmatch(name)]
    for name in ours[:-STREAMS]:
        streams.pop(name, None)
