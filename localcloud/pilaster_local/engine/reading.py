"""What the program only looks at: `X.get(name, id)` and stack references.

It stands in the state as external: read by every run, a preview included, never updated and never
deleted.
"""

from __future__ import annotations

from dataclasses import replace

from pulumi.runtime.proto import resource_pb2

from pilaster_local.engine import steps
from pilaster_local.engine.capabilities import NobodyToAskError
from pilaster_local.engine.conversion import from_struct
from pilaster_local.engine.custom import provider_of
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.errors import ProtectedError, RefusedError, StoppedError
from pilaster_local.engine.events import Diagnostic, Op
from pilaster_local.engine.registration import claim
from pilaster_local.engine.resource import Resource, now
from pilaster_local.engine.urn import make_urn
from pilaster_local.engine.wanted import record

ReadRequest = resource_pb2.ReadResourceRequest


def read(deployment: Deployment, request: ReadRequest) -> Resource:
    """Look a thing up and put what it is into the state."""
    deployment.check_running()
    urn = make_urn(
        stack=deployment.stack,
        project=deployment.project.name,
        type_=request.type,
        name=request.name,
        parent=request.parent,
    )
    try:
        if request.packageRef:
            raise RefusedError(f"parameterized packages ({urn})", "use the official command")
        claim(deployment, urn)
        found = _found(deployment, request, urn)
    except StoppedError:
        raise
    except Exception as error:
        raise deployment.fail(urn, "read", error) from error
    deployment.registered[urn] = found
    return found


def _found(deployment: Deployment, request: ReadRequest, urn: str) -> Resource:
    old = deployment.state.current(urn)
    reference, backend = provider_of(
        deployment, urn, type_=request.type, version=request.version, named=request.provider
    )
    wanted = Resource(
        urn=urn,
        type=request.type,
        custom=True,
        id=request.id,
        inputs=from_struct(request.properties),
        parent=request.parent,
        provider=reference,
        dependencies=tuple(sorted(request.dependencies)),
        external=True,
        additional_secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
        more=old.more if old else {},
    )
    deployment.hide(wanted.inputs)
    released = old if old and not old.external and old.id != wanted.id else None
    if released and released.protect:
        raise ProtectedError(urn, f"replaced (by {wanted.id!r}, which is only read)")
    op: Op = "replace" if released else "read"
    with deployment.step(urn, op):
        try:
            found = steps.read(deployment, backend, wanted)
        except NobodyToAskError as error:
            if not deployment.previewing:
                raise
            message = f"is not read, so its outputs are unknown here: {error}"
            deployment.tell(Diagnostic(severity="info", message=message, urn=urn))
            found = wanted
    if old and not deployment.previewing:
        same = replace(found, created=old.created, modified=old.modified)
        found = same if same == old else replace(same, modified=now())
    if found != old and not deployment.previewing:
        # One that was ours and is another thing now is deleted at the end; the same one is let go.
        deployment.journal.done(put=found, condemn=released)
    record(deployment, op, old, found)
    return found
