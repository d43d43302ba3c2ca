"""Every resource type this machine knows, and what it answers about one it does not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache

from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Row
from pilaster_local.providers.aws.services import (
    alarms,
    apis,
    buckets,
    caches,
    callers,
    clusters,
    distributions,
    events,
    firewalls,
    functions,
    groups,
    keys,
    logs,
    mail,
    networks,
    objects,
    querying,
    queues,
    recorded,
    roles,
    secrets,
    tables,
    topics,
    users,
    workflows,
)

_SERVICES = (
    alarms, apis, buckets, caches, callers, clusters, distributions, events, firewalls, functions,
    groups, keys, logs, mail, networks, objects, querying, queues, roles, secrets, tables, topics,
    users, workflows,
)  # fmt: skip

RECORDED: Mapping[str, Row] = recorded.TYPES
"""Types kept in the state and nowhere else."""

TYPES: Mapping[str, Row] = {
    **{token: row for service in _SERVICES for token, row in service.TYPES.items()},
    **RECORDED,
}


class UnknownTypeError(Exception):
    """A type that neither runs nor may be recorded."""

    def __init__(
        self, token: str, known: Iterable[str] = TYPES, who: str = "the local cloud"
    ) -> None:
        near = difflib.get_close_matches(token, known, 1, 0.5)
        hint = f"; the nearest it knows is {near[0]}" if near else ""
        super().__init__(f"{who} does not know the resource type {token!r}{hint}")


def kind_of(token: str) -> Kind:
    """The type's behaviour. Raises UnknownTypeError, which takes time to look for the nearest."""
    kind = known_kind(token)
    if kind is None:
        raise UnknownTypeError(token)
    return kind


@cache
def known_kind(token: str) -> Kind | None:
    """The type's behaviour, made when it is first asked for; none where there is no row."""
    row = TYPES.get(token)
    return None if row is None else (row.kind or Kind)(token, row)
