"""The rules: importing this package fills the registry."""

from pilaster_policies.rules import (
    broad_resource,
    database_path,
    database_ports,
    escalation,
    foreign_account,
    open_route,
    pass_role,
    plain_secret,
    public_bucket,
    public_database,
    resource_mismatch,
    unknown_action,
    wildcard_action,
    wildcard_principal,
)

__all__ = [
    "broad_resource",
    "database_path",
    "database_ports",
    "escalation",
    "foreign_account",
    "open_route",
    "pass_role",
    "plain_secret",
    "public_bucket",
    "public_database",
    "resource_mismatch",
    "unknown_action",
    "wildcard_action",
    "wildcard_principal",
]
