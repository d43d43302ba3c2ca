"""Ending the workflow's runs, in Step Functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.errors import RunsUnavailableError
from lambdas.documents.model.identity import DocumentId
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes


class StepFunctionsStops:
    def __init__(self, state_machine: str, states: Any = None) -> None:
        self._state_machine = state_machine
        self._states = states or client("stepfunctions")

    def stop(self, document: DocumentId) -> None:
        """One that has ended meanwhile is as good as stopped."""
        try:
            for execution in list(self._running(document)):
                self._stop(execution)
        except AWS_ERRORS as error:
            if passes(error):
                raise RunsUnavailableError(f"could not stop the runs of {document}") from error
            raise

    def _running(self, document: DocumentId) -> Iterator[str]:
        """Executions are named after their document; a page has a thousand."""
        more: dict[str, str] = {}
        while True:
            page = self._states.list_executions(
                stateMachineArn=self._state_machine, statusFilter="RUNNING", maxResults=1000, **more
            )
            for each in page["executions"]:
                if each["name"].startswith(f"{document}-"):
                    yield each["executionArn"]
            if "nextToken" not in page:
                return
            more = {"nextToken": page["nextToken"]}

    def _stop(self, execution: str) -> None:
        try:
            self._states.stop_execution(
                executionArn=execution,
                error="DocumentGoneError",
                cause="The document was deleted.",
            )
        except ClientError as error:
            if code_of(error) != "ExecutionDoesNotExist":
                raise
