"""Runs of Step Functions that wait for a person."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.review import Token
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes


class StepFunctionsWaitingRuns:
    def __init__(self, states: Any = None) -> None:
        self._states = states or client("stepfunctions")

    def resume(self, token: Token, *, by: UserId | None) -> bool:
        try:
            self._states.send_task_success(taskToken=token.value, output=json.dumps({"by": by}))
        except AWS_ERRORS as error:
            match code_of(error) if isinstance(error, ClientError) else "":
                case "TaskTimedOut":  # closed: timed out, answered or stopped
                    return True
                case "TaskDoesNotExist":
                    return False
                case _ if passes(error):
                    raise StorageUnavailableError("Step Functions does not answer") from error
                case _:
                    # Not as it is: what it quotes may be the token.
                    raise RunNotResumedError from None
        return True


class RunNotResumedError(Exception):
    """Step Functions refuses the answer to a waiting run."""
