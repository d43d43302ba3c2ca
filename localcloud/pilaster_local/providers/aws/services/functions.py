"""Functions: code and configuration are updated apart, and a change of code touches that function
alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws import archives
from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_STORED = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion"}


class Function(Kind):
    """Its code's identity is `sourceCodeHash` alone: the archive's path says nothing."""

    def prepare(self, inputs: Plain) -> Plain:
        if "sourceCodeHash" in inputs or inputs.get("code") is None:
            return {}
        found = archives.digest(inputs["code"])
        return {"sourceCodeHash": UNKNOWN if found is None else found}

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return {**super().creation(scope, inputs), "Code": _code(inputs)}


def _code(inputs: Plain) -> Plain:
    if inputs.get("code") is not None:
        return {"ZipFile": archives.content(inputs["code"])}
    return {member: inputs[name] for name, member in _STORED.items() if name in inputs}


def _update_code(kind: Kind, scope: Scope, name: str, state: Plain, inputs: Plain) -> None:
    kind.wait(scope, name, state)
    chips = {"Architectures": inputs.get("architectures") or ["x86_64"]}
    scope.call("lambda", "UpdateFunctionCode", {"FunctionName": name, **chips, **_code(inputs)})


def _concurrency(kind: Kind, scope: Scope, name: str, _state: Plain, inputs: Plain) -> None:
    reserved = inputs.get("reservedConcurrentExecutions", -1)
    if reserved < 0:
        kind.forget(scope, "DeleteFunctionConcurrency", {"FunctionName": name})
    else:
        wanted = {"FunctionName": name, "ReservedConcurrentExecutions": reserved}
        scope.call("lambda", "PutFunctionConcurrency", wanted)


def _is_image(inputs: Mapping[str, Any]) -> bool:
    return inputs.get("packageType") == "Image" or "imageUri" in inputs


def _runs_here(inputs: Mapping[str, Any]) -> Failures:
    if _is_image(inputs):
        yield "imageUri", "functions from container images do not run on this machine; use a .zip"
        return
    runtime = inputs.get("runtime", UNKNOWN)
    if isinstance(runtime, str) and not runtime.startswith(("python3.", "provided.al")):
        yield "runtime", f"{runtime!r} does not run on this machine; Python and provided.al* do"


def _complete(inputs: Mapping[str, Any]) -> Failures:
    if _is_image(inputs):
        return
    for needed in ("handler", "runtime"):
        if needed not in inputs:
            yield needed, "a function from an archive needs it"
    if not {"code", "s3Bucket"} & inputs.keys():
        yield "code", "a function needs its code: a FileArchive, or s3Bucket and s3Key"


def _limits(inputs: Mapping[str, Any]) -> Failures:
    for name, low, high in (("memorySize", 128, 10240), ("timeout", 1, 900)):
        value = inputs.get(name)
        if isinstance(value, int) and not low <= value <= high:
            yield name, f"{value} is out of Lambda's range of {low} to {high}"


# fmt: off
TYPES = {
    "aws:lambda/function:Function": Row(
        service="lambda", create="CreateFunction", read="GetFunctionConfiguration",
        update="UpdateFunctionConfiguration", delete="DeleteFunction", id="{name}",
        key="FunctionName={id}",
        rename={"name": "FunctionName", "code": "-", "codeSigningConfigArn": "-", "publish": "-"},
        replace="packageType tenancyConfig",
        # A function here has one version: publishing another changes nothing.
        aside="skipDestroy replaceSecurityGroupsOnDestroy publish publishTo "
        "replacementSecurityGroupIds useResourceTimeoutForPropagation codeSha256",
        outputs="arn=FunctionArn version=Version lastModified=LastModified memorySize=MemorySize "
        "timeout=Timeout packageType=PackageType architectures=Architectures codeSha256=CodeSha256 "
        "sourceCodeSize=CodeSize qualifiedArn={arn}:{version} "
        "invokeArn=arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations "
        "qualifiedInvokeArn=arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
        "{qualifiedArn}/invocations responseStreamingInvokeArn=arn:aws:apigateway:{region}:lambda:"
        "path/2021-11-15/functions/{arn}/response-streaming-invocations",
        named=Named(limit=64, prefix=""), tagged=True, kind=Function, undiffed="code",
        ready="State=='Active' && LastUpdateStatus!='InProgress'", required="role",
        unset={"timeout": 3, "memorySize": 128, "environment": {"variables": {}}, "description": "",
               "vpcConfig": {"subnetIds": [], "securityGroupIds": []}, "layers": [],
               "tracingConfig": {"mode": "PassThrough"}, "ephemeralStorage": {"size": 512},
               "deadLetterConfig": {"targetArn": ""}, "loggingConfig": {"logFormat": "Text"}},
        parts=(
            Part(inputs="code sourceCodeHash s3Bucket s3Key s3ObjectVersion architectures",
                 at_creation=False, apply=_update_code),
            Part(inputs="reservedConcurrentExecutions", apply=_concurrency),
        ),
        checks=(_complete, _limits), here=(_runs_here,),
    ),
}
