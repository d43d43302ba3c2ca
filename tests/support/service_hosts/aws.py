"""AWS: deployed with the command; the emulator's HTTP API checks tokens and runs the functions.

All of it is what a person has: the gateway's authorizer verifies signatures, functions run in
processes of their own under Lambda's runtime client, and log in to PostgreSQL with an IAM token
over TLS. Cognito is the emulator's.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pilaster_local import engine
from pilaster_local.services import platform

from tests.support.deployed import PASSWORD, ROOT, Deployed, copy
from tests.support.service_hosts import Host

STACK = "local-service"
STATEMENT_SECONDS = 2
_LOADED = """
import json, sys
from lambdas.service.aws.health import handler
answer = handler({"requestContext": {"requestId": "r"}}, None)
assert answer["statusCode"] == 200
print(json.dumps(sorted(sys.modules)))
"""


@contextmanager
def running(folder: Path) -> Iterator[Host]:
    system = copy(folder / "project")
    settings = system.folder / f"Pulumi.{STACK}.yaml"
    said = f"\n  pilaster:statement_timeout_seconds: {STATEMENT_SECONDS}\n"
    settings.write_text(settings.read_text().rstrip() + said)
    try:
        ran = system.pilaster("up", "--stack", STACK, timeout=600)
        assert ran.code == 0, ran.err
        yield host(system)
    finally:
        platform.purge(system.folder)


def host(system: Deployed) -> Host:
    outputs = engine.outputs(system.folder, STACK)

    @cache
    def as_user(name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {token(system, outputs, name)}"}

    claims = json.dumps({"sub": "somebody", "token_use": "access"}).encode()
    unsigned = base64.urlsafe_b64encode(claims).decode().rstrip("=")
    return Host(
        url=outputs["api_url"],
        as_user=as_user,
        forged={"authorization": f"Bearer eyJhbGciOiJub25lIn0.{unsigned}."},
        loaded_by_health=_loaded,
        stuck=lambda: _stuck(system),
        statement_seconds=STATEMENT_SECONDS,
    )


def token(system: Deployed, outputs: dict[str, str], name: str) -> str:
    """An access token of a new user of the pool."""
    cognito = system.client("cognito-idp")
    email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
    client = outputs["user_pool_client_id"]
    cognito.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    cognito.admin_confirm_sign_up(UserPoolId=outputs["user_pool_id"], Username=email)
    answer = cognito.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    return answer["AuthenticationResult"]["AccessToken"]


def _loaded() -> set[str]:
    command = [sys.executable, "-c", _LOADED]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(said.stdout))


@contextmanager
def _stuck(system: Deployed) -> Iterator[None]:
    """The owner of the table has locked it, through the Data API."""
    [cluster] = system.client("rds").describe_db_clusters()["DBClusters"]
    where = {
        "resourceArn": cluster["DBClusterArn"],
        "secretArn": cluster["MasterUserSecret"]["SecretArn"],
    }
    data = system.client("rds-data")
    begun = data.begin_transaction(**where, database="notes")["transactionId"]
    try:
        data.execute_statement(
            **where,
            database="notes",
            transactionId=begun,
            sql="lock table notes in access exclusive mode",
        )
        yield
    finally:
        data.rollback_transaction(**where, transactionId=begun)
