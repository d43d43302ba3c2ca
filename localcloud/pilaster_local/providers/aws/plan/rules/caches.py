"""ElastiCache: serverless caches, their users and groups of users.

Sources: ElastiCache user guide, "Role-Based Access Control (RBAC)", "Authenticating with IAM",
"Setting scaling limits"; API references of CreateUser, CreateUserGroup, CreateServerlessCache.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    count,
    drawn,
    number,
    one_of,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.names import CACHE
from pilaster_local.providers.aws.values import UNKNOWN

_ENGINE = one_of("valkey", "redis", "VALKEY", "REDIS")
"""2026-11-21: pulumi_aws takes them in capitals too."""


def _limits(inputs: Mapping[str, Any]) -> Said:
    limits = inputs.get("cacheUsageLimits")
    if not isinstance(limits, Mapping):
        return
    storage = limits.get("dataStorage")
    rates = limits.get("ecpuPerSeconds")
    places = [("dataStorage", storage)]
    places += [(f"ecpuPerSeconds[{n}]", each) for n, each in enumerate(rates or [])]
    for path, place in places:
        if not isinstance(place, Mapping):
            continue
        least, most = place.get("minimum"), place.get("maximum")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield f"cacheUsageLimits.{path}.minimum", f"{least:,} is more than the maximum {most:,}"


def _group(inputs: Mapping[str, Any]) -> Said:
    users = inputs.get("userIds")
    if isinstance(users, list) and UNKNOWN not in users and len(users) > len(set(users)):
        yield "userIds", "a user stands twice"


BOUNDS: Mapping[str, Table] = {
    "aws:elasticache/user:User": {
        "userName": text(r".+", "a user's name", most=120, least=1),
        "engine": _ENGINE,
        "accessString": text(r"(on|off)( +\S+)*", "an access string: 'on' or 'off' and its rules"),
        "authenticationMode.type": one_of("iam", "password", "no-password-required"),
        "authenticationMode.passwords": count(1, 2, "passwords"),
        "passwords": count(1, 2, "passwords"),
    },
    "aws:elasticache/userGroup:UserGroup": {
        "engine": _ENGINE,
        "userIds": count(0, 100, "users"),
        "userIds[]": CACHE,
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {
        "engine": one_of("valkey", "redis", "memcached"),
        "majorEngineVersion": text(r"\d+(\.\d+)?", "a version such as '8'"),
        "dailySnapshotTime": text(r"([01]\d|2[0-3]):[0-5]\d", "a time of day such as '05:00'"),
        "cacheUsageLimits.dataStorage.unit": one_of("GB"),
        "cacheUsageLimits.dataStorage.maximum": number(1, 5_000),
        "cacheUsageLimits.dataStorage.minimum": number(1, 5_000),
        "cacheUsageLimits.ecpuPerSeconds": count(1, 1, "limits"),
        "cacheUsageLimits.ecpuPerSeconds[].maximum": number(1_000, 15_000_000),
        "cacheUsageLimits.ecpuPerSeconds[].minimum": number(1_000, 15_000_000),
        "kmsKeyId": arn("kms", resource=r"key/.+", also=r"[0-9a-f-]{36}|mrk-[0-9a-f]+"),
        "securityGroupIds": count(1, 5, "security groups"),
        "securityGroupIds[]": drawn("sg"),
        "snapshotRetentionLimit": number(0, 35),
        "subnetIds[]": drawn("subnet"),
        "userGroupId": CACHE,
    },
}

RULES = {
    "aws:elasticache/userGroup:UserGroup": (_group,),
    "aws:elasticache/serverlessCache:ServerlessCache": (_limits,),
}
