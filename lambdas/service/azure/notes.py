"""The app the Functions worker loads: `/health`, and everything else.

`/health` is answered with nothing of the service loaded; the first other request loads it. A call
that takes too long is answered while there is time: the host would end the whole worker.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import azure.functions as func

from lambdas.service import health
from lambdas.service.azure.http import decode, encode
from lambdas.service.http import Request, Response

SECONDS = 20.0
"""Less than host.json's functionTimeout."""
AT_ONCE = 8
"""Calls in this process; Flex Consumption is told the same, and starts an instance for the rest."""
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_workers = ThreadPoolExecutor(AT_ONCE, "notes")
handler = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
"""Anonymous to the host: whose request it is App Service's authentication has looked at."""


@handler.function_name("health")
@handler.route(route="health", methods=["GET"])
def answer_health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    headers = {**health.HEADERS, "x-request-id": context.invocation_id}
    return encode(Response(status=health.STATUS, headers=headers, body=health.BODY))


@handler.function_name("notes")
@handler.route(route="{*path}", methods=METHODS)
async def answer(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    request = decode(
        req,
        request_id=context.invocation_id,
        seconds=SECONDS,
        # Set by App Service itself where its authentication is on. Off, the header is anybody's.
        authenticated=os.environ.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
    )
    working = asyncio.get_running_loop().run_in_executor(_workers, _respond, request)
    done, _ = await asyncio.wait([working], timeout=SECONDS)
    return encode(working.result() if done else _out_of_time(request))


def _respond(request: Request) -> Response:
    try:
        from lambdas.service.azure.application import app
    except Exception as error:  # noqa: BLE001 (whatever it is, it is a problem document)
        return _refused(error, request)
    return app.respond(request)


def _refused(error: BaseException, request: Request) -> Response:
    """What went wrong before the application was there, or while it was too slow."""
    from lambdas.service.app import refused
    from lambdas.service.problems import problem_of
    from lambdas.shared.logging import Log

    Log(request_id=request.request_id).failure("request failed", error)
    return refused(problem_of(error), request.request_id)


def _out_of_time(request: Request) -> Response:
    from lambdas.shared.deadline import OutOfTimeError

    return _refused(OutOfTimeError(), request)
