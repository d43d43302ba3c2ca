"""Admission: word for the function that lets waiting runs start, whenever one more may.

The decision taken here for everybody: a place is free when a run has ended or says on the bus that
it waits for a person. Word of either may be lost, so once a minute the function looks for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs, QueueSource
from pilaster.aws.queue import Queue, QueueArgs
from pilaster.naming import Place, once
from pilaster.tagging import tags

ENDED = ("ABORTED", "FAILED", "SUCCEEDED", "TIMED_OUT")
DISPATCHERS = 2
"""At a time: they write one item and would only wait for one another. AWS takes no fewer."""


@dataclass(frozen=True, kw_only=True)
class AdmissionArgs:
    """Which runs, and who is told."""

    place: Place
    """Project, stack, account, region."""
    state_machine_arn: pulumi.Input[str]
    """Whose runs."""
    function: FunctionArgs
    """Starts who is next; called with messages of runs that ended, of those that wait, and of every
    minute. Its `queue` is set here."""
    bus_name: pulumi.Input[str]
    """The bus on which a run says that it waits."""
    waits: Sequence[str] = ()
    """Events (detail types) on the bus after which a run holds no place."""

    def __post_init__(self) -> None:
        if self.function.queue is not None:
            raise ValueError("admission gives its function a queue: leave `queue` out")


class Admission(pulumi.ComponentResource):
    """See the module's first lines."""

    queue_url: pulumi.Output[str]
    """Where word of free places waits."""
    dead_letter_url: pulumi.Output[str]
    """Where word lies that nobody could work on; nothing is lost with it but a minute."""

    def __init__(
        self, name: str, args: AdmissionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Admission", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._labels = tags(args.place, name)
        rules = {
            part: args.place.name("rule", f"{name}-{part}") for part in ("ended", "minute", "waits")
        }
        on_bus = pulumi.Output.concat(
            args.place.arn("events", "rule/"), args.bus_name, "/", rules["waits"]
        )
        queue = Queue(
            name,
            QueueArgs(
                place=args.place,
                consumer_timeout_seconds=args.function.timeout_seconds,
                rule_arns=[
                    args.place.arn("events", f"rule/{rules['ended']}"),
                    args.place.arn("events", f"rule/{rules['minute']}"),
                    *([on_bus] if args.waits else []),
                ],
            ),
            opts=child,
        )
        ended = aws.cloudwatch.EventRule(
            f"{name}-ended",
            name=rules["ended"],
            description="Runs that ended: their places are free",
            event_pattern=pulumi.Output.json_dumps(
                {
                    "source": ["aws.states"],
                    "detail-type": ["Step Functions Execution Status Change"],
                    "detail": {"stateMachineArn": [args.state_machine_arn], "status": list(ENDED)},
                }
            ),
            tags=self._labels,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-ended-to-queue", rule=once(ended, rules["ended"]), arn=queue.arn, opts=child
        )
        minute = aws.cloudwatch.EventRule(
            f"{name}-minute",
            name=rules["minute"],
            description="What was not heard of is looked for",
            schedule_expression="rate(1 minute)",
            tags=self._labels,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-minute-to-queue", rule=once(minute, rules["minute"]), arn=queue.arn, opts=child
        )
        if args.waits:
            self._waits(name, args, rules["waits"], queue)
        source = QueueSource(arn=queue.arn, max_concurrency=DISPATCHERS)
        Function(f"{name}-dispatch", replace(args.function, queue=source), opts=child)

        self.queue_url = queue.url
        self.dead_letter_url = queue.dead_letter_url
        self.register_outputs({"queueUrl": self.queue_url, "deadLetterUrl": self.dead_letter_url})

    def _waits(self, name: str, args: AdmissionArgs, rule_name: str, queue: Queue) -> None:
        child = pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            f"{name}-waits",
            name=rule_name,
            description="Runs that wait for a person: their places are free",
            event_bus_name=args.bus_name,
            event_pattern=pulumi.Output.json_dumps({"detail-type": list(args.waits)}),
            tags=self._labels,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-waits-to-queue",
            rule=once(rule, rule_name),
            event_bus_name=args.bus_name,
            arn=queue.arn,
            opts=child,
        )
