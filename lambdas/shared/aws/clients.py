"""AWS clients: made once, at init, with timeouts that fit into a function's.

botocore's own: what boto3 adds to a client (managed transfers) none of ours uses, and it would be
imported at every cold start.
"""

from __future__ import annotations

import os
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.session import get_session

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Checksums in a presigned URL would bind the uploader to an algorithm it did not choose.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_PASSING = frozenset(
    {
        "InternalError",
        "InternalErrorException",
        "InternalServerError",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
    }
)


def client(service: str, *, endpoint_url: str | None = None, **overrides: Any) -> Any:
    """A client of `service`. Untyped, as botocore makes them from data at run time.

    `endpoint_url` is for what has an address of its own, as the sockets of one API have.
    """
    config = _CONFIG.merge(Config(**overrides)) if overrides else _CONFIG
    region = os.environ["AWS_REGION"]
    return get_session().create_client(
        service, region_name=region, endpoint_url=endpoint_url, config=config
    )


def code_of(error: ClientError) -> str:
    """The service's own name for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def passes(error: Exception) -> bool:
    """Whether the same call may work later: no answer, or one that says so."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code_of(error) in _PASSING or status >= 500
    return isinstance(error, (NoConnectionError, HTTPClientError))


AWS_ERRORS = (ClientError, BotoCoreError)
