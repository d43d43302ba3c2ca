"""The cloud the provider talks to: one endpoint, one account, clients made once and shared."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any

from pilaster_local.engine.capabilities import NobodyToAskError

_GONE = ("notfound", "nosuch", "nonexistent", "doesnotexist")


class ServiceError(Exception):
    """A service refused an operation."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} refused {operation} ({code}): {message}")
        self.code = code
        self.reason = message

    @property
    def is_gone(self) -> bool:
        """Whether the refusal means: there is no such thing."""
        code = self.code.lower().replace(".", "")
        return (
            any(word in code for word in _GONE)
            or self.code == "404"  # HeadBucket has no body to say more
            or (code.startswith("validation") and "does not exist" in self.reason)
        )


class NotRunningError(Exception):
    """Nobody listens at the endpoint, so nothing was done."""


class UnansweredError(Exception):
    """The connection ended before the answer: the operation may have been done or not."""


class OfflineError(NobodyToAskError):
    """A call was asked of a provider without an endpoint."""


@dataclass(frozen=True)
class Cloud:
    """Where calls go, and the facts of the account that invokes and ARNs need."""

    endpoint: str | None
    region: str
    account: str
    zones: tuple[str, ...] = ()
    default_tags: dict[str, str] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def configured(self, **changes: Any) -> Cloud:
        """The same cloud with other settings; clients are shared, since they are kept by region."""
        return replace(self, **changes)

    def client(self, service: str, region: str | None = None) -> Any:
        if self.endpoint is None:
            raise OfflineError(f"{service} cannot be called: this provider has no endpoint")
        place = (service, region or self.region)
        with self._lock:
            if place not in self._clients:
                self._clients[place] = _botocore().client(service, place[1], self.endpoint)
            return self._clients[place]

    def call(
        self, service: str, operation: str, parameters: dict[str, Any], region: str | None = None
    ) -> dict[str, Any]:
        client = self.client(service, region)
        return _botocore().called(client, service, operation, parameters, self.endpoint)


def _botocore() -> Any:
    """Imported when it is first needed: 0.2 s that a preview does not need."""
    from pilaster_local.providers.aws import clients

    return clients
