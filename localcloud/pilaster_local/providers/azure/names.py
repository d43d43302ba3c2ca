"""How Azure writes names that its published descriptions do not bound.

Each from Azure's "Naming rules and restrictions for Azure resources".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pilaster_local.providers.aws.values import shown


class Rule(NamedTuple):
    """One input, how it is written, and in words."""

    input: str
    pattern: str
    words: str


_GUID = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _network(longest: int, least: int = 1) -> tuple[str, str]:
    middle = f"{{{max(least - 2, 0)},{longest - 2}}}"
    optional = "?" if least < 2 else ""
    return (
        rf"[A-Za-z0-9](?:[-._A-Za-z0-9]{middle}[A-Za-z0-9_]){optional}",
        f"{least} to {longest} letters, digits, - . and _, a letter or digit first and no - or . "
        "last",
    )


def _inner(longest: int, least: int) -> tuple[str, str]:
    return (
        rf"[A-Za-z0-9][-A-Za-z0-9]{{{least - 2},{longest - 2}}}[A-Za-z0-9]",
        f"{least} to {longest} letters, digits and hyphens, no hyphen first or last",
    )


RULES: Mapping[str, tuple[Rule, ...]] = {
    "applicationinsights:Component": (
        Rule(
            "resourceName", r"[^%&\\?/#]{0,259}[^%&\\?/# .]", "1 to 260 characters, none of %&\\?/#"
        ),
    ),
    "authorization:RoleAssignment": (
        Rule("roleAssignmentName", _GUID, "a GUID"),
        Rule("principalId", _GUID, "the GUID of an identity"),
    ),
    "dbforpostgresql:Server": (
        Rule(
            "serverName",
            r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
            "lower-case letters, digits and hyphens, no hyphen first or last",
        ),
    ),
    "keyvault:Vault": (
        Rule(
            "vaultName",
            r"[A-Za-z](?!.*--)[A-Za-z0-9-]*[A-Za-z0-9]",
            "letters, digits and single hyphens, a letter first and no hyphen last",
        ),
    ),
    "managedidentity:UserAssignedIdentity": (
        Rule(
            "resourceName",
            r"[A-Za-z0-9][-_A-Za-z0-9]{2,127}",
            "3 to 128 letters, digits, - and _, a letter or digit first",
        ),
    ),
    "network:NetworkSecurityGroup": (Rule("networkSecurityGroupName", *_network(80)),),
    "network:Subnet": (Rule("subnetName", *_network(80)),),
    "network:VirtualNetwork": (Rule("virtualNetworkName", *_network(64, 2)),),
    "operationalinsights:Workspace": (Rule("workspaceName", *_inner(63, 4)),),
    "privatedns:PrivateZone": (
        Rule(
            "privateZoneName",
            r"(?=.{1,253}\Z)(?:[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]{2,63}",
            "a domain of two labels at least, such as name.private.postgres.database.azure.com",
        ),
    ),
    "storage:BlobContainer": (
        Rule(
            "containerName",
            r"\$(?:root|web)|[a-z0-9](?!.*--)[a-z0-9-]*[a-z0-9]",
            "lower-case letters, digits and single hyphens, no hyphen first or last",
        ),
    ),
    "web:AppServicePlan": (
        Rule("name", r"[-A-Za-z0-9]{1,60}", "1 to 60 letters, digits and hyphens"),
    ),
    "web:WebApp": (Rule("name", *_inner(60, 2)),),
}


def failures(token: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a resource's names."""
    for rule in RULES.get(token.removeprefix("azure-native:"), ()):
        value = inputs.get(rule.input)
        if isinstance(value, str) and not re.fullmatch(rule.pattern, value):
            yield rule.input, f"{shown(value)} is no name Azure takes: write {rule.words}"
