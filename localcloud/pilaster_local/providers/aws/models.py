"""What the operations of a service take: botocore's data, read without importing botocore.

Its session and its models import its clients with them, which is 0.2 s of every preview.
"""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@dataclass(frozen=True, eq=False)
class Shape:
    """One shape, as far as inputs are matched with it. Shapes may contain themselves."""

    metadata: dict[str, Any]
    """The shape's own traits and those of the place it stands in."""
    _shapes: dict[str, Any] = field(repr=False)

    @property
    def type_name(self) -> str:
        return self.metadata["type"]

    @cached_property
    def members(self) -> dict[str, Shape]:
        """Of a structure. Others have none, and say so as an object without them does."""
        if self.type_name != "structure":
            raise AttributeError(f"a {self.type_name} has no members")
        return {name: self._of(ref) for name, ref in self.metadata.get("members", {}).items()}

    @cached_property
    def member(self) -> Shape:
        """Of a list."""
        return self._of(self.metadata["member"])

    @cached_property
    def key(self) -> Shape:
        """Of a map."""
        return self._of(self.metadata["key"])

    @cached_property
    def value(self) -> Shape:
        """Of a map."""
        return self._of(self.metadata["value"])

    def _of(self, ref: dict[str, Any]) -> Shape:
        return Shape({**self._shapes[ref["shape"]], **ref}, self._shapes)


_models: dict[str, dict[str, Any]] = {}
_inputs: dict[tuple[str, str], Shape] = {}
_lock = threading.Lock()


def input_shape(service: str, operation: str) -> Shape:
    """What an operation takes. A service's data is read once, when it is first asked for."""
    with _lock:
        known = _inputs.get((service, operation))
        if known is None:
            model = _model(service)
            ref = model["operations"][operation]["input"]
            shapes = model["shapes"]
            known = _inputs[service, operation] = Shape({**shapes[ref["shape"]], **ref}, shapes)
        return known


def _model(service: str) -> dict[str, Any]:
    if service not in _models:
        versions = [path for path in (_data() / service).iterdir() if path.is_dir()]
        newest = max(versions, key=lambda path: path.name)  # they are dates
        model = _read(newest / "service-2")
        # What the SDK itself adds to the service's own words.
        extras = newest / "service-2.sdk-extras.json"
        if extras.exists():
            _merge(model, json.loads(extras.read_bytes())["merge"])
        _models[service] = model
    return _models[service]


def _read(path: Path) -> dict[str, Any]:
    packed = path.with_name(f"{path.name}.json.gz")
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))
    return json.loads(path.with_name(f"{path.name}.json").read_bytes())


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _data() -> Path:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("botocore is not installed, and its data says what AWS takes")
    return Path(spec.origin).parent / "data"


def operations(service: str) -> list[str]:
    """The names of all that a service can be asked."""
    with _lock:
        return sorted(_model(service)["operations"])
