"""What became of documents, by day and route: a query over the records in S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pilaster.aws import DailyTable, DailyTableArgs
from pilaster.naming import Place

COLUMNS = {
    "type": "string",
    "id": "string",
    "at": "string",
    "document": "string",
    "status": "string",
    "route": "array<string>",
    "confidence": "double",
    "seconds": "double",
    "pages": "int",
}
"""Of the events `job.completed` and `job.failed` (lambdas/documents/events), and their type."""

PER_DAY = """\
-- The parameter is the first day that counts, in quotes: '2026-11-21'
WITH told AS (
  SELECT day, route, seconds, row_number() OVER (PARTITION BY id ORDER BY "at", day) AS time_told
  FROM records
  WHERE type IN ('job.completed', 'job.failed') AND day >= ?
)
SELECT
  day,
  coalesce(nullif(array_join(route, '+'), ''), 'none') AS route,
  count(*) AS documents,
  round(avg(seconds), 1) AS mean_seconds,
  round(
    (array_agg(seconds ORDER BY seconds) FILTER (WHERE seconds IS NOT NULL))
      [cast(ceil(count(seconds) / 2.0) AS integer)],
    1
  ) AS median_seconds
FROM told
WHERE time_told = 1
GROUP BY 1, 2
ORDER BY 1 DESC, 2
"""
"""An event that was recorded twice counts once. The median is exact (the lower of two in the
middle): approximate ones differ from engine to engine where there are few documents."""


def reporting(
    name: str, place: Place, *, records: pulumi.Input[str], days: int, protect: bool
) -> Mapping[str, pulumi.Input[Any]]:
    """The records as a table, and the query that counts them. Where to ask it."""
    table = DailyTable(
        f"{name}-report",
        DailyTableArgs(
            place=place,
            table="records",
            bucket_name=records,
            prefix="events/",
            columns=COLUMNS,
            days=days,
            protect=protect,
            queries={"documents-per-day": PER_DAY},
            # A record is some 400 bytes: that is two million documents.
            read_limit_mib=1024,
        ),
    )
    return {
        "report_workgroup": table.workgroup,
        "report_query_id": table.query_ids["documents-per-day"],
    }
