"""Secrets Manager and Parameter Store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.documents import check_resource_policy
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import Plain

_CURRENT = "AWSCURRENT"


class Secret(Kind):
    """Deleted at once on this machine: a secret that waits for its deletion blocks its own name."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        return None if found and found.get("DeletedDate") else found

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        at_once = {"SecretId": thing_id, "ForceDeleteWithoutRecovery": True}
        self.forget(scope, "DeleteSecret", at_once)

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        found = self.describe(scope, inputs["name"], inputs)
        return found["ARN"] if found else None


class Version(Kind):
    """The request's token is made from the value, so that putting it twice makes one version."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        token = {"ClientRequestToken": _token(scope, inputs)}
        return {**self.parameters(self.row.create, inputs), **token}

    def identify(self, scope: Scope, inputs: Plain, answer: Plain) -> str:
        return f"{inputs['secretId']}|{answer['VersionId']}"

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        secret, _, version = thing_id.rpartition("|")
        return super().describe(
            scope, thing_id, {**state, "secretId": secret, "versionId": version}
        )

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        """A current version cannot be deleted: it goes with its secret. Others lose stages."""
        secret, _, version = thing_id.rpartition("|")
        found = self.describe(scope, thing_id, state)
        for stage in (found or {}).get("VersionStages", []):
            if stage != _CURRENT:
                named = {"SecretId": secret, "VersionStage": stage, "RemoveFromVersionId": version}
                self.forget(scope, "UpdateSecretVersionStage", named)

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        thing_id = f"{inputs['secretId']}|{_token(scope, inputs)}"
        return thing_id if self.describe(scope, thing_id, inputs) is not None else None


def _token(scope: Scope, inputs: Plain) -> str:
    value = inputs.get("secretString") or inputs.get("secretBinary") or ""
    seed = f"{scope.urn}\n{inputs['secretId']}\n{value}".encode()
    return str(UUID(hashlib.sha256(seed).hexdigest()[:32]))


def _one_value(inputs: Mapping[str, Any]) -> Failures:
    given = inputs.keys() & {"secretString", "secretBinary", "secretStringWo"}
    if len(given) != 1:
        yield "secretString", "a version has one value: secretString or secretBinary"


def _stages(_kind: Kind, scope: Scope, thing_id: str, state: Plain, inputs: Plain) -> None:
    secret, _, version = thing_id.rpartition("|")
    old, new = set(state.get("versionStages") or []), set(inputs.get("versionStages") or [])
    for stage in sorted(new - old):
        named = {"SecretId": secret, "VersionStage": stage, "MoveToVersionId": version}
        scope.call("secretsmanager", "UpdateSecretVersionStage", named)
    for stage in sorted(old - new - {_CURRENT}):
        named = {"SecretId": secret, "VersionStage": stage, "RemoveFromVersionId": version}
        scope.call("secretsmanager", "UpdateSecretVersionStage", named)


class Parameter(Kind):
    """An update overwrites; the create must not, or it takes over somebody else's."""

    def translate(self, inputs: Plain) -> Plain:
        said = {name: value for name, value in inputs.items() if name != "insecureValue"}
        return {**said, "value": inputs["insecureValue"]} if "insecureValue" in inputs else said

    def key(self, operation: str, known: Plain, *, partly: bool = False) -> Plain:
        named = super().key(operation, known, partly=partly)
        # What is kept encrypted is looked at as it was given.
        return {**named, "WithDecryption": True} if operation == "GetParameter" else named

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed - {"tags", "tagsAll"}:
            parameters = {**self.parameters("PutParameter", inputs), "Overwrite": True}
            scope.call("ssm", "PutParameter", parameters)
        super().update(scope, thing_id, state, inputs, changed & {"tags", "tagsAll"})


# fmt: off
TYPES = {
    "aws:secretsmanager/secret:Secret": Row(
        service="secretsmanager", create="CreateSecret", read="DescribeSecret",
        update="UpdateSecret", delete="DeleteSecret", id="ARN", key="SecretId={id}",
        aside="recoveryWindowInDays forceOverwriteReplicaSecret",
        rename={"replicas": "-"},
        outputs="arn=ARN", named=Named(limit=512), tagged=True, kind=Secret,
        parts=(Part(inputs="policy", put="PutResourcePolicy", drop="DeleteResourcePolicy",
                    rename={"policy": "ResourcePolicy"}),), checks=(check_resource_policy,),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Row(
        service="secretsmanager", create="PutSecretValue", read="GetSecretValue", id="VersionId",
        key="SecretId={secretId} VersionId={versionId}",
        replace="secretId secretString secretBinary",
        rename={"secretStringWo": "-"}, required="secretId", secrets="secretString secretBinary",
        outputs="arn=ARN versionId=VersionId versionStages=VersionStages", kind=Version,
        parts=(Part(inputs="versionStages", apply=_stages),), checks=(_one_value,),
    ),
    "aws:ssm/parameter:Parameter": Row(
        service="ssm", create="PutParameter", read="GetParameter", update="PutParameter",
        delete="DeleteParameter", id="{name}", key="Name={id}", at="Parameter", replace="type",
        aside="overwrite arn", outputs="arn=ARN version=Version value=Value",
        secrets="value", named=Named(limit=2048, prefix=""), required="type", tagged=True,
        kind=Parameter,
    ),
}
