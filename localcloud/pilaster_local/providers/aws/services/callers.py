"""Who may call a function and what does: permissions, event sources, and a call as a resource."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain


class Permission(Kind):
    """A statement of the function's resource policy; there is no call that reads one of them."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        named = {"FunctionName": state["function"]}
        if "qualifier" in state:
            named["Qualifier"] = state["qualifier"]
        try:
            policy = json.loads(scope.call("lambda", "GetPolicy", named)["Policy"])
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        statements = policy.get("Statement", [])
        return next((found for found in statements if found.get("Sid") == thing_id), None)


class InvocationError(Exception):
    """The function was called and failed."""


class Invocation(Kind):
    """A call made once when it is created and again when its input or triggers change.

    With `lifecycleScope` CRUD it is made on update and delete too, and the input says which it is.
    """

    def create(self, scope: Scope, inputs: Plain) -> str:
        self._results[scope.urn] = self._invoke(scope, inputs, "create", None)
        return _invocation_id(inputs)

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        """Nothing: the call was all."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        try:
            function = {"FunctionName": state["functionName"]}
            scope.call("lambda", "GetFunctionConfiguration", function)
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        return {"Result": self._results.pop(scope.urn, state.get("result", ""))}

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed & {"input", "triggers", "functionName"}:
            self._results[scope.urn] = self._invoke(scope, inputs, "update", state.get("input"))

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if _is_kept_in_step(state):
            try:
                self._invoke(scope, state, "delete", state.get("input"))
            except ServiceError as error:
                if not error.is_gone:
                    raise

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        """Nobody can tell whether the call was made: it is made again, so what it calls must bear
        that.
        """
        return None

    def replacing(self, inputs: Plain) -> frozenset[str]:
        always = {"region", "functionName", "qualifier", "lifecycleScope"}
        return frozenset(always if _is_kept_in_step(inputs) else {*always, "input", "triggers"})

    def _invoke(self, scope: Scope, inputs: Plain, action: str, previous: str | None) -> str:
        payload = inputs["input"]
        if _is_kept_in_step(inputs):
            step = {"action": action, "prev_input": json.loads(previous) if previous else None}
            payload = json.dumps(
                {**json.loads(payload), inputs.get("terraformKey", "tf"): step}, sort_keys=True
            )
        call = {"FunctionName": inputs["functionName"], "Payload": payload.encode()}
        if "qualifier" in inputs:
            call["Qualifier"] = inputs["qualifier"]
        answer = scope.call("lambda", "Invoke", call)
        said = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            raise InvocationError(f"{inputs['functionName']} failed when invoked: {_message(said)}")
        return said

    def __init__(self, token: str, row: Row) -> None:
        super().__init__(token, row)
        self._results: dict[str, str] = {}


def _is_kept_in_step(inputs: Plain) -> bool:
    return inputs.get("lifecycleScope", "CREATE_ONLY") == "CRUD"


def _invocation_id(inputs: Plain) -> str:
    mark = hashlib.md5(inputs["input"].encode(), usedforsecurity=False).hexdigest()
    return f"{inputs['functionName']}_{inputs.get('qualifier', '$LATEST')}_{mark}"


def _message(said: str) -> str:
    try:
        error = json.loads(said)
        return f"{error['errorType']}: {error['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return said


# fmt: off
TYPES = {
    "aws:lambda/permission:Permission": Row(
        service="lambda", create="AddPermission", read="GetPolicy", delete="RemovePermission",
        id="{statementId}", rename={"function": "FunctionName"},
        key="FunctionName={function} StatementId={id}", replace="action function principal "
        "eventSourceToken functionUrlAuthType invokedViaFunctionUrl principalOrgId qualifier "
        "sourceAccount sourceArn", required="action function principal", kind=Permission,
        named=Named(limit=100, property="statementId", prefix="statementIdPrefix"),
        identity="function statementId",
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Row(
        service="lambda", create="CreateEventSourceMapping", read="GetEventSourceMapping",
        update="UpdateEventSourceMapping", delete="DeleteEventSourceMapping", id="UUID",
        key="UUID={id}", replace="eventSourceArn startingPosition startingPositionTimestamp queues "
        "topics selfManagedEventSource", aside="useResourceTimeoutForPropagation",
        rename={"destinationConfig.onFailure.destinationArn": "Destination"},
        required="functionName",
        outputs="uuid=UUID arn=EventSourceMappingArn functionArn=FunctionArn state=State "
        "batchSize=BatchSize lastModified=LastModified stateTransitionReason=StateTransitionReason "
        "lastProcessingResult=LastProcessingResult",
        tagged=True, ready="State=='Enabled' || State=='Disabled'",
        find="ListEventSourceMappings EventSourceMappings[?EventSourceArn=='{eventSourceArn}' && "
        "(FunctionArn=='{functionName}' || ends_with(FunctionArn,':{functionName}'))].UUID | [0]",
    ),
    "aws:lambda/invocation:Invocation": Row(
        service="lambda", create="Invoke", id="{functionName}", kind=Invocation,
        aside="input triggers lifecycleScope terraformKey qualifier tenantId",
        required="functionName input", outputs="result=Result", documents="input",
    ),
}
