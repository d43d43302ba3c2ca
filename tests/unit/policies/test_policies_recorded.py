"""What was seen to be called is granted, on every stack; and what a report says of functions."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from pilaster_policies.calls import recorded, report
from pilaster_policies.registry import Graph, Resource

from tests.support.judging import UNKNOWN, Court, Thing, document

TABLE = "arn:aws:dynamodb:eu-west-2:111111111111:table/shop-prod-orders"


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        (
            "arn:aws:dynamodb:eu-west-2:000000000000:table/shop-local-orders",
            "arn:aws:dynamodb:*:*:table/*-orders",
        ),
        (
            "arn:aws:s3:::shop-local-files-000000000000-eu-west-2/in/"
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301.png",
            "arn:aws:s3:::*-files-*-*/in/*.png",
        ),
        (
            "arn:aws:s3:::shop-local-x-000000000000-eu-west-2/work/a/"
            "00000660C964D2A6DE-3e7f3dd739eed345d816fc90/reading.json",
            "arn:aws:s3:::*-x-*-*/work/a/*/reading.json",
        ),
        (
            "arn:aws:cognito-idp:eu-west-2:000000000000:userpool/eu-west-2_zu7OE0m9p",
            "arn:aws:cognito-idp:*:*:userpool/*",
        ),
        (
            "arn:aws:rds-db:eu-west-2:000000000000:dbuser:cluster-5A23B3769F504FB2BC7D/reader",
            "arn:aws:rds-db:*:*:dbuser:*/reader",
        ),
    ],
)
def test_what_differs_from_stack_to_stack_is_left_open(seen: str, kept: str) -> None:
    assert recorded.generalised(seen, "shop-local-") == kept


def test_a_second_recording_adds_to_the_first(tmp_path: Path) -> None:
    first = recorded.merged({}, {"a.handler": {"sqs:SendMessage": ["arn:aws:sqs:::x"]}}, "p-l-")
    seen = {"a.handler": {"sqs:SendMessage": ["arn:aws:sqs:::y"], "logs:PutLogEvents": ["z"]}}
    both = recorded.merged(first, seen, "p-l-")
    assert both == {"a.handler": {"sqs:SendMessage": ["arn:aws:sqs:::x", "arn:aws:sqs:::y"]}}
    recorded.write(tmp_path / "calls.json", both)
    assert recorded.read(tmp_path / "calls.json") == both


def test_a_file_that_is_no_list_of_calls_is_said(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text("[]")
    with pytest.raises(ValueError, match="no list of calls"):
        recorded.read(tmp_path / "calls.json")


def stack(*statements: object, policy: object = None) -> list[Thing]:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    }
    return [
        Thing("aws:iam/role:Role", "role", {"assumeRolePolicy": document(trust)}),
        Thing(
            "aws:iam/rolePolicy:RolePolicy",
            "policy",
            {"role": "role", "policy": policy or document(*statements)},
            {"role": ["role"]},
        ),
        Thing(
            "aws:lambda/function:Function",
            "orders",
            {"handler": "orders.handler", "role": UNKNOWN},
            {"role": ["role"]},
        ),
    ]


def allow(action: str, resource: str = TABLE) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def missing(folder: Path, things: list[Thing], **calls: list[str]) -> list[str]:
    file = folder / "calls.json"
    named = {f"dynamodb:{action}": resources for action, resources in calls.items()}
    file.write_text(json.dumps({"orders.handler": named}))
    court = Court(calls=str(file))
    return [s.text for s in court.on_stack(things) if s.rule == "aws-recorded-call"]


ORDERS = ["arn:aws:dynamodb:*:*:table/*-orders"]


def test_a_call_that_is_not_granted_is_found_before_the_deployment(tmp_path: Path) -> None:
    things = stack(allow("dynamodb:GetItem"))
    assert missing(tmp_path, things, GetItem=ORDERS) == []
    [said] = missing(tmp_path, things, GetItem=ORDERS, PutItem=ORDERS)
    assert "was seen to call dynamodb:PutItem on arn:aws:dynamodb:*:*:table/*-orders" in said


def test_granted_on_another_table_is_not_granted(tmp_path: Path) -> None:
    other = "arn:aws:dynamodb:*:*:table/*-customers"
    assert len(missing(tmp_path, stack(allow("dynamodb:GetItem")), GetItem=[other])) == 1
    index = ["arn:aws:dynamodb:*:*:table/*-orders/index/by-day"]
    assert len(missing(tmp_path, stack(allow("dynamodb:Query")), Query=index)) == 1
    both = stack(allow("dynamodb:Query", f"{TABLE}/index/by-day"))
    assert missing(tmp_path, both, Query=index) == []


def test_a_policy_that_is_not_known_yet_may_grant_it(tmp_path: Path) -> None:
    assert missing(tmp_path, stack(policy=UNKNOWN), GetItem=ORDERS) == []


def test_a_report_tells_used_untested_and_spare_apart(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(
        dedent("""
            def client(service): ...
            table = client("dynamodb")
            def handler(event, context):
                table.get_item()
                table.put_item()
        """)
    )
    things = stack(
        allow("dynamodb:GetItem"),
        allow("dynamodb:PutItem"),
        allow("dynamodb:DeleteItem"),
        allow("logs:PutLogEvents", "arn:aws:logs:::x"),
    )
    made = {
        thing.name: Resource(type=thing.type, name=thing.name, urn=thing.name, props=thing.props)
        for thing in things
    }
    for thing in things:
        made[thing.name].needs = {k: [made[n] for n in names] for k, names in thing.needs.items()}
    graph = Graph(made.values())
    graph.source = tmp_path.resolve()
    graph.calls = {"orders.handler": {"dynamodb:GetItem": ORDERS}}
    [row] = report.rows(graph)
    assert (row.used, row.untested, row.spare) == (
        ("dynamodb:GetItem",),
        ("dynamodb:PutItem",),
        ("dynamodb:DeleteItem",),
    )
