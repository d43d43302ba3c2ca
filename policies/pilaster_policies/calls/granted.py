"""Whether a recorded call is granted: proved against all that is attached to the role.

What stands as `*` in a recorded resource is the stack's own (account, region, a name's beginning,
an id), and is taken from the grant it is held against; but in the key of an object it is data, and
every key of that form must be granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pilaster_policies.actions import expand
from pilaster_policies.documents import Condition, Statement
from pilaster_policies.principals import Principal
from pilaster_policies.proof.containment import Power, no_broader

_OBJECT = re.compile(r"(arn:[^:]*:s3:::[^/]*)(/.*)?", re.DOTALL)
_PARTS = re.compile("([:/])")
_SIGNED = (Condition("Bool", "aws:securetransport", ("true",)),)
"""What is known of every recorded call on AWS: the SDK signs it, and speaks TLS."""
NOTHING = Power(())


@dataclass(frozen=True)
class Answer:
    verdict: Literal["granted", "refused", "partly", "unknown"]
    """`partly`: a request of that form is refused; `unknown`: the context decides, or nobody."""
    said: str = ""


def answer(principal: Principal, action: str, resource: str) -> Answer:
    role = power(principal)
    conditional = any(each.conditions for layer in role.layers for each in layer)
    worst = Answer("refused")
    for meant in _instances(principal, action, resource):
        call = _statement(action, meant, _SIGNED if conditional else ())
        proof = no_broader(Power((call,)), role)
        if proof.verdict == "contained":
            return Answer("granted")
        if _never(call, role):
            continue
        if proof.request is None:
            worst = Answer("unknown", proof.why)
        elif not _never(replace(call, resources=(proof.request.resource,)), role):
            worst = Answer("unknown", f"{proof.request} is refused")
        elif worst.verdict != "unknown":
            worst = Answer("partly", f"{action} on {proof.request.resource} is refused")
    return worst


def _never(call: Statement, role: Power) -> bool:
    """Whether it is refused whatever the context is."""
    return no_broader(Power((call,), role.layers), NOTHING).verdict == "contained"


def power(principal: Principal) -> Power:
    """All that is attached to it, and what bounds it."""
    bounds = (tuple(principal.boundary),) if principal.boundary is not None else ()
    return Power(tuple(each.statement for each in principal.granted), bounds)


def _instances(principal: Principal, action: str, resource: str) -> Iterator[str]:
    """The resource with what is the stack's own as the grants of the action have it."""
    found: dict[str, None] = {}
    own, data = resource, ""
    if split := _OBJECT.fullmatch(resource):
        own, data = split[1], split[2] or ""
    for each in principal.allowed():
        if any(action in expand(pattern) for pattern in each.statement.actions):
            for granted in each.statement.resources:
                found[_own(own, granted) + data] = None
    yield from found or {resource: None}


def _own(seen: str, granted: str) -> str:
    """Part by part (of an ARN, of a path) what the grant says where the recording says `*`."""
    parts, others = _PARTS.split(seen), _PARTS.split(granted)
    for at, other in enumerate(others[: len(parts)]):
        form = ".*?".join(map(re.escape, parts[at].split("*")))
        if re.fullmatch(form, other, re.DOTALL):
            parts[at] = other
    return "".join(parts)


def _statement(action: str, resource: str, conditions: tuple[Condition, ...]) -> Statement:
    return Statement(
        label="recorded",
        allows=True,
        actions=(action,),
        not_actions=False,
        resources=(resource,),
        not_resources=False,
        principals=(),
        not_principals=False,
        conditions=conditions,
        unknown=(),
    )
