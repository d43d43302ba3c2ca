"""DynamoDB tables: the key schema, throughput and stream stand flat in pulumi_aws and nested in
the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain


class Table(Kind):
    def translate(self, inputs: Plain) -> Plain:
        said = dict(inputs)
        keys = _key_schema(said)
        if keys:
            said["keySchema"] = keys
        if "attributes" in said:
            said["attributeDefinitions"] = _attributes(said.pop("attributes"))
        if throughput := _throughput(said):
            said["provisionedThroughput"] = throughput
        enabled, view = said.pop("streamEnabled", None), said.pop("streamViewType", None)
        if enabled is not None:
            stream = {"streamEnabled": enabled}
            said["streamSpecification"] = {**stream, "streamViewType": view} if view else stream
        if encryption := said.pop("serverSideEncryption", None):
            said["sSESpecification"] = _encryption(encryption)
        for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
            if isinstance(indexes := said.get(name), list):
                said[name] = [_index(index, said) for index in indexes]
        return said

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        # UpdateTable refuses what is so already, so it is told of nothing else than the changes.
        wanted = {name: value for name, value in inputs.items() if name in changed | _THROUGHPUT}
        direct = changed & (_THROUGHPUT | _DIRECT)
        if direct:
            parameters = self.parameters("UpdateTable", wanted)
            parameters.pop("AttributeDefinitions", None)
            if inputs.get("billingMode") == "PAY_PER_REQUEST":
                parameters.pop("ProvisionedThroughput", None)
            scope.call("dynamodb", "UpdateTable", {"TableName": thing_id, **parameters})
            self.wait(scope, thing_id, state)
        super().update(scope, thing_id, state, inputs, changed - _THROUGHPUT - _DIRECT)


_THROUGHPUT = {"billingMode", "readCapacity", "writeCapacity"}
_DIRECT = {"streamEnabled", "streamViewType", "serverSideEncryption", "tableClass",
           "deletionProtectionEnabled", "onDemandThroughput"}  # fmt: skip


def _key_schema(said: Plain) -> list[Plain]:
    parts = (("hashKey", "HASH"), ("rangeKey", "RANGE"))
    return [{"attributeName": said.pop(n), "keyType": kind} for n, kind in parts if said.get(n)]


def _attributes(attributes: Any) -> Any:
    if not isinstance(attributes, list):
        return attributes
    return [
        {"attributeName": a["name"], "attributeType": a["type"]} if isinstance(a, Mapping) else a
        for a in attributes
    ]


def _throughput(said: Plain) -> Plain | None:
    read, write = said.pop("readCapacity", None), said.pop("writeCapacity", None)
    if read is None and write is None:
        return None
    return {"readCapacityUnits": read or 1, "writeCapacityUnits": write or 1}


def _encryption(encryption: Any) -> Any:
    if not isinstance(encryption, Mapping):
        return encryption
    said = {"enabled": encryption["enabled"], "sSEType": "KMS"}
    key = encryption.get("kmsKeyArn")
    return {**said, "kMSMasterKeyId": key} if key else said


def _index(index: Any, table: Plain) -> Any:
    if not isinstance(index, Mapping):
        return index
    rest = {**index}
    schema = rest.pop("keySchemas", None) or _key_schema(rest)
    if not any(part.get("keyType") == "HASH" for part in schema):
        # A local index shares the table's hash key and names only its own range.
        schema = [*table["keySchema"][:1], *schema]
    projection = {"projectionType": rest.pop("projectionType", UNKNOWN)}
    if "nonKeyAttributes" in rest:
        projection["nonKeyAttributes"] = rest.pop("nonKeyAttributes")
    said = {"indexName": rest.pop("name"), "keySchema": schema, "projection": projection}
    if throughput := _throughput(rest):
        said["provisionedThroughput"] = throughput
    return {**said, **rest}


def _expiry(_kind: Kind, scope: Scope, table: str, state: Plain, inputs: Plain) -> None:
    given = inputs.get("ttl") or {**(state.get("ttl") or {}), "enabled": False}
    enabled = given.get("enabled", bool(inputs.get("ttl")))
    told = scope.call("dynamodb", "DescribeTimeToLive", {"TableName": table})
    there = told["TimeToLiveDescription"]
    is_on = there.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    # AWS refuses to switch on what is on, and off what is off.
    if is_on != enabled and given.get("attributeName"):
        wanted = {"Enabled": enabled, "AttributeName": given["attributeName"]}
        specification = {"TableName": table, "TimeToLiveSpecification": wanted}
        scope.call("dynamodb", "UpdateTimeToLive", specification)


def _recovery(_kind: Kind, scope: Scope, table: str, _state: Plain, inputs: Plain) -> None:
    given = inputs.get("pointInTimeRecovery") or {"enabled": False}
    wanted: Plain = {"PointInTimeRecoveryEnabled": given["enabled"]}
    if given["enabled"] and given.get("recoveryPeriodInDays"):
        wanted["RecoveryPeriodInDays"] = given["recoveryPeriodInDays"]
    backups = {"TableName": table, "PointInTimeRecoverySpecification": wanted}
    scope.call("dynamodb", "UpdateContinuousBackups", backups)


def _indexes(kind: Kind, scope: Scope, table: str, state: Plain, inputs: Plain) -> None:
    """One index a call, as the service wants it; one that differs is dropped and made again."""
    described = scope.call("dynamodb", "DescribeTable", {"TableName": table})["Table"]
    there = {index["IndexName"] for index in described.get("GlobalSecondaryIndexes", [])}
    old = {i["name"]: i for i in state.get("globalSecondaryIndexes") or []}
    translated = kind.parameters("CreateTable", inputs)
    new = {i["IndexName"]: i for i in translated.get("GlobalSecondaryIndexes") or []}
    given = {i["name"]: i for i in inputs.get("globalSecondaryIndexes") or []}
    stale = {name for name in there if name not in new or old.get(name) != given[name]}
    steps = [{"Delete": {"IndexName": name}} for name in sorted(stale)]
    steps += [{"Create": new[name]} for name in sorted(new.keys() - (there - stale))]
    for step in steps:
        change: Plain = {"TableName": table, "GlobalSecondaryIndexUpdates": [step]}
        if "Create" in step:
            change["AttributeDefinitions"] = translated["AttributeDefinitions"]
        scope.call("dynamodb", "UpdateTable", change)
        kind.wait(scope, table, state)


def _keys(inputs: Mapping[str, Any]) -> Failures:
    """Exactly the attributes that keys use are declared; AWS refuses one too many as well."""
    attributes = inputs.get("attributes", UNKNOWN)
    if not isinstance(attributes, list) or UNKNOWN in attributes:
        return
    declared = {attribute["name"] for attribute in attributes}
    places = [inputs, *(inputs.get("globalSecondaryIndexes") or [])]
    places += inputs.get("localSecondaryIndexes") or []
    if UNKNOWN in places or any(place.get("keySchemas") for place in places):
        return
    used = {place[name] for place in places for name in ("hashKey", "rangeKey") if place.get(name)}
    for name in sorted(used - declared):
        yield "attributes", f"{name!r} is used as a key and not declared; add its name and type"
    for name in sorted(declared - used):
        yield "attributes", f"{name!r} is declared and no key uses it; only keys are declared"


# fmt: off
TYPES = {
    "aws:dynamodb/table:Table": Row(
        service="dynamodb", create="CreateTable", read="DescribeTable", update="UpdateTable",
        delete="DeleteTable", id="{name}", key="TableName={id}", at="Table",
        created="TableDescription",
        rename={"name": "TableName"}, replace="hashKey rangeKey localSecondaryIndexes",
        outputs="arn=TableArn streamArn=LatestStreamArn streamLabel=LatestStreamLabel",
        defaults={"billingMode": "PROVISIONED"}, named=Named(limit=255, prefix=""), tagged=True,
        ready="TableStatus=='ACTIVE'", kind=Table,
        unset={"streamEnabled": False, "deletionProtectionEnabled": False,
        "tableClass": "STANDARD"},
        parts=(Part(inputs="ttl", inside="attributeName enabled", apply=_expiry),
               Part(inputs="pointInTimeRecovery", inside="enabled recoveryPeriodInDays",
                    apply=_recovery),
               Part(inputs="globalSecondaryIndexes", apply=_indexes)),
        checks=(_keys,),
    ),
}
