"""A cloud to make things in: clients of the running platform, and functions from a few lines."""

from __future__ import annotations

import base64
import io
import json
import textwrap
import time
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
from pilaster_local.services.platform import Platform

REGION = "eu-central-1"
ACCOUNT = "000000000000"


class Cloud:
    """Makes things with names nobody else has, on a platform others use too."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def client(self, service: str, **options: Any) -> Any:
        usual = {
            "endpoint_url": self.platform.endpoint,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "region_name": REGION,
        }
        return boto3.client(service, **{**usual, **options})

    def name(self, what: str) -> str:
        return f"{what}-{uuid.uuid4().hex[:8]}"

    def bucket(self) -> str:
        name = self.name("bucket")
        self.client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name

    def role(self, service: str, statements: list[dict[str, Any]]) -> str:
        name = self.name("role")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": f"{service}.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        if statements:
            policy = {"Version": "2012-10-17", "Statement": statements}
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        return made["Role"]["Arn"]

    def function(
        self,
        code: str,
        *,
        grants: list[dict[str, Any]] | None = None,
        inside: bool = False,
        files: dict[str, bytes] | None = None,
        **configuration: Any,
    ) -> Function:
        """A function whose handler is `handler(event, context)` in these lines."""
        name = self.name("function")
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{name}"
        own_logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:*")
        if inside:
            configuration["VpcConfig"] = {"SubnetIds": [self.subnet()], "SecurityGroupIds": []}
        self.client("lambda").create_function(
            FunctionName=name,
            Role=self.role("lambda", [*(grants or []), own_logs]),
            Code={"ZipFile": archive({"app.py": textwrap.dedent(code).encode(), **(files or {})})},
            **{"Runtime": "python3.11", "Handler": "app.handler", "Timeout": 10, **configuration},
        )
        return Function(self, name)

    def subnet(self) -> str:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]


class Function:
    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"

    def call(self, event: Any = None) -> Any:
        """What it answers; an error of it is an assertion's."""
        answer, failed = self.invoke(event)
        assert not failed, answer
        return answer

    def fail(self, event: Any = None) -> dict[str, Any]:
        """The error it ends with."""
        answer, failed = self.invoke(event)
        assert failed, f"it answered {answer}"
        return answer

    def invoke(self, event: Any = None) -> tuple[Any, bool]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.name, Payload=json.dumps(event or {}), LogType="Tail"
        )
        self.log = base64.b64decode(answer.get("LogResult", "")).decode()
        return json.loads(answer["Payload"].read()), "FunctionError" in answer


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return content.getvalue()


def eventually(check: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What `check` answers, once that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not so after {seconds} s: {check}")


def allow(actions: str | list[str], resources: str | list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}
