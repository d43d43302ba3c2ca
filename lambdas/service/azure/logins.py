"""How the service's user logs in to Azure's PostgreSQL: with its identity's token, no password."""

from __future__ import annotations

import re

from lambdas.shared.migrations import Schema

USER = "service_api"


def let_in(principal: str, *, schema: Schema) -> None:
    """Lets the identity of that principal id be the service's user, and no other.

    Every time anew and no migration: an identity that was made again has another id.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", principal):
        raise ValueError(f"principal {principal!r} is no GUID: pass the identity's principal id")
    with schema.transaction() as transaction:
        # A label takes no parameters, hence the look at the GUID above.
        transaction.execute(
            f"security label for pgaadauth on role {USER} is 'aadauth,oid={principal},type=service'"
        )
