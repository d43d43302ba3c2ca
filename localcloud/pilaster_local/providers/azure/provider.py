"""Azure's provider for this machine: previews every type pulumi_azure_native has.

That SDK is generated from the REST API's own specifications: which inputs there are, of what type,
which are required and which values a setting takes is Azure's word. Bounds and names come beside
(`bounds.py`, `names.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi.provider.experimental.property_value import PropertyValue

from pilaster_local.providers.aws.values import Plain
from pilaster_local.providers.azure import bounds, names
from pilaster_local.providers.declared import Sdk
from pilaster_local.providers.declaring import DeclaredProvider

SDK = Sdk("azure-native", "pulumi_azure_native")
_REPLACES: Mapping[str, frozenset[str]] = {
    "authorization:RoleAssignment": frozenset({"principalId", "roleDefinitionId", "scope"}),
    "dbforpostgresql:Server": frozenset({"network"}),
}
"""What makes a thing anew beside its name and place, of the types our stacks have."""
_IDENTITIES = "userAssignedIdentities"
_PLACE = frozenset({"location", "resourceGroupName"})


class AzureProvider(DeclaredProvider):
    """Without a machine it checks and compares, and calls nobody."""

    sdk = SDK
    cloud = "Azure"

    def outputs(self, given: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
        """The SDK takes a thing's identities as a list and gives them back as an object."""
        whole = dict(given)
        identity = whole.get("identity")
        if identity is None or not isinstance(identity.value, Mapping):
            return whole
        listed = identity.value.get(_IDENTITIES)
        if (
            listed is None
            or not isinstance(listed.value, Sequence)
            or isinstance(listed.value, str)
        ):
            return whole
        texts = [each.value for each in listed.value]
        named = {each: PropertyValue({}) for each in texts if isinstance(each, str)}
        changed = PropertyValue({**identity.value, _IDENTITIES: PropertyValue(named)})
        return {**whole, "identity": changed}

    def replacing(self, token: str) -> frozenset[str]:
        type_ = token.removeprefix("azure-native:")
        named = bounds.extract().get(token, {}).get("names", {}).keys()
        rules = {rule.input for rule in names.RULES.get(type_, ())}
        return _PLACE | named | rules | _REPLACES.get(type_, frozenset())

    def failures(self, token: str, inputs: Plain) -> list[tuple[str, str]]:
        return list(bounds.failures(token, inputs)) or list(names.failures(token, inputs))


def described() -> Mapping[str, str]:
    """The types with published bounds, and where those are from; of all others the SDK's names,
    types and values are known, and nothing more.
    """
    return {
        token: said["source"]
        for token, said in bounds.extract().items()
        if said["names"] or said["fields"]
    }
