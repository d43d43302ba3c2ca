"""Guessing is slow: how often a password or a code may be tried.

Each attempt is counted before it is made, so that a hundred at once are a hundred, and a right one
is taken back. Counted are addresses of people and of machines, whether or not anybody has an
account there: who is told to wait learns nothing of it.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 15 * 60
FROM_ONE_ADDRESS = 10
"""Wrong attempts at one account from one address."""
AT_ONE_ACCOUNT = 50
"""Wrong attempts at one account from anywhere. Higher, so that a stranger at one address cannot
lock the owner out. Of a million codes 4,800 can be tried in the day one is good; Cognito stops
earlier."""
OF_ONE_ADDRESS = 200
"""Wrong attempts of one address at any account, and new accounts: a school may have one address."""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What is counted together."""

    key: str
    """Holds digests, no e-mail address."""
    most: int
    """In one window."""


def at_account(action: str, email: str, address: str) -> Sequence[Counter]:
    """An attempt to log in, or to confirm, as somebody."""
    account, here = _digest(email), _digest(network(address))
    return [
        Counter(key=f"{action}#both#{account}#{here}", most=FROM_ONE_ADDRESS),
        Counter(key=f"{action}#account#{account}", most=AT_ONE_ACCOUNT),
        *of_address(action, address),
    ]


def of_address(action: str, address: str) -> Sequence[Counter]:
    """An attempt at nobody in particular."""
    return [Counter(key=f"{action}#address#{_digest(network(address))}", most=OF_ONE_ADDRESS)]


def network(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or a /64 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""  # nobody is let through uncounted: all of these are one
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def window(now: float) -> int:
    """The window this moment (Unix time, seconds) is in."""
    return int(now) // WINDOW_SECONDS


def seconds_left(now: float) -> int:
    """Until the next window, at least one."""
    return max(1, WINDOW_SECONDS - int(now) % WINDOW_SECONDS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
