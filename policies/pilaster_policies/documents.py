"""Policy documents, read: whatever JSON stands there, reading it never raises."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pilaster_policies.values import Unknown, Value, from_json, is_unknown, texts


class UnreadableError(Exception):
    """It is no policy document. The text says why and holds nothing of the document."""


@dataclass(frozen=True)
class Condition:
    operator: str
    key: str
    """In lower case: condition keys have none."""
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    label: str
    """Its Sid, or its number: what a message calls it."""
    allows: bool
    """Anything that is not exactly a Deny: what AWS would make of another word is not guessed."""
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    principals: tuple[str, ...]
    not_principals: bool
    conditions: tuple[Condition, ...]
    unknown: tuple[str, ...]
    """Its elements that hold something not known yet."""
    other_actions: tuple[str, ...] = ()
    """NotAction's."""
    other_resources: tuple[str, ...] = ()
    """NotResource's."""
    whole: bool = True
    """All its conditions stand here: none was left out as unreadable."""
    variables: bool = False
    """`${...}` is a policy variable; in documents before version 2012-10-17 it is text."""


def statements(document: Value) -> list[Statement] | Unknown:
    """The statements of a document: JSON text, or the same as an object.

    None and an empty text hold none. Raises UnreadableError for what is no policy document.
    """
    if isinstance(document, Unknown):
        return document
    if document is None or document == "":
        return []
    if type(document) is str and len(document) <= _SHORT:
        return list(_kept(document))
    return _read(_parsed(document) if isinstance(document, str) else document)


@lru_cache(maxsize=2048)
def _kept(text: str) -> tuple[Statement, ...]:
    """Many a rule reads the same document."""
    found = _read(_parsed(text))
    return () if isinstance(found, Unknown) else tuple(found)


_SHORT = 20_000
"""Characters. No service takes longer ones; they are read anew, and not kept."""


def _read(content: Value) -> list[Statement] | Unknown:
    if not isinstance(content, dict):
        raise UnreadableError("it is not a JSON object")
    found = _lower(content).get("statement")
    if isinstance(found, Unknown):
        return found
    entries = found if isinstance(found, list) else [found]
    variables = _lower(content).get("version") == "2012-10-17"
    return [_statement(number, entry, variables) for number, entry in enumerate(entries, 1)]


def _parsed(text: str) -> Value:
    try:
        return from_json(text, _once)
    except ValueError:
        raise UnreadableError("it is not JSON") from None


def _once(pairs: list[tuple[str, Value]]) -> Value:
    """Of two elements of one name a reader picks either, so whoever judges could see another."""
    if len(dict(pairs)) < len(pairs):
        raise UnreadableError("an element stands there twice")
    return dict(pairs)


def _lower(entry: dict[str, Any]) -> dict[str, Any]:
    return _once([(key.lower(), value) for key, value in entry.items()])


def _statement(number: int, entry: Value, variables: bool) -> Statement:
    if isinstance(entry, Unknown):
        return Statement(
            label=f"{number}",
            allows=True,
            actions=(),
            not_actions=False,
            resources=(),
            not_resources=False,
            principals=(),
            not_principals=False,
            conditions=(),
            unknown=("Statement",),
        )
    if not isinstance(entry, dict):
        raise UnreadableError(f"statement {number} is not an object")
    parts = _lower(entry)
    sid = parts.get("sid")
    conditions = tuple(_conditions(parts.get("condition")))
    return Statement(
        label=repr(str(sid)) if isinstance(sid, str) and sid else str(number),
        allows=parts.get("effect") != "Deny",
        actions=tuple(texts(parts.get("action"))),
        not_actions="notaction" in parts,
        resources=tuple(texts(parts.get("resource"))),
        not_resources="notresource" in parts,
        principals=tuple(_principals(parts.get("principal"))),
        not_principals="notprincipal" in parts,
        conditions=conditions,
        unknown=tuple(
            name
            for name in ("Effect", "Action", "Resource", "Principal", "Condition")
            if _holds_unknown(parts.get(name.lower()))
        ),
        other_actions=tuple(texts(parts.get("notaction"))),
        other_resources=tuple(texts(parts.get("notresource"))),
        whole=_is_whole(parts.get("condition"), conditions),
        variables=variables,
    )


def _principals(value: Value) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return texts(value)


def _conditions(value: Value) -> list[Condition]:
    if not isinstance(value, dict):
        return []
    return [
        Condition(operator, key.lower(), tuple(said))
        for operator, tests in value.items()
        if isinstance(tests, dict)
        for key, wanted in tests.items()
        # A value that is not text would be lost, and a narrower condition seen than there is.
        for said in [_said(wanted if isinstance(wanted, list) else [wanted])]
        if said is not None
    ]


def _said(values: list[Value]) -> list[str] | None:
    """As text, as AWS reads them: `true` and `5` may stand without quotes."""
    found: list[str] = []
    for value in values:
        if isinstance(value, bool):
            found.append(str(value).lower())
        elif isinstance(value, float) and not math.isfinite(value):
            return None  # Python's JSON reads NaN and 1e999, which are nothing AWS knows
        elif isinstance(value, int | float):
            found.append(str(int(value)) if value == int(value) else str(value))
        elif isinstance(value, str):
            found.append(value)
        else:
            return None
    return found


def _is_whole(value: Value, read: tuple[Condition, ...]) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    tests = list(value.values())
    return all(isinstance(each, dict) for each in tests) and len(read) == sum(map(len, tests))


def _holds_unknown(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return is_unknown(value)
