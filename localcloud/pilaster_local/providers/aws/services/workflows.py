"""State machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.documents import check_definition
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain


class StateMachine(Kind):
    """Where it logs to is one ARN in pulumi_aws and a list of nested objects in the service."""

    def translate(self, inputs: Plain) -> Plain:
        logging = inputs.get("loggingConfiguration")
        if not isinstance(logging, Mapping) or "logDestination" not in logging:
            return inputs
        rest = {name: value for name, value in logging.items() if name != "logDestination"}
        group = {"cloudWatchLogsLogGroup": {"logGroupArn": logging["logDestination"]}}
        return {**inputs, "loggingConfiguration": {**rest, "destinations": [group]}}

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        return None if found and found.get("status") == "DELETING" else found


# fmt: off
TYPES = {
    "aws:sfn/stateMachine:StateMachine": Row(
        service="stepfunctions", create="CreateStateMachine", read="DescribeStateMachine",
        update="UpdateStateMachine", delete="DeleteStateMachine",
        id="arn:aws:states:{region}:{account}:stateMachine:{name}", key="stateMachineArn={id}",
        replace="type encryptionConfiguration", documents="definition",
        outputs="arn=stateMachineArn creationDate=creationDate status=status revisionId=revisionId "
        "type=type", required="definition roleArn", named=Named(limit=80), tagged=True,
        unset={"loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
               "tracingConfiguration": {"enabled": False}},
        ready="status=='ACTIVE'", kind=StateMachine, checks=(check_definition,),
        recorded="tracingConfiguration is kept; there is no X-Ray on this machine",
    ),
}
