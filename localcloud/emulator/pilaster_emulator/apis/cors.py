"""CORS as API Gateway has it for HTTP APIs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html: headers go to
preflights and to what an integration answers; what an integration says of CORS itself is dropped; a
preflight is answered by the gateway unless a route takes it. What the gateway refuses by itself has
no CORS headers here: the documentation promises none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREFIX = "access-control-"
_OWN = (
    ("Access-Control-Allow-Methods", "allowMethods"),
    ("Access-Control-Allow-Headers", "allowHeaders"),
)


def is_preflight(method: str, headers: Mapping[str, str]) -> bool:
    return method == "OPTIONS" and {"origin", "access-control-request-method"} <= set(headers)


def preflight_headers(configuration: Mapping[str, Any], origin: str) -> dict[str, str]:
    """What is granted to the pages of an origin before they call; nothing to those of others."""
    granted = response_headers(configuration, origin)
    if granted:
        for name, key in _OWN:
            if configuration.get(key):
                granted[name] = ",".join(configuration[key])
        if configuration.get("maxAge") is not None:
            granted["Access-Control-Max-Age"] = str(configuration["maxAge"])
    return granted


def response_headers(configuration: Mapping[str, Any], origin: str) -> dict[str, str]:
    """What a page of this origin may see of an answer."""
    allowed = configuration.get("allowOrigins") or []
    if "*" in allowed:
        granted = {"Access-Control-Allow-Origin": "*"}
    elif origin in allowed or f"{origin.partition('://')[0]}://*" in allowed:
        granted = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if configuration.get("allowCredentials"):
            granted["Access-Control-Allow-Credentials"] = "true"
    else:
        return {}
    if configuration.get("exposeHeaders"):
        granted["Access-Control-Expose-Headers"] = ",".join(configuration["exposeHeaders"])
    return granted


def without(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The headers of an integration's answer that are not the gateway's to give."""
    return {name: value for name, value in headers.items() if not _is_cors(name)}


def _is_cors(name: str) -> bool:
    return name.lower().startswith(_PREFIX)
