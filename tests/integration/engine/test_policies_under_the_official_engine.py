"""The same pack under both engines says the same: same policy, level, resource and words."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pilaster_cli import project as command
from pilaster_local import engine

from tests.support import deployed
from tests.support.both_engines import RUNTIME
from tests.support.deployed import Deployed
from tests.support.official import Official

pytestmark = [
    pytest.mark.integration,
    pytest.mark.engine,
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the official `pulumi` is not on PATH"
    ),
]
ROOT = Path(__file__).parents[3]
SETTINGS = 'config:\n  aws:region: eu-west-2\n  aws:allowedAccountIds: ["111111111111"]\n'
OPEN_BOOK = """
import json
import pulumi
import pulumi_aws as aws

def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

trust = document(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
role = aws.iam.Role("role", name="role", assume_role_policy=trust)
aws.iam.RolePolicy("wide", role=role.name, policy=document(Action="s3:*", Resource="*"))
aws.iam.RolePolicy("narrow", role=role.name, policy=document(Action="s3:GetObject", Resource="*"))
bus = aws.cloudwatch.EventBus("bus", name="bus")
aws.iam.RolePolicy(
    "later",
    role=role.name,
    policy=bus.arn.apply(lambda arn: document(Action="events:PutEvents", Resource=arn)),
)
aws.s3.Bucket("bare", bucket="bare-bucket")
closed = aws.s3.Bucket("closed", bucket="closed-bucket")
aws.s3.BucketPublicAccessBlock(
    "half", bucket=closed.bucket, block_public_acls=True, block_public_policy=True,
    ignore_public_acls=True, restrict_public_buckets=False,
)
queue = aws.sqs.Queue("queue", name="queue")
aws.sqs.QueuePolicy(
    "everybody", queue_url=queue.url,
    policy=document(Action="sqs:SendMessage", Principal="*", Resource="*"),
)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
group = aws.ec2.SecurityGroup("group", name="group", vpc_id=vpc.id)
aws.vpc.SecurityGroupIngressRule(
    "database", security_group_id=group.id, ip_protocol="tcp", from_port=5432, to_port=5432,
    cidr_ipv4="0.0.0.0/0",
)
api = aws.apigatewayv2.Api("api", name="api", protocol_type="HTTP")
for name, key in (("open", "GET /open"), ("rest", "$default"), ("health", "GET /health")):
    aws.apigatewayv2.Route(name, api_id=api.id, route_key=key, target="integrations/x")
aws.lambda_.Function(
    "function", name="function", role=role.arn, runtime="python3.13", handler="app.main",
    code=pulumi.AssetArchive({"app.py": pulumi.StringAsset("pass")}),
    environment={"variables": {
        "DB_PASSWORD": "hunter2", "GREETING": pulumi.Output.secret("hello"), "NAME": "x",
        "BUS_TOKEN": bus.arn,
    }},
)
"""
EXCEPTIONS = {
    "exceptions": {
        "exceptions": [
            {"rule": "aws-open-route", "resource": "health", "reason": "Monitors ask for it."},
            {"rule": "aws-open-route", "resource": "gone", "reason": "Nothing needs this one."},
        ]
    }
}
Said = tuple[str, bool, str, str]
"""Policy, whether it is mandatory, the resource's name, and the text."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    copy = deployed.copy(tmp_path_factory.mktemp("judged"))
    yield copy
    assert copy.pilaster("down", "--purge").code == 0


@pytest.fixture
def open_book(tmp_path: Path) -> Path:
    """A project that breaks every rule; the repository's pack with settings of its own."""
    folder = tmp_path / "open"
    folder.mkdir()
    shutil.copy(ROOT / "uv.lock", folder)
    (folder / "Pulumi.yaml").write_text(RUNTIME.format(environment=sys.prefix))
    (folder / "Pulumi.dev.yaml").write_text(SETTINGS)
    (folder / "__main__.py").write_text(OPEN_BOOK)
    # With its pyproject.toml the copy would be installed in place of the pack, in this environment.
    left_out = shutil.ignore_patterns("pyproject.toml", "__pycache__")
    shutil.copytree(ROOT / "policies", folder / "policies", ignore=left_out)
    pack = folder / "policies" / "PulumiPolicy.yaml"
    pack.write_text(pack.read_text() + f"    virtualenv: {sys.prefix}\n")
    (folder / "policies.json").write_text(json.dumps(EXCEPTIONS))
    return folder


def by_the_stand_in(folder: Path) -> list[Said]:
    plan = engine.preview(
        folder,
        "dev",
        provider=command.provider(folder, "dev", None),
        policy_packs=[folder / "policies"],
    )
    return sorted(
        (v.policy, v.mandatory, v.urn.rsplit("::", 1)[-1], v.message) for v in plan.violations
    )


def by_the_official_engine(folder: Path, log: Path, *, fails: bool) -> list[Said]:
    """From its events: each violation is one, whatever the screen makes of it."""
    pulumi = Official(folder, "dev").begin()
    pulumi.environment["PILASTER_PREVIEW_ONLY"] = "1"
    chosen = ["--policy-pack", "policies", "--policy-pack-config", "policies.json"]
    pulumi.on_stack(
        "preview",
        *chosen,
        "--event-log",
        str(log),
        fails=fails,
        PULUMI_DEBUG_COMMANDS="true",
    )
    events = [json.loads(line).get("policyEvent") for line in log.read_text().splitlines()]
    return sorted(
        (
            event["policyName"],
            event["enforcementLevel"] == "mandatory",
            event["resourceUrn"].rsplit("::", 1)[-1],
            event["message"].rstrip(),
        )
        for event in events
        if event
    )


def test_a_stack_that_breaks_every_rule_breaks_it_under_both(
    open_book: Path, tmp_path: Path
) -> None:
    ours = by_the_stand_in(open_book)
    assert by_the_official_engine(open_book, tmp_path / "events", fails=True) == ours
    broken = {(policy, name) for policy, mandatory, name, _ in ours if mandatory}
    assert broken == {
        ("aws-wildcard-action", "wide"),
        ("aws-wildcard-principal", "everybody"),
        ("aws-public-database", "database"),
        ("aws-public-bucket", "half"),
        ("aws-open-route", "open"),
        ("aws-plain-secret", "function"),
        ("graph", "bare"),
        ("graph", "closed"),
        ("graph", "narrow"),
        ("graph", "rest"),
        ("graph", "small-dev"),
        ("graph", "wide"),
    }
    waiting = {(policy, name) for policy, mandatory, name, _ in ours if not mandatory}
    assert waiting == {
        ("aws-unknown-action-unknown", "later"),
        ("aws-wildcard-action-unknown", "later"),
        ("aws-plain-secret-unknown", "function"),
        ("graph-unknown", "later"),
        ("graph-unknown", "small-dev"),
    }
    assert "hunter2" not in str(ours)


def test_our_own_stack_obeys_under_both(project: Deployed, tmp_path: Path) -> None:
    ours = by_the_stand_in(project.folder)
    assert by_the_official_engine(project.folder, tmp_path / "events", fails=False) == ours
    assert not any(mandatory for _, mandatory, _, _ in ours)
