"""The resources of a plan as the checks read them: plain inputs, and which of them are secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pulumi

from pilaster_local.engine import values
from pilaster_local.providers.aws.values import UNKNOWN, Plain


class Registered(Protocol):
    """What a check needs of a resource of the engine's: `engine.resource.Resource` has it."""

    @property
    def urn(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def inputs(self) -> dict[str, Any]: ...


class Stepped(Protocol):
    """A step of a plan; its new resource is what would be."""

    @property
    def op(self) -> str: ...
    @property
    def new(self) -> Any: ...


@dataclass(frozen=True)
class Planned:
    """One resource that would be."""

    urn: str
    type: str
    inputs: Plain
    secret_paths: frozenset[str] = frozenset()
    secret_texts: frozenset[str] = field(default=frozenset(), repr=False)
    provider: str = ""
    """The URN of the provider the program made for it; empty for the default one."""
    region: str = ""
    """Its own or its provider's; empty where it is the stack's."""
    comes_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each input the URNs it depends on: they tell what an unknown value will be of."""

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


def of_plan(steps: Iterable[Stepped]) -> list[Registered]:
    """What the plan makes or keeps: neither what it deletes nor what it only looks at."""
    return [s.new for s in steps if s.op not in ("delete", "read") and s.new is not None]


PROVIDER = "pulumi:providers:aws"


def regions(resources: Iterable[Registered]) -> dict[str, str]:
    """The region of each provider of the plan, by URN, where it is known."""
    found = {each.urn: each.inputs.get("region") for each in resources if each.type == PROVIDER}
    return {urn: region for urn, region in found.items() if isinstance(region, str)}


def planned(resource: Registered, provider_regions: Mapping[str, str] | None = None) -> Planned:
    paths: set[str] = set()
    inputs = {
        name: _plain(value, name, paths)
        for name, value in resource.inputs.items()
        if value is not None and not name.startswith("__")
    }
    texts = _texts(values.secret_strings(resource.inputs)) if paths else frozenset[str]()
    comes_from = getattr(resource, "property_dependencies", None) or {}
    provider = str(getattr(resource, "provider", "")).rpartition("::")[0]
    is_own = provider and not provider.rsplit("::", 1)[-1].startswith("default")
    own_region = inputs.get("region")
    return Planned(
        resource.urn,
        resource.type,
        inputs,
        frozenset(paths),
        texts,
        provider if is_own else "",
        own_region if isinstance(own_region, str) else (provider_regions or {}).get(provider, ""),
        {name: tuple(urns) for name, urns in comes_from.items()},
    )


def _plain(value: Any, path: str, secrets: set[str]) -> Any:
    if value == values.UNKNOWN:
        return UNKNOWN
    if isinstance(value, list):
        return [_plain(item, f"{path}[{index}]", secrets) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        match value.get(values.SIGNATURE):
            case None:
                return {
                    key: _plain(item, f"{path}.{key}", secrets)
                    for key, item in value.items()
                    if item is not None
                }
            case values.SECRET:
                secrets.add(path)
                return _plain(value.get("value"), path, secrets)
            case values.OUTPUT | values.REFERENCE:
                return UNKNOWN
            case values.ASSET:
                return pulumi.StringAsset("")
            case _:
                return pulumi.AssetArchive({})  # what is in it is no matter of a request
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _texts(secrets: set[str]) -> frozenset[str]:
    """The secrets, and the words inside them: a message may hold a piece."""
    pieces = {piece for text in secrets for piece in re.findall(r"[^\s\"'{}\[\],:=]{4,}", text)}
    return frozenset(text for text in secrets | pieces if len(text) >= 4)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value
