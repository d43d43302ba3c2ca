"""The line per request that a stage asks for, written where CloudWatch Logs has it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from pilaster_emulator.apis.request import Request

LINES = 2_000
"""Kept of each stage, since the state on disk holds them; the oldest go first. On AWS the group's
retention says how many days."""

_QUOTED = frozenset({"error.messageString"})
"""Variables that bring their own quotation marks."""
_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")


def line(format: str, values: Mapping[str, object]) -> str:
    """The format with its variables filled in, on one line; one that is not known is `-`."""

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None or found == "":
            return "-"
        text = json.dumps(str(found), ensure_ascii=False)  # no value ends a string or a line
        return text if match[1] in _QUOTED else text[1:-1]

    return _VARIABLE.sub(value, format).replace("\n", " ")


def values(request: Request, status: int, body: bytes) -> dict[str, object]:
    """What may stand in a format. Not in it: headers and claims, so no token ever."""
    at = time.gmtime(request.epoch)
    refused = request.integration_seconds is None and status >= 400
    integration = _milliseconds(request.integration_seconds)
    function_answered = request.integration_status is not None
    message = _message(body) if refused else None
    return {
        "accountId": request.account,
        "apiId": request.api,
        "authorizer.error": request.authorizer_error,
        "domainName": f"{request.api}.execute-api.{request.region}.amazonaws.com",
        "error.message": message,
        "error.messageString": message,
        "extendedRequestId": request.id,
        "httpMethod": request.method,
        "identity.sourceIp": "127.0.0.1",
        "identity.userAgent": request.user_agent,
        "integration.error": request.integration_error,
        "integration.integrationStatus": request.integration_status,
        "integration.latency": integration,
        "integration.status": 200 if function_answered else None,
        "integrationErrorMessage": request.integration_error,
        "integrationLatency": integration,
        "integrationStatus": request.integration_status,
        "path": request.path,
        "protocol": request.protocol,
        "requestId": request.id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", at),
        "requestTimeEpoch": int(request.epoch * 1000),
        "responseLatency": _milliseconds(time.perf_counter() - request.started),
        "responseLength": len(body),
        "routeKey": request.route,
        "stage": request.stage,
        "status": status,
    }


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _message(body: bytes) -> str | None:
    try:
        return json.loads(body).get("message")
    except (ValueError, AttributeError):
        return None


def write(settings: Mapping[str, Any], request: Request, status: int, body: bytes) -> None:
    """One line into the group the stage names; where that is gone the line is lost, as on AWS."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch_logs

    parts = settings.get("destinationArn", "").split(":")
    if len(parts) < 7 or parts[2] != "logs" or not settings.get("format"):
        return
    region, account, group = parts[3], parts[4], parts[6]
    with request_scope(account, region):
        held = cloudwatch_logs._log_groups.get(group)
        if held is None:
            return
        stream = f"{request.api}-{request.stage}"
        if stream not in held["streams"]:
            cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
        event = {
            "timestamp": int(request.epoch * 1000),
            "message": line(settings["format"], values(request, status, body)),
        }
        cloudwatch_logs._put_log_events(
            {"logGroupName": group, "logStreamName": stream, "logEvents": [event]}
        )
        _trim(cloudwatch_logs, held["streams"][stream])


def _trim(logs: Any, stream: dict[str, Any]) -> None:
    with logs._log_events_lock:
        events = stream["events"]
        # In pieces: each takes the whole list in hand.
        if len(events) < LINES * 1.1:
            return
        old, stream["events"] = events[:-LINES], events[-LINES:]
    for event in old:
        logs._log_records.pop(event["eventId"], None)
