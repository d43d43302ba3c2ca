"""What answers HTTP answers over TLS 1.2 or later, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import below_tls_1_2, said
from pilaster_policies.values import is_unknown

ID = "azure-in-transit"
WHY = "What goes over a network is read by nobody on the way."
APPS = ("azure-native:web:WebApp", "azure-native:web:WebAppSlot")


@rule(ID, on=APPS, why=WHY)
def app(resource: Resource) -> Iterator[Finding]:
    https = resource.get("httpsOnly")
    if not is_unknown(https) and said(https) != "true":
        yield Violation("httpsOnly is not true: it answers plain HTTP", "set httpsOnly to true")
    for name in ("minTlsVersion", "scmMinTlsVersion"):
        if below_tls_1_2(resource.get("siteConfig", name)):
            yield Violation(f"siteConfig.{name} lets in versions of TLS that are broken", "say 1.2")
    if said(resource.get("siteConfig", "ftpsState")) == "allallowed":
        yield Violation(
            "siteConfig.ftpsState is AllAllowed: code and passwords go over plain FTP",
            "set ftpsState to Disabled",
        )


@rule(ID, on="azure-native:storage:StorageAccount", why=WHY)
def storage(resource: Resource) -> Iterator[Finding]:
    if said(resource.get("enableHttpsTrafficOnly")) == "false":
        yield Violation(
            "enableHttpsTrafficOnly is false: it answers plain HTTP", "leave it out, or say true"
        )
    least = resource.get("minimumTlsVersion")
    # Without it a new account takes TLS 1.0.
    if least is None or below_tls_1_2(least):
        yield Violation("minimumTlsVersion lets in versions of TLS that are broken", "say TLS1_2")


@rule(ID, on="azure-native:web:WebAppAuthSettingsV2", why=WHY)
def front(resource: Resource) -> Iterator[Finding]:
    if said(resource.get("httpSettings", "requireHttps")) == "false":
        yield Violation(
            "httpSettings.requireHttps is false: tokens go over plain HTTP", "leave it out"
        )
