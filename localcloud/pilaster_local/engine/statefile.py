"""The state's file: Pulumi's deployment format, replaced as one and readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from pilaster_local.engine.errors import StateError
from pilaster_local.engine.resource import Resource, from_json, now, to_json
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.state import Pending, State, in_order

VERSION = "v3.260.0"
"""The official engine whose format this is. Its import wants the magic number of its version."""


_MEND = "put a copy of it back, or what `pilaster stack export` wrote, by `pilaster stack import`"


def load(path: Path) -> dict[str, Any]:
    """The deployment in a file, still sealed. A missing file is an empty one."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise StateError(f"{path} is not valid JSON: {error}; {_MEND}") from error
    return deployment_of(written, str(path))


def deployment_of(written: Any, where: str) -> dict[str, Any]:
    """The deployment in what `pulumi stack export` writes, still sealed."""
    if not isinstance(written, dict) or written.get("version") != 3:
        raise StateError(f"{where} is not a Pulumi deployment of version 3")
    if "deployment" not in written:
        raise StateError(f"{where} is damaged: it has no deployment; {_MEND}")
    deployment = written["deployment"] or {}
    if not isinstance(deployment, dict):
        raise StateError(f"{where} is damaged: its deployment is no object")
    provider = (deployment.get("secrets_providers") or {}).get("type") or "passphrase"
    if provider != "passphrase":
        raise StateError(
            f"{where} is encrypted with {provider!r}; this engine knows `passphrase` only. "
            "`pulumi stack export --show-secrets` writes one that is not encrypted, to be deleted "
            "after its import"
        )
    return deployment


def version(path: Path) -> tuple[int, int] | None:
    """Another one whenever the file was replaced."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def salt_of(deployment: dict[str, Any]) -> str | None:
    """The salt line a deployment was sealed under."""
    provider = deployment.get("secrets_providers") or {}
    return (provider.get("state") or {}).get("salt")


def opened(deployment: dict[str, Any], vault: Vault) -> State:
    try:
        return State(
            resources=[from_json(r, vault) for r in deployment.get("resources") or ()],
            pending=[
                Pending(type=p["type"], resource=from_json(p["resource"], vault))
                for p in deployment.get("pending_operations") or ()
            ],
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StateError(f"the state is damaged ({error}); {_MEND}") from error


def write(path: Path, state: State, vault: Vault) -> None:
    """Replace the file as one: whoever reads it sees the old state or the new one."""
    replace_file(path, json.dumps(document(state, vault), indent=2, ensure_ascii=False))


def document(state: State, vault: Vault) -> dict[str, Any]:
    """The state as `pulumi stack export` writes it, secrets sealed."""
    resources = [to_json(r, vault) for r in in_order(_without_dangling(state.resources))]
    deployment: dict[str, Any] = {
        "manifest": {
            "time": now(),
            "magic": hashlib.sha256(VERSION.encode()).hexdigest(),
            "version": VERSION,
        },
        "secrets_providers": {"type": "passphrase", "state": {"salt": vault.line}},
        "resources": resources,
        "metadata": {},
    }
    if state.pending:
        deployment["pending_operations"] = [
            {"resource": to_json(p.resource, vault), "type": p.type} for p in state.pending
        ]
    return {"version": 3, "deployment": deployment}


def _without_dangling(resources: list[Resource]) -> list[Resource]:
    """A refresh or a failed run may leave a dependency on what is gone; Pulumi refuses that."""
    here = {r.urn for r in resources}
    kept = []
    for resource in resources:
        if not here.issuperset(resource.needs()):
            by_property = resource.property_dependencies.items()
            resource = replace(
                resource,
                dependencies=tuple(urn for urn in resource.dependencies if urn in here),
                property_dependencies={k: [u for u in v if u in here] for k, v in by_property},
                deleted_with=resource.deleted_with if resource.deleted_with in here else "",
            )
        kept.append(resource)
    return kept


def replace_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
