"""Where the notes service's shared suite runs: one host for each cloud's edge.

A host is that platform's own process with our edge in it; the suite speaks HTTP to it and nothing
else. What stands in for a part of the cloud is named by the host.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

HOSTS = {
    "aws": "tests.support.service_hosts.aws",
    "azure": "tests.support.service_hosts.azure",
    "gcp": "tests.support.service_hosts.gcp",
}
"""By the edge's name, the module whose `running(folder)` is a context manager with the Host."""


@dataclass(frozen=True)
class Host:
    url: str
    """Where clients call, without a slash at the end."""
    as_user: Callable[[str], dict[str, str]]
    """The headers that make a request one of that person's, whoever checks them here."""
    forged: dict[str, str]
    """Headers that claim to be somebody and were verified by nobody."""
    loaded_by_health: Callable[[], set[str]]
    """The modules of a fresh process of this edge once it has answered `/health`."""
    stuck: Callable[[], AbstractContextManager[object]]
    """While it lasts, no statement on the notes ends."""
    statement_seconds: int
    """After which the server ends one that does not."""
