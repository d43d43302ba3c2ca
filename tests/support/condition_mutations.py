"""Conditions dropped from a statement: all of them, and each test of a key alone.

A test is no mistake to drop where those that stay already say it, by what AWS fills in:

- The account of a principal, or of what a service acts for, is the one in its ARN: where the ARN is
  held, so is the account. (Of an ARN without one, a bucket's, it is not.)
- A token's audience is held by AWS against the provider's own list of them, so where the stack has
  the provider, and its list holds no other audience than the test, it says nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_policies.registry import Graph

PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_HELD_BY = {
    "aws:sourceaccount": "aws:sourcearn",
    "aws:principalaccount": "aws:principalarn",
}
_EQUAL = ("stringequals", "arnequals", "arnlike", "stringlike")

Statement = dict[str, Any]
Tests = list[tuple[str, str, list[str]]]
"""Operator, key and values."""


def weaker(
    statement: Statement, audiences: Mapping[str, set[str]]
) -> Iterator[tuple[str, Statement]]:
    """What is dropped, and the statement without it, wherever that lets somebody else in."""
    tests = _tests(statement)
    if not tests:
        return
    bare = {key: value for key, value in statement.items() if key != "Condition"}
    yield "all", bare
    if len(tests) == 1:
        return
    for at, test in enumerate(tests):
        rest = [*tests[:at], *tests[at + 1 :]]
        if not _said(test, rest, audiences):
            condition: dict[str, dict[str, list[str]]] = {}
            for operator, key, values in rest:
                condition.setdefault(operator, {})[key] = values
            yield f"{test[0]} {test[1]}", {**bare, "Condition": condition}


def audiences(graph: Graph) -> dict[str, set[str]]:
    """By address of a provider of tokens in the stack, whom its tokens may be for."""
    found: dict[str, set[str]] = {}
    for each in graph:
        if each.type == PROVIDER:
            address = str(each.props["url"]).removeprefix("https://").lower()
            found[address] = set(each.props["clientIdLists"])
    return found


def _tests(statement: Statement) -> Tests:
    return [
        (operator, key, [str(each) for each in (said if isinstance(said, list) else [said])])
        for operator, tests in statement.get("Condition", {}).items()
        for key, said in tests.items()
    ]


def _said(test: tuple[str, str, list[str]], rest: Tests, audiences: Mapping[str, set[str]]) -> bool:
    """Whether whoever passes the rest passes this test as well."""
    _, key, values = test
    held = [
        {value.split(":")[4] for value in said}
        for operator, other, said in rest
        if other.lower() == _HELD_BY.get(key.lower()) and operator.lower() in _EQUAL
    ]
    if any(accounts <= set(values) for accounts in held):
        return True
    address, _, part = key.lower().rpartition(":")
    return part == "aud" and address in audiences and audiences[address] <= set(values)
