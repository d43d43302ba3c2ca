"""What stands behind a route of an HTTP API: who may be called, how long it takes, and whether what
it says is an answer.

ministack hands on whatever a function returned, and tells clients the names of functions and the
words of Python.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from pilaster_emulator import permissions
from pilaster_emulator.apis.request import Request, current, said

log = logging.getLogger("pilaster.apis")

_NOT_PERMITTED = (
    "The IAM role configured on the integration or API Gateway doesn't have permissions to call "
    "the integration. Check the permissions and try again."
)
_GONE = "The function does not exist."
_NO_ROOM = "Lambda has no more room for this function."
_FAILED = (
    "The Lambda function returned the following error: Unhandled. "
    "Check your Lambda function code and try again."
)
_MALFORMED = (
    "The response from the Lambda function doesn't match the format that API Gateway expects"
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\0\r\n]*")


def install(apigateway: Any) -> None:
    """Put these in the place of ministack's own functions."""
    _functions_with_permission(apigateway)
    _answers_of_functions()
    _backends(apigateway)


def _functions_with_permission(apigateway: Any) -> None:
    """A function is called by the API only with its permission for that route; what goes wrong in
    it stays between it and its log."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import lambda_svc

    stock = apigateway._invoke_lambda_proxy

    async def invoke(
        integration: Any, api: str, stage: str, path: str, method: str, *more: Any, **named: Any
    ) -> Any:
        request = current.get() or Request(api, stage, method, path, "", "")
        method = method.upper()
        account = named.get("owner_account_id") or get_account_id()
        region = named.get("owner_region") or get_region()
        reference = apigateway._extract_lambda_ref_from_integration_uri(
            integration.get("integrationUri", "")
        )
        function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
            reference, account_id=account, region=region
        )
        if function is None or config is None:
            log.error("%s %s calls %s, which does not exist", api, request.route, reference)
            request.integration_error = _GONE
            return said(500, "Internal Server Error")
        route = more[3] if len(more) > 3 else named.get("route_key", "$default")
        where = "$default" if route == "$default" else f"{method}{route.partition(' ')[2]}"
        source = f"arn:aws:execute-api:{region}:{account}:{api}/{stage}/{where}"
        if not permissions.service_may(
            function.get("policy"),
            "apigateway.amazonaws.com",
            "lambda:InvokeFunction",
            config["FunctionArn"],
            source,
        ):
            log.error("%s has no permission for %s", config["FunctionArn"], source)
            request.integration_error = _NOT_PERMITTED
            return said(500, "Internal Server Error")
        return await _timed(request, stock(integration, api, stage, path, method, *more, **named))

    apigateway._invoke_lambda_proxy = invoke


def _backends(apigateway: Any) -> None:
    """What another server answers is an integration's answer too."""
    stock = apigateway._invoke_http_proxy

    async def invoke(integration: Any, path: str, method: str, *more: Any, **named: Any) -> Any:
        called = stock(integration, path, method.upper(), *more, **named)
        return await called if (request := current.get()) is None else await _timed(request, called)

    apigateway._invoke_http_proxy = invoke


async def _timed(request: Request, called: Any) -> Any:
    started = time.perf_counter()
    try:
        status, headers, body = await called
    finally:
        request.integration_seconds = time.perf_counter() - started
    if not request.integration_error:
        request.integration_status = status
    return status, headers, body


def _answers_of_functions() -> None:
    from ministack.services import lambda_svc

    stock = lambda_svc.lambda_execute_result_to_api_proxy_response

    def answer(result: dict[str, Any]) -> Any:
        # An HTTP API tells a client nothing of what went wrong in or before the function.
        if result.get("throttle"):
            return _instead(503, "Service Unavailable", _NO_ROOM)
        if result.get("error"):
            return _instead(500, "Internal Server Error", _FAILED)
        found, more = stock(result)
        if current.get() is None:  # a REST API's, which has a format of its own
            return found, more
        try:
            return well_formed(found), more
        except ValueError as error:
            return _instead(500, "Internal Server Error", f"{_MALFORMED}: {error}.")

    lambda_svc.lambda_execute_result_to_api_proxy_response = answer


def _instead(status: int, words: str, error: str) -> tuple[dict[str, Any], None]:
    if (request := current.get()) is not None:
        request.integration_error = error
    status, headers, body = said(status, words)
    return {"statusCode": status, "headers": headers, "body": body.decode()}, None


def well_formed(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A function's answer in one shape. ValueError says what is none, without what it holds."""
    status = answer.get("statusCode", 200)
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status)
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("statusCode is no number from 200 to 599")
    headers = answer.get("headers") or {}
    if not isinstance(headers, dict):
        raise ValueError("headers are no object")
    for name, value in headers.items():
        single = isinstance(value, str | int | float)
        if not single or not _NAME.fullmatch(name) or not _VALUE.fullmatch(str(value)):
            raise ValueError("a header is no name with a text")
    cookies = answer.get("cookies") or []
    if not isinstance(cookies, list) or not all(
        isinstance(each, str) and _VALUE.fullmatch(each) for each in cookies
    ):
        raise ValueError("cookies are no list of texts")
    body = answer.get("body")
    if body is None:
        body = ""
    if not isinstance(body, str):
        raise ValueError("body is no text")
    if answer.get("isBase64Encoded"):
        try:
            base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("body is no base64") from None
    return {**answer, "statusCode": status, "headers": headers, "cookies": cookies, "body": body}
