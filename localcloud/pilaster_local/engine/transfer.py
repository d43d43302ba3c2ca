"""A stack's state on its way out and in: the document of `pulumi stack export` and `import`."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from pilaster_local.engine import journal, statefile, stored, values
from pilaster_local.engine.config import Project, load_stack, open_vault
from pilaster_local.engine.errors import PassphraseError, StateError
from pilaster_local.engine.lock import locked
from pilaster_local.engine.resource import Resource, from_json
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.state import Pending, State
from pilaster_local.engine.urn import is_provider
from pilaster_local.engine.values import SECRET, SIGNATURE, Value

_WHERE = "the document"


def export_state(project: Path, stack: str, show_secrets: bool = False) -> dict[str, Any]:
    """What the stack is made of, for another engine, another place or to be kept.

    Secrets are sealed with the stack's passphrase, or with `show_secrets` plain.
    """
    opened = stored.open_stack(project, stack)
    state = opened.state
    if not state.resources and not state.pending:
        # One that was never deployed has no secrets, so nobody has to know a passphrase.
        written = statefile.document(state, _NoVault())
        del written["deployment"]["secrets_providers"]
        return written
    written = statefile.document(state, opened.vault)
    if show_secrets:
        deployment = written["deployment"]
        pending = [entry["resource"] for entry in deployment.get("pending_operations", ())]
        for resource in (*deployment["resources"], *pending):
            for name in ("inputs", "outputs"):
                if name in resource:
                    resource[name] = _shown(resource[name], opened.vault)
    return written


def import_state(project: Path, stack: str, deployment: dict[str, Any]) -> None:
    """Make a document the state of the stack. What was the state before is gone.

    Raises StateError for a document that is broken or another stack's, LockedError while a run is
    under way, PassphraseError for secrets that cannot be opened; then nothing has changed.
    """
    loaded = Project.load(project)
    path = stored.path_of(project, loaded.name, stack)
    with locked(path.with_suffix(".lock"), doing="import"):
        written = statefile.deployment_of(deployment, _WHERE)
        _check_magic(written)
        state = _opened(loaded, stack, written)
        _check(state, loaded.name, stack)
        statefile.write(path, state, _vault(loaded, stack, path, written))
        path.with_suffix(".journal").unlink(missing_ok=True)


class _NoVault(Vault):
    """For a state without anything to seal."""

    def __init__(self) -> None:
        super().__init__("v1::", str)


def _shown(properties: dict[str, Value], vault: Vault) -> dict[str, Value]:
    def show(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] != SECRET:
            return signed
        return {SIGNATURE: SECRET, "plaintext": vault.decrypt(signed["ciphertext"])}

    return {key: values.transform(value, show) for key, value in properties.items()}


def _vault(project: Project, stack: str, path: Path, written: dict[str, Any]) -> Vault:
    """The stack keeps its own salt; one that has none yet takes the document's."""
    config = load_stack(project, stack)
    try:
        kept = statefile.salt_of(statefile.load(path)) or journal.salt_of(
            path.with_suffix(".journal")
        )
    except StateError:  # a broken state is what an import may be meant to mend
        kept = None
    shared = config.salt if config.secret_keys else None
    salt = shared or kept or statefile.salt_of(written)
    return config.vault if salt == config.salt else open_vault(project, stack, salt)


def _check_magic(written: dict[str, Any]) -> None:
    manifest = written.get("manifest") or {}
    version, magic = manifest.get("version") or "", manifest.get("magic") or ""
    if version and magic != hashlib.sha256(version.encode()).hexdigest():
        raise StateError(
            f"{_WHERE} is damaged: the magic number in its manifest is not the one of its version; "
            "export it again"
        )


def _opened(project: Project, stack: str, written: dict[str, Any]) -> State:
    vault = open_vault(project, stack, statefile.salt_of(written))
    resources = [
        _resource(entry, vault, f"resources[{number}]")
        for number, entry in enumerate(_list(written, "resources"))
    ]
    pending: list[Pending] = []
    for number, entry in enumerate(_list(written, "pending_operations")):
        where = f"pending_operations[{number}]"
        type_ = entry.get("type") if isinstance(entry, dict) else None
        if type_ not in ("creating", "updating", "deleting"):
            raise StateError(
                f"{_WHERE}: {where} is {type_!r}, which this engine cannot settle; run `pulumi "
                "refresh` where it comes from, which settles it, and export it again"
            )
        pending.append(Pending(type=type_, resource=_resource(entry.get("resource"), vault, where)))
    return State(resources=resources, pending=pending)


def _list(written: dict[str, Any], name: str) -> list[Any]:
    found = written.get(name) or []
    if not isinstance(found, list):
        raise StateError(f"{_WHERE} is damaged: {name} is no list")
    return found


def _resource(entry: Any, vault: Vault, where: str) -> Resource:
    try:
        resource = from_json(entry, vault)
    except PassphraseError as error:
        raise PassphraseError(
            f"{_WHERE}: the secrets of {where} cannot be opened: {error}; they were sealed with "
            "another passphrase, or export them with `--show-secrets`"
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StateError(f"{_WHERE} is damaged: {where} is no resource ({error})") from error
    if not isinstance(resource.urn, str) or resource.urn.count("::") < 3:
        raise StateError(f"{_WHERE} is damaged: {where} has the URN {resource.urn!r}")
    return resource


def _check(state: State, project: str, stack: str) -> None:
    """What would make a later run fail or, worse, go wrong."""
    here = f"urn:pulumi:{stack}::{project}::"
    for resource in (*state.resources, *(p.resource for p in state.pending)):
        if not resource.urn.startswith(here):
            raise StateError(
                f"{_WHERE} is another stack's: {resource.urn} does not begin with {here!r}"
            )
    current = Counter(r.urn for r in state.resources if not r.delete)
    if twice := sorted(urn for urn, count in current.items() if count > 1):
        raise StateError(f"{_WHERE} is damaged: it has {twice[0]} more than once")
    there = {r.urn for r in state.resources}
    providers = {f"{r.urn}::{r.id}" for r in state.resources if is_provider(r.type)}
    for resource in state.resources:
        missing = next((urn for urn in resource.needs() if urn not in there), None)
        if missing is None and resource.provider and resource.provider not in providers:
            missing = resource.provider
        if missing is not None:
            raise StateError(
                f"{_WHERE} is damaged: {resource.urn} needs {missing}, which is not in it"
            )
