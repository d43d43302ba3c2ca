"""What is proved holds on requests drawn at random; what is refuted, IAM's own rules refute."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pilaster_policies.actions import expand
from pilaster_policies.documents import statements
from pilaster_policies.proof.containment import Power, no_broader

from tests.support import iam

ROUNDS = 60
ACTIONS = [
    "s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "dynamodb:GetItem", "dynamodb:*Item", "*",
    "S3:getobject", "sqs:SendMessage", "s3:?etObject",
]  # fmt: skip
RESOURCES = [
    "*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", "arn:aws:s3:::?/b", "arn:aws:s3:::*/bc",
    "arn:aws:s3:::a/${aws:username}/*", "arn:*:s3:::*", "arn:aws:s3:::a/b/*",
    "arn:aws:dynamodb:*:111111111111:table/t", "arn:aws:dynamodb:eu-west-2:*:table/*",
    "arn:aws:sqs:eu-west-2:111111111111:q*", "arn:aws:s3:::a/${aws:username}/b",
]  # fmt: skip
CONDITIONS: list[tuple[list[str], str, list[str]]] = [
    (["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike",
      "StringNotEqualsIgnoreCase"], "aws:username",
     ["bob", "BOB", "b*", "*", "a?c", "alice", "${aws:PrincipalTag/x}", "${*}"]),
    (["StringEquals", "StringLike"], "aws:PrincipalTag/x", ["bob", "${aws:username}", "b*"]),
    (["Bool"], "aws:SecureTransport", ["true", "false"]),
    (["Bool"], "aws:MultiFactorAuthPresent", ["true", "false"]),
    (["Null"], "aws:username", ["true", "false"]),
    (["Null"], "aws:TagKeys", ["true", "false"]),
    (["IpAddress", "NotIpAddress"], "aws:SourceIp",
     ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32"]),
    (["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"], "s3:max-keys", ["1", "5", "10", "5.5"]),
    (["DateLessThan", "DateGreaterThan", "DateEquals"], "aws:CurrentTime",
     ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "1782864000"]),
    (["ArnLike", "ArnEquals", "ArnNotLike"], "aws:SourceArn",
     ["arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-2:111111111111:*", "arn:*:*:*:*:*"]),
    (["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike",
      "ForAnyValue:StringNotEquals", "ForAllValues:StringLike"], "aws:TagKeys", ["a", "b", "a*"]),
]  # fmt: skip
REQUESTS = [
    ("s3:GetObject", "arn:aws:s3:::a/b"), ("s3:GetObject", "arn:aws:s3:::a/bc"),
    ("s3:GetObject", "arn:aws:s3:::a/bob/b"), ("s3:PutObject", "arn:aws:s3:::a/b/c"),
    ("s3:PutObject", "arn:aws:s3:::c/bc"), ("s3:ListBucket", "arn:aws:s3:::a"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-2:111111111111:table/t"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:222222222222:table/t"),
    ("dynamodb:Query", "arn:aws:dynamodb:eu-west-2:222222222222:table/u"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-2:111111111111:q1"), ("s3:ListAllMyBuckets", "*"),
    ("s3:GetObject", "arn:aws-cn:s3:::x/y"),
]  # fmt: skip
VALUES: dict[str, list[tuple[str, ...]]] = {
    "aws:username": [(), ("bob",), ("BOB",), ("alice",), ("abc",), ("*",), ("b*",)],
    "aws:principaltag/x": [(), ("bob",), ("alice",), ("b",)],
    "aws:securetransport": [("true",), ("false",)],
    "aws:multifactorauthpresent": [(), ("true",), ("false",)],
    "aws:tagkeys": [(), ("a",), ("b",), ("a", "b"), ("ab",), ("a", "c")],
    "aws:sourceip": [(), ("10.1.2.3",), ("10.1.9.9",), ("10.9.9.9",), ("8.8.8.8",),
                     ("2001:db8::1",)],
    "s3:max-keys": [(), ("1",), ("5",), ("5.2",), ("7",), ("10",), ("11",)],
    "aws:currenttime": [("2025-06-01T00:00:00Z",), ("2026-01-01T00:00:00Z",),
                        ("2026-08-01T00:00:00Z",), ("2028-01-01T00:00:00Z",)],
    "aws:sourcearn": [(), ("arn:aws:sns:eu-west-2:111111111111:t",),
                      ("arn:aws:sns:eu-west-2:111111111111:u",), ("arn:aws:sqs:x:y:t",)],
}  # fmt: skip


def _document(draw: random.Random, count: int) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [_statement(draw) for _ in range(count)]}


def _statement(draw: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw.choice(["Allow", "Allow", "Allow", "Deny"])}
    found[draw.choice(["Action"] * 5 + ["NotAction"])] = draw.sample(ACTIONS, draw.randint(1, 2))
    found[draw.choice(["Resource"] * 5 + ["NotResource"])] = draw.sample(
        RESOURCES, draw.randint(1, 2)
    )
    for operators, key, values in draw.sample(CONDITIONS, draw.choice([0, 0, 1, 1, 2])):
        operator = draw.choice(operators)
        if operator != "Null" and draw.random() < 0.25:
            operator += "IfExists"
        wanted = draw.sample(values, min(len(values), draw.randint(1, 2)))
        if operator.startswith("Null"):
            wanted = wanted[:1]
        found.setdefault("Condition", {})[operator] = {key: wanted}
    return found


def _mutated(draw: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """One a little wider or narrower than the other: where the border is."""
    found = json.loads(json.dumps(document))
    statement = draw.choice(found["Statement"])
    match draw.randint(0, 4):
        case 0:
            statement.pop("Condition", None)
        case 1:
            found["Statement"].append(_statement(draw))
        case 2 if "Resource" in statement:
            statement["Resource"] = [*statement["Resource"], draw.choice(RESOURCES)]
        case 3 if "Action" in statement:
            statement["Action"] = [draw.choice(ACTIONS)]
        case _:
            fresh = _statement(draw)
            if "Condition" in fresh:
                statement["Condition"] = fresh["Condition"]
    return found


def _power(document: dict[str, Any]) -> Power:
    found = statements(document)
    assert isinstance(found, list)
    return Power(tuple(found))


def _requests(draw: random.Random, count: int) -> list[tuple[str, str, dict[str, tuple[str, ...]]]]:
    return [
        (
            *draw.choice(REQUESTS),
            {key: value for key, each in VALUES.items() if (value := draw.choice(each))},
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_no_request_contradicts_what_is_proved(seed: int) -> None:
    draw = random.Random(seed)
    verdicts = {"contained": 0, "broader": 0, "unknown": 0}
    for _ in range(ROUNDS):
        narrow = _document(draw, draw.randint(1, 3))
        wide = (
            _mutated(draw, narrow) if draw.random() < 0.7 else _document(draw, draw.randint(1, 3))
        )
        if draw.random() < 0.3:
            narrow, wide = wide, narrow
        proof = no_broader(_power(narrow), _power(wide))
        verdicts[proof.verdict] += 1
        said = json.dumps({"narrow": narrow, "wide": wide})
        if proof.verdict == "broader":
            assert proof.request is not None
            asked = (proof.request.action, proof.request.resource, proof.request.context)
            assert asked[0] in expand(asked[0]), said
            assert iam.allowed(narrow, *asked), f"{proof.request}: not allowed by {said}"
            assert not iam.allowed(wide, *asked), f"{proof.request}: also allowed by {said}"
        if proof.verdict == "contained":
            for request in _requests(draw, 150):
                if iam.allowed(narrow, *request):
                    assert iam.allowed(wide, *request), f"{request} contradicts {said}"
    # Neither side of the question is left out, and few questions stay open.
    assert verdicts["contained"] > ROUNDS / 5
    assert verdicts["broader"] > ROUNDS / 5
    assert verdicts["unknown"] < ROUNDS / 5, verdicts
