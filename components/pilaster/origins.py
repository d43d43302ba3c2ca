"""Origins of pages, as browsers send them: named one by one, on every cloud."""

import re
from collections.abc import Sequence

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(https://{_LABEL}(\.{_LABEL})*|http://(localhost|127\.0\.0\.1))(:(?P<port>[1-9][0-9]{{0,4}}))?"
)
_LEFT_OUT = {"https": "443", "http": "80"}
"""Ports that browsers do not name."""


def check(origins: Sequence[str]) -> None:
    """Refuses what no browser sends, and pages nobody can vouch for."""
    for origin in origins:
        if origin == "*":
            raise ValueError("origin '*' lets every page in the world call: name origins")
        found = _ORIGIN.fullmatch(origin)
        if not found or int(found["port"] or 1) > 65_535:
            raise ValueError(
                f"origin {origin!r} is not one a browser sends: write it as 'https://app.example', "
                "in lower case and without a path (http is for localhost alone)"
            )
        if found["port"] == _LEFT_OUT[origin.partition(":")[0]]:
            raise ValueError(
                f"origin {origin!r} is not one a browser sends: it leaves the usual port out, "
                f"write {origin.rpartition(':')[0]!r}"
            )
    if len(set(origins)) < len(origins):
        raise ValueError(f"origins {list(origins)!r} name one twice: name each once")
