"""Permissions that are resources of their own, read as the statement AWS makes of them."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.documents import Condition, Statement
from pilaster_policies.registry import Resource
from pilaster_policies.values import is_unknown

_PRINCIPALS = {
    "aws:lambda/permission:Permission": "principal",
    "aws:lambda/layerVersionPermission:LayerVersionPermission": "principal",
    "aws:cloudwatch/eventPermission:EventPermission": "principal",
    "aws:kms/grant:Grant": "granteePrincipal",
}
PERMISSIONS = tuple(_PRINCIPALS)
_CONDITIONS = {
    "sourceArn": ("ArnLike", "aws:sourcearn"),
    "sourceAccount": ("StringEquals", "aws:sourceaccount"),
    "principalOrgId": ("StringEquals", "aws:principalorgid"),
    "organizationId": ("StringEquals", "aws:principalorgid"),
    "eventSourceToken": ("StringEquals", "lambda:eventsourcetoken"),
}


def statement_of(resource: Resource) -> Statement:
    """Whom it lets in, under which conditions. What it allows them is no part of it."""
    principal = resource.get(_PRINCIPALS[resource.type])
    conditions = list(_conditions(resource))
    unknown = [
        *(["Principal"] if is_unknown(principal) else []),
        *(["Condition"] if any(each is None for each in conditions) else []),
    ]
    return Statement(
        label="",
        allows=True,
        actions=(),
        not_actions=False,
        resources=(),
        not_resources=False,
        principals=(principal,) if isinstance(principal, str) else (),
        not_principals=False,
        conditions=tuple(each for each in conditions if each),
        unknown=tuple(unknown),
    )


def _conditions(resource: Resource) -> Iterator[Condition | None]:
    """None for one that is not known yet."""
    for name, (operator, key) in _CONDITIONS.items():
        value = resource.props.get(name)
        if isinstance(value, str) and value:
            yield Condition(operator, key, (value,))
        elif is_unknown(value):
            yield None
    named = resource.props.get("condition")
    if is_unknown(named):
        yield None
    if not isinstance(named, dict):
        return
    operator, key, value = (named.get(part) for part in ("type", "key", "value"))
    if any(map(is_unknown, (operator, key, value))):
        yield None
    elif isinstance(operator, str) and isinstance(key, str) and isinstance(value, str):
        yield Condition(operator, key.lower(), (value,))
