"""Patterns and lengths that Azure publishes, held against what a type is given.

`described.json` is an extract with its sources named and dated (`extract.py`). What it says nothing
of is held against pulumi_azure_native's names, types and values alone, and `names.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pilaster_local.providers.aws.values import UNKNOWN, shown

Failure = tuple[str, str]


def failures(token: str, inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """What the published bounds of a type refuse of its inputs."""
    described = extract().get(token, {})
    for name, bounds in described.get("names", {}).items():
        yield from _value(bounds, inputs.get(name), name)
    yield from _object(described.get("fields", {}), inputs, "")


def _object(fields: Mapping[str, Any], given: Mapping[str, Any], path: str) -> Iterator[Failure]:
    for name, value in given.items():
        if name in fields:
            yield from _value(fields[name], value, f"{path}.{name}" if path else name)


def _value(node: Mapping[str, Any], value: Any, path: str) -> Iterator[Failure]:
    if value is None or value is UNKNOWN:
        return
    if isinstance(value, list):
        yield from _counted(node, value, path)
        for index, item in enumerate(value):
            yield from _value(node, item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        yield from _object(node.get("fields", {}), value, path)
    elif isinstance(value, str):
        yield from _text(node, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(node, value, path)


def _text(node: Mapping[str, Any], value: str, path: str) -> Iterator[Failure]:
    least, most = node.get("min_length", 0), node.get("max_length")
    if len(value) < least or (most is not None and len(value) > most):
        to = f" and {most}" if most is not None else " and more"
        yield path, f"{shown(value)} has {len(value)} characters, and Azure takes {least}{to}"
    elif "pattern" in node and not re.search(node["pattern"], value):
        yield path, f"{shown(value)} is not written as {node['pattern']}"


def _number(node: Mapping[str, Any], value: float, path: str) -> Iterator[Failure]:
    if value < node.get("minimum", value):
        yield path, f"{value:g} is less than {node['minimum']}, Azure's least"
    if value > node.get("maximum", value):
        yield path, f"{value:g} is more than {node['maximum']}, Azure's most"


def _counted(node: Mapping[str, Any], value: list[Any], path: str) -> Iterator[Failure]:
    if not node.get("min_items", 0) <= len(value) <= node.get("max_items", len(value)):
        yield path, f"{len(value)} entries are not as many as Azure takes"


@cache
def extract() -> dict[str, Any]:
    """By type: `source`, `names` and `fields`."""
    return json.loads((Path(__file__).parent / "described.json").read_text(encoding="utf-8"))
