"""Rules AWS has beside its models, by resource type.

Each module has a table of what single values may be and rules for values that belong together; both
from the service's own documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan import tags
from pilaster_local.providers.aws.plan.bounds import held
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.names import NAMES
from pilaster_local.providers.aws.plan.rules import (
    apis,
    caches,
    databases,
    distributions,
    elsewhere,
    events,
    functions,
    identity,
    messaging,
    networks,
    observing,
    querying,
    recorded,
    secrets,
    storage,
    tables,
    users,
    workflows,
)

_MODULES = (
    apis, caches, databases, distributions, elsewhere, events, functions, identity, messaging,
    networks, observing, querying, recorded, secrets, storage, tables, users, workflows,
)  # fmt: skip
_BOUNDS = {token: table for module in _MODULES for token, table in module.BOUNDS.items()}
_RULES = {token: rules for module in _MODULES for token, rules in module.RULES.items()}


def has_rules(token: str) -> bool:
    return token in _BOUNDS or token in _RULES


def broken(token: str, inputs: Mapping[str, Any]) -> Said:
    """What these inputs break. Rules pass over what has not the type they expect."""
    if token in NAMES:
        named, test = NAMES[token]
        yield from held({named: test}, inputs)
    yield from held(_BOUNDS.get(token, {}), inputs)
    for rule in _RULES.get(token, ()):
        try:
            yield from rule(inputs)
        except (TypeError, ValueError, AttributeError, KeyError):
            continue  # a value of the wrong type, which the provider's schema complains of
    yield from tags.broken(token, inputs)
