"""No way in from everywhere: a firewall's rule that lets in names who comes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.values import is_unknown, texts


@rule(
    "gcp-open-firewall",
    on="gcp:compute/firewall:Firewall",
    why="What is inside a network is reached from inside it.",
)
def firewall(resource: Resource) -> Iterator[Finding]:
    if resource.get("direction") == "EGRESS" or not resource.has("allows"):
        return
    ranges = resource.get("sourceRanges")
    named = resource.has("sourceTags") or resource.has("sourceServiceAccounts")
    if is_unknown(ranges):
        return
    if not ranges and not named:
        yield _open("no source is named, which is everywhere")
    for each in texts(ranges):
        if _is_wide(each):
            yield _open(f"sourceRanges holds {each}")


def _is_wide(text: str) -> bool:
    try:
        return ipaddress.ip_network(text, strict=False).prefixlen < 8
    except ValueError:
        return True  # what cannot be read is not known to be narrow


def _open(what: str) -> Violation:
    return Violation(
        f"{what}: the internet may talk to what is inside", "name the ranges that may come"
    )
