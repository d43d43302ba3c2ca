"""Admission: how many documents are worked on at once, and who is next.

The starter lets an upload wait for its turn and starts it while there is room; `dispatch` starts
who is next when a run ended or waits for a person. Both keep who runs and who waits in one table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pilaster.aws import Dispatch, FunctionArgs, Grant, Pipeline, Table, TableArgs
from pulumi import Input

from systems.documents.aws.functions import Base, function

WAITS = ("hitl.requested",)
"""The event of a run that waits for a person (lambdas/documents/events)."""


@dataclass(frozen=True, kw_only=True)
class AdmissionPart:
    """What the pipeline is given."""

    starter: FunctionArgs
    dispatch: Dispatch


def admission_part(
    base: Base,
    name: str,
    *,
    pipeline: str,
    bucket: Input[str],
    bus: Input[str],
    at_once: int,
    protect: bool,
) -> AdmissionPart:
    """The table, and the two functions with what they may do with it and with the pipeline."""
    table = Table(
        name,
        TableArgs(
            place=base.place,
            partition_key="part",
            sort_key="place",
            expires_at="expires",
            # Uploads of an earlier hour that wait again would find their runs ended.
            recoverable=False,
            protect=protect,
        ),
    )
    machine = Pipeline.state_machine_arn(base.place, pipeline)
    run = Pipeline.start_executions(base.place, pipeline)
    look = Pipeline.list_executions(base.place, pipeline)
    keep = [table.get_items(), table.query_items(), table.put_items(), table.delete_items()]
    return AdmissionPart(
        starter=starter(
            base,
            state_machine=machine,
            bucket=bucket,
            bus=bus,
            table=table.name,
            at_once=at_once,
            grants=[run, *keep],
        ),
        dispatch=Dispatch(
            function=dispatch(
                base,
                state_machine=machine,
                bus=bus,
                table=table.name,
                at_once=at_once,
                grants=[run, look, *keep],
            ),
            waits=WAITS,
        ),
    )


def starter(
    base: Base,
    *,
    state_machine: Input[str],
    bucket: Input[str],
    bus: Input[str],
    table: Input[str],
    at_once: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Upload notices become runs. Grants: states:StartExecution, single items of the table and
    those of one partition."""
    return function(
        base,
        "starter",
        dependencies="edge",
        environment={
            "STATE_MACHINE_ARN": state_machine,
            "DOCUMENTS_BUCKET": bucket,
            "EVENT_BUS": bus,
            "ADMISSION_TABLE": table,
            "AT_ONCE": str(at_once),
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=30,
    )


def dispatch(
    base: Base,
    *,
    state_machine: Input[str],
    bus: Input[str],
    table: Input[str],
    at_once: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Free places are given to who is next. Grants: the starter's, and states:ListExecutions."""
    return function(
        base,
        "dispatch",
        dependencies="edge",
        environment={
            "STATE_MACHINE_ARN": state_machine,
            "EVENT_BUS": bus,
            "ADMISSION_TABLE": table,
            "AT_ONCE": str(at_once),
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=30,
    )
