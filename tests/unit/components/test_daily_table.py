"""A table over files by day: no crawler, a limit, encrypted answers that go by themselves."""

from __future__ import annotations

import pytest
from pilaster.aws import DailyTable, DailyTableArgs

from tests.unit.components.deployment import ACCOUNT, REGION, Deployment, deployed, place

RESULTS = f"pilaster-dev-report-results-{ACCOUNT}-{REGION}"


def table(**more: object) -> Deployment:
    given = {"table": "records", "bucket_name": "kept", "columns": {"id": "string"}, **more}
    return deployed(lambda: DailyTable("report", DailyTableArgs(place=place(), **given)))  # type: ignore[arg-type]


def test_days_are_computed_from_the_table_alone():
    made = table(prefix="events/", days=90).one("CatalogTable").inputs
    assert made["partitionKeys"] == [{"name": "day", "type": "string"}]
    said = made["parameters"]
    assert said["projection.enabled"] == "true"
    assert said["projection.day.type"] == "date"
    assert said["projection.day.format"] == "yyyy-MM-dd"
    assert said["projection.day.range"] == "NOW-90DAYS,NOW"
    assert made["storageDescriptor"]["location"] == "s3://kept/events/"
    assert made["storageDescriptor"]["columns"] == [{"name": "id", "type": "string"}]


def test_the_database_has_a_name_that_needs_no_quotes():
    assert table().one("CatalogDatabase").inputs["name"] == "pilaster_dev_report"
    assert table().one("CatalogTable").inputs["databaseName"] == "pilaster_dev_report"


def test_nobody_who_asks_can_leave_out_the_limit_or_the_encryption():
    group = table(read_limit_mib=10).one("Workgroup").inputs
    settings = group["configuration"]
    assert settings["enforceWorkgroupConfiguration"] is True
    assert settings["bytesScannedCutoffPerQuery"] == 10 * 1024 * 1024
    assert settings["resultConfiguration"] == {
        "outputLocation": f"s3://{RESULTS}/",
        "expectedBucketOwner": ACCOUNT,
        "encryptionConfiguration": {"encryptionOption": "SSE_S3"},
    }
    assert group["forceDestroy"] is True, "what was asked before does not keep it from going"


def test_answers_go_by_themselves_and_their_bucket_only_when_it_may():
    stack = table(results_days=3)
    rules = stack.one("BucketLifecycleConfiguration").inputs["rules"]
    assert {"id": "expire-all", "status": "Enabled", "filter": {"prefix": ""},
            "expiration": {"days": 3}} in rules  # fmt: skip
    assert not stack.all("BucketVersioning")
    assert stack.one("Bucket", "report-results-bucket").protect
    assert not table(protect=False).one("Bucket", "report-results-bucket").protect


def test_kept_queries_are_in_the_workgroup():
    kept = table(queries={"how-many": "SELECT count(*) FROM records"}).one("NamedQuery").inputs
    assert kept == {
        "name": "how-many",
        "database": "pilaster_dev_report",
        "workgroup": "pilaster-dev-report",
        "query": "SELECT count(*) FROM records",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"table": "my-records"}, "'my-records' cannot be asked for"),
        ({"columns": {"Id": "string"}}, "'Id' cannot be asked for"),
        ({"columns": {"day": "string"}}, "not 'day'"),
        ({"columns": {}}, "name one at least"),
        ({"prefix": "events"}, "does not end in '/'"),
        ({"read_limit_mib": 9}, "less than 10"),
        ({"days": 0}, "1 or more"),
        ({"results_days": 0}, "1 or more"),
    ],
)
def test_what_could_not_be_asked_is_refused(given: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        table(**given)
