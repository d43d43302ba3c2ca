"""ElastiCache: serverless caches and who logs in to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import Plain


def _members(_kind: Kind, scope: Scope, group: str, state: Plain, inputs: Plain) -> None:
    old, new = set(state.get("userIds") or []), set(inputs.get("userIds") or [])
    change: Plain = {"UserGroupId": group}
    if new - old:
        change["UserIdsToAdd"] = sorted(new - old)
    if old - new:
        change["UserIdsToRemove"] = sorted(old - new)
    if len(change) > 1:
        scope.call("elasticache", "ModifyUserGroup", change)


def _limits(_kind: Kind, scope: Scope, cache: str, state: Plain, inputs: Plain) -> None:
    given: Plain = inputs.get("cacheUsageLimits") or {}
    storage: Plain = given.get("dataStorage") or {}
    requests: list[Plain] = given.get("ecpuPerSeconds") or []
    limits: Plain = {}
    if storage:
        limits["DataStorage"] = _range(storage) | {"Unit": storage.get("unit", "GB")}
    if requests:
        limits["ECPUPerSecond"] = _range(requests[0])
    # Limits that are all nothing are how AWS is told to have none.
    none = {"DataStorage": {"Maximum": 0, "Unit": "GB"}, "ECPUPerSecond": {"Maximum": 0}}
    change = {"ServerlessCacheName": cache, "CacheUsageLimits": limits or none}
    scope.call("elasticache", "ModifyServerlessCache", change)


def _range(given: Plain) -> Plain:
    names = {"maximum": "Maximum", "minimum": "Minimum"}
    return {names[name]: int(value) for name, value in given.items() if name in names}


def _iam(inputs: Mapping[str, Any]) -> Failures:
    mode = inputs.get("authenticationMode")
    kind = mode.get("type") if isinstance(mode, Mapping) else None
    user, name = inputs.get("userId"), inputs.get("userName")
    if kind == "iam" and isinstance(user, str) and isinstance(name, str) and user != name:
        yield "userName", f"with IAM it must be the user id {user!r}: AWS refuses another"
    if inputs.get("engine") == "valkey" and inputs.get("noPasswordRequired") is True:
        yield "noPasswordRequired", "a user of Valkey has passwords or logs in with IAM"


def _valkey_only(inputs: Mapping[str, Any]) -> Failures:
    if isinstance(engine := inputs.get("engine"), str) and engine != "valkey":
        yield "engine", f"{engine!r} does not run on this machine: take 'valkey'"


# fmt: off
TYPES = {
    "aws:elasticache/user:User": Row(
        service="elasticache", create="CreateUser", read="DescribeUsers", update="ModifyUser",
        delete="DeleteUser", id="{userId}", key="UserId={id}", at="Users[0]",
        replace="userId userName engine", required="userId userName accessString engine",
        secrets="passwords",
        outputs="arn=ARN userName=UserName accessString=AccessString engine=Engine",
        identity="userId", tagged=True, checks=(_iam,),
    ),
    "aws:elasticache/userGroup:UserGroup": Row(
        service="elasticache", create="CreateUserGroup", read="DescribeUserGroups",
        delete="DeleteUserGroup", id="{userGroupId}", key="UserGroupId={id}", at="UserGroups[0]",
        replace="userGroupId engine", required="userGroupId engine",
        outputs="arn=ARN userIds=UserIds engine=Engine", identity="userGroupId", tagged=True,
        parts=(Part(inputs="userIds", apply=_members),),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": Row(
        service="elasticache", create="CreateServerlessCache", read="DescribeServerlessCaches",
        update="ModifyServerlessCache", delete="DeleteServerlessCache", id="{name}",
        key="ServerlessCacheName={id}", at="ServerlessCaches[0]", required="engine",
        rename={"name": "ServerlessCacheName"}, named=Named(limit=40, prefix="", lower=True),
        replace="subnetIds kmsKeyId snapshotArnsToRestores networkType", aside="timeouts",
        outputs="arn=ARN status=Status fullEngineVersion=FullEngineVersion "
        "endpoints=[Endpoint][?@].{address:Address,port:Port} "
        "readerEndpoints=[ReaderEndpoint][?@].{address:Address,port:Port} "
        "userGroupId=UserGroupId majorEngineVersion=MajorEngineVersion",
        ready="Status=='available'", tagged=True, here=(_valkey_only,),
        parts=(Part(inputs="cacheUsageLimits", inside="dataStorage maximum minimum unit "
                    "ecpuPerSeconds", apply=_limits),),
    ),
}
