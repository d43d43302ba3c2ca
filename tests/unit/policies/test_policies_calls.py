"""What a function's code can call, read from its source; and what is granted beyond that."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from pilaster_policies.calls.derived import derive

from tests.support.judging import Court, Thing, document

ADAPTERS = """
    from clients import client

    class Files:
        def __init__(self):
            self._s3 = client("s3")

        def read(self, key):
            return self._s3.get_object(Bucket="b", Key=key)

        def remove(self, key):
            return self._s3.delete_object(Bucket="b", Key=key)

        def pages(self):
            return self._s3.get_paginator("list_objects_v2").paginate(Bucket="b")
"""
CLIENTS = """
    from botocore.session import get_session

    def client(service, **more):
        return get_session().create_client(service)
"""


def project(folder: Path, **files: str) -> Path:
    sources = {"adapters": ADAPTERS, "clients": CLIENTS, **files}
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(dedent(text))
    return folder.resolve()


def derived(folder: Path, main: str, **files: str) -> set[str]:
    found = derive(project(folder, main=main, **files), "main.handler")
    assert found is not None
    return set(found.actions)


READ = {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}


def test_only_what_is_reached_counts(tmp_path: Path) -> None:
    main = """
        from adapters import Files
        files = Files()
        def handler(event, context):
            return files.read(event["key"])
        def unused():
            files.remove("x")
    """
    assert derived(tmp_path, main) == READ


def test_what_is_reached_through_others_counts(tmp_path: Path) -> None:
    use_case = """
        def clear(key, *, files):
            if files.pages():
                files.remove(key)
    """
    main = """
        from adapters import Files
        from use_case import clear
        files = Files()
        def handler(event, context):
            clear(event["key"], files=files)
    """
    assert derived(tmp_path, main, use_case=use_case) == {
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucket",
    }


def test_a_call_says_where_it_stands(tmp_path: Path) -> None:
    main = """
        from clients import client
        table = client("dynamodb")
        def handler(event, context):
            table.update_item(TableName="t")
    """
    found = derive(project(tmp_path, main=main), "main.handler")
    assert found is not None
    assert found.actions == {"dynamodb:UpdateItem": ["main.py:5"]}


def test_what_is_signed_counts_as_called(tmp_path: Path) -> None:
    main = """
        from signing import Signer
        signer = Signer(service="s3", region="x")
        def handler(event, context):
            return signer.presign("PUT", "https://b")
    """
    signing = "class Signer:\n    def presign(self, method, url): ...\n"
    assert derived(tmp_path, main, signing=signing) == {"s3:PutObject"}


@pytest.mark.parametrize(
    "line",
    ['client(event["service"])', 'getattr(client("s3"), event["operation"])()'],
)
def test_names_composed_at_run_time_are_said(tmp_path: Path, line: str) -> None:
    main = f"""
        from clients import client
        def handler(event, context):
            return {line}
    """
    found = derive(project(tmp_path, main=main), "main.handler")
    assert found is not None
    assert found.dynamic == ["main.py:4"]


def test_a_function_that_is_not_there_is_not_judged(tmp_path: Path) -> None:
    assert derive(project(tmp_path), "elsewhere.handler") is None


def stack(*actions: str, handler: str = "main.handler", **function: object) -> list[Thing]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:s3:::b/*"}
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
            {"role": "role", "policy": document(statement)},
            {"role": ["role"]},
        ),
        Thing(
            "aws:lambda/function:Function",
            "function",
            {"handler": handler, "role": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", **function},
            {"role": ["role"]},
        ),
    ]


MAIN = """
    from adapters import Files
    files = Files()
    def handler(event, context):
        return files.read(event["key"])
"""


def spare(folder: Path, things: list[Thing]) -> list[str]:
    court = Court(source=str(project(folder, main=MAIN)))
    return [s.text for s in court.on_stack(things) if s.rule == "aws-spare-grant"]


def test_what_no_code_calls_is_named(tmp_path: Path) -> None:
    [said] = spare(tmp_path, stack("s3:GetObject", "s3:PutObject", "s3:DeleteObject"))
    assert "allows s3:DeleteObject, s3:PutObject, and no code that main.handler reaches" in said


def test_what_is_called_and_what_aws_itself_does_is_not(tmp_path: Path) -> None:
    assert spare(tmp_path, stack("s3:GetObject", "logs:PutLogEvents")) == []
    inside = {"vpcConfig": {"subnetIds": ["s"]}}
    assert spare(tmp_path, stack("ec2:CreateNetworkInterface", **inside)) == []
    assert len(spare(tmp_path, stack("ec2:CreateNetworkInterface"))) == 1
    assert len(spare(tmp_path, stack("sqs:ReceiveMessage"))) == 1


def test_code_that_lies_elsewhere_is_not_judged(tmp_path: Path) -> None:
    assert spare(tmp_path, stack("s3:PutObject", handler="other.handler")) == []
    court = Court()
    assert [s for s in court.on_stack(stack("s3:PutObject")) if s.rule == "aws-spare-grant"] == []
