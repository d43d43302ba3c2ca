"""Log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import Plain

_DAYS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
         2922, 3288, 3653)  # fmt: skip


def _retention(inputs: Mapping[str, Any]) -> Failures:
    days = inputs.get("retentionInDays", 0)
    if isinstance(days, int) and days not in _DAYS:
        near = min(_DAYS[1:], key=lambda allowed: abs(allowed - days))
        yield "retentionInDays", f"CloudWatch Logs keeps no {days} days; the nearest is {near}"


def _encrypt(_kind: Kind, scope: Scope, group: str, _state: Plain, inputs: Plain) -> None:
    """The emulator keeps the key a group was made with, cannot change it, and encrypts nothing."""
    key = {"kmsKeyId": inputs["kmsKeyId"]} if "kmsKeyId" in inputs else {}
    operation = "AssociateKmsKey" if key else "DisassociateKmsKey"
    try:
        scope.call("logs", operation, {"logGroupName": group, **key})
    except ServiceError as error:
        if "Unknown action" not in error.reason:
            raise


# fmt: off
TYPES = {
    "aws:cloudwatch/logGroup:LogGroup": Row(
        service="logs", create="CreateLogGroup", read="DescribeLogGroups",
        delete="DeleteLogGroup", id="{name}", key="logGroupNamePrefix={id} logGroupName={id}",
        at="logGroups[?logGroupName=='{id}'] | [0]", rename={"name": "logGroupName"},
        replace="logGroupClass", aside="skipDestroy deletionProtectionEnabled",
        outputs="arn=arn:aws:logs:{region}:{account}:log-group:{id} logGroupClass=logGroupClass",
        named=Named(limit=512), tagged=True, checks=(_retention,),
        recorded="kmsKeyId is kept; the emulator encrypts nothing",
        parts=(
            Part(inputs="retentionInDays", put="PutRetentionPolicy", drop="DeleteRetentionPolicy",
                 key="logGroupName={id}"),
            Part(inputs="kmsKeyId", apply=_encrypt),
        ),
    ),
}
