"""KMS keys and their aliases."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.documents import check_resource_policy
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Part, Row
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import Plain


class Key(Kind):
    """A key is never deleted at once; one that waits for its deletion counts as gone."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        return None if found and found.get("KeyState") == "PendingDeletion" else found

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if self.describe(scope, thing_id, state) is not None:
            days = {"PendingWindowInDays": state.get("deletionWindowInDays", 30)}
            self.forget(scope, self.row.delete, {"KeyId": thing_id, **days})

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        for key in scope.call("kms", "ListKeys", {})["Keys"]:
            tags = scope.call("kms", "ListResourceTags", {"KeyId": key["KeyId"]})["Tags"]
            is_ours = {"TagKey": MARK, "TagValue": scope.urn} in tags
            if is_ours and self.describe(scope, key["KeyId"], inputs) is not None:
                return key["KeyId"]
        return None


def _switched(given: str, on: str, off: str, default: bool) -> Part:
    def apply(_kind: Kind, scope: Scope, key: str, _state: Plain, inputs: Plain) -> None:
        scope.call("kms", on if inputs.get(given, default) else off, {"KeyId": key})

    return Part(inputs=given, apply=apply)


# fmt: off
TYPES = {
    "aws:kms/key:Key": Row(
        service="kms", create="CreateKey", read="DescribeKey", delete="ScheduleKeyDeletion",
        id="KeyId", key="KeyId={id}", at="KeyMetadata",
        rename={"customerMasterKeySpec": "KeySpec"},
        replace="keyUsage customerMasterKeySpec multiRegion customKeyStoreId xksKeyId",
        aside="bypassPolicyLockoutSafetyCheck deletionWindowInDays rotationPeriodInDays",
        outputs="arn=Arn keyId=KeyId",
        tagged=True, marked=True, kind=Key, checks=(check_resource_policy,),
        parts=(Part(inputs="description", put="UpdateKeyDescription"),
               Part(inputs="policy", put="PutKeyPolicy"),
               _switched("enableKeyRotation", "EnableKeyRotation", "DisableKeyRotation", False),
               _switched("isEnabled", "EnableKey", "DisableKey", True)),
    ),
    "aws:kms/alias:Alias": Row(
        service="kms", create="CreateAlias", read="ListAliases", update="UpdateAlias",
        delete="DeleteAlias", id="{name}", key="AliasName={id}",
        at="Aliases[?AliasName=='{id}'] | [0]", rename={"name": "AliasName"},
        required="targetKeyId", named=Named(limit=256, beginning="alias/"),
        outputs="arn=AliasArn targetKeyArn=arn:aws:kms:{region}:{account}:key/{targetKeyId}",
    ),
}
