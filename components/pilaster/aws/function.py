"""A Lambda function with its log group and a role that is the union of its grants.

The decision taken here for everybody: a function is inside (it reaches the database, S3 and
DynamoDB, and nothing else) or outside (all but the database); a grant its side cannot reach is
refused. Names and permissions are known at preview.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam, program, warm
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.packaging import Code
from pilaster.tagging import tags

LONGEST_SECONDS = 900


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A side of a network: where something is put."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The subnets, one per zone."""
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Who may talk to it and with whom it may talk."""


@dataclass(frozen=True, kw_only=True)
class QueueSource:
    """A queue Lambda polls for a function."""

    arn: pulumi.Input[str]
    """The queue's ARN."""
    batch_size: int = 10
    """Messages per call, at most. The answer may name those that failed (batchItemFailures)."""
    max_concurrency: int | None = None
    """Calls at a time, at most; AWS takes 2 and more."""


@dataclass(frozen=True, kw_only=True)
class StreamSource:
    """A table's changes, which Lambda reads for a function: new and changed items, in order.

    A call that fails is made again with half of its records, until they go through or are a day
    old. Nothing else of the table is read meanwhile, so a record that can never go through is the
    function's to put aside.
    """

    arn: pulumi.Input[str]
    """The table's stream; AWS draws it."""
    table_arn: pulumi.Input[str]
    """The table: its streams' ARNs begin so, which is known at preview."""
    failures_arn: pulumi.Input[str]
    """The queue that is told which records were given up."""
    batch_size: int = 25
    """Records per call, at most."""


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What a function runs, where, and what it may touch."""

    place: Place
    """Project, stack, account, region."""
    code: Code | None = None
    """Entry point and dependency set, which are packed into an archive."""
    image_uri: str | None = None
    """A container image instead: its address in ECR, by digest, in the stack's own region. The
    image says itself what it runs."""
    image_account: str | None = None
    """Whose registry the image is in, if it is another account's: twelve digits."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, str])
    """Exactly the variables the handler reads. Never a secret: they are shown in the console."""
    grants: Sequence[Grant] = ()
    """What the handler may do; nothing else is allowed."""
    network: NetworkRef | None = None
    """The private subnets, which put the function inside; none leaves it outside."""
    queue: QueueSource | None = None
    """The queue whose messages it is called with."""
    stream: StreamSource | None = None
    """The table whose changes it is called with."""
    memory_mib: int = 512
    """Memory, and with it the share of a CPU: 1769 MiB are one."""
    timeout_seconds: int = 10
    """After which a call is killed."""
    ephemeral_storage_mib: int = 512
    """Room in /tmp."""
    log_retention_days: int = 30
    """CloudWatch knows only certain numbers: 1, 3, 5, 7, 14, 30, 60, 90 ..."""
    reserved_concurrency: int | None = None
    """Calls at a time, taken from the account's; a fresh account has 10 and none to give."""
    warm_instances: int = 0
    """Instances that are always ready, and cost while they wait; calls go to an alias then."""
    tracing: bool = False
    """Whether X-Ray follows its calls."""
    description: str | None = None
    """For people who look into the console."""

    def __post_init__(self) -> None:
        entry = program.check(self.place, self.code, self.image_uri, self.image_account)
        warm.check(self.warm_instances, reserved=self.reserved_concurrency, function=entry)
        iam.check_side(self.grants, inside=self.network is not None, function=entry)
        for what, value, least, most in (
            ("timeout_seconds", self.timeout_seconds, 1, LONGEST_SECONDS),
            ("memory_mib", self.memory_mib, 128, 10_240),
            ("ephemeral_storage_mib", self.ephemeral_storage_mib, 512, 10_240),
        ):
            if not least <= value <= most:
                raise ValueError(f"{what} {value} of {entry!r} is not within {least} and {most}")


class Function(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """What a route or a state machine invokes. Known at preview."""
    name: pulumi.Output[str]
    """The function's physical name. Known at preview."""
    role_arn: pulumi.Output[str]
    """Whom a bucket's or key's own policy names. Known at preview."""
    principal: pulumi.Output[str]
    """The same, by the name it has in every cloud: whom a policy of another thing names."""

    def __init__(
        self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Function", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        function_name = args.place.name("function", name)
        runs = program.program(self, args.place, args.code, args.image_uri)

        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{function_name}",
            retention_in_days=args.log_retention_days,
            tags=labels,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=args.place.name("role", name),
            assume_role_policy=iam.trust("lambda"),
            tags=labels,
            opts=child,
        )
        self.role_arn = once(role, args.place.role_arn(name))
        self.principal = self.role_arn
        policies = [
            aws.iam.RolePolicy(
                f"{name}-policy-{owner}" if owner else f"{name}-policy",
                name=owner or "known",
                role=once(role, args.place.name("role", name)),
                policy=iam.document(statements),
                opts=child,
            )
            for owner, statements in iam.policies(_all_grants(name, function_name, args)).items()
        ]
        function = aws.lambda_.Function(
            f"{name}-function",
            name=function_name,
            description=args.description,
            role=self.role_arn,
            architectures=[args.place.target.architecture],
            **runs,
            memory_size=args.memory_mib,
            timeout=args.timeout_seconds,
            ephemeral_storage={"size": args.ephemeral_storage_mib},
            environment={"variables": args.environment} if args.environment else None,
            reserved_concurrent_executions=args.reserved_concurrency,
            # Only a version of its own can be kept warm.
            publish=True if args.warm_instances else None,
            tracing_config={"mode": "Active"} if args.tracing else None,
            vpc_config=_vpc(args.network),
            tags=labels,
            # The role reaches the function through its ARN, its policies and the log group through
            # nothing. Without this the first call may run before it may write a line, and Lambda
            # makes a log group of its own that is kept for ever.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs, *policies]),
        )
        if args.queue:
            _poll(f"{name}-source", function, args.queue, labels, child)
        if args.stream:
            _follow(f"{name}-stream", function, args.stream, labels, child)

        called: pulumi.Resource = function
        path = f"function:{function_name}"
        if args.warm_instances:
            called = warm.keep(name, function, args.warm_instances, child)
            path = f"{path}:{warm.ALIAS}"

        self.arn = once(called, args.place.arn("lambda", path))
        self.name = once(function, function_name)
        self.register_outputs(
            {
                "arn": self.arn,
                "name": self.name,
                "principal": self.principal,
                "roleArn": self.role_arn,
            }
        )


def _all_grants(name: str, function_name: str, args: FunctionArgs) -> list[Grant]:
    """The handler's grants and what the platform does in its name."""
    log_lines = args.place.arn("logs", f"log-group:/aws/lambda/{function_name}:*")
    grants = [iam.platform("logs", owner=name, resources=[log_lines])]
    if args.network:
        grants.append(iam.platform("network interfaces", owner=name))
    if args.tracing:
        grants.append(iam.platform("tracing", owner=name))
    if args.queue:
        grants.append(iam.platform("queue polling", owner=name, resources=[args.queue.arn]))
    if args.stream:
        streams = pulumi.Output.concat(args.stream.table_arn, "/stream/*")
        grants.append(iam.platform("stream polling", owner=name, resources=[streams]))
        grants.append(iam.platform("stream listing", owner=name))
        grants.append(iam.platform("giving up", owner=name, resources=[args.stream.failures_arn]))
    return [*grants, *args.grants]


def _vpc(network: NetworkRef | None) -> aws.lambda_.FunctionVpcConfigArgs | None:
    if network is None:
        return None
    return aws.lambda_.FunctionVpcConfigArgs(
        subnet_ids=network.subnet_ids, security_group_ids=network.security_group_ids
    )


def _poll(
    name: str,
    function: aws.lambda_.Function,
    queue: QueueSource,
    labels: dict[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=queue.arn,
        function_name=function.arn,
        batch_size=queue.batch_size,
        # One bad message must not send nine good ones round again.
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=(
            {"maximum_concurrency": queue.max_concurrency} if queue.max_concurrency else None
        ),
        tags=labels,
        opts=child,
    )


def _follow(
    name: str,
    function: aws.lambda_.Function,
    stream: StreamSource,
    labels: dict[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=stream.arn,
        function_name=function.arn,
        batch_size=stream.batch_size,
        # What was written before the mapping was there counts too.
        starting_position="TRIM_HORIZON",
        bisect_batch_on_function_error=True,
        filter_criteria={"filters": [{"pattern": json.dumps({"eventName": ["INSERT", "MODIFY"]})}]},
        destination_config={"on_failure": {"destination_arn": stream.failures_arn}},
        tags=labels,
        opts=child,
    )
