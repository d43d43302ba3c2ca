"""The query that counts documents, on the emulator's Athena and over files of a known content."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pilaster_local.services import reports
from pilaster_local.services.errors import PlatformError

from systems.documents.aws.report import COLUMNS, PER_DAY
from tests.support.local_cloud import REGION, Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def row(number: int, day: str, seconds: float | None, **more: Any) -> dict[str, Any]:
    said = {"type": "job.completed", "id": f"e{number}", "at": f"{day}T12:00:00Z", **more}
    return said if seconds is None else {**said, "seconds": seconds}


@pytest.fixture
def ask(cloud: Cloud):
    """Records as they lie in S3, and what the kept query says of them since a day."""
    bucket, s3, glue = cloud.bucket(), cloud.client("s3"), cloud.client("glue")
    athena, database = cloud.client("athena"), bucket.replace("-", "_").replace(".", "_")
    group = cloud.name("group")
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": "records",
            "Parameters": {
                "classification": "json",
                "projection.enabled": "true",
                "projection.day.type": "date",
                "projection.day.format": "yyyy-MM-dd",
                "projection.day.range": "2026-01-01,2026-12-31",
            },
            "PartitionKeys": [{"Name": "day", "Type": "string"}],
            "StorageDescriptor": {
                "Columns": [{"Name": name, "Type": kind} for name, kind in COLUMNS.items()],
                "Location": f"s3://{bucket}/events/",
            },
        },
    )
    results = {"OutputLocation": f"s3://{bucket}/answers/"}
    athena.create_work_group(Name=group, Configuration={"ResultConfiguration": results})
    kept = athena.create_named_query(
        Name="per-day", Database=database, QueryString=PER_DAY, WorkGroup=group
    )["NamedQueryId"]

    def asked(since: str, **files: dict[str, Any]) -> list[reports.Row]:
        for name, said in files.items():
            key = f"events/day={said['at'][:10]}/{name}.json"
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(said).encode() + b"\n")
        return reports.answers(cloud.platform, kept, [f"'{since}'"], workgroup=group, region=REGION)

    return asked


def line(day: str, route: str, documents: int, mean: str | None, median: str | None) -> reports.Row:
    return {
        "day": day,
        "route": route,
        "documents": str(documents),
        "mean_seconds": mean,
        "median_seconds": median,
    }


def test_days_come_newest_first_and_routes_in_order(ask: Any):
    found = ask(
        "2026-11-19",
        a=row(1, "2026-11-20", 1.0, route=["text"]),
        b=row(2, "2026-11-20", 2.0, route=["text"]),
        c=row(3, "2026-11-20", 9.04, route=["text"]),
        d=row(4, "2026-11-20", 30.0, route=["ocr", "review"]),
        e=row(5, "2026-11-21", 7.0, route=["ocr"]),
        f=row(6, "2026-11-18", 7.0, route=["ocr"]),
    )
    assert found == [
        line("2026-11-21", "ocr", 1, "7.0", "7.0"),
        line("2026-11-20", "ocr+review", 1, "30.0", "30.0"),
        line("2026-11-20", "text", 3, "4.0", "2.0"),
    ]


def test_an_event_that_lies_there_twice_counts_once_also_on_two_days(ask: Any):
    event = row(1, "2026-11-20", 3.0, route=["text"])
    late = {**event, "at": "2026-11-21T00:00:01Z"}
    found = ask("2026-11-01", first=event, again=event, late=late)
    assert found == [line("2026-11-20", "text", 1, "3.0", "3.0")]


def test_what_took_no_known_time_counts_and_has_no_mean(ask: Any):
    failed = row(1, "2026-11-20", None, type="job.failed")
    refused = row(2, "2026-11-20", None, route=[], status="rejected")
    other = row(3, "2026-11-20", 1.0, type="document.deleted")
    found = ask("2026-11-20", failed=failed, refused=refused, other=other)
    assert found == [line("2026-11-20", "none", 2, None, None)]


def test_the_median_of_four_is_the_lower_of_the_two_in_the_middle(ask: Any):
    files = {f"f{n}": row(n, "2026-11-20", n, route=["ocr"]) for n in (1, 2, 3, 10)}
    assert ask("2026-11-20", **files) == [line("2026-11-20", "ocr", 4, "4.0", "2.0")]


def test_no_records_are_no_lines(ask: Any):
    assert ask("2026-11-20") == []


def test_a_day_that_is_no_text_is_refused_by_the_engine_and_named(ask: Any):
    with pytest.raises(PlatformError, match="'per-day' was failed"):
        ask("2026'")
