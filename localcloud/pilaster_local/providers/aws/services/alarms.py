"""Alarms. The emulator keeps their state and evaluates those of metrics it has."""

from __future__ import annotations

from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain

_OF_METRIC = {"metricName", "namespace", "dimensions"}


class Alarm(Kind):
    """What a query measures is flat in pulumi_aws and nested twice in the service."""

    def translate(self, inputs: Plain) -> Plain:
        queries = inputs.get("metricQueries")
        if not isinstance(queries, list):
            return inputs
        return {**inputs, "metricQueries": [_query(query) for query in queries]}


def _query(query: Plain) -> Plain:
    if not isinstance(query, dict) or not isinstance(query.get("metric"), dict):
        return query
    flat = query["metric"]
    statistic = {name: value for name, value in flat.items() if name not in _OF_METRIC}
    statistic["metric"] = {name: value for name, value in flat.items() if name in _OF_METRIC}
    return {**query, "metric": statistic}


# fmt: off
TYPES = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        service="cloudwatch", create="PutMetricAlarm", update="PutMetricAlarm",
        read="DescribeAlarms", delete="DeleteAlarms", id="{name}", key="AlarmNames=[{id}]",
        at="MetricAlarms[0]", outputs="arn=AlarmArn", named=Named(limit=255, prefix=""),
        rename={"name": "AlarmName", "metricQueries": "Metrics",
        "metricQueries.metric": "MetricStat",
                "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile"},
        required="comparisonOperator evaluationPeriods", tagged=True, kind=Alarm,
        recorded="alarms on metrics that the emulator does not produce never fire",
    ),
    "aws:cloudwatch/dashboard:Dashboard": Row(
        service="cloudwatch", create="PutDashboard", update="PutDashboard", read="GetDashboard",
        delete="DeleteDashboards", id="{dashboardName}",
        key="DashboardName={id} DashboardNames=[{id}]", documents="dashboardBody",
        outputs="dashboardArn=DashboardArn", required="dashboardBody",
        named=Named(limit=255, property="dashboardName", prefix=""),
        recorded="nothing draws dashboards on this machine",
    ),
}
