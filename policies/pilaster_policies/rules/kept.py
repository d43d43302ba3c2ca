"""What was said is kept, for as long as was decided: logs end, failed messages do not vanish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule, rule
from pilaster_policies.values import is_unknown, texts
from pilaster_policies.wanted import Wanted

LOGS = "aws-log-retention"
LOGS_WHY = "Logs are kept as long as was decided: for ever is nobody's decision."
LETTERS = "aws-dead-letters"
LETTERS_WHY = "What cannot be handled is put aside, seen and handled later; it does not vanish."

_RETENTION = Wanted(
    ("retentionInDays",),
    (),
    "its lines, and what stands in them about people, are kept and paid for until somebody "
    "deletes them",
    least=1,
)


@rule(LOGS, on="aws:cloudwatch/logGroup:LogGroup", why=LOGS_WHY)
def retention(resource: Resource) -> Iterator[Finding]:
    """Those of the class DELIVERY are kept for two days, whatever is set.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html"""
    if resource.get("logGroupClass") != "DELIVERY":
        yield from _RETENTION.findings(resource)


QUEUE = "aws:sqs/queue:Queue"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
_REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"
_FUNCTIONS = ("aws:lambda/function:Function", "aws:lambda/alias:Alias")
_STREAMS = (":kinesis:", ":dynamodb:")


@graph_rule(LETTERS, why=LETTERS_WHY)
def consumers(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """Consumers nobody waits for. A function that is called and answers needs none."""
    stack = Stack(resources)
    redriven = {
        queue.urn
        for policy in stack.of(_REDRIVE)
        for queue in stack.references(policy, "queueUrl", types=(QUEUE,)).found
    }
    for mapping in stack.of(MAPPING):
        source = mapping.get("eventSourceArn")
        queues = stack.references(mapping, "eventSourceArn", types=(QUEUE,)).found
        for queue in queues:
            if not queue.has("redrivePolicy") and queue.urn not in redriven:
                yield (
                    queue,
                    Violation(
                        f"{mapping.name} consumes the queue and redrivePolicy is not set: a "
                        "message that cannot be handled comes again until it expires",
                        "set redrivePolicy to a dead-letter queue",
                    ),
                )
        if any(kind in text for text in texts(source) for kind in _STREAMS):
            yield from _stream(mapping)
    for target in stack.of("aws:cloudwatch/eventTarget:EventTarget"):
        arn = target.get("arn")
        functions = stack.references(target, "arn", types=_FUNCTIONS).found
        called = bool(functions) or any(":lambda:" in text for text in texts(arn))
        if called and not target.has("deadLetterConfig"):
            yield (
                target,
                Violation(
                    "deadLetterConfig is not set: an event the function does not take is dropped "
                    "after a day of attempts, and nobody hears of it",
                    "set deadLetterConfig, or let the rule's target be a queue the function reads",
                ),
            )

    yield from _schedules(stack)


def _schedules(stack: Stack) -> Iterator[tuple[Resource, Finding]]:
    """Whatever it calls, nobody waits for the answer: it is tried for a day, then dropped."""
    for schedule in stack.of("aws:scheduler/schedule:Schedule"):
        target = schedule.get("target")
        if is_unknown(target) or schedule.has("target", "deadLetterConfig"):
            continue
        yield (
            schedule,
            Violation(
                "target.deadLetterConfig is not set: a call that its target does not take is "
                "dropped after the last attempt, and nobody hears of it",
                "set target.deadLetterConfig.arn to a queue",
            ),
        )


def _stream(mapping: Resource) -> Iterator[tuple[Resource, Finding]]:
    if mapping.has("destinationConfig", "onFailure", "destinationArn"):
        return
    yield (
        mapping,
        Violation(
            "destinationConfig.onFailure is not set: a record that cannot be handled stops its "
            "shard until it expires, and is lost then",
            "set destinationConfig.onFailure to a queue, and maximumRetryAttempts",
        ),
    )


@rule(LETTERS, on="aws:sns/topicSubscription:TopicSubscription", why=LETTERS_WHY)
def subscription(resource: Resource) -> Iterator[Finding]:
    protocol = resource.get("protocol")
    if protocol in ("lambda", "sqs", "http", "https") and not resource.has("redrivePolicy"):
        yield Violation(
            "redrivePolicy is not set: a message that cannot be delivered is dropped",
            "set redrivePolicy to a dead-letter queue",
        )
