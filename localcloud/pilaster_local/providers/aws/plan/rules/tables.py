"""DynamoDB tables.

Sources: DynamoDB developer guide, "Quotas in Amazon DynamoDB"; API reference, CreateTable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, count, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.values import UNKNOWN

_INDEXES = ("globalSecondaryIndexes", "localSecondaryIndexes")


def _capacity(inputs: Mapping[str, Any]) -> Said:
    mode = inputs.get("billingMode", "PROVISIONED")
    if mode is UNKNOWN:
        return
    listed = inputs.get("globalSecondaryIndexes")
    places = [("", inputs)]
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, Mapping):
            places.append((f"globalSecondaryIndexes[{index}].", entry))
    for path, place in places:
        for name in ("readCapacity", "writeCapacity"):
            if mode == "PROVISIONED" and name not in place and "replicas" not in inputs:
                yield f"{path}{name}", "with billing mode PROVISIONED the capacity is needed"
            if mode == "PAY_PER_REQUEST" and place.get(name) not in (None, 0, UNKNOWN):
                yield f"{path}{name}", "with billing mode PAY_PER_REQUEST there is no capacity"


def _keyed(inputs: Mapping[str, Any]) -> Said:
    if not {"hashKey", "restoreSourceName", "restoreSourceTableArn", "importTable",
            "restoreBackupArn"} & inputs.keys():  # fmt: skip
        yield "hashKey", "a table needs a hash key"
    if inputs.get("localSecondaryIndexes") and "rangeKey" not in inputs:
        yield "localSecondaryIndexes", "a local index needs a table with a range key"
    names: list[Any] = []
    for listed in _INDEXES:
        for index, entry in enumerate(inputs.get(listed) or []):
            if not isinstance(entry, Mapping):
                continue
            if entry.get("name") in names:
                yield f"{listed}[{index}].name", f"{entry['name']!r} stands twice"
            names.append(entry.get("name"))
            projection, others = entry.get("projectionType"), entry.get("nonKeyAttributes")
            if others and projection not in ("INCLUDE", UNKNOWN):
                yield f"{listed}[{index}].nonKeyAttributes", "it goes with projectionType INCLUDE"
            if projection == "INCLUDE" and not others:
                yield f"{listed}[{index}].nonKeyAttributes", "projectionType INCLUDE names them"
            if listed == "globalSecondaryIndexes" and not (
                entry.get("hashKey") or entry.get("keySchemas")
            ):
                yield f"{listed}[{index}].hashKey", "a global index has a hash key of its own"
    if inputs.get("hashKey") is not UNKNOWN and inputs.get("hashKey") == inputs.get(
        "rangeKey", object()
    ):
        yield "rangeKey", "hash and range key are two attributes"


def _attributes(inputs: Mapping[str, Any]) -> Said:
    """The attributes named are those of the keys: DynamoDB refuses one too few and one too many."""
    named = _names(inputs.get("attributes"), "name")
    keys: set[Any] = {inputs.get("hashKey"), inputs.get("rangeKey")}
    for listed in _INDEXES:
        for entry in inputs.get(listed) or []:
            keys |= {entry.get("hashKey"), entry.get("rangeKey")}
            keys |= _names(entry.get("keySchemas"), "attributeName")
    if UNKNOWN in keys | named or not named:
        return
    for missing in sorted(keys - named - {None}, key=str):
        yield "attributes", f"a key is {missing!r}: give its type"
    for spare in sorted(named - keys, key=str):
        yield "attributes", f"{spare!r} is in no key: other attributes are not declared"


def _names(entries: Any, name: str) -> set[Any]:
    return {entry.get(name) for entry in entries or []}


def _stream(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("streamEnabled") is True and "streamViewType" not in inputs:
        yield "streamViewType", "a stream says what it shows"
    if inputs.get("streamEnabled") is False and inputs.get("streamViewType"):
        yield "streamViewType", "there is no stream: streamEnabled is false"
    if "streamViewType" in inputs and "streamEnabled" not in inputs:
        yield "streamEnabled", "streamViewType needs it to be true"


def _expiry(inputs: Mapping[str, Any]) -> Said:
    ttl = inputs.get("ttl")
    if isinstance(ttl, Mapping) and ttl.get("enabled") is True and not ttl.get("attributeName"):
        yield "ttl.attributeName", "items expire by an attribute; name it"


BOUNDS: Mapping[str, Table] = {
    "aws:dynamodb/table:Table": {
        "billingMode": one_of("PROVISIONED", "PAY_PER_REQUEST"),
        "hashKey": text(r".+", "an attribute's name", most=255, least=1),
        "rangeKey": text(r".+", "an attribute's name", most=255, least=1),
        "attributes[].type": one_of("S", "N", "B"),
        "attributes[].name": text(r".+", "an attribute's name", most=255, least=1),
        "globalSecondaryIndexes": count(0, 20, "indexes"),
        "localSecondaryIndexes": count(0, 5, "indexes"),
        **{f"{listed}[].name": text(r"[\w.-]+", "a name: letters, digits, '_.-'", least=3, most=255)
           for listed in _INDEXES},
        **{f"{listed}[].projectionType": one_of("ALL", "KEYS_ONLY", "INCLUDE")
           for listed in _INDEXES},
        "streamViewType": one_of("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", ""),
        "tableClass": one_of("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
        "serverSideEncryption.kmsKeyArn": arn("kms", resource=r"(key|alias)/.+"),
        "readCapacity": number(0, 40_000),
        "writeCapacity": number(0, 40_000),
        "pointInTimeRecovery.recoveryPeriodInDays": number(1, 35),
    },
}  # fmt: skip

RULES = {"aws:dynamodb/table:Table": (_capacity, _keyed, _attributes, _stream, _expiry)}
