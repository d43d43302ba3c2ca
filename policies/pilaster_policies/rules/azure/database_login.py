"""Who enters a database is known: by Entra, without a password of the database's own."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown

ID = "azure-database-login"
WHY = "Who enters a database is known: by an identity that can be taken away, not by a password."
FIX = "set authConfig.activeDirectoryAuth to Enabled and passwordAuth to Disabled"


@rule(ID, on="azure-native:dbforpostgresql:Server", why=WHY)
def postgresql(server: Resource) -> Iterator[Finding]:
    entra = server.get("authConfig", "activeDirectoryAuth")
    passwords = server.get("authConfig", "passwordAuth")
    if server.has("administratorLoginPassword"):
        yield Violation("administratorLoginPassword is given by the program", FIX)
    elif not is_unknown(passwords) and said(passwords) != "disabled":
        yield Violation("passwordAuth is not Disabled: a password lets in whoever has it", FIX)
    elif not is_unknown(entra) and said(entra) != "enabled":
        yield Violation(
            "activeDirectoryAuth is not Enabled: no identity of Entra's can log in", FIX
        )


@rule(ID, on="azure-native:sql:Server", why=WHY)
def sql(server: Resource) -> Iterator[Finding]:
    only = server.get("administrators", "azureADOnlyAuthentication")
    if not is_unknown(only) and said(only) != "true":
        yield Violation(
            "azureADOnlyAuthentication is not true: a password lets in whoever has it",
            "name an administrator of Entra's and set azureADOnlyAuthentication",
        )
