"""No secret in an app's settings: who may read the settings would read its secrets."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.plain_secret import WHY, environment
from pilaster_policies.values import Value, inside, is_unknown

ID = "azure-plain-secret"
APPS = ("azure-native:web:WebApp", "azure-native:web:WebAppSlot")
SETTINGS = (
    "azure-native:web:WebAppApplicationSettings",
    "azure-native:web:WebAppApplicationSettingsSlot",
)
STRINGS = (
    "azure-native:web:WebAppConnectionStrings",
    "azure-native:web:WebAppConnectionStringsSlot",
)
FIX = (
    "keep it in Key Vault and pass @Microsoft.KeyVault(SecretUri=...), or let the app's identity "
    "log in; then change it: what stood here has been seen"
)


@rule(ID, on=APPS, why=WHY)
def app(resource: Resource) -> Iterator[Finding]:
    yield from _settings(
        resource, "siteConfig.appSettings", resource.get("siteConfig", "appSettings")
    )
    strings = resource.get("siteConfig", "connectionStrings")
    for each in strings if isinstance(strings, list) else []:
        yield from _string(f"siteConfig.connectionStrings {inside(each, 'name')}", each)


@rule(ID, on=SETTINGS, why=WHY)
def settings(resource: Resource) -> Iterator[Finding]:
    yield from _settings(resource, "properties", resource.get("properties"))


@rule(ID, on=STRINGS, why=WHY)
def strings(resource: Resource) -> Iterator[Finding]:
    held = resource.get("properties")
    for name, each in held.items() if isinstance(held, dict) else ():
        yield from _string(f"properties.{name}", each, "value")


def _settings(resource: Resource, where: str, value: Value) -> Iterator[Finding]:
    for found in environment(resource, where, _without_references(value)):
        yield Violation(found.what, FIX) if isinstance(found, Violation) else found


def _without_references(value: Value) -> Value:
    """What names a vault's secret, or says how to log in without one, is none, however named."""
    if isinstance(value, list):
        return [each for each in value if not _is_reference(inside(each, "value"))]
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if not _is_reference(each)}
    return value


def _is_reference(value: Value) -> bool:
    text = value if isinstance(value, str) else ""
    return text.startswith("@Microsoft.KeyVault(") or text.lower() == "managedidentity"


def _string(where: str, each: Value, key: str = "connectionString") -> Iterator[Finding]:
    """A connection string is one by its kind: it is there to hold a login."""
    value = inside(each, key)
    if value and not is_unknown(value) and not _is_reference(value):
        yield Violation(f"{where} holds a login: whoever may look at the settings has it", FIX)
