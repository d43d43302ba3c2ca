"""A state machine made of a flow.

The decision taken here for everybody: its role says what its definition says: it invokes exactly
the functions the tasks name and, if a step publishes, puts events on the one bus.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws import asl, iam
from pilaster.aws.iam import Grant
from pilaster.flow import Flow
from pilaster.naming import Place, once
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class WorkflowArgs:
    """A flow and what its names stand for."""

    place: Place
    """Project, stack, account, region."""
    flow: Flow
    """The steps."""
    function_arns: Mapping[str, pulumi.Input[str]]
    """The functions, by the names the flow calls them."""
    bus_name: pulumi.Input[str]
    """The bus the flow's events go to."""
    log_retention_days: int = 30
    """How long what went wrong in a run stays readable."""

    def __post_init__(self) -> None:
        check_functions(self.flow, self.function_arns)


def check_functions(flow: Flow, given: Mapping[str, object]) -> None:
    """Every function a task calls is given, and no other."""
    wanted = set(flow.functions())
    if missing := sorted(wanted - set(given)):
        raise ValueError(f"the flow calls {', '.join(missing)}: give it a function of that name")
    if unused := sorted(set(given) - wanted):
        raise ValueError(f"no task of the flow calls {', '.join(unused)}: leave it out")


class Workflow(pulumi.ComponentResource):
    """See the module's first lines."""

    arn: pulumi.Output[str]
    """What is started. Known at preview."""

    def __init__(
        self, name: str, args: WorkflowArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Workflow", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        machine_name = args.place.name("state-machine", name)
        # Below this prefix log delivery needs no line in the account's one resource policy.
        log_name = f"/aws/vendedlogs/states/{machine_name}"

        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=log_name,
            retention_in_days=args.log_retention_days,
            tags=labels,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=args.place.name("role", name),
            assume_role_policy=iam.trust("states", arn(args.place, name)),
            tags=labels,
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name="known",
            role=once(role, args.place.name("role", name)),
            policy=iam.document(iam.statements(_grants(name, args))),
            opts=child,
        )
        machine = aws.sfn.StateMachine(
            f"{name}-state-machine",
            name=machine_name,
            type="STANDARD",
            role_arn=once(role, args.place.role_arn(name)),
            definition=pulumi.Output.json_dumps(
                asl.definition(args.flow, functions=args.function_arns, bus=args.bus_name)
            ),
            logging_configuration={
                "level": "ERROR",
                # What is in a state belongs to a user; a log line needs only the error's name.
                "include_execution_data": False,
                "log_destination": once(logs, args.place.arn("logs", f"log-group:{log_name}:*")),
            },
            tags=labels,
            # AWS tries the role when it makes the machine.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.arn = once(machine, arn(args.place, name))
        self.register_outputs({"arn": self.arn})


def arn(place: Place, name: str) -> str:
    """The ARN of the workflow of that logical name, before it exists."""
    return place.arn("states", f"stateMachine:{place.name('state-machine', name)}")


def stop_executions(place: Place, name: str) -> Grant:
    """Ending runs of the workflow of that name."""
    machine = place.name("state-machine", name)
    return Grant(
        owner=name,
        actions=["states:StopExecution"],
        resources=[place.arn("states", f"execution:{machine}:*")],
    )


def start_executions(place: Place, name: str) -> Grant:
    """Starting runs of the workflow of that logical name."""
    return Grant(owner=name, actions=["states:StartExecution"], resources=[arn(place, name)])


def list_executions(place: Place, name: str) -> Grant:
    """Seeing which runs of the workflow of that logical name there are."""
    return Grant(owner=name, actions=["states:ListExecutions"], resources=[arn(place, name)])


def answer_tasks(name: str) -> Grant:
    """Answering a run that waits: of the workflow of that logical name, by who has its token."""
    return Grant(owner=name, actions=["states:SendTaskSuccess"], resources=["*"])


def _grants(name: str, args: WorkflowArgs) -> list[Grant]:
    grants = [
        iam.platform("state machine logs", owner=name),
        Grant(
            owner=name,
            actions=["lambda:InvokeFunction"],
            # Sorted: a program in another language hands the steps over in any order.
            resources=[args.function_arns[each] for each in sorted(args.flow.functions())],
        ),
    ]
    if args.flow.publishes():
        prefix = args.place.arn("events", "event-bus/")
        grants.append(
            Grant(
                owner=name,
                actions=["events:PutEvents"],
                resources=[pulumi.Output.concat(prefix, args.bus_name)],
            )
        )
    return grants
