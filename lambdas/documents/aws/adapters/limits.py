"""Limits in the cache: a bucket per user and kind, as one number (GCRA).

The number is the moment at which the bucket would be full again. It is the cache's clock that
counts, in one script, so that functions at once are counted like one after the other. Without the
cache everybody is let through: the gateway's throttles still hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lambdas.documents.aws.adapters.valkey import (
    CacheSettings,
    CacheUnavailableError,
    Valkey,
    open_valkey,
)
from lambdas.documents.model.errors import TooManyRequestsError
from lambdas.documents.model.identity import UserId

Kind = Literal["read", "write"]

WINDOW_MILLISECONDS = 60_000

_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
local after = full + tonumber(ARGV[1])
local wait = after - now - tonumber(ARGV[2])
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now))
return 0
"""


@dataclass(frozen=True, kw_only=True)
class LimitSettings(CacheSettings):
    """What a function reads whose requests are counted."""

    requests_per_minute: int


class CachedLimits:
    def __init__(self, valkey: Valkey, *, kind: Kind, per_minute: int) -> None:
        self._valkey = valkey
        self._kind = kind
        self._between = f"{WINDOW_MILLISECONDS / per_minute:.3f}"

    def take(self, user: UserId) -> None:
        key = f"limit:{self._kind}:{user}"
        try:
            wait = self._valkey.ask("EVAL", _TAKE, 1, key, self._between, WINDOW_MILLISECONDS)
        except CacheUnavailableError:
            return
        if isinstance(wait, int) and wait > 0:
            raise TooManyRequestsError(wait / 1000)


def open_limits(settings: LimitSettings, kind: Kind) -> CachedLimits:
    """The limits of one kind of request: all routes of a kind share a user's bucket."""
    return CachedLimits(open_valkey(settings), kind=kind, per_minute=settings.requests_per_minute)
