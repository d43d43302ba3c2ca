"""Accounts: who may come in, for how long, and how often a password may be tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pilaster.aws import FunctionArgs, Grant, Table, TableArgs, Throttle, Users
from pulumi import Input

from systems.documents.aws.functions import Base, at_the_edge

ACCESS_TOKEN_MINUTES = 5
"""Nothing ends an access token before: so long a stolen one is of use, and one after a logout."""
THROTTLES = {
    # Of all clients together. Each account and each address is counted in the functions.
    "POST /api/v1/auth/register": Throttle(rate=2, burst=10),
    "POST /api/v1/auth/confirm": Throttle(rate=2, burst=10),
    "POST /api/v1/auth/login": Throttle(rate=5, burst=20),
    "POST /api/v1/auth/refresh": Throttle(rate=20, burst=50),
    "POST /api/v1/auth/logout": Throttle(rate=5, burst=20),
}
PUBLIC = tuple(route for route in THROTTLES if not route.endswith("/logout"))
"""Without an access token: one is what they are asked for."""


def accounts_part(
    base: Base,
    name: str,
    *,
    users: Users,
    confirm_at_once: bool,
    hang_up_environment: Mapping[str, Input[str]],
    hang_up_grants: Sequence[Grant],
) -> Mapping[str, FunctionArgs]:
    """The routes, and the table that counts attempts. `hang_up`: what ends a session's sockets."""
    attempts = Table(
        f"{name}-attempts",
        TableArgs(
            place=base.place,
            partition_key="counter",
            expires_at="expires",
            # Nothing is lost with it but a quarter of an hour of counting.
            recoverable=False,
            protect=False,
        ),
    )
    count = attempts.update_items()
    return {
        "POST /api/v1/auth/register": register(
            base,
            user_pool=users.pool_id,
            client=users.client_id,
            attempts=attempts.name,
            confirm_at_once=confirm_at_once,
            grants=[count, *([users.confirm()] if confirm_at_once else [])],
        ),
        "POST /api/v1/auth/confirm": confirm(
            base, client=users.client_id, attempts=attempts.name, grants=[count]
        ),
        "POST /api/v1/auth/login": login(
            base, client=users.client_id, attempts=attempts.name, grants=[count]
        ),
        "POST /api/v1/auth/refresh": refresh(base, client=users.client_id),
        "POST /api/v1/auth/logout": logout(
            base,
            client=users.client_id,
            hang_up_environment=hang_up_environment,
            grants=hang_up_grants,
        ),
    }


def register(
    base: Base,
    *,
    user_pool: Input[str],
    client: Input[str],
    attempts: Input[str],
    confirm_at_once: bool,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """POST /api/v1/auth/register. Grants: counting, and cognito-idp:AdminConfirmSignUp if it
    confirms."""
    return _auth(
        base,
        "auth.register",
        {
            "USER_POOL_ID": user_pool,
            "USER_POOL_CLIENT_ID": client,
            "CONFIRM_AT_ONCE": str(confirm_at_once).lower(),
            "ATTEMPTS_TABLE": attempts,
        },
        grants,
    )


def confirm(
    base: Base, *, client: Input[str], attempts: Input[str], grants: Sequence[Grant]
) -> FunctionArgs:
    """POST /api/v1/auth/confirm. Grants: counting; Cognito's public operations ask for none."""
    known = {"USER_POOL_CLIENT_ID": client, "ATTEMPTS_TABLE": attempts}
    return _auth(base, "auth.confirm", known, grants)


def login(
    base: Base, *, client: Input[str], attempts: Input[str], grants: Sequence[Grant]
) -> FunctionArgs:
    """POST /api/v1/auth/login. Grants: counting; Cognito's public operations ask for none."""
    known = {"USER_POOL_CLIENT_ID": client, "ATTEMPTS_TABLE": attempts}
    return _auth(base, "auth.login", known, grants)


def refresh(base: Base, *, client: Input[str]) -> FunctionArgs:
    """POST /api/v1/auth/refresh. No grant: Cognito's public operations ask for none."""
    return _auth(base, "auth.refresh", {"USER_POOL_CLIENT_ID": client}, ())


def logout(
    base: Base,
    *,
    client: Input[str],
    hang_up_environment: Mapping[str, Input[str]],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """POST /api/v1/auth/logout. Grants: finding, writing and removing connections, and closing
    sockets."""
    return _auth(
        base,
        "auth.logout",
        {"USER_POOL_CLIENT_ID": client, **hang_up_environment},
        grants,
    )


def _auth(
    base: Base, entry: str, environment: dict[str, Input[str]], grants: Sequence[Grant]
) -> FunctionArgs:
    return at_the_edge(
        base,
        entry,
        dependencies="edge",
        environment=environment,
        grants=grants,
        memory_mib=512,
        # API Gateway gives up after 30 seconds.
        timeout_seconds=28,
    )
