"""Logging in to Aurora with the function's own role: a signature stands in for a password."""

from __future__ import annotations

from datetime import UTC, datetime

from lambdas.shared.aws.signing import Keys, Signer

TOKEN_SECONDS = 900
"""Aurora accepts no older one; a connection once made outlives its token."""


class Login:
    """Makes login tokens for one database user, as `generate_db_auth_token` of an RDS client."""

    def __init__(self, *, keys: Keys, region: str, host: str, port: int, user: str) -> None:
        self._signer = Signer(service="rds-db", region=region, keys=keys)
        self._url = f"https://{host}:{port}/"
        self._user = user

    def token(self, now: datetime | None = None) -> str:
        url = self._signer.presign(
            "GET",
            self._url,
            now=now or datetime.now(UTC),
            seconds=TOKEN_SECONDS,
            query={"Action": "connect", "DBUser": self._user},
        )
        return url.removeprefix("https://")
