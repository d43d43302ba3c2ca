"""What became of documents, counted by a query over the records, in the whole system."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

SECONDS = 60


def report(system: Deployed, *more: str) -> list[dict[str, Any]]:
    ran = system.pilaster("report", "--json", *more)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def counted(system: Deployed) -> dict[tuple[str, str], int]:
    return {(each["day"], each["route"]): each["documents"] for each in report(system)}


def records(system: Deployed) -> dict[str, dict[str, Any]]:
    """What lies in the bucket, read file by file."""
    s3, bucket = system.client("s3"), system.outputs["records_bucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="events/")
    found = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return {k: json.loads(s3.get_object(Bucket=bucket, Key=k)["Body"].read()) for k in found}


def test_documents_are_counted_by_day_and_route_and_a_replay_counts_none_twice(
    system: Deployed,
):
    user, before = system.user(), counted(system)
    sent = [user.upload(SAMPLES / "pupil.pdf") for _ in range(3)]
    for each in sent:
        user.wait(each, timeout_seconds=SECONDS, seen=lambda _: None)
    # An event is recorded after the answer is there.
    eventually(lambda: sum(counted(system).values()) >= sum(before.values()) + 3, SECONDS)
    after, kept = counted(system), records(system)
    grown = {key: after[key] - before.get(key, 0) for key in after}
    of_ours = [each for each in kept.values() if each["document"] in sent]
    assert {(each["at"][:10], "+".join(each["route"])) for each in of_ours} == {
        key for key, more in grown.items() if more
    }
    assert sum(grown.values()) == 3

    ran = system.pilaster("events", "replay", "--since", "1d")
    assert ran.code == 0, ran.err
    # The same event once more, in a file of its own: it counts once all the same.
    copied = of_ours[0]
    day = copied["at"][:10]
    system.client("s3").put_object(
        Bucket=system.outputs["records_bucket"],
        Key=f"events/day={day}/again.json",
        Body=json.dumps(copied).encode(),
    )
    assert counted(system) == after

    told = {(each["day"], each["route"]): each for each in report(system)}
    for key in after:
        took = sorted(
            each["seconds"]
            for each in kept.values()
            if (each["at"][:10], "+".join(each.get("route", ())) or "none") == key
            and each.get("seconds") is not None
        )
        assert told[key]["mean"] == pytest.approx(sum(took) / len(took), abs=0.06)
        assert told[key]["median"] == pytest.approx(took[(len(took) - 1) // 2], abs=0.06)


def test_a_person_sees_a_table_and_a_day_without_documents_has_none(system: Deployed):
    ran = system.pilaster("report", "--days", "2")
    assert ran.code == 0, ran.err
    assert "route" in ran.out
    assert "median s" in ran.out
