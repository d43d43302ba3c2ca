"""The part of a web ACL that is evaluated here: rates by address, and what paths and headers say.

Groups of rules that AWS manages are passed over, as is every statement not named here.
"""

from __future__ import annotations

import base64
import binascii
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from pilaster_emulator.edge.viewer import Request

_SLICE_SECONDS = 5.0
_MOST_ADDRESSES = 10_000
_WINDOW_SECONDS = 300

log = logging.getLogger("pilaster.edge")

_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "EXACTLY": str.__eq__,
    "STARTS_WITH": str.startswith,
    "ENDS_WITH": str.endswith,
    "CONTAINS": str.__contains__,
}


class _UnknownError(Exception):
    """A statement this machine does not evaluate."""


class Firewall:
    """A web ACL with what it counted."""

    def __init__(self, acl: Mapping[str, Any] | None) -> None:
        self._rules = sorted((acl or {}).get("rules") or [], key=lambda rule: rule["Priority"])
        self._default: Mapping[str, Any] = (acl or {}).get("default") or {}
        self._counts: dict[str, _Counts] = {}
        self._passed_over: set[str] = set()

    def refusal(self, request: Request) -> int | None:
        """The status a request is refused with, or None."""
        for rule in self._rules:
            action = rule.get("Action") or {}
            if rule["Name"] in self._passed_over or not {"Allow", "Block"} & action.keys():
                continue  # what only counts changes nothing for a viewer
            try:
                fits = self._fits(rule["Name"], rule["Statement"], request)
            except _UnknownError as unknown:
                log.warning("rule %s is passed over: %s", rule["Name"], unknown)
                self._passed_over.add(rule["Name"])
                continue
            if fits and "Allow" in action:
                return None
            if fits:
                return _blocked(action)
        return _blocked(self._default) if "Block" in self._default else None

    def _fits(self, name: str, statement: Mapping[str, Any], request: Request) -> bool:
        kind, given = next(iter(statement.items()))
        match kind:
            case "RateBasedStatement":
                return self._too_often(name, given, request)
            case "ByteMatchStatement":
                return _bytes(given, request)
            case "NotStatement":
                return not self._fits(name, given["Statement"], request)
            case "AndStatement":
                return all(self._fits(name, each, request) for each in given["Statements"])
            case "OrStatement":
                return any(self._fits(name, each, request) for each in given["Statements"])
            case _:
                raise _UnknownError(kind)

    def _too_often(self, name: str, given: Mapping[str, Any], request: Request) -> bool:
        if given.get("AggregateKeyType") != "IP":
            raise _UnknownError(f"a rate by {given.get('AggregateKeyType')}")
        within = given.get("ScopeDownStatement")
        if within and not self._fits(name, within, request):
            return False
        counts = self._counts.setdefault(name, _Counts())
        window = float(given.get("EvaluationWindowSec") or _WINDOW_SECONDS)
        return counts.add(request.address, window) > given["Limit"]


class _Counts:
    """Requests by address, in slices of time; the longest unseen address is forgotten first."""

    def __init__(self) -> None:
        self._by_address: OrderedDict[str, dict[int, int]] = OrderedDict()

    def add(self, address: str, window: float) -> int:
        """How many there were in the window, this one included."""
        now = int(time.monotonic() / _SLICE_SECONDS)
        first = now - int(window / _SLICE_SECONDS)
        slices = {
            at: count for at, count in self._by_address.pop(address, {}).items() if at > first
        }
        slices[now] = slices.get(now, 0) + 1
        self._by_address[address] = slices
        if len(self._by_address) > _MOST_ADDRESSES:
            self._by_address.popitem(last=False)
        return sum(slices.values())


def _blocked(action: Mapping[str, Any]) -> int:
    custom = action["Block"].get("CustomResponse") or {}
    return int(custom.get("ResponseCode", 403))


def _bytes(given: Mapping[str, Any], request: Request) -> bool:
    field = given["FieldToMatch"]
    if "UriPath" in field:
        value = request.path
    elif "Method" in field:
        value = request.method
    elif "SingleHeader" in field:
        value = request.header(field["SingleHeader"]["Name"].lower())
    else:
        raise _UnknownError(f"bytes of {next(iter(field))}")
    for change in sorted(given["TextTransformations"], key=lambda each: each["Priority"]):
        if change["Type"] == "LOWERCASE":
            value = value.lower()
        elif change["Type"] != "NONE":
            raise _UnknownError(change["Type"])
    wanted = given["SearchString"]
    if isinstance(wanted, str):
        # The API takes bytes, which stand in its JSON in base64.
        wanted = _decoded(wanted)
    test = _TESTS.get(given["PositionalConstraint"])
    if test is None:
        raise _UnknownError(given["PositionalConstraint"])
    return test(value, wanted)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
