"""A pipeline: a workflow and what starts it.

The decision taken here for everybody: an upload goes through a queue to a starter function, because
EventBridge cannot name an execution; one named after the upload starts once, however often the
event comes.

A run that is stopped or times out takes no further step. AWS tells the default bus of it: who wants
to know listens there (a `Consumer` of `aws.states`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from pilaster.aws import workflow
from pilaster.aws.admission import Admission, AdmissionArgs
from pilaster.aws.function import Function, FunctionArgs, QueueSource
from pilaster.aws.iam import Grant
from pilaster.aws.queue import Queue, QueueArgs
from pilaster.aws.workflow import Workflow, WorkflowArgs
from pilaster.flow import Flow
from pilaster.naming import Place, once, slug
from pilaster.tagging import tags

OWN_PARTS = ("admission", "starter", "uploads", "workflow")
"""What a pipeline's own parts are called."""

ENDED_BADLY = ("ABORTED", "FAILED", "TIMED_OUT")
"""How AWS calls runs that did not come to the end of their flow."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """Uploads start a run."""

    bucket_name: pulumi.Input[str]
    """The bucket they come into."""
    prefix: str
    """What their keys start with."""
    function: FunctionArgs
    """Starts a run for each; called with the queue's messages. Its `queue` is set here."""
    max_concurrency: int | None = None
    """Starters at a time, at most."""

    def __post_init__(self) -> None:
        if self.function.queue is not None:
            raise ValueError("the pipeline gives its starter a queue: leave `queue` out")


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Runs that have to wait are started when another ended or waits for a person."""

    function: FunctionArgs
    """Starts who is next; see `AdmissionArgs.function`."""
    waits: Sequence[str] = ()
    """Events (detail types) on the bus after which a run holds no place."""


@dataclass(frozen=True, kw_only=True)
class PipelineArgs:
    """A flow, its functions, and what starts it."""

    place: Place
    """Project, stack, account, region."""
    flow: Flow
    """The steps."""
    functions: Mapping[str, FunctionArgs]
    """The functions, by the names the flow calls them."""
    start: Start
    """What starts a run."""
    dispatch: Dispatch | None = None
    """What starts a run that had to wait; None where the starter lets nobody wait."""
    bus_name: pulumi.Input[str]
    """The bus the flow's events go to."""
    log_retention_days: int = 30
    """How long what went wrong in a run stays readable."""

    def __post_init__(self) -> None:
        workflow.check_functions(self.flow, self.functions)
        for each in self.functions:
            if each != slug(each) or each in OWN_PARTS:
                raise ValueError(
                    f"function {each!r} of the flow cannot be deployed under that name: use "
                    f"lower-case letters, digits and hyphens, and none of {', '.join(OWN_PARTS)}"
                )


class Pipeline(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """The state machine. Known at preview."""
    queue_url: pulumi.Output[str]
    """Where uploads wait."""
    dead_letter_url: pulumi.Output[str]
    """Where uploads lie that could not be started."""

    def __init__(
        self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Pipeline", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        functions = {
            each: Function(f"{name}-{each}", function, opts=child)
            for each, function in args.functions.items()
        }
        machine = Workflow(
            _workflow(name),
            WorkflowArgs(
                place=args.place,
                flow=args.flow,
                function_arns={each: function.arn for each, function in functions.items()},
                bus_name=args.bus_name,
                log_retention_days=args.log_retention_days,
            ),
            opts=child,
        )
        queue = self._start(name, args)
        if args.dispatch:
            Admission(
                f"{name}-admission",
                AdmissionArgs(
                    place=args.place,
                    state_machine_arn=machine.arn,
                    function=args.dispatch.function,
                    bus_name=args.bus_name,
                    waits=args.dispatch.waits,
                ),
                opts=child,
            )

        self.arn = machine.arn
        self.queue_url = queue.url
        self.dead_letter_url = queue.dead_letter_url
        self.register_outputs(
            {
                "arn": self.arn,
                "queueUrl": self.queue_url,
                "deadLetterUrl": self.dead_letter_url,
            }
        )

    def _start(self, name: str, args: PipelineArgs) -> Queue:
        """Upload -> rule -> queue -> starter."""
        child = pulumi.ResourceOptions(parent=self)
        start = args.start
        rule_name = args.place.name("rule", f"{name}-uploads")
        queue = Queue(
            f"{name}-uploads",
            QueueArgs(
                place=args.place,
                consumer_timeout_seconds=start.function.timeout_seconds,
                rule_arns=[args.place.arn("events", f"rule/{rule_name}")],
            ),
            opts=child,
        )
        rule = aws.cloudwatch.EventRule(
            f"{name}-uploads",
            name=rule_name,
            description=f"Uploads below {start.prefix}",
            event_pattern=pulumi.Output.json_dumps(
                {
                    "source": ["aws.s3"],
                    "detail-type": ["Object Created"],
                    "detail": {
                        "bucket": {"name": [start.bucket_name]},
                        "object": {"key": [{"prefix": start.prefix}]},
                    },
                }
            ),
            tags=tags(args.place, name),
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-uploads-to-queue", rule=once(rule, rule_name), arn=queue.arn, opts=child
        )
        source = QueueSource(arn=queue.arn, max_concurrency=start.max_concurrency)
        Function(f"{name}-starter", replace(start.function, queue=source), opts=child)
        return queue

    @staticmethod
    def state_machine_arn(place: Place, name: str) -> str:
        """The state machine of the pipeline of that name, before it exists: for its starter."""
        return workflow.arn(place, _workflow(name))

    @staticmethod
    def list_executions(place: Place, name: str) -> Grant:
        """Seeing which runs of the pipeline of that name there are: for who keeps its places."""
        return workflow.list_executions(place, _workflow(name))

    @staticmethod
    def start_executions(place: Place, name: str) -> Grant:
        """Starting runs of the pipeline of that name: for its starter."""
        return workflow.start_executions(place, _workflow(name))

    @staticmethod
    def stop_executions(place: Place, name: str) -> Grant:
        """Ending runs of the pipeline of that name."""
        return workflow.stop_executions(place, _workflow(name))

    @staticmethod
    def answer_tasks(name: str) -> Grant:
        """Answering a run of the pipeline of that name that waits: for who has its token."""
        return workflow.answer_tasks(_workflow(name))


def _workflow(pipeline: str) -> str:
    return f"{pipeline}-workflow"
