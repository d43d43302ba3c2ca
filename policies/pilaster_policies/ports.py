"""The ports a rule of a security group covers, as providers and engines write them."""

from __future__ import annotations

from pilaster_policies.values import Unknown, Value, is_unknown

Ports = range
"""First to last; `range(0)` is none."""
EVERY = range(65536)
_ALL = ("-1", "all")
_WITHOUT_PORTS = ("icmp", "icmpv6", "1", "58")


def covered(protocol: Value, ports: tuple[Value, Value]) -> Ports | None:
    """None where that is not known yet."""
    if is_unknown(protocol):
        return None
    # An engine's numbers are floats, and both -1 and "-1" mean everything.
    spoken = str(int(protocol)) if isinstance(protocol, int | float) else str(protocol).lower()
    if spoken in _ALL:
        return EVERY
    if spoken in _WITHOUT_PORTS:
        return range(0)
    numbers = [number(port) for port in ports]
    if any(isinstance(each, Unknown) for each in numbers):
        return None
    first, last = numbers
    if not isinstance(first, int) or first < 0:
        return EVERY  # no port said: all of them
    if not isinstance(last, int) or last < 0:
        last = first
    first, last = sorted((first, last))
    return range(first, last + 1)


def number(port: Value) -> int | Unknown | None:
    if isinstance(port, Unknown):
        return port
    try:
        return int(float(port))
    except (TypeError, ValueError, OverflowError):
        return None
