"""Who listens to a bus: a rule, a queue with its dead letters, and a function.

The decision taken here for everybody: no rule calls a function directly. A queue keeps what came
while the function could not, tries again, and puts aside what can never go through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs, QueueSource
from pilaster.aws.queue import Queue, QueueArgs
from pilaster.naming import Place, once
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class ConsumerArgs:
    """Which events, and what is done with them."""

    place: Place
    """Project, stack, account, region."""
    source: str
    """Who says them, such as `aws.states`."""
    types: Sequence[str]
    """Which of their events, by `detail-type`."""
    function: FunctionArgs
    """Called with the queue's messages, each a whole event. Its `queue` is set here."""
    bus_name: pulumi.Input[str] = "default"
    """Where they are said; AWS's own services talk on `default`."""
    detail: Mapping[str, Sequence[pulumi.Input[str]]] = field(
        default_factory=dict[str, Sequence[pulumi.Input[str]]]
    )
    """Further, what their `detail` holds: name -> the values that count."""
    delay_seconds: int = 0
    """How long each waits before the function sees it."""
    batch_size: int = 10
    """Events per call, at most. The answer may name those that failed (batchItemFailures)."""
    max_concurrency: int | None = None
    """Calls at a time, at most; AWS takes 2 and more."""

    def __post_init__(self) -> None:
        if not self.types:
            raise ValueError(f"a consumer of {self.source!r} names no event: say which `types`")
        if self.function.queue is not None:
            raise ValueError("the consumer gives its function a queue: leave `queue` out")


class Consumer(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """The function. Known at preview."""
    queue_url: pulumi.Output[str]
    """Where events wait."""
    dead_letter_url: pulumi.Output[str]
    """Where events lie that could not be worked on."""

    def __init__(
        self, name: str, args: ConsumerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Consumer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rule_name = args.place.name("rule", name)

        queue = Queue(
            name,
            QueueArgs(
                place=args.place,
                consumer_timeout_seconds=args.function.timeout_seconds,
                rule_arns=[rule_arn(args.place, args.bus_name, rule_name)],
                delay_seconds=args.delay_seconds,
            ),
            opts=child,
        )
        pattern = {"source": [args.source], "detail-type": list(args.types)}
        rule = aws.cloudwatch.EventRule(
            f"{name}-rule",
            name=rule_name,
            description=f"{', '.join(args.types)} of {args.source}"[:512],
            event_bus_name=args.bus_name,
            event_pattern=pulumi.Output.json_dumps(
                {**pattern, "detail": args.detail} if args.detail else pattern
            ),
            tags=tags(args.place, name),
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-to-queue",
            rule=once(rule, rule_name),
            event_bus_name=args.bus_name,
            arn=queue.arn,
            opts=child,
        )
        source = QueueSource(
            arn=queue.arn, batch_size=args.batch_size, max_concurrency=args.max_concurrency
        )
        function = Function(name, replace(args.function, queue=source), opts=child)

        self.arn = function.arn
        self.queue_url = queue.url
        self.dead_letter_url = queue.dead_letter_url
        self.register_outputs(
            {
                "arn": self.arn,
                "queueUrl": self.queue_url,
                "deadLetterUrl": self.dead_letter_url,
            }
        )


def rule_arn(place: Place, bus_name: pulumi.Input[str], rule_name: str) -> pulumi.Output[str]:
    """The ARN of a rule; that of the default bus does not name it."""
    return pulumi.Output.from_input(bus_name).apply(
        lambda bus: place.arn(
            "events", f"rule/{rule_name}" if bus == "default" else f"rule/{bus}/{rule_name}"
        )
    )
