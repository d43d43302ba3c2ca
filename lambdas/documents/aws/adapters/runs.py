"""The workflow's runs in Step Functions."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.entries import entry
from lambdas.documents.aws.wire import moment
from lambdas.documents.model.event import Event
from lambdas.documents.model.outcome import Run
from lambdas.shared.aws.clients import client, code_of

PAGES = 5
"""Of a thousand running executions each, newest first: runs that wait for a person may be many."""


def state_of(run: Run, uploaded: Event, bus: str) -> dict[str, Any]:
    """What the workflow begins with (aws/workflow.py). `bus` is where its events go."""
    return {
        **asdict(run),
        "bus": bus,
        "uploaded_at": moment(uploaded.at),
        "events": [entry(uploaded, bus)],
    }


class StepFunctionsRuns:
    def __init__(self, state_machine: str, bus: str, states: Any = None) -> None:
        self._state_machine = state_machine
        self._bus = bus
        self._states = states or client("stepfunctions")

    def start(self, run: Run, uploaded: Event) -> bool:
        """A name is taken for 90 days, so a second notice of one upload starts nothing."""
        try:
            self._states.start_execution(
                stateMachineArn=self._state_machine,
                name=run.name,
                input=json.dumps(state_of(run, uploaded, self._bus)),
            )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def running(self, names: Collection[str]) -> Collection[str]:
        """Those that run; where the list is longer than we read, also those not found in it."""
        left, found = set(names), set[str]()
        token: dict[str, str] = {}
        for _ in range(PAGES):
            page = self._states.list_executions(
                stateMachineArn=self._state_machine,
                statusFilter="RUNNING",
                maxResults=1000,
                **token,
            )
            found |= left & {each["name"] for each in page["executions"]}
            if found == left or "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}
        return left
