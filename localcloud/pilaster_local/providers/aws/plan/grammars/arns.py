"""Amazon resource names: their six parts, and the regions there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pilaster_local.providers.aws.plan.finding import shown

_PARTITION = re.compile(r"aws|aws-cn|aws-us-gov|aws-iso(-[a-z])?|aws-eusc")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@dataclass(frozen=True)
class Arn:
    partition: str
    service: str
    region: str
    account: str
    resource: str


def parsed(text: str) -> Arn | None:
    """The parts of an ARN, or None where there are not six."""
    parts = text.split(":", 5)
    return Arn(*parts[1:]) if len(parts) == 6 and parts[0] == "arn" else None


def problem(
    text: str, services: Iterable[str] = (), resource: str = "", example: str = ""
) -> str | None:
    """What is wrong with an ARN that should name a thing of these services, if anything is."""
    wanted = f"; write it as {example!r}" if example else ""
    arn = parsed(text)
    if arn is None or not arn.resource:
        return f"{shown(text)} is no ARN{wanted}"
    if not _PARTITION.fullmatch(arn.partition):
        return f"{shown(text)}: there is no partition {arn.partition!r}{wanted}"
    if not re.fullmatch(r"[a-z0-9-]+", arn.service):
        return f"{shown(text)}: {arn.service!r} is no service{wanted}"
    if arn.region and not is_region(arn.region):
        return f"{shown(text)}: there is no region {arn.region!r}{wanted}"
    # In an invoke ARN the service that is called stands where the account does elsewhere.
    if arn.service != "apigateway" and arn.account and not re.fullmatch(r"\d{12}|aws", arn.account):
        return f"{shown(text)}: account {arn.account!r} is not twelve digits{wanted}"
    known = tuple(services)
    if known and arn.service not in known:
        return (
            f"{shown(text)} is of {arn.service!r}, not of {' or '.join(map(repr, known))}{wanted}"
        )
    if resource and not re.fullmatch(resource, arn.resource, re.DOTALL):
        return f"{shown(text)}: {arn.resource!r} is not what is meant here{wanted}"
    return None


def is_region(region: str) -> bool:
    """Whether botocore knows the region; where its list cannot be read, whether it looks so."""
    known = _regions()
    return region in known if known else _REGION.fullmatch(region) is not None


@cache
def _regions() -> frozenset[str]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return frozenset()
    try:
        data = json.loads((Path(spec.origin).parent / "data/partitions.json").read_bytes())
        return frozenset(r for partition in data["partitions"] for r in partition["regions"])
    except (OSError, ValueError, KeyError):
        return frozenset()
