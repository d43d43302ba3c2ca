"""A function that is called every so many minutes.

The decision taken here for everybody: a call that was lost is not made up for, since the next one
comes; so there is no queue and no dead letter, and what is called looks at what there is to do and
not at how often it was called.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs
from pilaster.naming import Place, once
from pilaster.tagging import tags

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True)
class ScheduleArgs:
    """What is called, and how often."""

    place: Place
    """Project, stack, account, region."""
    function: FunctionArgs
    """Called with the tick, which says nothing of use."""
    every_minutes: int
    """Minutes between two calls, from 1 to 1440."""

    def __post_init__(self) -> None:
        if not 1 <= self.every_minutes <= DAY_MINUTES:
            raise ValueError(
                f"every_minutes {self.every_minutes} is not within 1 and {DAY_MINUTES}"
            )
        if self.function.queue is not None:
            raise ValueError("a function that is called by the clock has no queue: leave it out")


class Schedule(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """The function. Known at preview."""

    def __init__(
        self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Schedule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rule_name = args.place.name("rule", name)
        function = Function(name, args.function, opts=child)
        permission = aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="events.amazonaws.com",
            source_arn=args.place.arn("events", f"rule/{rule_name}"),
            opts=child,
        )
        unit = "minute" if args.every_minutes == 1 else "minutes"
        rule = aws.cloudwatch.EventRule(
            f"{name}-rule",
            name=rule_name,
            description=f"Every {args.every_minutes} {unit}",
            schedule_expression=f"rate({args.every_minutes} {unit})",
            tags=tags(args.place, name),
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-to-function",
            rule=once(rule, rule_name),
            arn=function.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )

        self.arn = function.arn
        self.register_outputs({"arn": self.arn})
