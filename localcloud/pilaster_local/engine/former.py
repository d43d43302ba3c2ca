"""What a resource may have been called before: its aliases, worked out as the official engine does.

Not left to the SDK: it knows nothing of what a parent was called, and hands the URNs over in an
order that changes from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi.runtime.proto import alias_pb2

from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.goal import RegisterRequest
from pilaster_local.engine.urn import inherited_alias, make_urn, without_stack


def urns(deployment: Deployment, request: RegisterRequest, urn: str) -> tuple[str, ...]:
    """The URNs the state may have the resource under, the likeliest first."""
    own = [each for alias in request.aliases for each in _of(deployment, request, alias)]
    # A child of what was called otherwise was called otherwise too, and no program says so.
    inherited = [
        inherited_alias(child, parent=request.parent, former_parent=former)
        for former in deployment.aliases.get(request.parent, ())
        for child in (urn, *own)
    ]
    return tuple(dict.fromkeys((*own, *inherited)))


def _of(deployment: Deployment, request: RegisterRequest, alias: alias_pb2.Alias) -> Iterator[str]:
    if alias.HasField("urn"):
        yield without_stack(alias.urn)
        return
    spec = alias.spec
    parent = spec.parentUrn or request.parent
    parents = [parent]
    if spec.noParent:
        parents = [""]
    elif spec.parentUrn:
        # It may have had that parent when the parent itself was called otherwise.
        parents = [*deployment.aliases.get(parent, ()), parent]
    for each in parents:
        yield make_urn(
            stack=spec.stack or deployment.stack,
            project=spec.project or deployment.project.name,
            type_=spec.type or request.type,
            name=spec.name or request.name,
            parent=each,
        )
