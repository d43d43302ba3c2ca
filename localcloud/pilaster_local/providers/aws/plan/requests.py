"""What would be sent to AWS to make a resource: the provider's own table, without the calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.plan.parameters import Place
from pilaster_local.providers.aws.rows import Part
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_OFFLINE = Cloud(endpoint=None, region="us-east-1", account="000000000000", zones=())


@dataclass(frozen=True)
class Request:
    """One call."""

    service: str
    operation: str
    parameters: Plain


def of(kind: Kind, urn: str, inputs: Plain) -> Iterator[Request]:
    """The calls that make the resource. Raises what mistaken inputs make the table raise."""
    row = kind.row
    if not row.create:
        return  # recorded types have no calls
    scope = Scope(_OFFLINE, _OFFLINE.region, urn)
    made = _CREATIONS.get(kind.token, _creation)
    yield Request(row.service, row.create, made(kind, scope, inputs))
    for part in row.parts:
        yield from _part(kind, part, inputs)


def _creation(kind: Kind, scope: Scope, inputs: Plain) -> Plain:
    return _unmarked(kind.creation(scope, inputs))


def _part(kind: Kind, part: Part, inputs: Plain) -> Iterator[Request]:
    given = {name: inputs[name] for name in part.names if name in inputs}
    if not given:
        return
    if part.put:
        rename = {**kind.row.rename, **part.rename}
        key = dict.fromkeys(_required(kind, part.put), UNKNOWN)
        placed = kind.placed(part.put, given, rename, part.within)
        yield Request(kind.row.service, part.put, {**key, **placed})
        return
    for operation, parameters in _PARTS.get((kind.token, part.inputs), _nothing)(given):
        key = dict.fromkeys(_required(kind, operation), UNKNOWN)
        yield Request(kind.row.service, operation, {**key, **parameters})


def _required(kind: Kind, operation: str) -> list[str]:
    """What names the thing in a part's call is the provider's to fill in, not the program's."""
    from pilaster_local.providers.aws.models import input_shape

    return input_shape(kind.row.service, operation).metadata.get("required", [])


def _unmarked(value: Any) -> Any:
    """Without the tag that only this machine puts on things."""
    if isinstance(value, Mapping):
        return {key: _unmarked(item) for key, item in value.items() if key != MARK}
    if isinstance(value, list):
        return [_unmarked(item) for item in value if not _is_mark(item)]
    return value


def _is_mark(item: Any) -> bool:
    return isinstance(item, Mapping) and MARK in (item.get("Key"), item.get("TagKey"))


# -- what the table makes with code of its own ------------------------------------------------


def _function(kind: Kind, scope: Scope, inputs: Plain) -> Plain:
    """Without reading the archive: what it weighs is a rule of its own."""
    parameters = {**kind.parameters(kind.row.create, inputs), **kind._creation_tags(scope, inputs)}
    stored = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion",
              "imageUri": "ImageUri"}  # fmt: skip
    code = {member: inputs[name] for name, member in stored.items() if name in inputs}
    return {**_unmarked(parameters), "Code": {"ZipFile": UNKNOWN} if "code" in inputs else code}


def _target(_kind: Kind, _scope: Scope, inputs: Plain) -> Plain:
    from pilaster_local.providers.aws.services import events

    target = shapes.match(
        events._target_shape(), events._of_target(inputs), events._TARGET_NAMES
    ).parameters
    place = {"Rule": inputs.get("rule"), "EventBusName": inputs.get("eventBusName", "default")}
    return {**place, "Targets": [target]}


def _invocation(_kind: Kind, _scope: Scope, inputs: Plain) -> Plain:
    named = {"FunctionName": inputs.get("functionName"), "Qualifier": inputs.get("qualifier")}
    return {name: value for name, value in named.items() if value is not None}


def _bucket(kind: Kind, scope: Scope, inputs: Plain) -> Plain:
    tags = inputs.get("tagsAll") or inputs.get("tags")
    parameters = kind.parameters(kind.row.create, inputs)
    if not tags:
        return parameters
    place = {"CreateBucketConfiguration": shapes.match(
        _member(kind, "CreateBucketConfiguration"), {"tags": tags}, {}).parameters}  # fmt: skip
    return {**parameters, **place}


def _member(kind: Kind, name: str) -> Any:
    return kind.takes(kind.row.create).members[name]


def _version(kind: Kind, _scope: Scope, inputs: Plain) -> Plain:
    return kind.parameters(kind.row.create, inputs)


def _object(kind: Kind, scope: Scope, inputs: Plain) -> Plain:
    """What is in it is no matter of a request, and may not be there yet."""
    return _creation(kind, scope, {**inputs, "content": "", "contentBase64": ""})


_CREATIONS: Mapping[str, Callable[[Kind, Scope, Plain], Plain]] = {
    "aws:lambda/function:Function": _function,
    "aws:cloudwatch/eventTarget:EventTarget": _target,
    "aws:lambda/invocation:Invocation": _invocation,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:s3/bucketObjectv2:BucketObjectv2": _object,
    "aws:secretsmanager/secretVersion:SecretVersion": _version,
}


# -- parts that code applies -------------------------------------------------------------------

Calls = Iterator[tuple[str, Plain]]


def _nothing(_given: Plain) -> Calls:
    yield from ()


def _inline_policies(given: Plain) -> Calls:
    for policy in _entries(given["inlinePolicies"]):
        yield "PutRolePolicy", _some(policy, name="PolicyName", policy="PolicyDocument")


def _managed_policies(given: Plain) -> Calls:
    for arn in _entries(given["managedPolicyArns"]):
        yield "AttachRolePolicy", {"PolicyArn": arn}


def _concurrency(given: Plain) -> Calls:
    reserved = given["reservedConcurrentExecutions"]
    if reserved != -1:
        yield "PutFunctionConcurrency", {"ReservedConcurrentExecutions": reserved}


def _expiry(given: Plain) -> Calls:
    said = _some(given["ttl"], enabled="Enabled", attributeName="AttributeName")
    if not isinstance(said, Mapping) or said.get("Enabled") is not False:
        yield "UpdateTimeToLive", {"TimeToLiveSpecification": said}


def _recovery(given: Plain) -> Calls:
    said = _some(
        given["pointInTimeRecovery"],
        enabled="PointInTimeRecoveryEnabled",
        recoveryPeriodInDays="RecoveryPeriodInDays",
    )
    yield "UpdateContinuousBackups", {"PointInTimeRecoverySpecification": said}


def _cluster_parameters(given: Plain) -> Calls:
    spelled = {"name": "ParameterName", "value": "ParameterValue", "applyMethod": "ApplyMethod"}
    listed = [_some(parameter, **spelled) for parameter in _entries(given["parameters"])]
    yield "ModifyDBClusterParameterGroup", {"Parameters": listed}


def _log_key(given: Plain) -> Calls:
    yield "AssociateKmsKey", {"kmsKeyId": given["kmsKeyId"]}


def _factors(given: Plain) -> Calls:
    if "mfaConfiguration" in given:
        yield "SetUserPoolMfaConfig", {"MfaConfiguration": given["mfaConfiguration"]}


def _entries(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return []
    return [item for item in value if item is not UNKNOWN]


def _some(value: Any, /, **spelled: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {spelled[name]: item for name, item in value.items() if name in spelled}


_PARTS: Mapping[tuple[str, str], Callable[[Plain], Calls]] = {
    ("aws:iam/role:Role", "inlinePolicies"): _inline_policies,
    ("aws:iam/role:Role", "managedPolicyArns"): _managed_policies,
    ("aws:lambda/function:Function", "reservedConcurrentExecutions"): _concurrency,
    ("aws:dynamodb/table:Table", "ttl"): _expiry,
    ("aws:dynamodb/table:Table", "pointInTimeRecovery"): _recovery,
    ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "parameters"): _cluster_parameters,
    ("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"): _log_key,
    (
        "aws:cognito/userPool:UserPool",
        "mfaConfiguration softwareTokenMfaConfiguration emailMfaConfiguration "
        "webAuthnConfiguration",
    ): _factors,
}


# -- where a parameter comes from -----------------------------------------------------------------


def origin(kind: Kind, inputs: Plain, place: Place) -> str:
    """The input's path that a place in the parameters came from, as near as it can be told."""
    parts = [part for part in place if isinstance(part, str)]
    positions = [part for part in place if isinstance(part, int)]
    best, depth = "", -1
    for path, words, here in _paths(inputs):
        if here and len(here) == len(positions) and here != positions:
            continue
        score = _overlap(kind, words, parts)
        if score > depth:
            best, depth = path, score
    if depth > 0:
        return best
    return ".".join(part[:1].lower() + part[1:] for part in parts)


def lacking(kind: Kind, inputs: Plain, place: Place) -> str:
    """The input's path that would fill a member which is not given."""
    *outer, last = place
    before = origin(kind, inputs, tuple(outer)) if any(isinstance(p, str) for p in outer) else ""
    back = {member: name for name, member in kind.row.rename.items()}
    if str(last) in back:
        return back[str(last)]
    wanted = _plainly(str(last))
    for name in sorted(kind.known() | set(kind.row.required.split()), key=len):
        if not before and _plainly(name).rstrip("s") == wanted.rstrip("s"):
            return name
    own = str(last)[:1].lower() + str(last)[1:]
    return f"{before}.{own}" if before else own


def _paths(
    value: Any, path: str = "", words: tuple[str, ...] = (), positions: tuple[int, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], list[int]]]:
    if path:
        yield path, words, list(positions)
    if isinstance(value, Mapping):
        for key, item in value.items():
            below = f"{path}.{key}" if path else str(key)
            yield from _paths(item, below, (*words, str(key)), positions)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, f"{path}[{index}]", words, (*positions, index))


def _overlap(kind: Kind, words: tuple[str, ...], parts: list[str]) -> int:
    """How many of the last words of both say the same; paths that go deeper say less."""
    rename = kind.row.rename
    spelled = [rename.get(".".join(words[: n + 1]), word) for n, word in enumerate(words)]
    score, rest = 0, [_plainly(part) for part in parts]
    for word in (_plainly(word) for word in spelled):
        for index, part in enumerate(rest):
            if word == part or word.rstrip("s") == part.rstrip("s") or part in (f"db{word}",):
                score += 2
                rest = rest[index + 1 :]
                break
            if len(word) > 4 and (word in part or part in word):
                score += 1
                rest = rest[index + 1 :]
                break
        else:
            return 0
    return 2 * score - len(rest)


def _plainly(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace("$", "").lower()
