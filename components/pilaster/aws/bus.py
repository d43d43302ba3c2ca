"""An event bus of our own. S3 and the other services talk on the account's `default` one."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class BusArgs:
    """Where a bus is."""

    place: Place
    """Project, stack, account, region."""
    archive_days: int | None = None
    """How long all that was said is kept, to be said again (a replay); none keeps nothing."""

    def __post_init__(self) -> None:
        if self.archive_days is not None and self.archive_days < 1:
            raise ValueError(f"archive_days {self.archive_days} is not 1 or more: leave it out")


class Bus(pulumi.ComponentResource):
    """See the module's first line."""

    name: pulumi.Output[str]
    """Whom a publisher or a rule names. Known at preview."""
    arn: pulumi.Output[str]
    """What a policy names. Known at preview."""
    archive_arn: pulumi.Output[str]
    """What a replay names; empty where nothing is kept."""

    def __init__(
        self, name: str, args: BusArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Bus", name, None, opts)
        bus_name = args.place.name("bus", name)
        self._logical_name = name
        self._arn = arn(args.place, bus_name)

        bus = aws.cloudwatch.EventBus(
            f"{name}-bus",
            name=bus_name,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.name = once(bus, bus_name)
        self.arn = once(bus, self._arn)
        self.archive_arn = pulumi.Output.from_input("")
        if args.archive_days:
            self.archive_arn = aws.cloudwatch.EventArchive(
                f"{name}-archive",
                name=args.place.name("archive", name),
                event_source_arn=self.arn,
                retention_days=args.archive_days,
                opts=pulumi.ResourceOptions(parent=self),
            ).arn
        self.register_outputs({"name": self.name, "arn": self.arn, "archiveArn": self.archive_arn})

    def publish(self) -> Grant:
        """Saying something on the bus."""
        return Grant(owner=self._logical_name, actions=["events:PutEvents"], resources=[self._arn])


def arn(place: Place, bus_name: str) -> str:
    """The ARN of a bus of that physical name."""
    return place.arn("events", f"event-bus/{bus_name}")
