"""`pilaster preview --check`: what it prints, and what a shell is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pilaster_cli.main import main

QUEUE = "aws.sqs.Queue('uploads', name={name!r}, visibility_timeout_seconds={seconds!r})"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        'config:\n  aws:region: eu-west-2\n  pilaster:account: "222222222222"\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(project: Path, *lines: str) -> None:
    text = "\n".join(("import pulumi", "import pulumi_aws as aws", *lines))
    (project / "__main__.py").write_text(f"{text}\n")


def test_a_plan_that_aws_takes_ends_well(project: Path, capsys: pytest.CaptureFixture[str]):
    program(project, QUEUE.format(name="uploads", seconds=30))
    assert main(["preview", "--stack", "prod", "--check"]) == 0
    assert "AWS would refuse: nothing that is known" in capsys.readouterr().out


def test_every_mistake_is_listed_with_its_resource_and_property(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    program(
        project,
        QUEUE.format(name="my uploads", seconds=90_000),
        "aws.cloudwatch.EventRule('nightly', schedule_expression='rate(1 days)')",
        "aws.iam.Role('reader', assume_role_policy='{}')",
    )
    assert main(["preview", "--stack", "prod", "--check"]) == 1
    told = capsys.readouterr().out
    assert "create   aws:sqs/queue:Queue uploads" in told
    assert "aws:sqs/queue:Queue uploads . name: 'my uploads' is not" in told
    assert "uploads . visibilityTimeoutSeconds: 90,000 is not from 0 to 43,200" in told
    assert "nightly . scheduleExpression: rate(1 days): with 1 it is 'day'" in told
    assert "reader . assumeRolePolicy: a policy needs a Statement, one at least" in told
    assert "AWS would refuse: 4 things" in told


def test_json_carries_findings_and_what_the_account_must_have(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    program(project, QUEUE.format(name="a b", seconds=30), "aws.s3.Bucket('files', bucket='files')")
    assert main(["preview", "--stack", "prod", "--check", "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    [finding] = printed["findings"]
    assert finding["property"] == "name"
    assert finding["urn"].endswith("::uploads")
    assert [each["what"] for each in printed["account"]] == [
        "the bucket names files, taken by nobody"
    ]
    assert printed["changeSummary"] == {"create": 3}


def test_without_the_check_nothing_is_said_of_it(project: Path, capsys: pytest.CaptureFixture[str]):
    program(project, "aws.cloudwatch.EventRule('nightly', schedule_expression='rate(1 days)')")
    assert main(["preview", "--stack", "prod", "--json"]) == 0
    assert "findings" not in json.loads(capsys.readouterr().out)


def test_a_secret_that_is_wrong_is_not_printed(project: Path, capsys: pytest.CaptureFixture[str]):
    program(
        project,
        "hidden = pulumi.Output.secret('hush hush quite secret')",
        "aws.sqs.Queue('uploads', name=hidden)",
        "aws.ssm.Parameter('p', name='p', type='String', value=hidden, tier=hidden)",
    )
    assert main(["preview", "--stack", "prod", "--check"]) == 1
    told = capsys.readouterr()
    assert "uploads . name: AWS would refuse this value; it is secret" in told.out
    assert "hush" not in told.out + told.err


def test_types_that_only_the_sdk_knows_preview_and_are_named_as_such(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    program(
        project,
        "db = aws.rds.Instance('db', instance_class='db.t4g.micro', kms_key_id='arn:aws:kms:x:y')",
        "aws.cloudwatch.LogGroup('lines', name=db.address)",
        "aws.iam.User('ci', name='ci')",
        "aws.ecs.TaskDefinition('task', family='task', container_definitions='[{]',",
        "    tags={'aws:mine': 'x'}, execution_role_arn='arn:aws:iam::12:role/x')",
    )
    assert main(["preview", "--stack", "prod"]) == 0
    assert "create   aws:rds/instance:Instance db" in capsys.readouterr().out
    assert main(["preview", "--stack", "prod", "--check"]) == 1
    told = capsys.readouterr().out
    assert "task . containerDefinitions: it is not JSON" in told
    assert "task . executionRoleArn: 'arn:aws:iam::12:role/x': account '12' is not twelve" in told
    assert "task . tags.aws:mine" in told
    assert "AWS would refuse: 3 things" in told
    assert (
        "Held against pulumi_aws's schema only, and no rule of the service: "
        "aws:ecs/taskDefinition:TaskDefinition, aws:iam/user:User" in told
    )
    assert main(["preview", "--stack", "prod", "--check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["schemaOnly"] == [
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:iam/user:User",
    ]
