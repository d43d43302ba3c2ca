"""What each further resource costs a preview, with and without plan checks.

A program of its own with up to 1,000 resources of ten AWS types, some of which need each other, is
previewed by the stand-in engine against the provider without an endpoint, as `pilaster preview
--stack prod` does. Printed are seconds, what each further resource costs in milliseconds of the
processor and of the clock (the same on a quiet machine, since Python runs one thread at a time),
and how the cost of the second half of the resources compares with that of the first (1.0 is
linear).

    .venv/bin/python benchmarks/preview_scaling.py [--most 1000] [--runs 3] [--json]

Exits 1 if a further resource costs more than 3 ms of the processor.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pilaster_local import engine
from pilaster_local.providers.aws import plan as checks
from pilaster_local.providers.aws.plan.collecting import CollectingProvider
from pilaster_local.providers.aws.provider import AwsProvider

GOAL_MILLISECONDS = 3.0
ACCOUNT, REGION = "000000000000", "eu-west-2"

PROGRAM = '''
import json

import pulumi
import pulumi_aws as aws

TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }],
})


def allow(action, resource):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def group(n):
    """Ten resources, as a small service has them."""
    role = aws.iam.Role(f"role-{n}", name=f"bench-{n}", assume_role_policy=TRUST)
    yield role
    queue = aws.sqs.Queue(f"queue-{n}", name=f"bench-{n}", visibility_timeout_seconds=60)
    yield queue
    yield aws.iam.RolePolicy(
        f"policy-{n}",
        name="may-send",
        role=role.name,
        policy=queue.arn.apply(lambda arn: allow("sqs:SendMessage", arn)),
    )
    logs = aws.cloudwatch.LogGroup(f"logs-{n}", name=f"/aws/lambda/bench-{n}", retention_in_days=7)
    yield logs
    function = aws.lambda_.Function(
        f"function-{n}",
        name=f"bench-{n}",
        runtime="python3.13",
        handler="index.handler",
        role=role.arn,
        code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(e, c): pass")}),
        environment={"variables": {"QUEUE": queue.url}},
        timeout=10,
        opts=pulumi.ResourceOptions(depends_on=[logs]),
    )
    yield function
    yield aws.lambda_.EventSourceMapping(
        f"mapping-{n}", event_source_arn=queue.arn, function_name=function.name, batch_size=10
    )
    yield aws.dynamodb.Table(
        f"table-{n}",
        name=f"bench-{n}",
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attributes=[{"name": "id", "type": "S"}],
    )
    yield aws.s3.Bucket(f"bucket-{n}", bucket=f"bench-{n}-000000000000-eu-west-2")
    rule = aws.cloudwatch.EventRule(
        f"rule-{n}", name=f"bench-{n}", event_pattern=json.dumps({"source": ["bench"]})
    )
    yield rule
    yield aws.cloudwatch.EventTarget(f"target-{n}", rule=rule.name, arn=queue.arn)


wanted = pulumi.Config().require_int("resources")
made = (resource for n in range(wanted // 10 + 1) for resource in group(n))
for _, _ in zip(range(wanted), made):
    pass
'''


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    sizes = [0, args.most // 4, args.most // 2, args.most]
    with tempfile.TemporaryDirectory(prefix="pilaster-scaling-") as folder:
        project = Path(folder)
        (project / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (project / "__main__.py").write_text(PROGRAM)
        previews: dict[str, Callable[[], int]] = {
            "without checks": lambda: _plain(project),
            "with checks": lambda: _checked(project),
        }
        found = {
            name: _measured(project, preview, sizes, args.runs)
            for name, preview in previews.items()
        }
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        for name, figures in found.items():
            told = ", ".join(f"{n}: {s:.2f} s" for n, s in figures["seconds"].items())
            print(f"{name}: {told}")
            print(
                f"  each further resource: {figures['processor']:.2f} ms of the processor, "
                f"{figures['clock']:.2f} ms by the clock (goal: at most {GOAL_MILLISECONDS:g}); "
                f"second half over first half: {figures['ratio']:.2f}"
            )
    return int(any(f["processor"] > GOAL_MILLISECONDS for f in found.values()))


def _measured(project: Path, preview: Callable[[], int], sizes: list[int], runs: int) -> dict:
    _resources(project, 20)
    preview()  # imports and service models are paid once, not for each resource
    taken: dict[int, tuple[float, float]] = {}
    for size in sizes:
        _resources(project, size)
        each = [_timed(preview, size) for _ in range(runs)]
        taken[size] = statistics.median(c for c, _ in each), statistics.median(w for _, w in each)
    none, _, half, most = (taken[size] for size in sizes)
    return {
        "seconds": {size: clock for size, (_, clock) in taken.items()},
        "processor": 1000 * (most[0] - none[0]) / sizes[-1],
        "clock": 1000 * (most[1] - none[1]) / sizes[-1],
        "ratio": (most[0] - half[0]) / (half[0] - none[0]),
    }


def _timed(preview: Callable[[], int], size: int) -> tuple[float, float]:
    """Seconds of the processor and by the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    made = preview()
    taken = time.process_time() - processor, time.perf_counter() - clock
    assert made == size + 1, "the stack itself is one"
    return taken


def _resources(project: Path, count: int) -> None:
    settings = f'config:\n  bench:resources: "{count}"\n  aws:region: {REGION}\n'
    (project / "Pulumi.bench.yaml").write_text(settings)


def _plain(project: Path) -> int:
    provider = AwsProvider(None, region=REGION, account=ACCOUNT)
    return engine.preview(project, "bench", provider=provider).changes


def _checked(project: Path) -> int:
    provider = CollectingProvider(None, region=REGION, account=ACCOUNT)
    plan = engine.preview(project, "bench", provider=provider)
    found = checks.check(checks.of_plan(plan.steps), region=REGION, account=ACCOUNT)
    assert not found, f"the program of this benchmark is right, and yet: {found[0]}"
    return plan.changes


if __name__ == "__main__":
    sys.exit(main())
