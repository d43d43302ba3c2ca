"""A function: its name, role, log group and side."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pulumi
import pytest
from pilaster import packaging
from pilaster.aws import Code, Function, FunctionArgs, Grant, NetworkRef, QueueSource
from pilaster.packaging import Target

from tests.unit.components.deployment import ACCOUNT, REGION, code_folder, deployed, place

CODE = Code(entry_point="lambdas.handler")
INSIDE = NetworkRef(subnet_ids=["subnet-a"], security_group_ids=["sg-a"])
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/pilaster-dev-reader:*"
OWN_LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": [LOGS],
}
TAGS = {
    "pilaster:project": "pilaster",
    "pilaster:stack": "dev",
    "pilaster:component": "reader",
}
READ = Grant(owner="files", actions=["s3:GetObject"], resources=["arn:aws:s3:::files/*"])


def args(root: Path, **more: object) -> FunctionArgs:
    return FunctionArgs(place=place(code_folder(root)), code=CODE, **more)  # type: ignore[arg-type]


def test_a_function_may_write_its_own_logs_and_nothing_else(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path)))
    assert stack.one("RolePolicy").document("policy")["Statement"] == [OWN_LOGS]


def test_a_function_is_what_its_arguments_say_and_safe_where_they_are_silent(tmp_path: Path):
    stack = deployed(
        lambda: Function("reader", args(tmp_path, environment={"A": "1"}, memory_mib=256))
    )
    function = dict(stack.one("Function", "reader-function").inputs)
    assert Path(function.pop("code").path).parent == tmp_path / ".pilaster/packages"
    assert len(function.pop("sourceCodeHash")) == 44
    assert function == {
        "name": "pilaster-dev-reader",
        "role": f"arn:aws:iam::{ACCOUNT}:role/pilaster-dev-reader",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "handler": "lambdas/handler.handler",
        "memorySize": 256,
        "timeout": 10,
        "ephemeralStorage": {"size": 512},
        "environment": {"variables": {"A": "1"}},
        "tags": TAGS,
    }, "no reserved concurrency: a fresh account has ten calls and none to give"


IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/reader@sha256:{'0a' * 32}"


def of_image(root: Path, **more: object) -> FunctionArgs:
    return FunctionArgs(place=place(code_folder(root)), **{"image_uri": IMAGE, **more})  # type: ignore[arg-type]


def test_an_image_runs_in_place_of_an_archive_and_asks_for_no_further_permission(tmp_path: Path):
    stack = deployed(lambda: Function("reader", of_image(tmp_path)))
    assert stack.one("Function", "reader-function").inputs == {
        "name": "pilaster-dev-reader",
        "role": f"arn:aws:iam::{ACCOUNT}:role/pilaster-dev-reader",
        "packageType": "Image",
        "imageUri": IMAGE,
        "architectures": ["arm64"],
        "memorySize": 512,
        "timeout": 10,
        "ephemeralStorage": {"size": 512},
        "tags": TAGS,
    }
    assert stack.one("RolePolicy").document("policy")["Statement"] == [OWN_LOGS]
    assert not (tmp_path / ".pilaster").exists(), "nothing is packed"


def test_an_image_of_another_account_is_taken_where_the_account_is_named(tmp_path: Path):
    foreign = IMAGE.replace(ACCOUNT, "210987654321")
    args = of_image(tmp_path, image_uri=foreign, image_account="210987654321")
    assert args.image_uri == foreign
    with pytest.raises(ValueError, match="say image_account '210987654321'"):
        of_image(tmp_path, image_uri=foreign)
    with pytest.raises(ValueError, match="is of account"):
        of_image(tmp_path, image_account="210987654321")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"code": CODE}, "are two programs of one function"),
        ({"image_uri": None}, "a function runs nothing: say code, or image_uri"),
        ({"image_uri": None, "image_account": ACCOUNT, "code": CODE}, "say image_uri as well"),
        ({"image_uri": IMAGE.partition("@")[0] + ":latest"}, "no image in ECR by digest: write"),
        ({"image_uri": IMAGE[:-1]}, "no image in ECR by digest"),
        ({"image_uri": f"{IMAGE}\n"}, "no image in ECR by digest"),
        ({"image_uri": f"https://{IMAGE}"}, "no image in ECR by digest"),
        ({"image_uri": IMAGE.replace("/team", "/")}, "no image in ECR by digest"),
        ({"image_uri": IMAGE.replace(REGION, "ap-south-2")}, "push it to"),
        ({"image_account": "12"}, "is not twelve digits"),
    ],
)
def test_what_is_no_image_of_the_stacks_own_place_by_digest_is_refused(
    tmp_path: Path, more: dict[str, object], said: str
):
    with pytest.raises(ValueError, match=said):
        of_image(tmp_path, **more)


def test_on_this_machine_an_image_is_refused_with_what_to_do(tmp_path: Path):
    here = dataclasses.replace(place(code_folder(tmp_path)), target=Target.of_this_machine())
    with pytest.raises(ValueError, match="leave it out and say code, of which an archive is made"):
        FunctionArgs(place=here, image_uri=IMAGE)


def test_that_no_python_compiles_for_the_target_is_said_once_however_many_functions(tmp_path: Path):
    there = dataclasses.replace(place(code_folder(tmp_path)), target=Target(python="3.99"))

    def program() -> None:
        Function("reader", FunctionArgs(place=there, code=CODE))
        Function("writer", FunctionArgs(place=there, code=CODE))

    for _ in range(2):  # once a run: packages are at hand in the second
        assert deployed(program).log == [packaging.none_here("3.99")]


def test_the_log_group_is_there_before_the_function_and_is_not_kept_for_ever(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path, log_retention_days=7)))
    logs = stack.one("LogGroup")
    assert logs.inputs["name"] == "/aws/lambda/pilaster-dev-reader"
    assert logs.inputs["retentionInDays"] == 7
    assert stack.one("Function", "reader-function").depends_on == [
        "aws:cloudwatch/logGroup:LogGroup reader-logs",
        "aws:iam/role:Role reader-role",
        "aws:iam/rolePolicy:RolePolicy reader-policy",
    ], "the first call must find its log group and its permissions"


def test_a_role_is_the_union_of_the_grants(tmp_path: Path):
    write = Grant(owner="files", actions=["s3:PutObject"], resources=["arn:aws:s3:::files/*"])
    stack = deployed(lambda: Function("reader", args(tmp_path, grants=[READ, write])))
    assert stack.one("RolePolicy").document("policy")["Statement"] == [
        OWN_LOGS,
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::files/*"],
        },
    ]


def test_one_unknown_hides_one_statement_and_not_the_role(tmp_path: Path):
    def program() -> None:
        drawn = pulumi.ComponentResource("test:Owner", "data").urn.apply(
            lambda _: pulumi.Output.from_input(pulumi.output.UNKNOWN)
        )
        connect = Grant(owner="data", actions=["rds-db:connect"], resources=[drawn], known=False)
        Function("reader", args(tmp_path, grants=[READ, connect], network=INSIDE))

    stack = deployed(program, preview=True)
    known = stack.one("RolePolicy", "reader-policy").document("policy")["Statement"]
    assert [statement["Resource"] for statement in known] == [
        [LOGS],
        ["*"],
        ["arn:aws:s3:::files/*"],
    ]
    hidden = stack.one("RolePolicy", "reader-policy-data")
    assert hidden.inputs["name"] == "data"
    assert not isinstance(hidden.inputs["policy"], str)


def test_a_function_inside_is_put_into_the_subnets_and_may_attach_itself(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path, network=INSIDE)))
    assert stack.one("Function", "reader-function").inputs["vpcConfig"] == {
        "subnetIds": ["subnet-a"],
        "securityGroupIds": ["sg-a"],
    }
    attach = stack.one("RolePolicy").document("policy")["Statement"][1]
    assert attach["Resource"] == ["*"]
    assert {action.split(":")[0] for action in attach["Action"]} == {"ec2"}


def test_a_grant_the_side_cannot_reach_is_refused_before_anything_is_made(tmp_path: Path):
    start = Grant(owner="runs", actions=["states:StartExecution"], resources=["arn:x"])
    connect = Grant(owner="data", actions=["rds-db:connect"], resources=["arn:x"])
    with pytest.raises(ValueError, match=r"'lambdas.handler' is granted states by 'runs'"):
        args(tmp_path, grants=[start], network=INSIDE)
    with pytest.raises(ValueError, match=r"'lambdas.handler' is granted rds-db by 'data'"):
        args(tmp_path, grants=[connect])


def test_a_function_fed_by_a_queue_may_take_from_it_and_names_what_it_could_not_do(
    tmp_path: Path,
):
    source = QueueSource(arn="arn:aws:sqs:x", max_concurrency=2)
    stack = deployed(lambda: Function("reader", args(tmp_path, queue=source)))
    assert stack.one("RolePolicy").document("policy")["Statement"][1] == {
        "Effect": "Allow",
        "Action": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "Resource": ["arn:aws:sqs:x"],
    }
    assert stack.one("EventSourceMapping").inputs == {
        "eventSourceArn": "arn:aws:sqs:x",
        "functionName": "arn:drawn:reader-function",
        "batchSize": 10,
        "functionResponseTypes": ["ReportBatchItemFailures"],
        "scalingConfig": {"maximumConcurrency": 2},
        "tags": TAGS,
    }


def test_tracing_is_a_choice_and_brings_its_permission(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path, tracing=True)))
    assert stack.one("Function", "reader-function").inputs["tracingConfig"] == {"mode": "Active"}
    assert stack.one("RolePolicy").document("policy")["Statement"][1]["Action"] == [
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ]


def test_who_may_take_the_role_is_lambda_alone(tmp_path: Path):
    role = deployed(lambda: Function("reader", args(tmp_path))).one("Role")
    assert role.document("assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ]


@pytest.mark.parametrize(
    ("what", "value"),
    [("timeout_seconds", 901), ("memory_mib", 64), ("ephemeral_storage_mib", 256)],
)
def test_a_size_lambda_does_not_have_is_refused_by_name(tmp_path: Path, what: str, value: int):
    with pytest.raises(ValueError, match=f"{what} {value} of 'lambdas.handler' is not within"):
        args(tmp_path, **{what: value})


def test_an_archive_lambda_will_not_take_directly_is_said_so_before_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(packaging, "DIRECT_UPLOAD_LIMIT", 10)
    stack = deployed(lambda: Function("reader", args(tmp_path)))
    assert stack.log == [
        "the package of lambdas.handler has 0 MB; AWS Lambda takes 50 directly and will refuse it"
    ]


def test_a_functions_name_and_arn_are_known_at_preview(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path)), preview=True)
    assert stack.outputs["pilaster:aws:Function reader"] == {
        "name": "pilaster-dev-reader",
        "arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pilaster-dev-reader",
        "principal": f"arn:aws:iam::{ACCOUNT}:role/pilaster-dev-reader",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/pilaster-dev-reader",
    }


def test_warm_instances_stand_behind_an_alias_that_follows_each_version(tmp_path: Path):
    stack = deployed(lambda: Function("reader", args(tmp_path, warm_instances=3)))
    alias, kept = stack.one("Alias").inputs, stack.one("ProvisionedConcurrencyConfig").inputs
    assert stack.one("Function", "reader-function").inputs["publish"] is True
    assert (alias["name"], kept["qualifier"]) == ("live", "live")
    assert kept["provisionedConcurrentExecutions"] == 3
    arn = stack.outputs["pilaster:aws:Function reader"]["arn"]
    assert arn.endswith(":function:pilaster-dev-reader:live")


@pytest.mark.parametrize(("warm", "more"), [(-1, {}), (1001, {}), (6, {"reserved_concurrency": 5})])
def test_more_warm_instances_than_there_may_be_calls_are_refused(
    tmp_path: Path, warm: int, more: dict[str, int]
):
    with pytest.raises(ValueError, match=f"warm_instances {warm} of 'lambdas.handler' is not"):
        args(tmp_path, warm_instances=warm, **more)
