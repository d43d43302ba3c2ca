"""Inputs of Google Cloud's types, held against what Google publishes of its APIs.

pulumi_gcp says which inputs there are and of what type; the discovery documents say more: which
values a setting takes, which numbers fit, how a name is written. The two do not name everything
alike, so a type says here what is called otherwise (`RENAMED`) and what the API never sees
(`OUR_OWN`: parts of an address, and switches of the provider itself). What neither the API nor this
table knows is refused: it is a slip of ours, and a test holds every input our stacks use.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pilaster_local.providers.aws.values import UNKNOWN, shown

Failure = tuple[str, str]

_WHERE_IT_IS = frozenset({"project", "location", "region", "deletionPolicy"})
_FORMATS = {"int32": 2**31, "uint32": 2**32, "int64": 2**63, "uint64": 2**64}


@dataclass(frozen=True, kw_only=True)
class Described:
    """Where a type is described, and where the two differ."""

    document: str
    schema: str
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the input's path, the field's path from the same object; slashes lead further down."""
    our_own: frozenset[str] = frozenset()
    """Inputs, by path, that the API's schema has no field for."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES: Mapping[str, Described] = {
    "gcp:apigateway/api:Api": Described(
        document="apigateway.v1", schema="ApigatewayApi", our_own=_words("apiId")
    ),
    "gcp:apigateway/apiConfig:ApiConfig": Described(
        document="apigateway.v1",
        schema="ApigatewayApiConfig",
        renamed={"gatewayConfig.backendConfig.googleServiceAccount": "gatewayServiceAccount"},
        our_own=_words("api apiConfigId apiConfigIdPrefix gatewayConfig"),
    ),
    "gcp:apigateway/gateway:Gateway": Described(
        document="apigateway.v1", schema="ApigatewayGateway", our_own=_words("gatewayId")
    ),
    "gcp:artifactregistry/repository:Repository": Described(
        document="artifactregistry.v1", schema="Repository", our_own=_words("repositoryId")
    ),
    "gcp:cloudfunctionsv2/function:Function": Described(
        document="cloudfunctions.v2", schema="Function"
    ),
    "gcp:compute/firewall:Firewall": Described(
        document="compute.v1",
        schema="Firewall",
        renamed={"allows": "allowed", "denies": "denied", "protocol": "IPProtocol"},
    ),
    "gcp:compute/globalAddress:GlobalAddress": Described(document="compute.v1", schema="Address"),
    "gcp:compute/network:Network": Described(
        document="compute.v1",
        schema="Network",
        renamed={"routingMode": "routingConfig/routingMode"},
        our_own=_words("deleteDefaultRoutesOnCreate"),
    ),
    "gcp:compute/subnetwork:Subnetwork": Described(document="compute.v1", schema="Subnetwork"),
    "gcp:secretmanager/secret:Secret": Described(
        document="secretmanager.v1",
        schema="Secret",
        renamed={"auto": "automatic", "userManaged": "userManaged"},
        our_own=_words("secretId deletionProtection"),
    ),
    "gcp:serviceaccount/account:Account": Described(
        document="iam.v1", schema="ServiceAccount", our_own=_words("accountId")
    ),
    "gcp:servicenetworking/connection:Connection": Described(
        document="servicenetworking.v1", schema="Connection", our_own=_words("updateOnCreationFail")
    ),
    "gcp:sql/database:Database": Described(document="sqladmin.v1", schema="Database"),
    "gcp:sql/databaseInstance:DatabaseInstance": Described(
        document="sqladmin.v1",
        schema="DatabaseInstance",
        renamed={
            "diskAutoresize": "storageAutoResize",
            "diskAutoresizeLimit": "storageAutoResizeLimit",
            "diskSize": "dataDiskSizeGb",
            "diskType": "dataDiskType",
        },
        our_own=_words("deletionProtection"),
    ),
    "gcp:sql/user:User": Described(document="sqladmin.v1", schema="User"),
    "gcp:storage/bucket:Bucket": Described(
        document="storage.v1",
        schema="Bucket",
        renamed={
            "uniformBucketLevelAccess": "iamConfiguration/uniformBucketLevelAccess/enabled",
            "publicAccessPrevention": "iamConfiguration/publicAccessPrevention",
            "lifecycleRules": "lifecycle/rule",
        },
        our_own=_words("forceDestroy"),
    ),
}
"""The types that are held against a description."""


def source() -> str:
    """Where the descriptions are from, with their date."""
    return str(_extract()["source"])


def failures(token: str, inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """What the published description of a type refuses of its inputs."""
    described = TYPES.get(token)
    if described is not None:
        yield from _Reading(described).object(described.schema, inputs, "")


class _Reading:
    """One resource's inputs beside the schemas of one document."""

    def __init__(self, described: Described) -> None:
        self._described = described
        self._schemas = _extract()["documents"][described.document]["schemas"]

    def object(self, schema: str | Mapping[str, Any], given: Any, path: str) -> Iterator[Failure]:
        node = self._schemas[schema] if isinstance(schema, str) else schema
        properties: Mapping[str, Any] = node.get("properties", {})
        for name, value in given.items():
            here = f"{path}.{name}" if path else name
            if value is UNKNOWN or value is None or name.startswith("__"):
                continue
            found = self._field(properties, name, here)
            if found is not None:
                yield from self.value(found, value, here)
            elif not self._is_our_own(name, here):
                yield (
                    here,
                    f"{self._described.document}'s {self._described.schema} has no such field",
                )

    def value(self, node: Mapping[str, Any], value: Any, path: str) -> Iterator[Failure]:
        if value is UNKNOWN or value is None:
            return
        if "$ref" in node:
            node = self._schemas[node["$ref"]]
        kind = node.get("type")
        if isinstance(value, list) and "additionalProperties" in node:
            for index, item in enumerate(value):  # the SDK lists them, each with its key inside
                yield from self.value(node["additionalProperties"], item, f"{path}[{index}]")
            return
        if isinstance(value, list) and kind != "array":
            value = value[0] if value else None  # the SDK lists what there is one of
            if value is None:
                return
        if kind == "array":
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                yield from self.value(node["items"], item, f"{path}[{index}]")
        elif kind == "object" and isinstance(value, Mapping):
            if "additionalProperties" in node:
                for key, item in value.items():
                    yield from self.value(node["additionalProperties"], item, f"{path}.{key}")
            else:
                yield from self.object(node, value, path)
        else:
            yield from _scalar(node, value, path)

    def _field(self, properties: Mapping[str, Any], name: str, path: str) -> Any:
        plain = re.sub(r"\[\d+\]", "", path)
        renamed = self._described.renamed
        wanted = renamed.get(plain, renamed.get(name, name))
        node: Any = {"properties": properties}
        for part in wanted.split("/"):
            if "$ref" in node:
                node = self._schemas[node["$ref"]]
            node = _named(node.get("properties", {}), part)
            if node is None:
                return None
        return node

    def _is_our_own(self, name: str, path: str) -> bool:
        return path == name and name in self._described.our_own | _WHERE_IT_IS


def _named(properties: Mapping[str, Any], name: str) -> Any:
    """A field by its name: what may be given several times bears a plural in one of the two."""
    for each in (name, name.removesuffix("s"), f"{name}s", f"{name.removesuffix('y')}ies"):
        if each in properties:
            return properties[each]
    return None


def _scalar(node: Mapping[str, Any], value: Any, path: str) -> Iterator[Failure]:
    allowed = node.get("enum")
    if allowed and value not in allowed:
        known = [each for each in allowed if not each.endswith("_UNSPECIFIED")]
        near = difflib.get_close_matches(str(value), known, 3, 0.5) if len(known) > 8 else known
        yield path, f"{shown(value)} is none of {', '.join(near or known)}"
    pattern = node.get("pattern")
    if pattern and isinstance(value, str) and not re.fullmatch(pattern, value):
        yield path, f"{shown(value)} is not written as {pattern}"
    limit = _FORMATS.get(node.get("format", ""))
    if limit and isinstance(value, int | float) and not -limit <= value < limit:
        yield path, f"{shown(value)} does not fit into {node['format']}"


@cache
def _extract() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "described.json").read_text(encoding="utf-8"))
