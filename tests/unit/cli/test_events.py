"""Times and names a person gives to `pilaster events`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pilaster_cli.errors import CommandError
from pilaster_cli.events import moment, named
from pilaster_cli.main import main
from pilaster_local.services.dead_letters import PutAside

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("24h", NOW - timedelta(days=1)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T08:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20T08:00:00Z", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (
            "2026-11-20T08:00+02:00",
            datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_a_time_is_said_as_such_or_as_so_long_ago(text: str, meant: datetime):
    assert moment(text, NOW) == meant


@pytest.mark.parametrize("text", ["yesterday", "", "5", "1w", "-3h", "123456h"])
def test_what_is_no_time_is_refused_with_what_is(text: str):
    with pytest.raises(CommandError, match="such as 2026-11-20T08:00"):
        moment(text, NOW)


def test_a_stretch_that_ends_before_it_begins_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["events", "replay", "--since", "1h", "--until", "2h"]) == 1
    assert "is not before" in capsys.readouterr().err


def aside(queue: str) -> PutAside:
    return PutAside(queue=queue, dead_letter_arn=f"{queue}-dead", messages=0)


def test_a_queue_is_named_whole_or_by_how_its_name_ends():
    record, other = aside("us-local-documents-record"), aside("us-local-documents-erase")
    assert named("us-local-documents-record", [record, other]) is record
    assert named("record", [record, other]) is record
    assert named("documents-erase", [record, other]) is other


@pytest.mark.parametrize(("wanted", "why"), [("cord", "no queue is"), ("record", "more than one")])
def test_a_name_that_is_not_one_queues_is_refused(wanted: str, why: str):
    found = [aside("a-record"), aside("b-record")]
    with pytest.raises(CommandError, match=f"{why}.*a-record, b-record"):
        named(wanted, found)
