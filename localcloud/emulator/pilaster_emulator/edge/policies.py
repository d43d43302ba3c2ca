"""Response headers policies: what the edge adds to an answer and takes from it. No I/O.

Source: Developer Guide, "Understand response headers policies".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_emulator.edge.viewer import Headers

_CORS = frozenset(
    {"access-control-allow-origin", "access-control-allow-headers", "access-control-allow-methods",
     "access-control-allow-credentials", "access-control-expose-headers", "access-control-max-age"}
)  # fmt: skip


def applied(
    headers: Headers, policy: Mapping[str, Any] | None, *, method: str, origin: str
) -> Headers:
    """The answer's headers under a policy; `origin` is the viewer's `Origin` header."""
    if not policy:
        return headers
    removed = {each["Header"].lower() for each in policy.get("RemoveHeaders") or ()}
    headers = [(name, value) for name, value in headers if name not in removed]
    cors = policy.get("Cors")
    if cors and origin:
        headers = _with_cors(headers, cors, method, origin)
    for name, value, overrides in _added(policy):
        if overrides:
            headers = [pair for pair in headers if pair[0] != name]
        if overrides or not any(known == name for known, _ in headers):
            headers = [*headers, (name, value)]
    return headers


def _added(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    security = policy.get("Security") or {}
    if given := security.get("ContentSecurityPolicy"):
        yield "content-security-policy", given["ContentSecurityPolicy"], given["Override"]
    if given := security.get("ContentTypeOptions"):
        yield "x-content-type-options", "nosniff", given["Override"]
    if given := security.get("FrameOptions"):
        yield "x-frame-options", given["FrameOption"], given["Override"]
    if given := security.get("ReferrerPolicy"):
        yield "referrer-policy", given["ReferrerPolicy"], given["Override"]
    if given := security.get("StrictTransportSecurity"):
        value = f"max-age={given['AccessControlMaxAgeSec']}"
        value += "; includeSubDomains" if given.get("IncludeSubdomains") else ""
        value += "; preload" if given.get("Preload") else ""
        yield "strict-transport-security", value, given["Override"]
    if given := security.get("XSSProtection"):
        value = "1" if given["Protection"] else "0"
        value += "; mode=block" if given.get("ModeBlock") else ""
        value += f"; report={given['ReportUri']}" if given.get("ReportUri") else ""
        yield "x-xss-protection", value, given["Override"]
    for each in policy.get("CustomHeaders") or ():
        yield each["Header"].lower(), each["Value"], each["Override"]


def _with_cors(headers: Headers, cors: Mapping[str, Any], method: str, origin: str) -> Headers:
    """Where the origin sends any of these and may keep them, its own stand."""
    if any(name in _CORS for name, _ in headers):
        if not cors["OriginOverride"]:
            return headers
        headers = [pair for pair in headers if pair[0] not in _CORS]
    if not any(_allows(allowed, origin) for allowed in cors["AllowOrigins"]):
        return headers
    any_origin = "*" in cors["AllowOrigins"] and not cors["AllowCredentials"]
    headers = [*headers, ("access-control-allow-origin", "*" if any_origin else origin)]
    if not any_origin:
        headers.append(("vary", "Origin"))
    if cors["AllowCredentials"]:
        headers.append(("access-control-allow-credentials", "true"))
    if cors.get("ExposeHeaders"):
        headers.append(("access-control-expose-headers", ", ".join(cors["ExposeHeaders"])))
    if method == "OPTIONS":
        methods = cors["AllowMethods"]
        if "ALL" in methods:
            methods = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]
        headers.append(("access-control-allow-methods", ", ".join(methods)))
        if cors["AllowHeaders"]:
            headers.append(("access-control-allow-headers", ", ".join(cors["AllowHeaders"])))
        if cors.get("MaxAgeSec") is not None:
            headers.append(("access-control-max-age", str(cors["MaxAgeSec"])))
    return headers


def _allows(pattern: str, origin: str) -> bool:
    """`*` stands for anything; without a scheme both are meant."""
    text = re.escape(pattern).replace(r"\*", ".*")
    scheme = "" if "://" in pattern else "(https?://)?"
    return re.fullmatch(scheme + text, origin, re.IGNORECASE) is not None
