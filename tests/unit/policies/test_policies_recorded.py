"""What was seen to be called is granted, on every stack; and what a report says of functions."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from pilaster_policies.calls import recorded, report
from pilaster_policies.registry import Graph, Resource
from pilaster_policies.values import Unknown

from tests.support.judging import UNKNOWN, Court, Thing, document

ROOT = Path(__file__).parents[3]
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
        (
            "arn:aws:states:eu-west-2:000000000000:execution:shop-local-flow:order-00000660CB46-3e7f",
            "arn:aws:states:*:*:execution:*-flow:*",
        ),
        (
            "arn:aws:cloudfront::000000000000:distribution/EQL6VHNTNROC4F",
            "arn:aws:cloudfront::*:distribution/*",
        ),
        (
            "arn:aws:s3:::shop-local-site-000000000000-eu-west-2/assets/pdf.worker.min-B7_ML9fx.js",
            "arn:aws:s3:::*-site-*-*/assets/*.js",
        ),
    ],
)
def test_what_differs_from_stack_to_stack_is_left_open(seen: str, kept: str) -> None:
    assert recorded.generalised(seen, "shop-local-") == kept


def test_our_own_list_holds_nothing_of_one_deployment_alone() -> None:
    """What it held was asked of every other: where that was deployed already, it was refused."""
    calls = recorded.read(ROOT / "calls.json")
    for handler, actions in calls.items():
        for action, resources in actions.items():
            general = [recorded.generalised(each, "no-stack-") for each in resources]
            assert general == resources, f"{handler} {action}"


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
    role = next(each for each in made.values() if each.type.endswith(":Role"))
    drawn = {"role": Unknown(), "policy": Unknown()}
    made["drawn"] = Resource(
        type="aws:iam/rolePolicy:RolePolicy", name="drawn", urn="drawn", props=drawn,
        needs={"role": [role]},
    )  # fmt: skip
    graph = Graph(made.values())
    graph.source = tmp_path.resolve()
    graph.calls = {"orders.handler": {"dynamodb:GetItem": ORDERS}}
    [row] = report.rows(graph)
    assert (row.used, row.untested, row.spare) == (
        ("dynamodb:GetItem",),
        ("dynamodb:PutItem",),
        ("dynamodb:DeleteItem",),
    )
    assert row.hidden == ("drawn",), "what it grants is told apart, and not left out unsaid"


WRITES = {"orders.handler": {"s3:PutObject": ["arn:aws:s3:::*-files/in/*.png"]}}
FILES = "arn:aws:s3:::shop-prod-files"


def said_of(tmp_path: Path, *statements: object, boundary: object = None) -> list[tuple[str, str]]:
    """What the pack says of a function with these statements that was seen to write a file."""
    (tmp_path / "calls.json").write_text(json.dumps(WRITES))
    role, bound = (
        ({}, {})
        if boundary is None
        else (
            {"permissionsBoundary": UNKNOWN},
            {"permissionsBoundary": ["bound"]},
        )
    )
    things = [
        Thing("aws:iam/role:Role", "role", role, bound),
        Thing(
            "aws:iam/rolePolicy:RolePolicy",
            "policy",
            {"role": UNKNOWN, "policy": document(*statements)},
            {"role": ["role"]},
        ),
        Thing(
            "aws:lambda/function:Function",
            "orders",
            {"handler": "orders.handler", "role": UNKNOWN},
            {"role": ["role"]},
        ),
    ]
    if boundary is not None:
        things.append(Thing("aws:iam/policy:Policy", "bound", {"policy": document(boundary)}))
    found = Court(calls=str(tmp_path / "calls.json")).on_stack(things)
    return [
        (each.level, each.text)
        for each in found
        if each.rule.removesuffix("-unknown") == "aws-recorded-call"
    ]


def write_(resource: str, effect: str = "Allow", **condition: object) -> dict[str, object]:
    found: dict[str, object] = {"Effect": effect, "Action": "s3:PutObject", "Resource": resource}
    return {**found, "Condition": condition} if condition else found


@pytest.mark.parametrize(
    "statements",
    [
        [write_(f"{FILES}/*")],
        [write_(f"{FILES}/in/*")],
        [write_(f"{FILES}/*", Bool={"aws:SecureTransport": "true"})],
        [write_(f"{FILES}/*"), write_(f"{FILES}/*", "Deny", Bool={"aws:SecureTransport": "false"})],
        [write_(f"{FILES}/*"), write_(f"{FILES}/out/*", "Deny")],
        [write_(f"{FILES}/in/a*"), write_(f"{FILES}/in/*.png")],
    ],
)
def test_what_is_granted_whatever_the_key_is_not_mentioned(
    tmp_path: Path, statements: list[object]
) -> None:
    assert said_of(tmp_path, *statements) == []


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([write_(f"{FILES}/out/*")], "does not allow it"),
        ([write_(f"{FILES}/*"), write_("*", "Deny")], "does not allow it"),
        ([write_(f"{FILES}/in/a*")], f"s3:PutObject on {FILES}/in/.png is refused"),
        ([write_(f"{FILES}/*"), write_(f"{FILES}/in/b*", "Deny")], f"{FILES}/in/b.png is refused"),
        ([write_(f"{FILES}/*", Bool={"aws:SecureTransport": "false"})], "does not allow it"),
    ],
)
def test_what_is_refused_is_shown_by_a_request(
    tmp_path: Path, statements: list[object], words: str
) -> None:
    ((level, text),) = said_of(tmp_path, *statements)
    assert level == "mandatory"
    assert words in text


def test_what_a_condition_decides_is_not_known(tmp_path: Path) -> None:
    """A recording says nothing of tags: neither a pass nor a refusal."""
    only = write_(f"{FILES}/*", StringEquals={"aws:PrincipalTag/team": "a"})
    ((level, text),) = said_of(tmp_path, only)
    assert level == "advisory"
    assert "not known yet: whether a call is allowed" in text


def test_the_boundary_of_a_role_counts(tmp_path: Path) -> None:
    bound = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    ((level, text),) = said_of(tmp_path, write_(f"{FILES}/*"), boundary=bound)
    assert level == "mandatory"
    assert "does not allow it" in text
    wide = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    assert said_of(tmp_path, write_(f"{FILES}/*"), boundary=wide) == []
