"""botocore: its session, its clients, and its errors turned into ours."""

from __future__ import annotations

import os
import threading
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

from pilaster_local.providers.aws.cloud import NotRunningError, ServiceError, UnansweredError

KEY = SECRET = "test"
"""The emulator's own root key. It opens nothing anywhere else."""

REQUEST_SECONDS = 920
"""For sending a request, and again for its answer: a function may run for 900 s."""

# One attempt only: a repeated create would hide whether the first one was done. No proxy of the
# host's, since the endpoint is this machine.
#
# urllib3 bounds by the connect timeout what is sent over a new connection, too, and not between
# two pieces but from the first byte to the last. With 5 s a package of 40 MB was cut off on a busy
# machine, and botocore said that the service had closed the connection. Where nobody listens,
# loopback refuses at once.
_CONFIG = Config(
    retries={"total_max_attempts": 1},
    proxies={},
    connect_timeout=REQUEST_SECONDS,
    read_timeout=REQUEST_SECONDS,
    max_pool_connections=32,
    s3={"addressing_style": "path"},
    parameter_validation=True,
    # What is called to deploy is told from what people and tests call: it is recorded.
    user_agent_extra="pilaster-provider",
)


def client(service: str, region: str, endpoint: str) -> Any:
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=_CONFIG,
    )


def called(
    client: Any, service: str, operation: str, parameters: dict[str, Any], endpoint: str | None
) -> dict[str, Any]:
    """The operation's answer. Refused, not reached and not answered are three different things."""
    try:
        return client._make_api_call(operation, parameters)
    except ClientError as error:
        told = error.response.get("Error", {})
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        raise ServiceError(service, operation, code, message) from error
    except EndpointConnectionError as error:
        raise NotRunningError(
            f"{service} {operation}: nobody answers at {endpoint}; start the platform"
        ) from error
    except (ConnectionClosedError, ReadTimeoutError) as error:
        raise UnansweredError(f"{service} {operation}: no answer came: {error}") from error
    except BotoCoreError as error:
        raise ServiceError(service, operation, type(error).__name__, str(error)) from error


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
