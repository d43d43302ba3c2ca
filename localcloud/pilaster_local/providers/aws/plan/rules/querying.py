"""Glue's catalog and Athena.

Sources: Athena API reference, CreateWorkGroup, CreateNamedQuery; Athena user guide, "Supported
types for partition projection", "OpenX JSON SerDe"; Glue API reference, TableInput.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, count, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.values import UNKNOWN

_LEAST_BYTES = 10_485_760
_QUERY_BYTES = 262_144
_S3 = text(r"s3://[a-z0-9][a-z0-9.-]+(/.*)?", "an address such as s3://bucket/folder/")
_TYPE = text(
    r"(?i)(boolean|tinyint|smallint|int|integer|bigint|double|float|string|binary|date|timestamp"
    r"|decimal\(\d+ *, *\d+\)|(char|varchar)\(\d+\)|(array|map|struct)<.+>)",
    "a type of Athena's, such as string, bigint or array<string>",
)
_PROJECTED = {"enum": "values", "integer": "range", "date": "range", "injected": ""}
_END = re.compile(r"NOW([+-]\d+(SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?)?|[^,]*\d[^,]*")


def _projection(inputs: Mapping[str, Any]) -> Said:
    """What a table with projection has to say, without which every query of it fails."""
    said, keys = inputs.get("parameters"), inputs.get("partitionKeys")
    if not isinstance(said, Mapping) or said.get("projection.enabled") != "true":
        return
    if not isinstance(keys, list) or not keys:
        yield "partitionKeys", "projection is enabled, and there is nothing to project"
        return
    for key in keys:
        name = key.get("name", UNKNOWN)
        kind = said.get(f"projection.{name}.type")
        if UNKNOWN in (name, kind) or kind is None:
            continue  # that it is given is asked of the provider's row
        if kind not in _PROJECTED:
            known = ", ".join(_PROJECTED)
            yield "parameters", f"projection.{name}.type {kind!r} is none of {known}"
            continue
        wanted = _PROJECTED[kind]
        if wanted and f"projection.{name}.{wanted}" not in said:
            yield "parameters", f"a projection of type {kind} needs projection.{name}.{wanted}"
        if kind == "date" and f"projection.{name}.format" not in said:
            yield "parameters", f"a projection of dates needs projection.{name}.format"
        if wanted == "range":
            yield from _range(f"projection.{name}.range", said.get(f"projection.{name}.range"))


def _range(name: str, value: Any) -> Said:
    if not isinstance(value, str):
        return
    ends = [each.strip() for each in value.split(",")]
    if len(ends) != 2 or not all(_END.fullmatch(each) for each in ends):
        yield "parameters", f"{name} {value!r} has not two ends, such as 'NOW-30DAYS,NOW'"


def _named_twice(inputs: Mapping[str, Any]) -> Said:
    columns = (inputs.get("storageDescriptor") or {}).get("columns") or []
    keys = inputs.get("partitionKeys") or []
    names = [each.get("name") for each in [*columns, *keys] if isinstance(each, Mapping)]
    for name in {n for n in names if n is not UNKNOWN and names.count(n) > 1}:
        yield "storageDescriptor", f"{name!r} stands twice among columns and partition keys"


def _key(inputs: Mapping[str, Any]) -> Said:
    """A key belongs to the two ways that use one."""
    results = (inputs.get("configuration") or {}).get("resultConfiguration") or {}
    told = results.get("encryptionConfiguration") or {}
    option, key = told.get("encryptionOption"), told.get("kmsKeyArn")
    if option in ("SSE_KMS", "CSE_KMS") and key is None:
        yield "configuration", f"{option} needs a kmsKeyArn"
    if option == "SSE_S3" and key is not None:
        yield "configuration", "a kmsKeyArn goes with SSE_KMS or CSE_KMS"


def _query_bytes(value: Any):
    if isinstance(value, str) and len(value.encode()) > _QUERY_BYTES:
        yield f"a query has {_QUERY_BYTES:,} bytes at most"
    if isinstance(value, str) and not value.strip():
        yield "there is no query in it"


_RESULTS = "configuration.resultConfiguration"

BOUNDS: Mapping[str, Table] = {
    "aws:glue/catalogTable:CatalogTable": {
        "tableType": one_of("EXTERNAL_TABLE", "GOVERNED", "VIRTUAL_VIEW"),
        "storageDescriptor.location": _S3,
        "storageDescriptor.columns[].type": _TYPE,
        "storageDescriptor.columns[].name": text(r"[a-z0-9_]+", "small letters, digits and '_'"),
        "partitionKeys[].type": _TYPE,
        "partitionKeys[].name": text(r"[a-z0-9_]+", "small letters, digits and '_'"),
        "partitionIndices": count(0, 3, "indexes"),
    },
    "aws:glue/catalogDatabase:CatalogDatabase": {
        "description": text(r"[^\x00]*", "a description", most=2_048),
        "locationUri": text(r".+", "an address", most=1_024),
    },
    "aws:athena/workgroup:Workgroup": {
        "description": text(r".*", "a description", most=1_024),
        "state": one_of("ENABLED", "DISABLED"),
        "configuration.bytesScannedCutoffPerQuery": number(_LEAST_BYTES, 2**63 - 1),
        f"{_RESULTS}.outputLocation": _S3,
        f"{_RESULTS}.expectedBucketOwner": text(r"\d{12}", "an account's twelve digits"),
        f"{_RESULTS}.encryptionConfiguration.encryptionOption": one_of(
            "SSE_S3", "SSE_KMS", "CSE_KMS"
        ),
        f"{_RESULTS}.encryptionConfiguration.kmsKeyArn": arn("kms", resource=r"(key|alias)/.+"),
        "configuration.executionRole": arn("iam", resource=r"role/.+"),
        "configuration.engineVersion.selectedEngineVersion": one_of(
            "AUTO", "Athena engine version 3", "PySpark engine version 3"
        ),
    },
    "aws:athena/namedQuery:NamedQuery": {
        "query": _query_bytes,
        "description": text(r"(?s).*", "a description", most=1_024),
        "database": text(r".+", "a database's name", most=255),
    },
}

RULES = {
    "aws:glue/catalogTable:CatalogTable": (_projection, _named_twice),
    "aws:athena/workgroup:Workgroup": (_key,),
}
