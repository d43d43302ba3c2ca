"""Automatic physical names: the logical name and random hex, as Pulumi makes them."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.rows import Named
from pilaster_local.providers.aws.values import UNKNOWN

_RANDOM_DIGITS = 7


def automatic(named: Named, logical: str, inputs: Mapping[str, Any], seed: bytes) -> Any:
    """A name of its own for a thing that was given none. The same seed gives the same name."""
    prefix = inputs.get(named.prefix) if named.prefix else None
    if prefix is UNKNOWN:
        return UNKNOWN
    ending = required_ending(named, inputs)
    start = prefix or f"{named.beginning}{logical}-"
    room = named.limit - _RANDOM_DIGITS - len(ending)
    name = f"{start[:room]}{_hex(seed)}{ending}"
    return name.lower() if named.lower else name


def required_ending(named: Named, inputs: Mapping[str, Any]) -> str:
    flag, dot, suffix = named.ending.partition(".")
    return f"{dot}{suffix}" if flag and inputs.get(flag) is True else ""


def _hex(seed: bytes) -> str:
    if not seed:
        return secrets.token_hex(4)[:_RANDOM_DIGITS]
    return f"{random.Random(seed).getrandbits(4 * _RANDOM_DIGITS):0{_RANDOM_DIGITS}x}"
