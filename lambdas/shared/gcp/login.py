"""How a function logs in to Cloud SQL: with a token of its service account, good for an hour."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable

from lambdas.shared.unavailable import DatabaseUnavailableError

SCOPE = "https://www.googleapis.com/auth/sqlservice.login"
PATH = f"/computeMetadata/v1/instance/service-accounts/default/token?scopes={SCOPE}"
SPARE_SECONDS = 120
"""A token that ends sooner than that is not shown to a server any more."""
SECONDS = 3
"""How long the metadata server may take; it is on the same machine."""
MAX_ANSWER = 65_536


def from_metadata() -> tuple[str, int]:
    """A token, and for how many seconds it is good. Raises DatabaseUnavailableError."""
    # The variable is the one Google's own libraries know.
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    try:
        connection.request("GET", PATH, headers={"Metadata-Flavor": "Google"})
        answer = connection.getresponse()
        text = answer.read(MAX_ANSWER)
        if answer.status != 200:
            raise DatabaseUnavailableError(f"the metadata server answered {answer.status}")
        told = json.loads(text)
        return str(told["access_token"]), int(told["expires_in"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise DatabaseUnavailableError("the metadata server gave no token") from error
    finally:
        connection.close()


class Login:
    """Tokens, kept for as long as they are good. Safe to use from several threads."""

    def __init__(
        self,
        fetch: Callable[[], tuple[str, int]] = from_metadata,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch = fetch
        # By the wall: a monotonic clock may stand still while an instance has no CPU.
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        with self._lock:
            if self._clock() >= self._until:
                self._token, seconds = self._fetch()
                self._until = self._clock() + seconds - SPARE_SECONDS
            return self._token
