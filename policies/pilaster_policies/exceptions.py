"""Exceptions are configuration: one rule, one resource, one statement where a policy document has
several, one stack where only that needs it, a reason, and an expiry if there is one.

An exception that nothing needs is an error: it would let the next mistake through unseen.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, arrived

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["rule", "resource", "reason"],
        "additionalProperties": False,
        "properties": {
            "rule": {
                "type": "string",
                "description": "The rule's id; with -unknown, or not-known-yet for every rule, "
                "what is not known yet may stay so in spite of strict",
            },
            "resource": {
                "type": "string",
                "description": "Its logical name, or its URN",
            },
            "statement": {
                "type": "string",
                "description": "The statement's Sid, or its number, where a document breaks it",
            },
            "stack": {
                "type": "string",
                "description": "The one stack it is for; without, it is for all",
            },
            "reason": {"type": "string", "minLength": 10},
            "expires": {"type": "string", "description": "The last day it holds, YYYY-MM-DD"},
        },
    },
}
UNKNOWN = "-unknown"
"""Behind a rule's id: what it cannot tell yet."""
NOT_KNOWN = "not-known-yet"
"""In an exception, what no rule can tell yet of the resource."""
_KEYS = {"rule", "resource", "statement", "stack", "reason", "expires"}


@dataclass(frozen=True)
class Exempted:
    rule: str
    resource: str
    expires: datetime.date | None = None
    statement: str = ""
    stack: str = ""

    def is_for(self, urn: str) -> bool:
        """Whether it is for the stack of that resource (urn:pulumi:STACK::project::...)."""
        return self.stack in ("", urn.partition("::")[0].rpartition(":")[2])

    def covers(self, rule: str, resource: Resource, statement: str, today: datetime.date) -> bool:
        """A finding in a statement wants an exception that names it: the next one is another."""
        named = self.resource in (resource.name, resource.urn)
        meant = self.statement.strip("'") == statement.strip("'")
        in_time = self.expires is None or today <= self.expires
        return rule == self.rule and named and meant and in_time and self.is_for(resource.urn)

    def __str__(self) -> str:
        where = f", statement {self.statement}" if self.statement else ""
        stack = f" of {self.stack}" if self.stack else ""
        return f"{self.rule} on {self.resource}{where}{stack}"


@dataclass
class Exceptions:
    """What the configuration exempts, and what of it was needed so far in this run.

    A pack is one process per run. Its policies see one resource at a time, and only the last, which
    sees the stack, can say that an exception was not needed: hence this memory.
    """

    rules: Collection[str]
    listed: tuple[Exempted, ...] = ()
    problems: tuple[str, ...] = ()
    _used: set[Exempted] = field(default_factory=set)
    _read: Value = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def configure(self, value: object) -> None:
        """Take the list as the engine hands it over; it is the same for every resource."""
        given = arrived(value)
        with self._lock:
            if given == self._read:
                return
            self._read = given
            self.listed, self.problems = read(given, self.rules)
            self._used = {one for one in self._used if one in self.listed}

    def cover(self, rule: str, resource: Resource, statement: str = "") -> bool:
        today = datetime.datetime.now(datetime.UTC).date()
        found = [one for one in self.listed if one.covers(rule, resource, statement, today)]
        with self._lock:
            self._used.update(found)
        return bool(found)

    def unused(self, urns: Collection[str]) -> list[str]:
        """`urns`: of all resources. What is unknown at first is known later, and listed still."""
        today = datetime.datetime.now(datetime.UTC).date()
        names = {urn.rpartition("::")[2] for urn in urns}
        waiting = {
            one
            for one in self.listed
            if one.rule.endswith((UNKNOWN, NOT_KNOWN))
            and one.resource.rpartition("::")[2] in names
            and (one.expires is None or today <= one.expires)
        }
        return [
            f"the exception {one} "
            + (
                f"ended on {one.expires}"
                if one.expires and one.expires < today
                else "is not needed: nothing there breaks the rule"
            )
            for one in self.listed
            if one not in self._used and one not in waiting and any(map(one.is_for, urns))
        ]


def read(given: Value, rules: Collection[str]) -> tuple[tuple[Exempted, ...], tuple[str, ...]]:
    """The exceptions in a configuration, and what is wrong with the others."""
    if given is None:
        return (), ()
    if not isinstance(given, list):
        return (), ("exceptions must be a list",)
    listed: list[Exempted] = []
    problems: list[str] = []
    for number, entry in enumerate(given, 1):
        wrong = list(_wrong(entry, rules))
        problems += [f"exception {number}: {problem}" for problem in wrong]
        if not wrong:
            expires = entry.get("expires")
            day = datetime.date.fromisoformat(expires) if expires else None
            statement = entry.get("statement", "")
            stack = entry.get("stack", "")
            one = Exempted(entry["rule"], entry["resource"], day, statement, stack)
            if one in listed:
                problems.append(f"exception {number}: {one} is listed twice")
            else:
                listed.append(one)
    return tuple(listed), tuple(problems)


def _wrong(entry: Value, rules: Collection[str]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "is not an object with rule, resource and reason"
        return
    for key in sorted(set(entry) - _KEYS):
        yield f"{key!r} is not known; known are {', '.join(sorted(_KEYS))}"
    for key in ("rule", "resource", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"{key} is missing"
    if not isinstance(entry.get("statement", ""), str):
        yield "statement is no text: the statement's Sid, or its number in quotes"
    if not isinstance(entry.get("stack", ""), str):
        yield "stack is no text: the name of one stack"
    named = str(entry.get("rule", "")).removesuffix(UNKNOWN)
    if isinstance(entry.get("rule"), str) and named not in (*rules, NOT_KNOWN):
        yield f"there is no rule {entry['rule']!r}; there are {', '.join(sorted(rules))}"
    expires = entry.get("expires")
    if expires is not None:
        try:
            datetime.date.fromisoformat(expires)
        except (TypeError, ValueError):
            yield "expires is no day written as YYYY-MM-DD"
