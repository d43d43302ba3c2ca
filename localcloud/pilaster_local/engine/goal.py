"""What the program wants of one resource, and what this engine will not do for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pulumi.runtime.proto import resource_pb2

from pilaster_local.engine import paths
from pilaster_local.engine.conversion import from_struct
from pilaster_local.engine.errors import RefusedError
from pilaster_local.engine.urn import STACK_TYPE, is_provider
from pilaster_local.engine.values import Properties

RegisterRequest = resource_pb2.RegisterResourceRequest


@dataclass(frozen=True, kw_only=True)
class Goal:
    type: str
    name: str
    custom: bool
    parent: str
    inputs: Properties
    provider: str
    version: str
    dependencies: tuple[str, ...]
    property_dependencies: dict[str, list[str]]
    protect: bool
    delete_before_replace: bool | None
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    custom_timeouts: dict[str, float]
    deleted_with: str
    retain_on_delete: bool
    aliases: tuple[str, ...]
    """URNs this resource may have had: a package names its types' earlier tokens, too."""

    @classmethod
    def of(cls, request: RegisterRequest, aliases: tuple[str, ...] = ()) -> Goal:
        """Read a registration; what is not supported is refused by name."""
        _refuse(request)
        by_property = request.propertyDependencies
        return cls(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            inputs=from_struct(request.object),
            provider=request.provider,
            version=request.version,
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={k: sorted(by_property[k].urns) for k in sorted(by_property)},
            protect=request.protect,
            delete_before_replace=(
                request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
            ),
            ignore_changes=_paths(request.ignoreChanges, "ignore_changes", request),
            replace_on_changes=_paths(request.replaceOnChanges, "replace_on_changes", request),
            additional_secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
            custom_timeouts=_timeouts(request),
            deleted_with=request.deletedWith,
            retain_on_delete=request.retainOnDelete,
            aliases=aliases,
        )


def _refuse(request: RegisterRequest) -> None:
    here = f"{request.type} {request.name!r}"
    refused = {
        "remote components": (request.remote, "use the component's Python class"),
        "import": (request.importId, "import with the official command and hand the state over"),
        "replace_with": (request.replace_with, "replace the resources by their own inputs"),
        "replacement triggers": (
            request.HasField("replacement_trigger"),
            "change a property that replaces it",
        ),
        "transforms": (request.transforms, "set the inputs where the resource is made"),
        "state migrations": (request.state_migrations, "use the official command"),
        "resource hooks": (
            request.HasField("hooks") and request.hooks.ListFields(),
            "do it before or after `up`",
        ),
        "parameterized packages": (request.packageRef, "use the official command"),
        "environment variable mappings": (request.envVarMappings, "use the official command"),
        "dynamic providers": (
            request.type.startswith(("pulumi-python:", "pulumi:providers:pulumi-python")),
            "write a provider, or use the official command",
        ),
    }
    for what, (asked, instead) in refused.items():
        if asked:
            raise RefusedError(f"{what} ({here})", instead)
    known = request.type == STACK_TYPE or is_provider(request.type)
    if request.type.startswith("pulumi:") and not known:
        raise RefusedError(f"the type {request.type} ({here})", "use the official command")


def _paths(texts: Iterable[str], option: str, request: RegisterRequest) -> tuple[str, ...]:
    """The option's paths as they are written, every one of which can be read."""
    texts = tuple(texts)
    try:
        for text in texts:
            paths.parse(text)
    except paths.PathError as error:
        raise RefusedError(f"{option} of {request.type} {request.name!r}", str(error)) from error
    return texts


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def _timeouts(request: RegisterRequest) -> dict[str, float]:
    found = {}
    for name in ("create", "update", "delete"):
        if text := getattr(request.customTimeouts, name):
            found[name] = _seconds(text)
    return found


def _seconds(text: str) -> float:
    """`1h2m3.5s`, as Go writes durations."""
    parts = re.findall(r"([\d.]+)(h|ms|us|µs|ns|m|s)", text)
    if "".join(number + unit for number, unit in parts) != text:
        raise RefusedError(f"the timeout {text!r}", "write it like '5m' or '1h30m'")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
