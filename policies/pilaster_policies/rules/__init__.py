"""The rules: importing this package fills the registry."""

from pilaster_policies.rules import (
    database_path,
    database_ports,
    open_route,
    plain_secret,
    public_bucket,
    public_database,
    wildcard_action,
    wildcard_principal,
)

__all__ = [
    "database_path",
    "database_ports",
    "open_route",
    "plain_secret",
    "public_bucket",
    "public_database",
    "wildcard_action",
    "wildcard_principal",
]
