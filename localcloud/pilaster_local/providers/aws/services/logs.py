"""Log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.rows import Failures, Named, Part, Row

_DAYS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
         2922, 3288, 3653)  # fmt: skip


def _retention(inputs: Mapping[str, Any]) -> Failures:
    days = inputs.get("retentionInDays", 0)
    if isinstance(days, int) and days not in _DAYS:
        near = min(_DAYS[1:], key=lambda allowed: abs(allowed - days))
        yield "retentionInDays", f"CloudWatch Logs keeps no {days} days; the nearest is {near}"


# fmt: off
TYPES = {
    "aws:cloudwatch/logGroup:LogGroup": Row(
        service="logs", create="CreateLogGroup", read="DescribeLogGroups",
        delete="DeleteLogGroup", id="{name}", key="logGroupNamePrefix={id} logGroupName={id}",
        at="logGroups[?logGroupName=='{id}'] | [0]", rename={"name": "logGroupName"},
        replace="logGroupClass", aside="skipDestroy deletionProtectionEnabled",
        outputs="arn=arn:aws:logs:{region}:{account}:log-group:{id} logGroupClass=logGroupClass",
        named=Named(limit=512), tagged=True, checks=(_retention,),
        parts=(
            Part(inputs="retentionInDays", put="PutRetentionPolicy", drop="DeleteRetentionPolicy",
                 key="logGroupName={id}"),
            Part(inputs="kmsKeyId", put="AssociateKmsKey", drop="DisassociateKmsKey",
                 key="logGroupName={id}"),
        ),
    ),
}
