"""CloudWatch: log groups, alarms, dashboards.

Sources: CloudWatch user guide, "Alarms", "Metrics"; API references, PutRetentionPolicy,
PutMetricAlarm, PutDashboard, PutDeliverySource, PutDeliveryDestination, CreateDelivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    count,
    json_text,
    number,
    one_of,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.values import UNKNOWN

_DAYS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
         2922, 3288, 3653)  # fmt: skip
_LONGEST_SECONDS = 604_800


def _alarm(inputs: Mapping[str, Any]) -> Said:
    is_single, is_math = "metricName" in inputs, bool(inputs.get("metricQueries"))
    if is_single == is_math:
        yield "metricName", "an alarm watches one metric (metricName) or metricQueries, not both"
    if is_single:
        if "namespace" not in inputs:
            yield "namespace", "a metric is in a namespace; name it"
        if ("statistic" in inputs) == ("extendedStatistic" in inputs):
            yield "statistic", "either a statistic or an extendedStatistic"
        if "period" not in inputs:
            yield "period", "a metric is looked at over a period; say it in seconds"
    if not {"threshold", "thresholdMetricId"} & inputs.keys():
        yield "threshold", "an alarm needs a threshold"
    wanted, of = inputs.get("datapointsToAlarm"), inputs.get("evaluationPeriods")
    if isinstance(wanted, int) and isinstance(of, int) and wanted > of:
        yield "datapointsToAlarm", f"{wanted} is more than evaluationPeriods ({of})"
    period = inputs.get("period")
    if isinstance(period, int) and isinstance(of, int) and period * of > _LONGEST_SECONDS:
        yield "evaluationPeriods", f"{of} x {period} s is more than {_LONGEST_SECONDS:,} s"


def _period(value: Any):
    if isinstance(value, int) and value not in (10, 20, 30) and (value < 60 or value % 60):
        yield f"{value} s is no period: 10, 20, 30 or a multiple of 60"


def _queries(inputs: Mapping[str, Any]) -> Said:
    queries = inputs.get("metricQueries")
    if not isinstance(queries, list) or UNKNOWN in queries:
        return
    ids = [query.get("id") for query in queries if isinstance(query, Mapping)]
    if len(ids) > len(set(ids)):
        yield "metricQueries", "an id stands twice"
    shown_ = [q for q in queries if isinstance(q, Mapping) and q.get("returnData") is True]
    if queries and len(shown_) != 1 and "thresholdMetricId" not in inputs:
        yield "metricQueries", "exactly one of them returns its data"


_ACTION = arn("sns", "autoscaling", "ssm", "lambda", "automate", "swf", "ssm-incidents", "aiops",
              also=r"arn:aws:automate:.+")  # fmt: skip

_DELIVERED = text(r"[\w-]+", "a name of letters, digits, _ and -", most=60, least=1)
BOUNDS: Mapping[str, Table] = {
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
        "outputFormat": one_of("json", "plain", "w3c", "raw", "parquet"),
    },
    "aws:cloudwatch/logDelivery:LogDelivery": {"deliverySourceName": _DELIVERED},
    "aws:cloudwatch/logGroup:LogGroup": {
        "retentionInDays": one_of(*_DAYS),
        "kmsKeyId": arn("kms", resource=r"(key|alias)/.+"),
        "logGroupClass": one_of("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "period": _period,
        "evaluationPeriods": number(1, 604_800),
        "treatMissingData": one_of("missing", "ignore", "breaching", "notBreaching"),
        "alarmActions": count(0, 5, "actions"),
        "okActions": count(0, 5, "actions"),
        "insufficientDataActions": count(0, 5, "actions"),
        "alarmActions[]": _ACTION,
        "okActions[]": _ACTION,
        "insufficientDataActions[]": _ACTION,
        "extendedStatistic": text(
            r"(p(\d{1,2}(\.\d{0,10})?|100)|(tm|tc|ts|wm|pr|TM|TC|TS|WM|PR)[\d(.:%)]+|IQM)",
            "a percentile such as 'p99.9'",
        ),
        "evaluateLowSampleCountPercentiles": one_of("evaluate", "ignore"),
        "metricQueries": count(1, 100, "queries"),
        "metricQueries[].id": text(r"[a-z]\w*", "an id: a small letter first"),
    },
    "aws:cloudwatch/dashboard:Dashboard": {"dashboardBody": json_text},
}

RULES = {"aws:cloudwatch/metricAlarm:MetricAlarm": (_alarm, _queries)}
