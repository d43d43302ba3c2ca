"""Step Functions state machines.

Sources: Step Functions developer guide, "Logging", "Quotas"; API reference, CreateStateMachine. The
definition has a grammar of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, number, one_of
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.grammars import states
from pilaster_local.providers.aws.values import UNKNOWN


def _definition(inputs: Mapping[str, Any]) -> Said:
    definition = inputs.get("definition")
    if isinstance(definition, str):
        express = inputs.get("type", "STANDARD") == "EXPRESS"
        yield from (("definition", said) for said in states.problems(definition, express=express))


def _logging(inputs: Mapping[str, Any]) -> Said:
    logging = inputs.get("loggingConfiguration")
    if not isinstance(logging, Mapping) or logging.get("level", "OFF") in ("OFF", UNKNOWN):
        return
    if not logging.get("logDestination"):
        yield "loggingConfiguration.logDestination", "what is logged goes to a log group"


BOUNDS: Mapping[str, Table] = {
    "aws:sfn/stateMachine:StateMachine": {
        "type": one_of("STANDARD", "EXPRESS"),
        "roleArn": arn("iam", resource=r"role/.+", example="arn:aws:iam::123456789012:role/name"),
        "loggingConfiguration.level": one_of("ALL", "ERROR", "FATAL", "OFF"),
        "loggingConfiguration.logDestination": arn(
            "logs",
            resource=r"log-group:[^:]+:\*",
            example="arn:aws:logs:<region>:<account>:log-group:<name>:*",
        ),
        "encryptionConfiguration.type": one_of("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"),
        "encryptionConfiguration.kmsDataKeyReusePeriodSeconds": number(60, 900),
    },
}

RULES = {"aws:sfn/stateMachine:StateMachine": (_definition, _logging)}
