"""What the stack is made of, in memory and in Pulumi's deployment format (version 3)."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pilaster_local.engine.errors import StateError
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.urn import type_of
from pilaster_local.engine.values import SECRET, SIGNATURE, Properties, Value, secret, transform

VERSION = "v3.260.0"
"""The official engine whose format this is. Its import wants the magic number of its version."""

PendingType = Literal["creating", "updating", "deleting"]
PendingKey = tuple[str, str, str]
"""Type, URN and id: two generations of one URN may be on their way out at once."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of the state. Field for field what Pulumi's `ResourceV3` holds."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool = False
    delete: bool = False
    """Replaced: a newer resource has its URN, and this one is still to be deleted."""
    deleted_with: str = ""
    retain_on_delete: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    created: str = ""
    modified: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    """What the official engine wrote and this one has no use for; kept as it was."""

    @property
    def key(self) -> tuple[str, str, bool]:
        return (self.urn, self.id, self.delete)

    def needs(self) -> Iterator[str]:
        """The URNs that must exist before this one."""
        yield from filter(None, (self.parent, self.provider.rpartition("::")[0], self.deleted_with))
        yield from self.dependencies
        for urns in self.property_dependencies.values():
            yield from urns


_NAMES = {
    "property_dependencies": "propertyDependencies",
    "deleted_with": "deletedWith",
    "retain_on_delete": "retainOnDelete",
    "additional_secret_outputs": "additionalSecretOutputs",
    "init_errors": "initErrors",
    "custom_timeouts": "customTimeouts",
}
_FIELDS = [
    "urn",
    "custom",
    "delete",
    "id",
    "type",
    "inputs",
    "outputs",
    "parent",
    "protect",
    "dependencies",
    "init_errors",
    "provider",
    "property_dependencies",
    "additional_secret_outputs",
    "custom_timeouts",
    "retain_on_delete",
    "deleted_with",
    "created",
    "modified",
]


def to_json(resource: Resource, vault: Vault) -> dict[str, Any]:
    """As it stands in a file: secrets encrypted, empty fields left out."""
    written: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(resource, name)
        if value or name in ("urn", "custom", "type"):
            value = list(value) if isinstance(value, tuple) else value
            written[_NAMES.get(name, name)] = value
    for name in ("inputs", "outputs"):
        if name in written:
            written[name] = _sealed(written[name], vault)
    return {**resource.more, **written}


def from_json(written: dict[str, Any], vault: Vault) -> Resource:
    known: dict[str, Any] = {}
    for name in _FIELDS:
        value = written.get(_NAMES.get(name, name))
        if value is not None:
            known[name] = tuple(value) if isinstance(value, list) else value
    for name in ("inputs", "outputs"):
        if name in known:
            known[name] = _opened(known[name], vault)
    if "property_dependencies" in known:
        deps = known["property_dependencies"]
        known["property_dependencies"] = {key: list(urns or ()) for key, urns in deps.items()}
    handled = {_NAMES.get(name, name) for name in _FIELDS}
    more = {key: value for key, value in written.items() if key not in handled}
    return Resource(**known, more=more)


def _sealed(properties: Properties, vault: Vault) -> Properties:
    def seal(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] != SECRET:
            return signed
        text = json.dumps(signed["value"], separators=(",", ":"), ensure_ascii=False)
        return {SIGNATURE: SECRET, "ciphertext": vault.encrypt(text)}

    return {key: transform(value, seal) for key, value in properties.items()}


def _opened(properties: Properties, vault: Vault) -> Properties:
    def unseal(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] != SECRET:
            return signed
        if "plaintext" in signed:
            return secret(json.loads(signed["plaintext"]))
        return secret(json.loads(vault.decrypt(signed["ciphertext"])))

    return {key: transform(value, unseal) for key, value in properties.items()}


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An operation that was begun and whose answer is not in the state."""

    type: PendingType
    resource: Resource
    """Create: the checked inputs. Update: those with the old outputs. Delete: as it was."""

    @property
    def key(self) -> PendingKey:
        return (self.type, self.resource.urn, self.resource.id)


@dataclass
class State:
    """The resources in order, dependencies first; changed by the journal's entries only."""

    resources: list[Resource] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)

    def current(self, urn: str) -> Resource | None:
        return next((r for r in self.resources if r.urn == urn and not r.delete), None)

    def put(self, resource: Resource) -> None:
        """Make this the state of its URN, in the place of what was there."""
        for index, other in enumerate(self.resources):
            if other.urn == resource.urn and not other.delete:
                self.resources[index] = resource
                return
        self.resources.append(resource)

    def condemn(self, urn: str, id_: str) -> None:
        """The current resource was replaced and waits to be deleted."""
        for index, other in enumerate(self.resources):
            if other.key == (urn, id_, False) and not any(
                r.key == (urn, id_, True) for r in self.resources
            ):
                self.resources[index] = replace(other, delete=True)
                return

    def drop(self, key: tuple[str, str, bool]) -> None:
        self.resources = [r for r in self.resources if r.key != key]

    def rename(self, old: str, new: str) -> None:
        """The program gave a resource another URN; everything that names it follows."""
        if self.current(new) is not None:
            return

        def renamed(urn: str) -> str:
            return new if urn == old else urn

        def follow(r: Resource) -> Resource:
            provider, _, id_ = r.provider.rpartition("::")
            by_property = r.property_dependencies.items()
            return replace(
                r,
                urn=r.urn if r.delete else renamed(r.urn),
                type=type_of(new) if r.urn == old and not r.delete else r.type,
                parent=renamed(r.parent),
                provider=f"{renamed(provider)}::{id_}" if r.provider else "",
                dependencies=tuple(map(renamed, r.dependencies)),
                property_dependencies={k: [renamed(u) for u in urns] for k, urns in by_property},
                deleted_with=renamed(r.deleted_with),
            )

        self.resources = [follow(r) for r in self.resources]

    def begin(self, pending: Pending) -> None:
        self.settle(pending.key)
        self.pending.append(pending)

    def settle(self, key: PendingKey) -> None:
        self.pending = [p for p in self.pending if p.key != key]


def in_order(resources: Iterable[Resource]) -> list[Resource]:
    """The resources with dependencies before dependents, otherwise in the order given.

    What was updated in place may have come to need something newer than itself; the official engine
    refuses a state in which a dependency stands later, and deletes run in the reverse of this.
    """
    listed = list(resources)
    by_urn: dict[str, list[Resource]] = {}
    for resource in listed:
        by_urn.setdefault(resource.urn, []).append(resource)
    placed: set[tuple[str, str, bool]] = set()
    ordered: list[Resource] = []

    def place(resource: Resource) -> None:
        if resource.key in placed:
            return
        placed.add(resource.key)
        for urn in resource.needs():
            for needed in by_urn.get(urn, ()):
                # What was replaced needed what was replaced with it, if anything of it is left.
                if needed.delete <= resource.delete:
                    place(needed)
        ordered.append(resource)

    for resource in listed:
        place(resource)
    return ordered


def load(path: Path) -> dict[str, Any]:
    """The deployment in a file, still sealed. A missing file is an empty one."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise StateError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(written, dict) or written.get("version") != 3:
        raise StateError(f"{path} is not a Pulumi deployment of version 3")
    deployment = written.get("deployment") or {}
    provider = (deployment.get("secrets_providers") or {}).get("type") or "passphrase"
    if provider != "passphrase":
        raise StateError(
            f"{path} is encrypted with {provider!r}; this engine knows `passphrase` only"
        )
    return deployment


def salt_of(deployment: dict[str, Any]) -> str | None:
    """The salt line a deployment was sealed under."""
    provider = deployment.get("secrets_providers") or {}
    return (provider.get("state") or {}).get("salt")


def opened(deployment: dict[str, Any], vault: Vault) -> State:
    return State(
        resources=[from_json(r, vault) for r in deployment.get("resources") or ()],
        pending=[
            Pending(type=p["type"], resource=from_json(p["resource"], vault))
            for p in deployment.get("pending_operations") or ()
        ],
    )


def write(path: Path, state: State, vault: Vault) -> None:
    """Replace the file as one: whoever reads it sees the old state or the new one."""
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
    text = json.dumps({"version": 3, "deployment": deployment}, indent=2, ensure_ascii=False)
    replace_file(path, text)


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


def now() -> str:
    return (
        datetime.datetime.now(datetime.UTC)
        .isoformat(timespec="microseconds")
        .replace("+00:00", "Z")
    )
