"""The cloud the provider talks to: one endpoint, one account, clients made once and shared."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field, replace
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

KEY = SECRET = "test"
"""The emulator's own root key. It opens nothing anywhere else."""

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


class OfflineError(Exception):
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
                self._clients[place] = _session().create_client(
                    service,
                    region_name=place[1],
                    endpoint_url=self.endpoint,
                    aws_access_key_id=KEY,
                    aws_secret_access_key=SECRET,
                    config=_CONFIG,
                )
            return self._clients[place]

    def call(
        self, service: str, operation: str, parameters: dict[str, Any], region: str | None = None
    ) -> dict[str, Any]:
        client = self.client(service, region)
        try:
            return client._make_api_call(operation, parameters)
        except ClientError as error:
            told = error.response.get("Error", {})
            raise ServiceError(
                service, operation, str(told.get("Code", "")), str(told.get("Message", ""))
            ) from error
        except EndpointConnectionError as error:
            raise NotRunningError(
                f"{service} {operation}: nobody answers at {self.endpoint}; start the platform"
            ) from error
        except (ConnectionClosedError, ReadTimeoutError) as error:
            raise UnansweredError(f"{service} {operation}: no answer came: {error}") from error
        except BotoCoreError as error:
            raise ServiceError(service, operation, type(error).__name__, str(error)) from error


# One attempt only: a repeated create would hide whether the first one was done. No proxy of the
# host's, since
# the endpoint is this machine.
_CONFIG = Config(
    retries={"total_max_attempts": 1},
    proxies={},
    connect_timeout=5,
    read_timeout=920,
    max_pool_connections=32,
    s3={"addressing_style": "path"},
    parameter_validation=True,
)

_sessions: list[Any] = []
_session_lock = threading.RLock()


def _session() -> Any:
    """One session for all: its loader keeps the service models. It reads no file and no profile of
    the host.
    """
    with _session_lock:
        if not _sessions:
            nothing = (None, None, os.devnull, None)
            _sessions.append(
                botocore.session.Session(
                    session_vars={
                        "profile": (None, None, None, None),
                        "config_file": nothing,
                        "credentials_file": nothing,
                    }
                )
            )
        return _sessions[0]


_models: dict[str, Any] = {}


def model(service: str) -> Any:
    """The service's operations and shapes, from botocore's data: no call, loaded once."""
    with _session_lock:
        if service not in _models:
            _models[service] = _session().get_service_model(service)
        return _models[service]


def input_shape(service: str, operation: str) -> Any:
    return model(service).operation_model(operation).input_shape
