"""How Google writes ids that are part of an address, and so in no schema.

Each from the documentation of its service: a discovery document has only the whole path.
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


def _letters(longest: int, least: int = 1) -> tuple[str, str]:
    middle = f"{{{max(least - 2, 0)},{longest - 2}}}"
    return (
        rf"[a-z](?:[-a-z0-9]{middle}[a-z0-9]){'?' if least < 2 else ''}",
        f"{least} to {longest} lower-case letters, digits and hyphens, a letter first and no "
        "hyphen last",
    )


RULES: Mapping[str, tuple[Rule, ...]] = {
    "gcp:apigateway/api:Api": (Rule("apiId", *_letters(63)),),
    "gcp:apigateway/gateway:Gateway": (Rule("gatewayId", *_letters(63)),),
    "gcp:artifactregistry/repository:Repository": (Rule("repositoryId", *_letters(63)),),
    "gcp:cloudfunctionsv2/function:Function": (Rule("name", *_letters(63)),),
    "gcp:secretmanager/secret:Secret": (
        Rule("secretId", r"[A-Za-z0-9_-]{1,255}", "1 to 255 letters, digits, _ and -"),
    ),
    "gcp:serviceaccount/account:Account": (Rule("accountId", *_letters(30, 6)),),
    "gcp:sql/databaseInstance:DatabaseInstance": (Rule("name", *_letters(84)),),
    "gcp:storage/bucket:Bucket": (
        Rule(
            "name",
            r"(?!goog)(?!.*google)[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]",
            "3 to 63 lower-case letters, digits, -, _ and ., without 'google'",
        ),
    ),
}


def failures(token: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a resource's ids."""
    for rule in RULES.get(token, ()):
        value = inputs.get(rule.input)
        if isinstance(value, str) and not re.fullmatch(rule.pattern, value):
            yield rule.input, f"{shown(value)} is no id Google takes: write {rule.words}"
