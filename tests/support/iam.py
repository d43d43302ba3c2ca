"""IAM's decision on one request, straight from its documentation: slow, plain, and no relation of
the pack's. Tests hold what the pack proves against it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Mapping
from typing import Any

Context = Mapping[str, tuple[str, ...]]
VARIABLE = re.compile(r"\$\{([^}]*)\}")


class NotDecidedError(Exception):
    """An operator or a value the documentation says nothing of."""


def allowed(document: dict[str, Any], action: str, resource: str, context: Context) -> bool:
    effects = {
        each["Effect"]
        for each in _list(document["Statement"])
        if _applies(each, document.get("Version"), action, resource, context)
    }
    return "Allow" in effects and "Deny" not in effects


def _applies(
    statement: dict[str, Any], version: Any, action: str, resource: str, context: Context
) -> bool:
    fill = version == "2012-10-17"
    if "Action" in statement:
        if not any(_like(a.lower(), action.lower()) for a in _list(statement["Action"])):
            return False
    elif any(_like(a.lower(), action.lower()) for a in _list(statement["NotAction"])):
        return False
    named = "Resource" if "Resource" in statement else "NotResource"
    met = any(_arn(r, resource, context, fill) for r in _list(statement[named]))
    if met != (named == "Resource"):
        return False
    return all(
        _met(operator, key.lower(), _list(values), context, fill)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def _met(operator: str, key: str, values: list[Any], context: Context, fill: bool) -> bool:
    name = operator.lower()
    there = context.get(key, ())
    if name == "null":
        return any((str(v).lower() == "true") == (not there) for v in values)
    of = ""
    if name.startswith("forallvalues:"):
        of, name = "all", name[13:]
    elif name.startswith("foranyvalue:"):
        of, name = "any", name[12:]
    if name.endswith("ifexists"):
        name = name[:-8]
        if not there:
            return True
    plain = re.sub(r"(?<=string)not|(?<=arn)not|(?<=numeric)not|(?<=date)not|^not", "", name)
    negated = plain != name
    said = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]

    def one(value: str) -> bool:
        return any(_compare(plain, value, each, context, fill) for each in said) != negated

    if of == "all":
        return all(map(one, there))
    if of == "any":
        return any(map(one, there))
    if not there:
        return negated
    if len(there) > 1:
        raise NotDecidedError(operator)
    return one(there[0])


def _compare(name: str, value: str, wanted: str, context: Context, fill: bool) -> bool:
    match name:
        case "stringequals" | "binaryequals":
            filled = _filled(wanted, context, fill, wild=False)
            return filled is not None and filled == value
        case "stringequalsignorecase" | "bool":
            filled = _filled(wanted, context, fill, wild=False)
            return filled is not None and filled.lower() == value.lower()
        case "stringlike":
            filled = _filled(wanted, context, fill, wild=True)
            return filled is not None and re.fullmatch(filled, value, re.DOTALL) is not None
        case "arnequals" | "arnlike":
            return _arn(wanted, value, context, fill)
        case "ipaddress":
            return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    for family, convert in (("numeric", float), ("date", _moment)):
        if name.startswith(family):
            one, other = convert(value), convert(wanted)
            return {
                "equals": one == other,
                "lessthan": one < other,
                "lessthanequals": one <= other,
                "greaterthan": one > other,
                "greaterthanequals": one >= other,
            }[name.removeprefix(family)]
    raise NotDecidedError(name)


def _moment(value: str) -> float:
    if re.fullmatch(r"\d+", value):
        return float(value)
    moment = datetime.datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def _filled(pattern: str, context: Context, fill: bool, *, wild: bool) -> str | None:
    """Its variables filled in: as a text, or (`wild`) as a regular expression."""
    found = ""
    at = 0
    quote = re.escape if wild else str
    while at < len(pattern):
        variable = VARIABLE.match(pattern, at) if fill else None
        if variable:
            at = variable.end()
            name, _, default = (part.strip() for part in variable[1].partition(","))
            if variable[1] in ("*", "?", "$"):
                found += quote(variable[1])
                continue
            values = context.get(name.lower(), (default.strip("'"),) if default else ())
            if len(values) != 1:
                return None
            found += quote(values[0])
            continue
        character = pattern[at]
        at += 1
        if wild and character in "*?":
            found += ".*" if character == "*" else "."
        else:
            found += quote(character)
    return found


def _arn(pattern: str, value: str, context: Context, fill: bool) -> bool:
    if set(pattern) == {"*"}:
        return True
    hidden = VARIABLE.sub(lambda v: v[0].replace(":", "\0"), pattern) if fill else pattern
    parts = [part.replace("\0", ":") for part in hidden.split(":", 5)]
    others = value.split(":", 5)
    if len(parts) < 6:
        raise NotDecidedError(pattern)
    if len(others) < 6:
        return False
    filled = [_filled(part, context, fill, wild=True) for part in parts]
    return all(
        each is not None and re.fullmatch(each, other, re.DOTALL) is not None
        for each, other in zip(filled, others, strict=True)
    )


def _like(pattern: str, value: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, value) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
