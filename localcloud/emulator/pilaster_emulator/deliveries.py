"""Services that call one another may do so only as far as policies allow, as on AWS.

ministack delivers whatever is wired. Here a function is called by an event rule only with its
permission for that source, a queue takes events only with its policy, a mapping reads a queue or a
stream only with the function's role, and logs are written only with the role's grant. APIs are in
`apis`.
"""

from __future__ import annotations

import logging
from typing import Any

from pilaster_emulator import permissions
from pilaster_emulator.functions import specification

log = logging.getLogger("pilaster.deliveries")

_SOURCES = {
    "sqs": ("SQS", ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")),
    "dynamodb": (
        "DynamoDB",
        ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
    ),
}
"""Service of an event source -> what AWS calls it, and what the function's role must be allowed."""


def install() -> None:
    """Put these checks in front of ministack's own functions."""
    _guard_rules()
    _guard_mappings()
    _guard_logs()


def _guard_rules() -> None:
    from ministack.services import eventbridge, lambda_svc, sqs

    stock = eventbridge._invoke_target

    def may_deliver(arn: str, target: Any, rule: Any) -> bool:
        source, service = rule.get("Arn", ""), arn.split(":")[2]
        if service == "lambda":
            function, _, _ = lambda_svc._get_func_record_for_ref(arn)
            policy = (function or {}).get("policy")
            action = "lambda:InvokeFunction"
        elif service == "sqs":
            queue = sqs._queue_by_arn(arn)
            policy = ((queue or {}).get("attributes") or {}).get("Policy")
            action = "sqs:SendMessage"
        else:
            role = target.get("RoleArn")
            wanted = {"states": "states:StartExecution", "events": "events:PutEvents"}.get(service)
            if wanted is None or role is None:
                return wanted is None
            return permissions.role_may(role, "events", wanted, arn) is None
        return permissions.service_may(policy, "events.amazonaws.com", action, arn, source)

    def invoke(target: Any, event: Any, rule: Any, view: Any = None) -> Any:
        arn = target.get("Arn", "")
        if not may_deliver(arn, target, rule):
            log.error("rule %s may not deliver to %s: no policy allows it", rule.get("Arn"), arn)
            return None
        return stock(target, event, rule, view)

    eventbridge._invoke_target = invoke


def _guard_mappings() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc

    stock = lambda_svc._create_esm

    def create(data: dict[str, Any]) -> Any:
        source = data.get("EventSourceArn", "")
        name, _, error = lambda_svc._resolve_existing_esm_function(data.get("FunctionName", ""))
        service, actions = _SOURCES.get((source.split(":") + [""] * 3)[2], ("", ()))
        if error is None:
            role = lambda_svc._functions[name]["config"]["Role"]
            for action in actions:
                if permissions.role_may(role, name, action, source) is not None:
                    call = action.partition(":")[2]
                    return error_response_json(
                        "InvalidParameterValueException",
                        "The function execution role does not have permissions to call "
                        f"{call} on {service}",
                        400,
                    )
        return stock(data)

    lambda_svc._create_esm = create


def _guard_logs() -> None:
    from ministack.services import lambda_svc

    stock = lambda_svc._emit_lambda_logs

    def emit(func: dict[str, Any], *more: Any, **named: Any) -> None:
        config = func.get("config") or func
        function = specification.read(config)
        group = (config.get("LoggingConfig") or {}).get(
            "LogGroup"
        ) or f"/aws/lambda/{function.name}"
        stream = f"arn:aws:logs:{function.region}:{function.account}:log-group:{group}:log-stream:x"
        refused = permissions.role_may(function.role, function.name, "logs:PutLogEvents", stream)
        if refused is None:
            stock(func, *more, **named)

    lambda_svc._emit_lambda_logs = emit
