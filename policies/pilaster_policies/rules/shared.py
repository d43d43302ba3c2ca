"""What is copied out of the account by a list of who may: images, snapshots, documents.

No condition stands beside such a list, so one who is meant is an exception with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.narrowing import own_accounts
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.rules import foreign_account, wildcard_principal
from pilaster_policies.rules.public_database import SNAPSHOTS
from pilaster_policies.values import Value, texts

IMAGE = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
DOCUMENT = "aws:ssm/document:Document"
_LISTS: dict[str, tuple[str, ...]] = {
    IMAGE: ("accountId",),
    DOCUMENT: ("permissions", "accountIds"),
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": ("accountId",),
    **dict.fromkeys(SNAPSHOTS, ("sharedAccounts",)),
}
FIX = (
    "take it off the list; for another's account that is meant, list the resource as an exception "
    "with the reason"
)


@rule(wildcard_principal.ID, on=(IMAGE, DOCUMENT), why=wildcard_principal.WHY)
def everybody(resource: Resource) -> Iterator[Finding]:
    """Of a database's snapshot `aws-public-database` says it."""
    path = ("group",) if resource.type == IMAGE else _LISTS[DOCUMENT]
    if "all" in {each.lower() for each in texts(resource.get(*path))}:
        yield Violation(
            f"{'.'.join(path)} is all: every AWS account may take it and what is in it",
            "list the accounts by number, your own",
        )


@rule(foreign_account.ID, on=_LISTS, why=foreign_account.WHY)
def accounts(resource: Resource) -> Iterator[Finding]:
    path = _LISTS[resource.type]
    named = _accounts(resource.get(*path))
    own = set(own_accounts(resource))
    foreign = sorted(named - own)
    if foreign and own:
        yield Violation(
            f"{'.'.join(path)} holds {', '.join(foreign)}, which is another's account: it takes a "
            "copy, and what becomes of that is out of your hands",
            FIX,
        )
    elif foreign:
        yield NotKnown(f"{'.'.join(path)}: whether {', '.join(foreign)} is this account")


def _accounts(value: Value) -> set[str]:
    """Numbers in a list, or in one text with commas as Systems Manager has them."""
    return {found for text in texts(value) for found in re.findall(r"\b\d{12}\b", text)}
