"""Azure's rules: importing this package fills the registry."""

from pilaster_policies.rules.azure import (
    database_login,
    database_tls,
    firewall_rule,
    in_transit,
    open_app,
    open_vault,
    plain_secret,
    privileged_role,
    public_blob,
    public_database,
    shared_key,
    wide_scope,
)

__all__ = [
    "database_login",
    "database_tls",
    "firewall_rule",
    "in_transit",
    "open_app",
    "open_vault",
    "plain_secret",
    "privileged_role",
    "public_blob",
    "public_database",
    "shared_key",
    "wide_scope",
]
