"""The operations on services: written down before, called, written down after."""

from __future__ import annotations

from dataclasses import replace

from pilaster_local.engine import values
from pilaster_local.engine.backend import Backend
from pilaster_local.engine.capabilities import NoAnswerError, ResourceInitError
from pilaster_local.engine.conversion import from_properties
from pilaster_local.engine.deployment import Deployment, is_no_answer
from pilaster_local.engine.errors import RegistrationError
from pilaster_local.engine.resource import Resource, now
from pilaster_local.engine.values import UNKNOWN, Properties


def create(
    deployment: Deployment, backend: Backend, wanted: Resource, *, instead_of: Resource | None
) -> Resource:
    """Make the thing. `instead_of`: what it replaces, which is then to be deleted at the end."""
    timeout = wanted.custom_timeouts.get("create", 0.0)
    if deployment.previewing:
        id_, outputs = backend.create(wanted.urn, wanted.inputs, timeout=timeout, preview=True)
        return _with_outputs(replace(wanted, id="" if id_ == UNKNOWN else id_), outputs)
    wanted = replace(wanted, created=now(), modified=now())
    pending = deployment.journal.begin("creating", wanted)
    try:
        id_, outputs = backend.create(wanted.urn, wanted.inputs, timeout=timeout, preview=False)
        if not id_:
            raise NoAnswerError("the provider gave it no id")
    except ResourceInitError as error:
        half = _unfinished(deployment, replace(wanted, id=error.resource_id), error)
        deployment.journal.done(pending, put=half, condemn=instead_of)
        raise
    except Exception as error:
        if not is_no_answer(error):
            deployment.journal.done(pending)
        raise
    made = _with_outputs(replace(wanted, id=id_), outputs)
    deployment.journal.done(pending, put=made, condemn=instead_of)
    return made


def read(deployment: Deployment, backend: Backend, wanted: Resource) -> Resource:
    """Look the thing up by its id; what has no id yet has no outputs either."""
    if wanted.id == UNKNOWN:
        return wanted
    there, outputs, _ = backend.read(replace(wanted, outputs=wanted.inputs))
    if not there:
        raise RegistrationError(wanted.urn, f"there is no {wanted.type} with the id {wanted.id!r}")
    return _with_outputs(replace(wanted, id=there), outputs)


def update(deployment: Deployment, backend: Backend, old: Resource, wanted: Resource) -> Resource:
    """Bring the thing to the wanted inputs. `wanted` has the id and the outputs of `old`."""
    timeout = wanted.custom_timeouts.get("update", 0.0)
    if deployment.previewing:
        outputs = backend.update(old, wanted.inputs, timeout=timeout, preview=True)
        return _with_outputs(wanted, outputs)
    wanted = replace(wanted, modified=now(), init_errors=old.init_errors)
    pending = deployment.journal.begin("updating", wanted)
    try:
        outputs = backend.update(old, wanted.inputs, timeout=timeout, preview=False)
    except ResourceInitError as error:
        deployment.journal.done(pending, put=_unfinished(deployment, wanted, error))
        raise
    except Exception as error:
        if not is_no_answer(error):
            # Several calls may have gone before the one that was refused.
            note = (deployment.redacted(str(error)) or type(error).__name__,)
            deployment.journal.done(pending, put=replace(old, init_errors=note))
        raise
    changed = _with_outputs(replace(wanted, init_errors=()), outputs)
    deployment.journal.done(pending, put=changed)
    return changed


def delete(
    deployment: Deployment, old: Resource, *, call: bool = True, to_be_replaced: bool = False
) -> None:
    """Delete the thing; without `call` only the state forgets it. With `to_be_replaced` the state
    keeps it as gone until it is made again, which may be the next run's to do.
    """
    gone = replace(old, pending_replacement=True) if to_be_replaced else None
    forgotten = None if to_be_replaced else old
    if not call or not deployment.owned_by_service(old) or old.retain_on_delete:
        deployment.journal.done(put=gone, drop=forgotten)
        return
    backend = deployment.backend_of(old)
    pending = deployment.journal.begin("deleting", old)
    try:
        backend.delete(old)
    except Exception as error:
        if not is_no_answer(error):
            deployment.journal.done(pending)
        raise
    deployment.journal.done(pending, put=gone, drop=forgotten)


def _unfinished(deployment: Deployment, wanted: Resource, error: ResourceInitError) -> Resource:
    outputs = from_properties(error.properties) or wanted.outputs or wanted.inputs
    kept = values.secrets_kept(outputs, wanted.inputs)
    reasons = tuple(deployment.redacted(reason) for reason in error.reasons)
    return replace(_with_outputs(wanted, kept), init_errors=reasons or ("not finished",))


def _with_outputs(resource: Resource, outputs: Properties) -> Resource:
    return replace(resource, outputs=secret_outputs(outputs, resource.additional_secret_outputs))


def secret_outputs(outputs: Properties, names: tuple[str, ...]) -> Properties:
    """The outputs, with those the program named as secret."""
    return {
        key: values.secret(values.plain(value)) if key in names else value
        for key, value in outputs.items()
    }
