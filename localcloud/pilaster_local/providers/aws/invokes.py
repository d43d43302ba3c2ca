"""Functions a program may call. They are answered from what is known already, without asking
anybody."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.values import Plain


class UnknownFunctionError(Exception):
    """A function the local provider does not answer."""

    def __init__(self, token: str) -> None:
        near = difflib.get_close_matches(token, FUNCTIONS, 1, 0.5)
        hint = f"; the nearest it answers is {near[0]}" if near else ""
        super().__init__(
            f"the local provider does not answer {token!r}{hint}; "
            "hand the value to the program as a setting"
        )


def answer(cloud: Cloud, token: str, arguments: Mapping[str, Any]) -> Plain:
    function = FUNCTIONS.get(token)
    if function is None:
        raise UnknownFunctionError(token)
    return function(cloud, arguments)


def _caller_identity(cloud: Cloud, _arguments: Mapping[str, Any]) -> Plain:
    account = cloud.account
    arn = f"arn:aws:iam::{account}:root"
    return {"accountId": account, "arn": arn, "id": account, "userId": account}


def _region(cloud: Cloud, arguments: Mapping[str, Any]) -> Plain:
    region = arguments.get("region") or arguments.get("name") or cloud.region
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"description": region, "endpoint": endpoint, "id": region, "name": region,
            "region": region}  # fmt: skip


def _partition(_cloud: Cloud, _arguments: Mapping[str, Any]) -> Plain:
    return {"dnsSuffix": "amazonaws.com", "id": "aws", "partition": "aws",
            "reverseDnsPrefix": "com.amazonaws"}  # fmt: skip


def _zones(cloud: Cloud, arguments: Mapping[str, Any]) -> Plain:
    region = arguments.get("region") or cloud.region
    zones = list(cloud.zones) or [f"{region}{letter}" for letter in "abc"]
    short = "".join(part[0] for part in region.split("-"))
    ids = [f"{short}{region[-1]}-az{number}" for number in range(1, len(zones) + 1)]
    return {**arguments, "id": region, "names": zones, "zoneIds": ids, "groupNames": [region],
            "region": region}  # fmt: skip


def _default_tags(cloud: Cloud, _arguments: Mapping[str, Any]) -> Plain:
    return {"id": cloud.region, "tags": dict(cloud.default_tags)}


def _policy_document(_cloud: Cloud, arguments: Mapping[str, Any]) -> Plain:
    document: Plain = {"Version": arguments.get("version", "2012-10-17")}
    if "policyId" in arguments:
        document["Id"] = arguments["policyId"]
    document["Statement"] = [_statement(s) for s in arguments.get("statements") or []]
    text = json.dumps(document, indent=2)
    compact = json.dumps(document, separators=(",", ":"))
    name = str(int(hashlib.sha256(compact.encode()).hexdigest()[:8], 16))
    return {**arguments, "id": name, "json": text, "minifiedJson": compact}


def _statement(statement: Mapping[str, Any]) -> Plain:
    said: Plain = {"Effect": statement.get("effect", "Allow")}
    if "sid" in statement:
        said["Sid"] = statement["sid"]
    for name, member in (
        ("actions", "Action"),
        ("notActions", "NotAction"),
        ("resources", "Resource"),
        ("notResources", "NotResource"),
    ):
        if values := statement.get(name):
            said[member] = values[0] if len(values) == 1 else sorted(values)
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if principals := statement.get(name):
            said[member] = _principals(principals)
    conditions: dict[str, dict[str, Any]] = {}
    for condition in statement.get("conditions") or []:
        values = condition["values"]
        tested = conditions.setdefault(condition["test"], {})
        tested[condition["variable"]] = values[0] if len(values) == 1 else values
    return {**said, "Condition": conditions} if conditions else said


def _principals(principals: list[Mapping[str, Any]]) -> Any:
    if [(p["type"], list(p["identifiers"])) for p in principals] == [("*", ["*"])]:
        return "*"
    return {
        p["type"]: p["identifiers"][0] if len(p["identifiers"]) == 1 else sorted(p["identifiers"])
        for p in principals
    }


FUNCTIONS: Mapping[str, Callable[[Cloud, Mapping[str, Any]], Plain]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
