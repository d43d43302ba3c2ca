"""How long CloudFront keeps an answer. No I/O.

Source: Developer Guide, "Manage how long content stays in the cache (expiration)" and "Control how
long CloudFront caches errors".
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from pilaster_emulator.edge.distribution import (
    ERROR_CACHING_SECONDS,
    CachePolicy,
    ErrorResponse,
)

_PLAIN_ERRORS = frozenset({404, 410, 414, 501})
"""Those for which `no-store` and the like are heeded."""
_ERRORS = frozenset({404, 405, 410, 414, 500, 501, 502, 503, 504})
"""Kept whatever the policy says, caching switched off included."""
_WITH_AGE = frozenset({400, 403, 412, 415})
"""Kept only where the origin gives an age."""
_KEPT = frozenset({200, 203, 300, 301, 302, 307, 308})
_AGE = re.compile(r"(?:^|[,\s])(s-maxage|max-age)\s*=\s*\"?(\d+)")


def seconds(
    status: int, headers: dict[str, str], policy: CachePolicy, error: ErrorResponse | None
) -> float:
    """How long; nothing means not at all. `headers` are the origin's, in lower case."""
    control = headers.get("cache-control", "").lower()
    given = _given(control, headers)
    forbidden = any(word in _words(control) for word in ("no-store", "no-cache", "private"))
    if status >= 400:
        if status not in _ERRORS and (status not in _WITH_AGE or not given):
            return 0
        if forbidden and status in _PLAIN_ERRORS:
            return 0
        least = ERROR_CACHING_SECONDS if error is None else error.seconds
        return max(least, min(given or 0, policy.max_ttl))
    if status not in _KEPT:
        return 0
    if forbidden:
        return policy.min_ttl
    if given is None:
        return policy.default_ttl if policy.max_ttl else 0
    return min(max(given, policy.min_ttl), policy.max_ttl)


def _words(control: str) -> set[str]:
    return {word.strip().partition("=")[0] for word in control.split(",")}


def _given(control: str, headers: dict[str, str]) -> float | None:
    ages = dict(_AGE.findall(control))
    for name in ("s-maxage", "max-age"):
        if name in ages:
            return float(ages[name])
    if "expires" not in headers:
        return None
    try:
        until = parsedate_to_datetime(headers["expires"])
        now = parsedate_to_datetime(headers["date"])
        return max(0.0, (until - now).total_seconds())
    except (KeyError, TypeError, ValueError):
        return 0
