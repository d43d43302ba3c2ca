"""The routes of an API as Google's API Gateway reads them: a document of OpenAPI 2.0."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pilaster.naming import slug

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
LONGEST_SECONDS = 60
"""API Gateway gives a request up after that, whatever the function still does."""
TOKENS = "tokens"

_PART = r"/[A-Za-z0-9._~!$&'()*,;=:@%-]*"
_PATH = re.compile(rf"({_PART}|/\{{\w+\}})*({_PART}|/\{{\w+(=\*\*)?\}})")
"""A parameter is a whole part; one with `=**` takes all that is left, so it stands last."""
_NAME = re.compile(r"\{(\w+)(?:=\*\*)?\}")


def check(routes: Sequence[str], public: Sequence[str]) -> None:
    """Refuses what API Gateway would, and two of which one would never be called."""
    if not routes:
        raise ValueError("routes is empty: name them, such as 'GET /api/v1/notes/{id}'")
    requests: dict[str, str] = {}
    for route in routes:
        method, _, path = route.partition(" ")
        if method not in METHODS or not _PATH.fullmatch(path):
            raise ValueError(
                f"route {route!r} is not a method and a path, such as 'GET /api/v1/notes/{{id}}'; "
                f"methods are {', '.join(METHODS)}"
            )
        if (other := requests.setdefault(_NAME.sub("{}", route), route)) != route:
            raise ValueError(f"routes {other!r} and {route!r} take the same requests: keep one")
    if strange := sorted(set(public) - set(routes)):
        raise ValueError(f"public route {strange[0]!r} is no route; there are {', '.join(routes)}")


def document(
    title: str,
    routes: Sequence[str],
    *,
    public: Sequence[str],
    backend: str,
    seconds: int,
    issuer: str,
    keys_url: str,
    audience: Sequence[str],
) -> str:
    """The gateway's configuration. A route wants a token unless it is public."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        method, _, path = route.partition(" ")
        paths.setdefault(path, {})[method.lower()] = {
            "operationId": slug(route).replace("-", "_"),
            "parameters": [
                {"name": name, "in": "path", "required": True, "type": "string"}
                for name in _NAME.findall(path)
            ],
            "responses": {"default": {"description": "As the function answers"}},
            "security": [] if route in public else [{TOKENS: []}],
        }
    definition: Mapping[str, Any] = {
        "swagger": "2.0",
        "info": {"title": title, "version": "1"},
        "schemes": ["https"],
        "produces": ["application/json"],
        "x-google-backend": {
            "address": backend,
            "deadline": seconds,
            # The path as the client wrote it goes on to the function.
            "path_translation": "APPEND_PATH_TO_ADDRESS",
            # The gateway's own token is for this function and for no other.
            "jwt_audience": backend,
        },
        "securityDefinitions": {
            TOKENS: {
                "type": "oauth2",
                "flow": "implicit",
                "authorizationUrl": "",
                "x-google-issuer": issuer,
                "x-google-jwks_uri": keys_url,
                "x-google-audiences": ",".join(audience),
            }
        },
        "security": [{TOKENS: []}],
        "paths": paths,
    }
    return json.dumps(definition, indent=1, sort_keys=True)
