"""Origins of pages, as browsers send them: named one by one, on every cloud."""

import re
from collections.abc import Sequence

_ORIGIN = re.compile(r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]+)?")


def check(origins: Sequence[str]) -> None:
    """Refuses what no browser sends, and pages nobody can vouch for."""
    for origin in origins:
        if origin == "*":
            raise ValueError("origin '*' lets every page in the world call: name origins")
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"origin {origin!r} is not one a browser sends: write it as 'https://app.example', "
                "in lower case and without a path (http is for localhost alone)"
            )
    if len(set(origins)) < len(origins):
        raise ValueError(f"origins {list(origins)!r} name one twice: name each once")
