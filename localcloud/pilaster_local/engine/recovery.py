"""Settling what an interrupted run left open."""

from __future__ import annotations

from dataclasses import replace

from pilaster_local.engine.capabilities import ResourceInitError
from pilaster_local.engine.deployment import Deployment
from pilaster_local.engine.events import Recovered
from pilaster_local.engine.state import Pending

UNFINISHED = "an earlier run was interrupted while creating it"


def settle(deployment: Deployment) -> None:
    """Find out what became of every operation that was begun and not answered."""
    for pending in list(deployment.state.pending):
        wanted = pending.resource
        try:
            message = _SETTLE[pending.type](deployment, pending)
        except Exception as error:
            raise deployment.fail(wanted.urn, "read", error) from error
        deployment.tell(Recovered(urn=wanted.urn, message=message))


def _creating(deployment: Deployment, pending: Pending) -> str:
    wanted = pending.resource
    old = deployment.state.current(wanted.urn)
    backend = deployment.backend_of(wanted)
    id_ = backend.find(wanted)
    if old and old.pending_replacement:
        old = None  # what it replaces is gone, so what is found under the same id is the new one
    if not id_ or (old and old.id == id_):
        deployment.journal.done(pending)
        return "an interrupted create had made nothing"
    found = replace(wanted, id=id_, init_errors=(UNFINISHED,))
    there, outputs, _ = backend.read(found)
    if not there:
        deployment.journal.done(pending)
        return "an interrupted create had made nothing that lasted"
    found = replace(found, id=there, outputs=outputs)
    deployment.journal.done(pending, put=found, condemn=old)
    return f"an interrupted create had made {there!r}; taken into the state"


def _updating(deployment: Deployment, pending: Pending) -> str:
    wanted = pending.resource
    old = deployment.state.current(wanted.urn)
    if old is None:
        deployment.journal.done(pending)
        return "an interrupted update of something that is gone"
    backend = deployment.backend_of(wanted)
    there, _, _ = backend.read(old)
    if not there:
        deployment.journal.done(pending, drop=old)
        return "an interrupted update of something that is gone; it will be made again"
    again = replace(old, init_errors=("an earlier run was interrupted while updating it",))
    try:
        outputs = backend.update(again, wanted.inputs, timeout=0.0, preview=False)
    except ResourceInitError as error:
        deployment.journal.done(pending, put=replace(again, init_errors=tuple(error.reasons)))
        return "an interrupted update was repeated and is still not finished"
    except Exception:  # noqa: BLE001  the program may want something else by now
        # The old inputs stay, and with the note the next registration updates whatever it wants.
        deployment.journal.done(pending, put=again)
        return "an interrupted update could not be repeated; it is made good by the next one"
    deployment.journal.done(pending, put=replace(wanted, outputs=outputs, init_errors=()))
    return "an interrupted update was repeated"


def _deleting(deployment: Deployment, pending: Pending) -> str:
    doomed = pending.resource
    deployment.backend_of(doomed).delete(doomed)
    deployment.journal.done(pending, drop=doomed)
    return "an interrupted delete was repeated"


_SETTLE = {"creating": _creating, "updating": _updating, "deleting": _deleting}
