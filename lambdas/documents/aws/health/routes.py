"""Which methods an address takes, by the API's own list of routes."""

from __future__ import annotations

import re
from collections.abc import Sequence


def methods_at(path: str, routes: Sequence[str]) -> list[str]:
    """The methods of the routes (`GET /api/v1/documents/{id}`) that fit this path, sorted."""
    split = (route.partition(" ") for route in routes)
    return sorted({method for method, _, template in split if _fits(template, path)})


def _fits(template: str, path: str) -> bool:
    """`{name}` stands for one part of the path, `{name+}` for all that is left of it."""
    pattern = "".join(
        (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part)
        for part in re.split(r"(\{[^}]+\})", template)
    )
    # To API Gateway, slashes at the beginning are one.
    return re.fullmatch(pattern, "/" + path.lstrip("/")) is not None
