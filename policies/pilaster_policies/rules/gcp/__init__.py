"""Google Cloud's rules: importing this package fills the registry."""

from pilaster_policies.rules.gcp import (
    account_key,
    broad_binding,
    database,
    default_account,
    open_firewall,
    plain_secret,
    primitive_role,
    public_bucket,
    public_member,
)

__all__ = [
    "account_key",
    "broad_binding",
    "database",
    "default_account",
    "open_firewall",
    "plain_secret",
    "primitive_role",
    "public_bucket",
    "public_member",
]
