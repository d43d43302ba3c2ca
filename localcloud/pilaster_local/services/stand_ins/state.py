"""The resources of a stack's state, as what serves them here looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Resource = Mapping[str, Any]


def of(resources: Sequence[Resource], type_: str) -> Iterator[Resource]:
    """Those of a type, as `azure-native:web:WebApp`."""
    return (each for each in resources if each["type"] == type_)
