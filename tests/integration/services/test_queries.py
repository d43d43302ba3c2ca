"""JSON files that are queried: by declared columns, by partition, by parameter, up to a limit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cloud import Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

DAYS = {
    "projection.enabled": "true",
    "projection.day.type": "date",
    "projection.day.format": "yyyy-MM-dd",
    "projection.day.range": "2026-01-01,NOW",
}
KINDS = {"route": "array<string>", "seconds": "double", "error": "string"}


def table(cloud: Cloud, rows: dict[str, Any], parameters: dict[str, str] = DAYS) -> str:
    """A table `rows` over a file for each key (`day/name`), in a bucket and a database of the
    name returned."""
    bucket, s3, glue = cloud.bucket(), cloud.client("s3"), cloud.client("glue")
    database = bucket.replace("-", "_").replace(".", "_")
    for key, row in rows.items():
        body = row if isinstance(row, bytes) else json.dumps(row).encode()
        s3.put_object(Bucket=bucket, Key=f"rows/day={key}.json", Body=body)
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": "rows",
            "Parameters": parameters,
            "PartitionKeys": [{"Name": "day", "Type": "string"}],
            "StorageDescriptor": {
                "Columns": [{"Name": name, "Type": kind} for name, kind in KINDS.items()],
                "Location": f"s3://{bucket}/rows/",
                "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
            },
        },
    )
    return bucket


def ended(cloud: Cloud, bucket: str, query: str, **more: Any) -> dict[str, Any]:
    """The execution, once it is over."""
    athena = cloud.client("athena")
    started = athena.start_query_execution(
        QueryString=query,
        QueryExecutionContext={"Database": bucket.replace("-", "_").replace(".", "_")},
        ResultConfiguration={"OutputLocation": f"s3://{bucket}/answers/"},
        **more,
    )["QueryExecutionId"]

    def over() -> dict[str, Any] | None:
        execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        return execution if execution["Status"]["State"] not in ("QUEUED", "RUNNING") else None

    return eventually(over)


def asked(cloud: Cloud, bucket: str, query: str, **more: Any) -> list[list[str]]:
    execution = ended(cloud, bucket, query, **more)
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    found = cloud.client("athena").get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    rows = found["ResultSet"]["Rows"]
    return [[cell.get("VarCharValue", "") for cell in row["Data"]] for row in rows[1:]]


def test_a_query_over_json_files_sees_the_columns_its_table_declares(cloud: Cloud):
    rows = {
        "2026-11-20/a": {"route": ["ocr", "llm"], "seconds": 4},
        "2026-11-20/b": {"seconds": 1.5},
    }
    query = (
        "select day, coalesce(array_join(route, '+'), 'none') as way, max(error), "
        "approx_percentile(seconds, 0.5) from rows group by 1, 2 order by 2 desc"
    )
    found = asked(cloud, table(cloud, rows), query)
    assert found == [["2026-11-20", "ocr+llm", "", "4.0"], ["2026-11-20", "none", "", "1.5"]]


def test_a_table_without_files_has_no_rows_and_its_columns_all_the_same(cloud: Cloud):
    query = "select day, array_join(route, '+'), seconds from rows where day >= '2026-01-01'"
    assert asked(cloud, table(cloud, {}), query) == []


def test_only_days_that_the_projection_comes_to_are_read(cloud: Cloud):
    today = datetime.now(UTC)
    days = {
        name: f"{today + timedelta(days=away):%Y-%m-%d}"
        for name, away in {"old": -9, "kept": -3, "tomorrow": 1}.items()
    }
    rows = {f"{day}/a": {"seconds": 1} for day in days.values()} | {"none/a": {"seconds": 1}}
    ranged = {**DAYS, "projection.day.range": "NOW-5DAYS,NOW"}
    found = asked(cloud, table(cloud, rows, ranged), "select day from rows order by day")
    assert found == [[days["kept"]]]


def test_what_is_neither_projected_nor_told_of_is_not_read(cloud: Cloud):
    """As on AWS, where a forgotten projection is an empty table."""
    bucket = table(cloud, {"2026-11-20/a": {"seconds": 1}, "2026-11-21/a": {"seconds": 2}}, {})
    assert asked(cloud, bucket, "select seconds from rows") == []
    cloud.client("glue").create_partition(
        DatabaseName=bucket.replace("-", "_").replace(".", "_"),
        TableName="rows",
        PartitionInput={"Values": ["2026-11-21"]},
    )
    assert asked(cloud, bucket, "select seconds from rows") == [["2.0"]]


def test_a_projection_that_says_nothing_fails_the_query_and_names_it(cloud: Cloud):
    wrong = {**DAYS, "projection.day.range": "NOW-5FORTNIGHTS,NOW"}
    bucket = table(cloud, {"2026-11-20/a": {"seconds": 1}}, wrong)
    status = ended(cloud, bucket, "select * from rows")["Status"]
    assert status["State"] == "FAILED"
    assert "FORTNIGHTS" in status["StateChangeReason"]


def test_parameters_take_the_places_of_question_marks_in_their_order(cloud: Cloud):
    rows = {f"2026-11-{day}/a": {"seconds": day} for day in (18, 19, 20)}
    bucket = table(cloud, rows)
    query = "select seconds from rows where day >= ? and seconds < ? and '?' = '?'"
    assert asked(cloud, bucket, query, ExecutionParameters=["'2026-11-19'", "20"]) == [["19.0"]]
    with pytest.raises(ClientError, match="expected 2 but found 1"):
        ended(cloud, bucket, query, ExecutionParameters=["'2026-11-19'"])


def test_a_workgroup_stops_a_query_that_would_read_too_much(cloud: Cloud):
    big = json.dumps({"error": "x" * 1024, "seconds": 1}).encode() + b"\n"
    bucket = table(cloud, {"2026-11-20/a": big * 11_000, "2026-11-20/b": {"seconds": 2}})
    group = cloud.name("group")
    cloud.client("athena").create_work_group(
        Name=group, Configuration={"BytesScannedCutoffPerQuery": 10_485_760}
    )
    query = "select count(*) from rows"
    status = ended(cloud, bucket, query, WorkGroup=group)["Status"]
    assert status["State"] == "CANCELLED"
    assert "Bytes scanned limit" in status["StateChangeReason"]
    read = ended(cloud, bucket, query)["Statistics"]["DataScannedInBytes"]
    assert read > 11_000_000, "what was read is what lies there"
