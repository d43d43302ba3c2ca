"""What API Gateway does with a WebSocket API and ministack does not.

Functions are called with permission only, and by our own runner; sizes, times and numbers have
limits; a client is answered where the route has a response.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pilaster_emulator import permissions
from pilaster_emulator.apis.request import said
from pilaster_emulator.apis.throttling import Buckets, limits

LARGEST_BYTES = 128 * 1024
"""Of a message, in either direction."""
IDLE_SECONDS, LONGEST_SECONDS = 600.0, 7200.0
"""After which a connection on which nothing is said, and after which any, is closed."""

log = logging.getLogger("pilaster.apis")

Invoke = Callable[..., Awaitable[dict[str, Any] | None]]


def install() -> None:
    """Put these in the place of ministack's own functions."""
    from ministack.core import lambda_runtime
    from ministack.services import apigateway

    lambda_runtime.get_or_create_worker = _OurWorker
    apigateway._invoke_ws_lambda = _within_limits(apigateway, apigateway._invoke_ws_lambda)
    apigateway._authorize_ws_connect = _with_permission(
        apigateway, apigateway._authorize_ws_connect
    )
    apigateway.handle_websocket = _of_a_stage(apigateway, apigateway.handle_websocket)
    apigateway.handle_connections_api = _bounded(apigateway.handle_connections_api)
    apigateway._ws_connections = _Connections(apigateway._ws_connections)


class _OurWorker:
    """Where ministack would run a function in a process of its own making."""

    def __init__(self, name: str, config: Any, code: bytes, qualifier: str = "$LATEST") -> None:
        self._function = {"config": config, "code_zip": code}

    def invoke(self, event: Any, request_id: str) -> dict[str, Any]:
        from ministack.services import lambda_svc

        outcome = lambda_svc._execute_function(self._function, event)
        body = outcome.get("body")
        if outcome.get("error"):
            return {"status": "error", "error": ""}  # its words stay between it and its log
        return {"status": "ok", "result": json.loads(body) if isinstance(body, str) else body}


def _within_limits(apigateway: Any, stock: Invoke) -> Invoke:
    buckets = Buckets()

    async def invoke(
        api: str,
        account: str,
        region: str,
        route: Mapping[str, Any],
        stage: str,
        connection: str,
        kind: str,
        request_id: str,
        *more: Any,
        **named: Any,
    ) -> dict[str, Any] | None:
        key = route.get("routeKey", "$default")
        held = (apigateway._stages.get(api) or {}).get(stage) or {}
        allowed = limits(held, key)
        if allowed and kind != "DISCONNECT" and not buckets.take((api, stage, key), *allowed):
            return _instead(429, "Too Many Requests", connection, request_id)
        integration_id = route.get("target", "").removeprefix("integrations/")
        integration = (apigateway._integrations.get(api) or {}).get(integration_id) or {}
        source = f"arn:aws:execute-api:{region}:{account}:{api}/{stage}/{key}"
        if not _may_call(apigateway, integration.get("integrationUri", ""), source):
            return _instead(500, "Internal server error", connection, request_id)
        answer = await stock(
            api, account, region, route, stage, connection, kind, request_id, *more, **named
        )
        if answer is None or int(answer.get("statusCode", 200)) >= 500:
            return _instead(500, "Internal server error", connection, request_id)
        answers = (apigateway._route_responses.get(api) or {}).get(route.get("routeId"))
        if not answers or not route.get("routeResponseSelectionExpression"):
            return {**answer, "body": ""}  # a route without a response tells the client nothing
        return answer

    return invoke


def _with_permission(apigateway: Any, stock: Any) -> Any:
    async def authorize(
        api: str, route: Any, context: Any, headers: Any, query: Any, account: str, region: str
    ) -> Any:
        authorizer_id = route.get("authorizerId") or ""
        authorizer = (apigateway._authorizers.get(api) or {}).get(authorizer_id) or {}
        source = f"arn:aws:execute-api:{region}:{account}:{api}/authorizers/{authorizer_id}"
        if authorizer and not _may_call(apigateway, authorizer.get("authorizerUri", ""), source):
            return (500, "Internal server error"), None
        return await stock(api, route, context, headers, query, account, region)

    return authorize


def _may_call(apigateway: Any, uri: str, source: str) -> bool:
    """Whether the function there has a permission for this route or authorizer."""
    from ministack.services import lambda_svc

    _, _, _, region, account, *_ = source.split(":")
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        apigateway._extract_lambda_ref_from_integration_uri(uri), account_id=account, region=region
    )
    if function is None or config is None:
        log.error("%s calls %s, which does not exist", source, uri)
        return False
    allowed = permissions.service_may(
        function.get("policy"),
        "apigateway.amazonaws.com",
        "lambda:InvokeFunction",
        config["FunctionArn"],
        source,
    )
    if not allowed:
        log.error("%s has no permission for %s", config["FunctionArn"], source)
    return allowed


def _instead(status: int, words: str, connection: str, request_id: str) -> dict[str, Any]:
    """What a client reads where a function gave no answer: no word of the function's."""
    told = {"message": words, "connectionId": connection, "requestId": request_id}
    return {"statusCode": status, "body": json.dumps(told)}


def _of_a_stage(apigateway: Any, stock: Any) -> Any:
    """There is nothing behind a stage that is not there; ministack would go on to the routes."""

    async def handle(
        scope: Any, receive: Any, send: Any, api: str, path_override: str | None = None
    ) -> None:
        path = path_override if path_override is not None else scope.get("path", "")
        stage = path.lstrip("/").partition("/")[0]
        if stage not in apigateway.stages_for_api(api):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await stock(scope, receive, send, api, path_override=path_override)

    return handle


def _bounded(stock: Any) -> Any:
    async def handle(
        method: str, api: str, stage: str, connection: str, body: bytes, headers: Any
    ) -> Any:
        if method == "POST" and len(body) > LARGEST_BYTES:
            status, answered, content = said(413, "Payload too large")
            return status, {**answered, "x-amzn-ErrorType": "PayloadTooLargeException"}, content
        return await stock(method, api, stage, connection, body, headers)

    return handle


class _Connections(dict[str, dict[str, Any]]):
    """Each that comes in is closed when its time is over."""

    def __setitem__(self, connection: str, held: dict[str, Any]) -> None:
        super().__setitem__(connection, held)
        loop = asyncio.get_running_loop()
        loop.call_later(LONGEST_SECONDS, held["close_event"].set)
        loop.call_later(IDLE_SECONDS, self._if_idle, loop, held)

    def _if_idle(self, loop: asyncio.AbstractEventLoop, held: dict[str, Any]) -> None:
        if held["close_event"].is_set():
            return
        left = held["lastActiveAt"] + IDLE_SECONDS - time.time()
        if left <= 0:
            held["close_event"].set()
        else:
            loop.call_later(left, self._if_idle, loop, held)
