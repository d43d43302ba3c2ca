"""Everything between a client and the route of an HTTP API, around ministack's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pilaster_emulator.apis import access_log, cors, integrations, tokens
from pilaster_emulator.apis.request import Answer, Request, current, said
from pilaster_emulator.apis.throttling import Buckets, limits

LARGEST_BYTES = 10 * 1024 * 1024
"""Of a request's body."""
HTTP_API_SECONDS, REST_API_SECONDS = 30.0, 29.0
"""What API Gateway waits for an integration; ministack waits for ever."""

log = logging.getLogger("pilaster.apis")

_running: set[asyncio.Future[Answer]] = set()


def install() -> None:
    """Put these in the place of ministack's own functions."""
    from ministack.services import apigateway, apigateway_v1

    _one_id_per_request(apigateway)
    _reasons_of_refused_tokens(apigateway)
    integrations.install(apigateway)
    _options_have_routes(apigateway)
    _settings_are_of_routes(apigateway)
    apigateway.handle_execute = _front(apigateway, apigateway.handle_execute)
    rest = apigateway_v1.handle_execute

    async def rest_within(*more: Any, **named: Any) -> Answer:
        answered = await _within(REST_API_SECONDS, rest(*more, **named))
        return answered or said(504, "Endpoint request timed out")

    apigateway_v1.handle_execute = rest_within


def _front(apigateway: Any, stock: Callable[..., Awaitable[Answer]]) -> Any:
    from ministack.core.responses import request_scope

    buckets = Buckets()

    async def handle(
        api_id: str,
        stage: str,
        path: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Any,
        raw_query_string: str | None = None,
    ) -> Answer:
        scope = apigateway.find_api_scope(api_id)
        if scope is None:
            return said(404, "Not Found")
        lowered = {name.lower(): value for name, value in headers.items()}
        request = Request(
            api=api_id,
            stage=stage,
            method=method,
            path=path,
            account=scope[0],
            region=scope[1],
            user_agent=lowered.get("user-agent", ""),
        )
        with request_scope(*scope):
            configuration = (apigateway._apis.get(api_id) or {}).get("corsConfiguration") or {}
            held = (apigateway._stages.get(api_id) or {}).get(stage) or {}
            route = apigateway._match_route(api_id, method, _one_slash(path)) if held else None
        request.route = (route or {}).get("routeKey", "")

        async def answer() -> Answer:
            if len(body) > LARGEST_BYTES:
                return said(413, "Request Entity Too Large")
            if route is None:
                return (204, {}, b"") if method == "OPTIONS" and configuration else _not_found()
            allowed = limits(held, request.route)
            if allowed and not buckets.take((*scope, api_id, stage, request.route), *allowed):
                return said(429, "Too Many Requests")
            # ministack answers OPTIONS by itself, whatever routes there are.
            verb = method.lower() if method == "OPTIONS" else method
            called = stock(api_id, stage, path, verb, headers, body, query_params, raw_query_string)
            answered = await _within(HTTP_API_SECONDS, called)
            if answered is None:
                request.integration_error = "Endpoint request timed out"
            return answered or said(503, "Service Unavailable")

        token = current.set(request)
        try:
            status, answered, content = await answer()
        except Exception:
            log.exception("a request to %s failed in the emulator", api_id)
            status, answered, content = said(500, "Internal Server Error")
        finally:
            current.reset(token)
        if status == 401 and route is not None and request.integration_seconds is None:
            answered["www-authenticate"] = tokens.challenge(request.authorizer_error)
        if configuration:
            answered = _with_cors(request, configuration, lowered, answered)
        answered["apigw-requestid"] = request.id
        access_log.write(held.get("accessLogSettings") or {}, request, status, content)
        return status, answered, content

    return handle


def _with_cors(
    request: Request,
    configuration: Mapping[str, Any],
    asked: Mapping[str, str],
    answered: dict[str, Any],
) -> dict[str, Any]:
    """The gateway's CORS headers, and no others."""
    plain, origin = cors.without(answered), asked.get("origin", "")
    if cors.is_preflight(request.method, asked):
        return {**plain, **cors.preflight_headers(configuration, origin)}
    if request.integration_seconds is not None:
        return {**plain, **cors.response_headers(configuration, origin)}
    return plain


async def _within(seconds: float, called: Awaitable[Answer]) -> Answer | None:
    """None if there is no answer in time; what was called runs on, as on AWS."""
    work = asyncio.ensure_future(called)
    done, _ = await asyncio.wait([work], timeout=seconds)
    if done:
        return work.result()
    _running.add(work)
    work.add_done_callback(_ended)
    return None


def _ended(work: asyncio.Future[Answer]) -> None:
    _running.discard(work)
    if not work.cancelled() and work.exception() is not None:
        log.error("what a client had stopped waiting for failed: %r", work.exception())


def _one_slash(path: str) -> str:
    """API Gateway takes several at the beginning for one."""
    return "/" + path.lstrip("/")


def _not_found() -> Answer:
    return said(404, "Not Found")


def _one_id_per_request(apigateway: Any) -> None:
    """The event's `requestContext.requestId` is the id the client is told."""
    stock = apigateway.new_uuid

    def new_uuid() -> str:
        request = current.get()
        return stock() if request is None else request.id

    apigateway.new_uuid = new_uuid


def _reasons_of_refused_tokens(apigateway: Any) -> None:
    stock = apigateway._validate_jwt_authorizer

    async def validate(route: Any, authorizer: Any, headers: Any, query: Any) -> Any:
        try:
            claims, scopes, refused = await stock(route, authorizer, headers, query)
        except (AttributeError, TypeError, ValueError):
            # ministack takes every part of a token for an object with the fields it looks for.
            claims, scopes, refused = None, None, (401, {}, b"")
        if refused:
            refused = said(401, "Unauthorized") if refused[0] == 401 else said(403, "Forbidden")
        request = current.get()
        if refused and request is not None:
            sources = authorizer.get("identitySource", [])
            token = apigateway._extract_token_from_identity_source(sources, headers, query)
            meant = authorizer.get("jwtConfiguration") or {}
            audience = meant.get("audience") or meant.get("Audience") or []
            request.authorizer_error = tokens.complaint(token or "", audience)
        return claims, scopes, refused

    apigateway._validate_jwt_authorizer = validate


def _options_have_routes(apigateway: Any) -> None:
    """A route may take OPTIONS: `_front` sends it in small letters past ministack's own answer."""
    stock = apigateway._match_route

    def match(api: str, method: str, path: str) -> Any:
        return stock(api, method.upper(), path)

    apigateway._match_route = match


def _settings_are_of_routes(apigateway: Any) -> None:
    """A stage takes settings of routes that are there, and of no others."""
    create, update = apigateway._create_stage, apigateway._update_stage

    def unknown(api: str, data: Mapping[str, Any]) -> Any:
        there = {each.get("routeKey") for each in (apigateway._routes.get(api) or {}).values()}
        for key in data.get("routeSettings") or {}:
            if key not in there:
                message = f"Unable to find Route by key {key} within the provided RouteSettings"
                return apigateway._apigw_error("NotFoundException", message, 404)
        return None

    apigateway._create_stage = lambda api, data: unknown(api, data) or create(api, data)
    apigateway._update_stage = lambda api, stage, data: (
        unknown(api, data) or update(api, stage, data)
    )
