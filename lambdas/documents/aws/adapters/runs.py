"""Starting the workflow in Step Functions."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.clients import client, code_of
from lambdas.documents.model.outcome import Run


class StepFunctionsRuns:
    def __init__(self, state_machine: str, states: Any = None) -> None:
        self._state_machine = state_machine
        self._states = states or client("stepfunctions")

    def start(self, run: Run) -> bool:
        """A name is taken for 90 days, so a second notice of one upload starts nothing."""
        try:
            self._states.start_execution(
                stateMachineArn=self._state_machine,
                name=f"{run.document}-{run.version}",
                input=json.dumps(asdict(run)),
            )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                return False
            raise
        return True
