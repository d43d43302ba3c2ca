"""Ending the workflow's runs, in Step Functions."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.clients import AWS_ERRORS, client, code_of, passes
from lambdas.documents.model.errors import RunsUnavailableError


class StepFunctionsStops:
    def __init__(self, state_machine: str, states: Any = None) -> None:
        self._executions = state_machine.replace(":stateMachine:", ":execution:")
        self._states = states or client("stepfunctions")

    def stop(self, name: str) -> None:
        """One that has ended, or never began, is as good as stopped."""
        try:
            self._states.stop_execution(
                executionArn=f"{self._executions}:{name}",
                error="DocumentGoneError",
                cause="The document was deleted.",
            )
        except AWS_ERRORS as error:
            if isinstance(error, ClientError) and code_of(error) == "ExecutionDoesNotExist":
                return
            if passes(error):
                raise RunsUnavailableError(f"could not stop {name}") from error
            raise
