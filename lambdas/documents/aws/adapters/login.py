"""Logging in to Aurora with the function's own role: a signature stands in for a password."""

from __future__ import annotations

from typing import Any

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest

TOKEN_SECONDS = 900
"""Aurora accepts no older one; a connection once made outlives its token."""


class Login:
    """Makes login tokens for one database user.

    The same token as `generate_db_auth_token` of an RDS client, without the client: making one
    loads the description of all of RDS, and this runs at every cold start.
    """

    def __init__(self, *, credentials: Any, region: str, host: str, port: int, user: str) -> None:
        self._credentials = credentials
        self._region = region
        self._address = f"{host}:{port}"
        self._user = user

    def token(self) -> str:
        request = AWSRequest(
            method="GET",
            url=f"https://{self._address}/",
            params={"Action": "connect", "DBUser": self._user},
        )
        frozen = self._credentials.get_frozen_credentials()
        SigV4QueryAuth(frozen, "rds-db", self._region, expires=TOKEN_SECONDS).add_auth(request)
        return str(request.url).removeprefix("https://")
