"""The OpenAPI document against the code it describes.

That answers are as it says is held in the handlers' own tests, by the conftest.py beside them.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lambdas.documents.aws.openapi.document import FILE, document, written
from lambdas.documents.aws.openapi.problems import PROBLEMS, TYPES
from systems.settings import Documents
from tests.support.documents_aws import http_event
from tests.support.documents_openapi import ROUTE, Judge, judged, operations
from tests.support.edge import SHA256, through

AWS = Path(__file__).parents[3] / "lambdas/documents/aws"
SHARED = Path(__file__).parents[3] / "lambdas/shared"


def test_what_is_served_is_what_the_constants_make():
    assert FILE.read_text("utf-8") == written(), (
        "run python -m lambdas.documents.aws.openapi.document"
    )


def test_the_schemas_are_schemas_and_their_references_lead_somewhere():
    made = document()
    for schema in made["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(made)))
    assert named <= set(made["components"]["schemas"])
    unused = set(made["components"]["schemas"]) - named
    assert unused == set(), "a schema nobody uses describes nothing"


def test_every_handler_of_a_route_is_described_and_says_its_route_first():
    first = {
        ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for path in AWS.rglob("*.py")
        if "\ndef handler(" in path.read_text("utf-8")
    }
    routes = {f"{found[1]} {found[2]}" for each in first if (found := ROUTE.match(each))}
    assert routes == set(operations(document()))


def test_every_problem_is_raised_somewhere_and_every_problem_raised_is_described():
    files = [*AWS.rglob("*.py"), *SHARED.glob("*.py")]
    source = "\n".join(path.read_text("utf-8") for path in files if path.parent.name != "openapi")
    raised = {(int(s), k) for s, k in re.findall(r'status=(\d+),\s+kind="([a-z-]+)"', source)}
    raised |= {(409, kind) for kind in re.findall(r'_conflict\(\s*"([a-z-]+)"', source)}
    raised |= {
        (int(status), "invalid") for status in re.findall(r"problems\.invalid\((\d+), ", source)
    }
    described = {
        (status, TYPES[name].removeprefix("/problems/")) for name, (status, _) in PROBLEMS.items()
    }
    assert described == raised
    told = {each for each in TYPES.values() if f'"{each}"' in json.dumps(document())}
    assert told == set(TYPES.values()), "no operation names it"


def test_the_limit_on_uploads_is_the_settings_own_and_a_stack_may_change_it(
    monkeypatch: pytest.MonkeyPatch,
):
    def most(made: dict[str, Any]) -> int:
        return made["components"]["schemas"]["NewDocument"]["properties"]["size"]["maximum"]

    monkeypatch.setenv("UPLOAD_LIMIT_MIB", "7")
    monkeypatch.setenv("ORIGIN_SECRET_SHA256", "0" * 64)
    from lambdas.documents.aws.openapi import show

    assert most(document()) == Documents().max_size_mib * 2**20
    assert most(show.document(50)) == 50 * 2**20
    unchanged = show.document(Documents().max_size_mib)
    assert unchanged == document(), "nothing but the limit is a stack's"


def test_who_has_the_document_is_told_so_without_a_body(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UPLOAD_LIMIT_MIB", "20")
    monkeypatch.setenv("ORIGIN_SECRET_SHA256", SHA256)
    from lambdas.documents.aws.lock import Lock
    from lambdas.documents.aws.openapi import show

    # It may be loaded already, with the lock of another test.
    monkeypatch.setattr(show, "lock", Lock())
    handler = judged(Judge(), show, "GET /api/v1/openapi.json")

    def asked(tag: str) -> tuple[int, str]:
        answer = handler(through(http_event(), if_none_match=tag), None)
        assert answer["headers"]["cache-control"] == "no-cache"
        return answer["statusCode"], answer["headers"]["etag"]

    tag = asked("")[1]
    assert asked("") == asked('"another"') == (200, tag)
    assert asked(tag) == asked(f'"another", W/{tag}') == asked("*") == (304, tag)


def test_the_judge_is_no_yes_man():
    """What holds answers against the document notices each thing that may be wrong with one."""
    judge, headers = Judge(), {"content-type": "application/json", "x-request-id": "r"}
    good = {"statusCode": 200, "headers": headers, "body": '{"mail":true}'}
    judge.answered("GET /api/v1/mail/wishes", {}, good)
    for wrong in (
        {"statusCode": 202},
        {"body": '{"mail":1}'},
        {"body": "{}"},
        {"body": '{"mail":true,"more":1}'},
        {"headers": {"content-type": "text/html"}},
        {"statusCode": 401, "body": '{"message":"no"}'},
    ):
        with pytest.raises(AssertionError):
            judge.answered("GET /api/v1/mail/wishes", {}, {**good, **wrong})
