"""Which conditions really narrow a statement that names everybody.

Conditions are joined by AND, so one that narrows is enough. It does when it cannot be met by a
stranger: a key that AWS fills in about the caller, an operator that fails where the key is missing
(no `...IfExists`, no negation, no `ForAllValues`), and values that name somebody (no wildcard where
the account stands).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from pilaster_policies.documents import Condition
from pilaster_policies.registry import Resource
from pilaster_policies.values import texts

_OPERATORS = {
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
}
_ACCOUNTS = {
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:principalaccount",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "aws:vpceaccount",
}
_ARNS = {"aws:sourcearn", "aws:principalarn", "s3:dataaccesspointarn", "aws:sourcevpcarn"}
_NAMES = {
    "aws:principalorgid",
    "aws:sourceorgid",
    "aws:vpceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
}
_PATHS = {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"}
_LOCAL = ipaddress.IPv6Network("fc00::/7")
_ADDRESSES = {"aws:sourceip", "aws:vpcsourceip"}


def narrowed(conditions: Sequence[Condition]) -> bool:
    """Whether a statement under these conditions leaves strangers out."""
    there = {
        each.key
        for each in conditions
        if each.operator.lower() == "null" and {v.lower() for v in each.values} == {"false"}
    }
    return any(narrows(each, there=each.key in there) for each in conditions)


def narrows(condition: Condition, *, there: bool = False) -> bool:
    """`there`: another condition asks that the key be present, so that `ForAllValues` narrows."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if there:
        operator = operator.removeprefix("forallvalues:")
    if condition.key == "elasticfilesystem:accessedviamounttarget":
        return operator == "bool" and condition.values == ("true",)
    if operator not in _OPERATORS or not condition.values:
        return False
    if (operator == "ipaddress") != (condition.key in _ADDRESSES):
        return False
    return all(names_somebody(condition.key, value) for value in condition.values)


def names_somebody(key: str, value: str) -> bool:
    """Whether the value of this condition key (in lower case) leaves strangers out."""
    if key in _ACCOUNTS:
        return re.fullmatch(r"\d{12}", value) is not None
    if key in _ARNS:
        return _arn_of_somebody(value)
    if key in _NAMES:
        return _fixed(value)
    if key in _PATHS:
        return re.fullmatch(r"o-[a-z0-9]{10,32}", value.partition("/")[0]) is not None
    if key == "aws:userid":
        # AROA...:session, or a plain user id: the first part is one principal's.
        return re.fullmatch(r"[A-Z0-9]{16,}", value.partition(":")[0]) is not None
    if key in _ADDRESSES:
        return not is_the_internet(value)
    return False


def accounts_in(condition: Condition) -> set[str]:
    """The accounts its values speak of; none where its key is about something else."""
    if condition.key in _ACCOUNTS:
        return set(condition.values)
    if condition.key in _ARNS:
        named = {value.split(":", 5)[4] for value in condition.values if value.count(":") > 4}
        return {each for each in named if each.isdigit()}
    return set()


def _fixed(value: str) -> bool:
    return value.strip() != "" and "*" not in value and "?" not in value


def _arn_of_somebody(value: str) -> bool:
    parts = value.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return False
    account, rest = parts[4], parts[5]
    if account and not (account == "*" and parts[2] == "s3"):
        return re.fullmatch(r"\d{12}", account) is not None
    # A bucket's ARN has no account (AWS's own examples write `*` there); its name belongs to one.
    return parts[2] == "s3" and _fixed(rest.partition("/")[0])


def is_the_internet(cidr: str) -> bool:
    """Whether a range of addresses is wide enough to hold strangers; unreadable ones are.

    A /8 is the widest that was ever one owner's, /16 for IPv6; 0.0.0.0/1 is as open as /0.
    Unique local addresses (fc00::/7) are nobody's on the internet, however wide.
    """
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return True
    if network.version == 6 and network.subnet_of(_LOCAL):
        return False
    return network.prefixlen < (8 if network.version == 4 else 16)


def own_accounts(resource: Resource) -> list[str]:
    """A provider's lists arrive as JSON text, as its settings are."""
    said = resource.provider.get("allowedAccountIds")
    return re.findall(r"\d{12}", said) if isinstance(said, str) else texts(said)
