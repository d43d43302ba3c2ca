"""Lambda: functions, who may call them, and what does.

Sources: Lambda developer guide, "Lambda quotas", "Defined runtime environment variables", "Runtime
deprecation policy"; API reference, CreateFunction and CreateEventSourceMapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    count,
    drawn,
    event_pattern,
    json_text,
    number,
    one_of,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.grammars.policies import is_member, is_service
from pilaster_local.providers.aws.values import UNKNOWN

_RESERVED_WORDS = (
    "_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV "
    "AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION "
    "AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME "
    "AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN "
    "AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR"
)
_RESERVED = frozenset(_RESERVED_WORDS.split())
_ENVIRONMENT_BYTES = 4_096
_RETIRED_WORDS = (
    # 2026-11-21: what can no longer be created, from the list of deprecated runtimes.
    "nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x "
    "nodejs14.x python2.7 python3.6 python3.7 ruby2.5 ruby2.7 go1.x java8 dotnetcore1.0 "
    "dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 provided"
)
_RETIRED = frozenset(_RETIRED_WORDS.split())
_STREAMS = ("kinesis", "dynamodb")


def _environment(inputs: Mapping[str, Any]) -> Said:
    variables = (inputs.get("environment") or {}).get("variables")
    if not isinstance(variables, Mapping):
        return
    for name in sorted(variables.keys() & _RESERVED):
        yield f"environment.variables.{name}", f"Lambda sets {name} itself; choose another name"
    known = {k: str(v) for k, v in variables.items() if v is not UNKNOWN}
    size = sum(len(k.encode()) + len(v.encode()) for k, v in known.items())
    if size > _ENVIRONMENT_BYTES:
        yield (
            "environment.variables",
            f"{size:,} bytes are too many: {_ENVIRONMENT_BYTES:,} for all names and values",
        )


def _sizes(inputs: Mapping[str, Any]) -> Said:
    if "capacityProviderConfig" in inputs:
        return  # instances of one's own have other limits, which the model holds
    for name, low, high, unit in (("memorySize", 128, 10_240, "MB"), ("timeout", 1, 900, "s")):
        value = inputs.get(name)
        if isinstance(value, int) and not low <= value <= high:
            yield name, f"{value} {unit} is not from {low} to {high:,} {unit}"


def _packed(inputs: Mapping[str, Any]) -> Said:
    kind = inputs.get("packageType", "Zip")
    if kind == "Image":
        for name in ("handler", "runtime", "layers"):
            if name in inputs:
                yield name, "a function from an image has none; its image says so"
        for name in ("code", "s3Bucket"):
            if name in inputs:
                yield name, "a function from an image has no archive; leave it out"
        return
    if kind is UNKNOWN:
        return
    if "imageUri" in inputs:
        yield "packageType", "with imageUri it is 'Image': Lambda expects an archive otherwise"
        return
    for name in ("handler", "runtime"):
        if name not in inputs:
            yield name, "a function from an archive needs it"
    if "code" in inputs and "s3Bucket" in inputs:
        yield "code", "the code comes from one place: code, s3Bucket and s3Key, or imageUri"
    if ("s3Bucket" in inputs) != ("s3Key" in inputs):
        yield "s3Key", "s3Bucket and s3Key belong together"
    runtime, handler = inputs.get("runtime"), inputs.get("handler")
    if runtime in _RETIRED:
        yield "runtime", f"{runtime!r} is retired: AWS makes no new function of it"
    if (
        isinstance(runtime, str)
        and isinstance(handler, str)
        and runtime.startswith("python")
        and not re.fullmatch(r"[^\s.][^\s]*\.[^\W\d]\w*", handler)
    ):
        yield "handler", f"{shown(handler)} is no handler: write 'package/module.function'"


def _placed(inputs: Mapping[str, Any]) -> Said:
    place = inputs.get("vpcConfig")
    if not isinstance(place, Mapping):
        return
    subnets, groups = place.get("subnetIds"), place.get("securityGroupIds")
    if UNKNOWN in (subnets, groups):
        return
    if bool(subnets) != bool(groups):
        missing = "securityGroupIds" if subnets else "subnetIds"
        yield f"vpcConfig.{missing}", "subnets and security groups belong together: name both"


def _source(inputs: Mapping[str, Any]) -> Said:
    source = inputs.get("eventSourceArn", UNKNOWN)
    if not {"eventSourceArn", "selfManagedEventSource"} & inputs.keys():
        yield "eventSourceArn", "a mapping needs an event source"
    if not isinstance(source, str) or source.count(":") < 5:
        return
    service = source.split(":")[2]
    if service in _STREAMS and "startingPosition" not in inputs:
        yield "startingPosition", "a stream is read from LATEST or TRIM_HORIZON; say which"
    if service == "sqs":
        yield from _queue(source, inputs)
    elif "scalingConfig" in inputs:
        yield "scalingConfig", "only a queue has a limit of its own"


def _queue(source: str, inputs: Mapping[str, Any]) -> Said:
    for name in ("startingPosition", "parallelizationFactor", "tumblingWindowInSeconds",
                 "bisectBatchOnFunctionError", "maximumRetryAttempts",
                 "maximumRecordAgeInSeconds"):  # fmt: skip
        if name in inputs and inputs[name] not in (UNKNOWN, False, 0):
            yield name, "it is for streams, and the source is a queue"
    size, window = inputs.get("batchSize", 10), inputs.get("maximumBatchingWindowInSeconds", 0)
    if not isinstance(size, int) or not isinstance(window, int):
        return
    if source.endswith(".fifo"):
        if size > 10:
            yield "batchSize", f"{size} is too many: of a FIFO queue 10 come at a time"
        if window:
            yield "maximumBatchingWindowInSeconds", "a FIFO queue has no batching window"
    elif size > 10 and window < 1:
        yield "batchSize", f"{size}: above 10 maximumBatchingWindowInSeconds must be 1 at least"


def _caller(inputs: Mapping[str, Any]) -> Said:
    principal = inputs.get("principal")
    if not isinstance(principal, str):
        return
    if "." in principal and not principal.startswith("arn:"):
        said = is_service(principal)
    else:
        said = is_member(principal)
    if said:
        yield "principal", f"{shown(principal)} is not {said}"


def _invoked(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("lifecycleScope") == "CRUD" and isinstance(inputs.get("input"), str):
        import json

        if not isinstance(json.loads(inputs["input"]), dict):
            yield "input", "with lifecycleScope CRUD the input is a JSON object"


_FUNCTION = (
    r"[a-zA-Z0-9-_]{1,64}(:[\w$-]+)?|"
    r"(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|\d{12}:function:)"
    r"[a-zA-Z0-9-_]{1,64}(:[\w$-]+)?"
)
_NAMED = text(_FUNCTION, "a function's name or ARN")

BOUNDS: Mapping[str, Table] = {
    "aws:lambda/function:Function": {
        "architectures": count(1, 1, "architectures"),
        "layers": count(0, 5, "layers"),
        "role": arn("iam", resource=r"role/.+", example="arn:aws:iam::123456789012:role/name"),
        "deadLetterConfig.targetArn": arn("sqs", "sns", also=""),
        "vpcConfig.subnetIds[]": drawn("subnet"),
        "vpcConfig.securityGroupIds[]": drawn("sg"),
        "ephemeralStorage.size": number(512, 10_240),
        "kmsKeyArn": arn("kms", resource=r"(key|alias)/.+"),
        "reservedConcurrentExecutions": number(0, 1_000_000, also=(-1,)),
        "fileSystemConfig.arn": arn("elasticfilesystem", "s3files"),
        "imageUri": text(r"\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+[:@].+",
                         "an image in ECR with a tag or a digest"),
    },
    "aws:lambda/permission:Permission": {
        "function": _NAMED,
        "action": text(r"lambda:([A-Za-z]+|\*)|\*", "an action such as 'lambda:InvokeFunction'"),
        "sourceArn": arn(),
        "sourceAccount": text(r"\d{12}", "an account: twelve digits"),
        "principalOrgId": text(r"o-[a-z0-9]{10,32}", "an organization such as 'o-a1b2c3d4e5'"),
        "functionUrlAuthType": one_of("NONE", "AWS_IAM"),
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "eventSourceArn": arn("sqs", "kinesis", "dynamodb", "kafka", "mq", "rds", "docdb-elastic"),
        "functionName": _NAMED,
        "filterCriteria.filters": count(1, 5, "filters"),
        "filterCriteria.filters[].pattern": event_pattern,
        "destinationConfig.onFailure.destinationArn": arn("sqs", "sns", "s3", "kafka"),
    },
    "aws:lambda/invocation:Invocation": {
        "functionName": _NAMED,
        "input": json_text,
        "lifecycleScope": one_of("CREATE_ONLY", "CRUD"),
        "qualifier": text(r"\$LATEST|[\w-]{1,128}", "a version or an alias"),
    },
}  # fmt: skip

RULES = {
    "aws:lambda/function:Function": (_environment, _sizes, _packed, _placed),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (_source,),
    "aws:lambda/permission:Permission": (_caller,),
    "aws:lambda/invocation:Invocation": (_invoked,),
}
