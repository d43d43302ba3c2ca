"""Takes the part of Google's published API descriptions that our types need: `described.json`.

    python -m pilaster_local.providers.gcp.extract google_api_python_client-*.whl > described.json

The wheel (PyPI, Apache 2.0) carries the discovery documents as they were on the day of its release.
Descriptions for people are left out: 64 KB remain of 7 MB.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOTS: Mapping[str, tuple[str, ...]] = {
    "apigateway.v1": ("ApigatewayApi", "ApigatewayApiConfig", "ApigatewayGateway"),
    "artifactregistry.v1": ("Repository",),
    "cloudfunctions.v2": ("Function",),
    "compute.v1": ("Address", "Firewall", "Network", "Subnetwork"),
    "iam.v1": ("ServiceAccount",),
    "secretmanager.v1": ("Secret",),
    "servicenetworking.v1": ("Connection",),
    "sqladmin.v1": ("Database", "DatabaseInstance", "User"),
    "storage.v1": ("Bucket",),
}
"""The schemas our types are held against; what they refer to comes along."""

_KEPT = ("type", "$ref", "enum", "format", "pattern", "minimum", "maximum", "readOnly")
_FOLDER = "googleapiclient/discovery_cache/documents"


def extract(wheel: Path) -> dict[str, Any]:
    """The extract, with where it is from."""
    with zipfile.ZipFile(wheel) as packed:
        documents = {
            name: json.loads(packed.read(f"{_FOLDER}/{name}.json")) for name in sorted(ROOTS)
        }
        year, month, day = max(each.date_time for each in packed.infolist())[:3]
    name, version = wheel.name.split("-")[:2]
    return {
        "source": f"{name} {version}, packed {year}-{month:02}-{day:02}",
        "documents": {
            name: {"revision": found["revision"], "schemas": _schemas(found, ROOTS[name])}
            for name, found in documents.items()
        },
    }


def _schemas(document: dict[str, Any], roots: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    open_ = list(roots)
    while open_:
        name = open_.pop()
        if name not in found:
            found[name] = _slim(document["schemas"][name])
            open_ += _references(found[name])
    return dict(sorted(found.items()))


def _slim(node: dict[str, Any]) -> dict[str, Any]:
    kept = {key: node[key] for key in _KEPT if key in node}
    for key in ("items", "additionalProperties"):
        if key in node:
            kept[key] = _slim(node[key])
    if "properties" in node:
        kept["properties"] = {name: _slim(each) for name, each in node["properties"].items()}
    return kept


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)


if __name__ == "__main__":
    print(json.dumps(extract(Path(sys.argv[1])), indent=0, sort_keys=True))
