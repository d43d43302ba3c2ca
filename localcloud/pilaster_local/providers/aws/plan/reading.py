"""One resource, read in all ways; each property is complained of by the reading that says most."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_local.providers.aws import checking, declared
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.plan import anywhere, requests, rules
from pilaster_local.providers.aws.plan.finding import Finding
from pilaster_local.providers.aws.plan.parameters import NEEDED, wrong
from pilaster_local.providers.aws.plan.resources import Planned
from pilaster_local.providers.aws.plan.secrecy import told
from pilaster_local.providers.aws.table import RECORDED, known_kind
from pilaster_local.providers.aws.values import Plain

MISTAKES = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What the table's code raises for inputs that are not what they should be."""


_NO_REQUEST = "it does not have the form that AWS's request has"


def findings(resource: Planned) -> Iterator[Finding]:
    """Every finding of one resource; one a path, from the reading that comes first."""
    seen: set[str] = set()
    for reading in (_declared, _ruled, _requested, _refused):
        said = list(reading(resource))
        for path, message in said:
            # Where something is said already, that the request cannot be made says no more.
            vague = seen and message is _NO_REQUEST
            if path not in seen and not vague and not _covered(path, seen):
                shown_path, shown_message = told(resource, path, message)
                yield Finding(urn=resource.urn, property=shown_path, message=shown_message)
        seen |= {path for path, _ in said}


def _covered(path: str, seen: set[str]) -> bool:
    """Whether something was said about the path, or about what it lies in."""
    return any(
        path.startswith((f"{said}.", f"{said}[")) or said.startswith((f"{path}.", f"{path}["))
        for said in seen
    )


def _declared(resource: Planned) -> Iterator[tuple[str, str]]:
    yield from declared.failures(resource.type, resource.inputs)


def _ruled(resource: Planned) -> Iterator[tuple[str, str]]:
    yield from rules.broken(resource.type, resource.inputs)
    yield from anywhere.broken(resource.type, resource.inputs)


def _requested(resource: Planned) -> Iterator[tuple[str, str]]:
    kind = known_kind(resource.type)
    if kind is None or resource.type in RECORDED:
        return
    try:
        calls = list(requests.of(kind, resource.urn, resource.inputs))
    except MISTAKES:
        yield _culprit(kind, resource), _NO_REQUEST
        return
    for call in calls:
        shape = input_shape(call.service, call.operation)
        for place, message in wrong(call.service, shape, call.parameters):
            if message is NEEDED:
                yield requests.lacking(kind, resource.inputs, place), message
            else:
                yield requests.origin(kind, resource.inputs, place), message


def _culprit(kind: Kind, resource: Planned) -> str:
    """The input without which the request can be made."""
    for name in resource.inputs:
        rest: Plain = {key: value for key, value in resource.inputs.items() if key != name}
        try:
            list(requests.of(kind, resource.urn, rest))
        except MISTAKES:
            continue
        return name
    return ""


def _refused(resource: Planned) -> Iterator[tuple[str, str]]:
    """What the provider's own check refuses, for plans that it has not seen.

    What this machine only has no counterpart for is no matter to AWS.
    """
    kind = known_kind(resource.type)
    if kind is None:
        return
    for name in kind.row.required.split():
        if name not in resource.inputs:
            yield name, f"{kind.token} needs {name!r}"
    try:
        if not declared.is_known(resource.type):
            yield from checking.unclaimed(kind, resource.inputs)
        yield from kind.refused(resource.inputs)
    except MISTAKES:
        return  # its rules read inputs that an earlier reading has complained of
