"""An SQS queue, never without its dead-letter queue, never without TLS.

The decision taken here for everybody: a message stays hidden six times as long as its consumer may
work on it (AWS's own rule for Lambda), and is put aside after five tries.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

TRIES = 5
HIDDEN_TIMES = 6
LONGEST_HIDDEN_SECONDS = 12 * 3600
LONGEST_DELAY_SECONDS = 900
DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class QueueArgs:
    """Who reads a queue, and which rules fill it."""

    place: Place
    """Project, stack, account, region."""
    consumer_timeout_seconds: int
    """How long the consumer may work on a message: its function's timeout."""
    rule_arns: Sequence[pulumi.Input[str]] = ()
    """EventBridge rules that may send to it."""
    delay_seconds: int = 0
    """How long a message waits before anybody sees it."""
    keep_days: int = 4
    """How long an unread message stays."""
    keep_dead_days: int = 14
    """How long a message that was put aside stays; AWS's longest."""

    def __post_init__(self) -> None:
        if not 1 <= self.consumer_timeout_seconds * HIDDEN_TIMES <= LONGEST_HIDDEN_SECONDS:
            raise ValueError(
                f"consumer_timeout_seconds {self.consumer_timeout_seconds} cannot be kept six "
                "times: SQS hides a message for 12 hours at most"
            )
        if not 0 <= self.delay_seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(
                f"delay_seconds {self.delay_seconds} is not within 0 and {LONGEST_DELAY_SECONDS}, "
                "which is what SQS waits at most"
            )
        for what, days in (("keep_days", self.keep_days), ("keep_dead_days", self.keep_dead_days)):
            if not 1 <= days <= 14:
                raise ValueError(f"{what} {days} is not within 1 and 14, which is what SQS keeps")


class Queue(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """What an event source or a rule's target names. Known at preview."""
    url: pulumi.Output[str]
    """Where a sender sends."""
    dead_letter_arn: pulumi.Output[str]
    """What an event source that gives up names. Known at preview."""
    dead_letter_url: pulumi.Output[str]
    """Where messages lie that nobody could work on."""

    def __init__(
        self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Queue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        queue_name = args.place.name("queue", name)
        dead_name = args.place.name("queue", f"{name}-dead-letters")
        self._logical_name = name
        self._arn = args.place.arn("sqs", queue_name)
        dead_arn = args.place.arn("sqs", dead_name)

        dead = aws.sqs.Queue(
            f"{name}-dead-letters",
            name=dead_name,
            message_retention_seconds=args.keep_dead_days * DAY,
            sqs_managed_sse_enabled=True,
            redrive_allow_policy=json.dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [self._arn]}
            ),
            tags=labels,
            opts=child,
        )
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=queue_name,
            message_retention_seconds=args.keep_days * DAY,
            delay_seconds=args.delay_seconds,
            visibility_timeout_seconds=args.consumer_timeout_seconds * HIDDEN_TIMES,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": once(dead, dead_arn), "maxReceiveCount": TRIES}
            ),
            tags=labels,
            opts=child,
        )
        aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=queue.url,
            policy=iam.document(access(self._arn, args)),
            opts=child,
        )
        aws.sqs.QueuePolicy(
            f"{name}-dead-letters-policy",
            queue_url=dead.url,
            policy=iam.document([iam.deny_without_tls(["sqs:*"], [dead_arn])]),
            opts=child,
        )

        self.arn = once(queue, self._arn)
        self.url = queue.url
        self.dead_letter_arn = once(dead, dead_arn)
        self.dead_letter_url = dead.url
        self.register_outputs(
            {
                "arn": self.arn,
                "url": self.url,
                "deadLetterArn": self.dead_letter_arn,
                "deadLetterUrl": self.dead_letter_url,
            }
        )

    def send(self) -> Grant:
        """Putting messages in."""
        return Grant(owner=self._logical_name, actions=["sqs:SendMessage"], resources=[self._arn])


def access(arn: str, args: QueueArgs) -> Sequence[Mapping[str, Any]]:
    """Who may send beside the account's own roles: the rules, each by its ARN."""
    allowed = [
        {
            "Sid": "RulesSend",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["sqs:SendMessage"],
            "Resource": [arn],
            "Condition": {"ArnEquals": {"aws:SourceArn": list(args.rule_arns)}},
        }
    ]
    return [*(allowed if args.rule_arns else []), iam.deny_without_tls(["sqs:*"], [arn])]
