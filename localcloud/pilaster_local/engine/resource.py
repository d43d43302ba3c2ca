"""One resource of the state, in memory and as Pulumi's deployment format (version 3) has it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.values import SECRET, SIGNATURE, Properties, Value, secret, transform


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
    external: bool = False
    """Read, not made: somebody else's, never updated or deleted."""
    pending_replacement: bool = False
    """Deleted at the service, and not made again: the next run makes it."""
    taint: bool = False
    """To be replaced by the next run, whatever the program says of it."""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
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
    "pending_replacement": "pendingReplacement",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
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
    "taint",
    "external",
    "dependencies",
    "init_errors",
    "provider",
    "property_dependencies",
    "pending_replacement",
    "additional_secret_outputs",
    "custom_timeouts",
    "retain_on_delete",
    "deleted_with",
    "created",
    "modified",
    "ignore_changes",
    "replace_on_changes",
]


def plain_json(resource: Resource) -> dict[str, Any]:
    """With the names Pulumi writes, empty fields left out, values as they are."""
    written: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(resource, name)
        if value or name in ("urn", "custom", "type"):
            value = list(value) if isinstance(value, tuple) else value
            written[_NAMES.get(name, name)] = value
    return written


def to_json(resource: Resource, vault: Vault) -> dict[str, Any]:
    """As it stands in a file: secrets encrypted."""
    written = plain_json(resource)
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


def now() -> str:
    return (
        datetime.datetime.now(datetime.UTC)
        .isoformat(timespec="microseconds")
        .replace("+00:00", "Z")
    )
