"""Tokens of the app's managed identity, from the platform's own endpoint.

One request over loopback, as Azure documents it. Microsoft's library for it (azure-identity) brings
MSAL and a cryptography library, which a cold start would pay for and this needs nothing of.
"""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode, urlsplit

from lambdas.shared.unavailable import DatabaseUnavailableError

API_VERSION = "2019-08-01"
WAIT_SECONDS = 5
EARLY_SECONDS = 300
"""A token is used until this long before its end; the server looks at it when a session begins."""
LONGEST_BYTES = 65_536


class IdentityError(Exception):
    """The platform gives no token: the identity is not the app's, or there is no endpoint."""


class Tokens:
    """Tokens for one audience. Safe to use from several threads."""

    def __init__(self, resource: str, *, client_id: str) -> None:
        self._query = urlencode(
            {"api-version": API_VERSION, "resource": resource, "client_id": client_id}
        )
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """One that is good for some minutes at the least.

        Raises DatabaseUnavailableError for what passes, IdentityError for what does not.
        """
        with self._lock:
            if time.time() >= self._until - EARLY_SECONDS:
                self._token, self._until = _asked(self._query)
            return self._token


def _asked(query: str) -> tuple[str, float]:
    endpoint = os.environ.get("IDENTITY_ENDPOINT", "")
    if urlsplit(endpoint).scheme != "http":
        raise IdentityError("IDENTITY_ENDPOINT is not set: give the app its managed identity")
    request = urllib.request.Request(
        f"{endpoint}?{query}",
        headers={"X-IDENTITY-HEADER": os.environ.get("IDENTITY_HEADER", "")},
    )
    # Nobody's proxy is on the way to the machine's own address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=WAIT_SECONDS) as answer:
            told = json.loads(answer.read(LONGEST_BYTES))
        return str(told["access_token"]), float(told["expires_on"])
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 429 or error.code >= 500:
            raise DatabaseUnavailableError("the identity's endpoint is busy") from error
        raise IdentityError(
            f"the platform gives no token ({error.code}): check that the identity AZURE_CLIENT_ID "
            "names is the app's"
        ) from None
    except OSError as error:
        raise DatabaseUnavailableError("the identity's endpoint does not answer") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IdentityError("the platform's answer holds no token") from error
