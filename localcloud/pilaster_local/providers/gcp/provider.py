"""Google Cloud's provider for this machine: previews every type pulumi_gcp has.

Inputs are held against the SDK's own classes, Google's published descriptions, and how it writes
ids. What stands in for Google Cloud here is told elsewhere (`pilaster_local.services.google`).
"""

from __future__ import annotations

from collections.abc import Mapping

from pilaster_local.providers.aws.values import Plain
from pilaster_local.providers.declared import Sdk
from pilaster_local.providers.declaring import DeclaredProvider
from pilaster_local.providers.gcp import descriptions, names

SDK = Sdk("gcp", "pulumi_gcp")
_REPLACES: Mapping[str, frozenset[str]] = {
    "gcp:apigateway/apiConfig:ApiConfig": frozenset(
        {"api", "apiConfigId", "gatewayConfig", "openapiDocuments"}
    ),
    "gcp:storage/bucketObject:BucketObject": frozenset({"bucket", "name", "source"}),
}
"""What makes a thing anew, of the types that come so often that a preview should say it."""


class GcpProvider(DeclaredProvider):
    """Without a machine it checks and compares, and calls nobody."""

    sdk = SDK
    cloud = "Google Cloud"

    def replacing(self, token: str) -> frozenset[str]:
        ids = {rule.input for rule in names.RULES.get(token, ())}
        return _REPLACES.get(token, frozenset()) | ids

    def failures(self, token: str, inputs: Plain) -> list[tuple[str, str]]:
        return [*descriptions.failures(token, inputs), *names.failures(token, inputs)]
