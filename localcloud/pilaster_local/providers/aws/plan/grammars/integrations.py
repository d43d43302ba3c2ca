"""What a task's `Resource` may be, and what the service it calls must be told.

Source: Step Functions developer guide, "Integrating services" (the table of optimized
integrations).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pilaster_local.providers.aws.models import operations
from pilaster_local.providers.aws.plan.finding import shown
from pilaster_local.providers.aws.plan.grammars import arns

_ANSWER, _SYNC, _TOKEN = "", ".sync", ".waitForTaskToken"

_OPTIMIZED: Mapping[str, str] = {
    "apigateway:invoke": "token",
    "athena:startQueryExecution": "sync", "athena:stopQueryExecution": "",
    "athena:getQueryExecution": "", "athena:getQueryResults": "",
    "batch:submitJob": "sync",
    "bedrock:invokeModel": "", "bedrock:createModelCustomizationJob": "sync",
    "codebuild:startBuild": "sync", "codebuild:stopBuild": "", "codebuild:batchDeleteBuilds": "",
    "codebuild:batchGetReports": "", "codebuild:startBuildBatch": "sync",
    "codebuild:stopBuildBatch": "", "codebuild:retryBuildBatch": "sync",
    "codebuild:deleteBuildBatch": "",
    "databrew:startJobRun": "sync",
    "dynamodb:getItem": "", "dynamodb:putItem": "", "dynamodb:updateItem": "",
    "dynamodb:deleteItem": "",
    "ecs:runTask": "sync token",
    "eks:createCluster": "sync", "eks:deleteCluster": "sync", "eks:createNodegroup": "sync",
    "eks:deleteNodegroup": "sync", "eks:createFargateProfile": "sync",
    "eks:deleteFargateProfile": "sync", "eks:call": "", "eks:runJob": "sync",
    "elasticmapreduce:createCluster": "sync", "elasticmapreduce:terminateCluster": "sync",
    "elasticmapreduce:addStep": "sync", "elasticmapreduce:cancelStep": "",
    "elasticmapreduce:setClusterTerminationProtection": "",
    "elasticmapreduce:modifyInstanceFleetByName": "",
    "elasticmapreduce:modifyInstanceGroupByName": "",
    "emr-containers:createVirtualCluster": "", "emr-containers:deleteVirtualCluster": "sync",
    "emr-containers:startJobRun": "sync",
    "emr-serverless:createApplication": "sync", "emr-serverless:startApplication": "sync",
    "emr-serverless:stopApplication": "sync", "emr-serverless:deleteApplication": "sync",
    "emr-serverless:startJobRun": "sync", "emr-serverless:cancelJobRun": "sync",
    "events:putEvents": "token",
    "glue:startJobRun": "sync",
    "http:invoke": "",
    "lambda:invoke": "token",
    "mediaconvert:createJob": "sync",
    "sagemaker:createTrainingJob": "sync", "sagemaker:createTransformJob": "sync",
    "sagemaker:createProcessingJob": "sync", "sagemaker:createHyperParameterTuningJob": "sync",
    "sagemaker:createLabelingJob": "sync", "sagemaker:createEndpoint": "",
    "sagemaker:createEndpointConfig": "", "sagemaker:createModel": "",
    "sagemaker:updateEndpoint": "",
    "sns:publish": "token",
    "sqs:sendMessage": "token",
    "states:startExecution": "sync token",
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEEDS: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    # What must be told, and all that may be.
    "lambda:invoke": (("FunctionName",), _words(
        "FunctionName Payload ClientContext InvocationType Qualifier LogType"
        "TenantId")),
    "sqs:sendMessage": (("QueueUrl", "MessageBody"), _words(
        "QueueUrl MessageBody DelaySeconds MessageAttribute MessageAttributes"
        "MessageDeduplicationId MessageGroupId")),
    "sns:publish": (("Message",), _words(
        "Message MessageAttributes MessageStructure PhoneNumber Subject "
        "TargetArn"
        "TopicArn MessageDeduplicationId MessageGroupId")),
    "events:putEvents": (("Entries",), frozenset({"Entries", "EndpointId"})),
    "dynamodb:getItem": (("TableName", "Key"), frozenset()),
    "dynamodb:putItem": (("TableName", "Item"), frozenset()),
    "dynamodb:updateItem": (("TableName", "Key"), frozenset()),
    "dynamodb:deleteItem": (("TableName", "Key"), frozenset()),
    "ecs:runTask": (("TaskDefinition",), frozenset()),
    "states:startExecution": (("StateMachineArn",), frozenset(
        {"StateMachineArn", "Input", "Name", "TraceHeader"})),
    "batch:submitJob": (("JobDefinition", "JobName", "JobQueue"), frozenset()),
    "glue:startJobRun": (("JobName",), frozenset()),
    "http:invoke": (("ApiEndpoint", "Method"), frozenset()),
}  # fmt: skip
_ENTRY = frozenset(
    {"EventBusName", "Source", "DetailType", "Detail", "Resources", "Time", "TraceHeader"}
)
_FUNCTION = re.compile(r"function:[\w-]{1,140}(:[\w$-]+)?")
_ACTIVITY = re.compile(r"activity:.{1,80}")


def problems(resource: object, *, express: bool) -> Iterator[str]:
    """What is wrong with a task's Resource."""
    if not isinstance(resource, str):
        yield f"Resource is an ARN, not {shown(resource)}"
        return
    if resource.startswith("{%"):
        yield "Resource cannot be an expression"
        return
    if said := arns.problem(resource):
        yield f"Resource {said}"
        return
    arn = arns.parsed(resource)
    if arn is None:
        return
    if arn.service == "lambda" and _FUNCTION.fullmatch(arn.resource):
        return
    if arn.service != "states":
        yield (
            f"Resource {shown(resource)} is no task: it is a function, an activity or "
            "'arn:aws:states:::service:action'"
        )
        return
    if _ACTIVITY.fullmatch(arn.resource):
        if express:
            yield "an EXPRESS workflow has no activities"
        return
    if arn.region or arn.account:
        yield f"Resource {shown(resource)} has a region or an account: write 'arn:aws:states:::…'"
        return
    yield from _integration(arn.resource, express=express)


def _integration(name: str, *, express: bool) -> Iterator[str]:
    base, dot, pattern = name.partition(".")
    pattern = dot + pattern
    if express and pattern:
        yield f"an EXPRESS workflow does not wait: {pattern!r} is for STANDARD ones"
    if base.startswith("aws-sdk:"):
        yield from _sdk(base, pattern)
        return
    offered = _OPTIMIZED.get(base)
    if offered is None:
        near = difflib.get_close_matches(base, _OPTIMIZED, 1, 0.7)
        hint = f"; did you mean {near[0]!r}?" if near else " (others are called by 'aws-sdk:…')"
        yield f"there is no integration {base!r}{hint}"
        return
    known = {_ANSWER}
    if "sync" in offered:
        known |= {_SYNC}
    if base in ("states:startExecution", "eks:call", "eks:runJob"):
        known |= {".sync:2"}
    if "token" in offered:
        known |= {_TOKEN}
    if pattern not in known:
        patterns = ", ".join(sorted(each or "no suffix" for each in known))
        yield f"{base!r} cannot be called with {pattern!r}; it knows {patterns}"


def _sdk(base: str, pattern: str) -> Iterator[str]:
    words = base.split(":")
    if len(words) != 3 or not re.fullmatch(r"[a-z0-9]+", words[1]) or not words[2]:
        yield f"{base!r} is no call of the SDK: write 'aws-sdk:service:action'"
        return
    _, service, action = words
    if not action[0].islower():
        yield f"aws-sdk:{service}: the action begins in lower case, not {action!r}"
    if pattern not in (_ANSWER, _TOKEN):
        yield f"a call of the SDK cannot be made with {pattern!r}"
    known = _operations(service)
    wanted = action[0].upper() + action[1:]
    if known and wanted not in known:
        near = difflib.get_close_matches(wanted, known, 1, 0.7)
        hint = f"; did you mean {near[0][0].lower() + near[0][1:]!r}?" if near else ""
        yield f"{service!r} has no action {action!r}{hint}"


def _operations(service: str) -> list[str]:
    """The actions of a service whose name is the same in botocore; else nothing is known."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return []
    if not (Path(spec.origin).parent / "data" / service).is_dir():
        return []
    return operations(service)


def parameters(resource: str, given: Mapping[str, Any]) -> Iterator[str]:
    """What the service that is called must be told, and what it does not know."""
    base = resource.split(":::", 1)[-1].partition(".")[0]
    needed, known = _NEEDS.get(base, ((), frozenset[str]()))
    names = {name.removesuffix(".$") for name in given}
    for name in needed:
        if name not in names:
            yield f"{base} needs {name!r}"
    for name in sorted(names - known) if known else []:
        near = difflib.get_close_matches(name, known, 1, 0.6)
        yield f"{base} knows no {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if base == "events:putEvents" and isinstance(entries := given.get("Entries"), list):
        for entry in entries:
            yield from _event(entry)


def _event(entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        if not isinstance(entry, str):  # an expression may stand for all of it
            yield f"an entry for the bus is an object, not {shown(entry)}"
        return
    names = {name.removesuffix(".$") for name in entry}
    for name in ("Source", "DetailType", "Detail"):
        if name not in names:
            yield f"events:putEvents: an entry needs {name!r}"
    for name in sorted(names - _ENTRY):
        yield f"events:putEvents: an entry knows no {name!r}"
