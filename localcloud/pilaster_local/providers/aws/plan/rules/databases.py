"""Aurora: clusters, instances and what belongs to them.

Sources: Aurora user guide, "Quotas and constraints", "Performance and scaling for Aurora Serverless
v2", "Auto-pause and resume"; API reference, CreateDBCluster and CreateDBInstance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    all_of,
    arn,
    count,
    drawn,
    number,
    one_of,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.names import DATABASE
from pilaster_local.providers.aws.values import UNKNOWN

_POSTGRES, _MYSQL = "aurora-postgresql", "aurora-mysql"
_ENGINES = (_POSTGRES, _MYSQL, "postgres", "mysql", "neptune", "docdb")
_LOGS = {
    _POSTGRES: {"postgresql", "instance", "iam-db-auth-error"},
    _MYSQL: {"audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"},
}
_RESERVED = frozenset({"admin", "rdsadmin", "user", "role", "public", "rdsrepladmin", "none"})
_COPIED = frozenset(
    {"snapshotIdentifier", "replicationSourceIdentifier", "globalClusterIdentifier",
     "restoreToPointInTime", "s3Import"}
)  # fmt: skip
"""Where the cluster's users come from elsewhere."""
_PAUSES = {13: 15, 14: 12, 15: 7, 16: 3}
"""The first minor of each major that pauses."""
_WINDOW = text(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", "a window such as '03:00-03:30'")
_DAY = r"(?i:mon|tue|wed|thu|fri|sat|sun)"
_WEEK = text(
    rf"{_DAY}:([01]\d|2[0-3]):[0-5]\d-{_DAY}:([01]\d|2[0-3]):[0-5]\d",
    "a window such as 'sun:03:00-sun:03:30'",
)
_VERSION = text(
    r"\d+(\.\d+){0,2}(\.mysql_aurora\.\d+(\.\d+)*)?([.-]\w+)?", "a version such as '17.7'"
)


def _identity(inputs: Mapping[str, Any]) -> Said:
    name, user = inputs.get("databaseName"), inputs.get("masterUsername")
    is_postgres = inputs.get("engine") == _POSTGRES
    longest = 63 if is_postgres else 64
    if isinstance(name, str) and not re.fullmatch(rf"[A-Za-z_]\w{{0,{longest - 1}}}", name, re.A):
        yield "databaseName", f"{shown(name)} is no name: {longest} letters, digits and '_' at most"
    longest = 63 if is_postgres else 16
    if isinstance(user, str):
        if not re.fullmatch(rf"[A-Za-z]\w{{0,{longest - 1}}}", user, re.A):
            yield "masterUsername", f"{shown(user)} is no name: 1 to {longest} letters, digits, '_'"
        elif user.lower() in _RESERVED:
            yield "masterUsername", f"{user!r} is a word of the engine's own"
    elif "masterUsername" not in inputs and not _COPIED & inputs.keys():
        yield "masterUsername", "a new cluster has a master user; name it"
    password = inputs.get("masterPassword")
    if isinstance(password, str) and not re.fullmatch(r"[^/\"@\s]{8,99}", password):
        yield "masterPassword", 'a password has 8 to 99 signs, none of them / " @ or a space'


def _scaling(inputs: Mapping[str, Any]) -> Said:
    scaling = inputs.get("serverlessv2ScalingConfiguration")
    if not isinstance(scaling, Mapping):
        return
    here = "serverlessv2ScalingConfiguration"
    low, high = scaling.get("minCapacity"), scaling.get("maxCapacity")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield f"{here}.minCapacity", f"{low} is more than maxCapacity ({high})"
    pause = scaling.get("secondsUntilAutoPause")
    if pause is not None and isinstance(low, int | float) and low != 0:
        yield f"{here}.secondsUntilAutoPause", "only a cluster with minCapacity 0 pauses"
    if low == 0 and isinstance(version := inputs.get("engineVersion"), str):
        major, _, minor = version.partition(".")
        first = _PAUSES.get(int(major)) if major.isdigit() else None
        if inputs.get("engine") == _POSTGRES and (int(major) < 13 or _older(minor, first)):
            yield "engineVersion", f"{version} cannot pause: {major}.{first or '?'} and later can"
    if inputs.get("engineMode", "provisioned") not in ("provisioned", "", UNKNOWN):
        yield "engineMode", "Serverless v2 goes with engine mode 'provisioned'"


def _older(minor: str, first: int | None) -> bool:
    found = re.match(r"\d+", minor)
    return first is not None and found is not None and int(found[0]) < first


def _exports(inputs: Mapping[str, Any]) -> Said:
    known = _LOGS.get(str(inputs.get("engine")))
    exports = inputs.get("enabledCloudwatchLogsExports")
    for name in exports if isinstance(exports, list) else ():
        if known and name is not UNKNOWN and name not in known:
            yield (
                "enabledCloudwatchLogsExports",
                f"{shown(name)} is no log of {inputs['engine']}; known are "
                f"{', '.join(sorted(known))}",
            )


def _encryption(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("storageEncrypted") is False and "kmsKeyId" in inputs:
        yield "kmsKeyId", "a key is for storage that is encrypted"


def _watched(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("monitoringInterval") not in (None, 0, UNKNOWN):
        if "monitoringRoleArn" not in inputs:
            yield "monitoringRoleArn", "with a monitoringInterval a role is needed"
    elif isinstance(inputs.get("monitoringRoleArn"), str):
        yield "monitoringInterval", "with a monitoringRoleArn an interval above 0 is needed"


_WHOLE = number(0, 2_147_483_647, step=1)
_VALUES = {
    "rds.force_ssl": one_of("0", "1", 0, 1),
    "rds.logical_replication": one_of("0", "1", 0, 1),
    "require_secure_transport": one_of("ON", "OFF", "0", "1"),
    "idle_session_timeout": _WHOLE,
    "idle_in_transaction_session_timeout": _WHOLE,
    "statement_timeout": _WHOLE,
    "lock_timeout": _WHOLE,
    "log_min_duration_statement": number(-1, 2_147_483_647, step=1),
    "log_statement": one_of("none", "ddl", "mod", "all"),
}
"""What a few much used parameters may be; all there are only the account can list."""


def _values(inputs: Mapping[str, Any]) -> Said:
    for index, parameter in enumerate(inputs.get("parameters") or []):
        test = _VALUES.get(str(parameter.get("name"))) if isinstance(parameter, Mapping) else None
        value = parameter.get("value", UNKNOWN) if test else UNKNOWN
        if test is None or value is UNKNOWN:
            continue
        is_text = isinstance(value, str) and not re.fullmatch(r"-?\d+", value)
        if is_text and test in (_WHOLE, _VALUES["log_min_duration_statement"]):
            yield f"parameters[{index}].value", f"{shown(value)} is not a whole number"
        else:
            yield from ((f"parameters[{index}].value", complaint) for complaint in test(value))


def _twice(inputs: Mapping[str, Any]) -> Said:
    names = [p.get("name") for p in inputs.get("parameters") or [] if isinstance(p, Mapping)]
    for name in {n for n in names if isinstance(n, str) and names.count(n) > 1}:
        yield "parameters", f"{name!r} stands twice"


_INSIGHT_DAYS = one_of(7, 731, *(31 * month for month in range(1, 24)))
_KEY = arn("kms", resource=r"key/.+", also=r"[0-9a-f-]{36}|alias/.+|mrk-[0-9a-f]{32}")


def _proxy(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("defaultAuthScheme") in (None, "NONE") and "auths" not in inputs:
        yield "auths", "without defaultAuthScheme IAM_AUTH a proxy logs in with secrets: name them"


def _pool(inputs: Mapping[str, Any]) -> Said:
    pool = inputs.get("connectionPoolConfig")
    if not isinstance(pool, Mapping):
        return
    idle, most = pool.get("maxIdleConnectionsPercent"), pool.get("maxConnectionsPercent")
    if isinstance(idle, int | float) and isinstance(most, int | float) and idle > most:
        yield "connectionPoolConfig", f"{idle:g} % idle is more than {most:g} % of all"


def _target(inputs: Mapping[str, Any]) -> Said:
    if ("dbClusterIdentifier" in inputs) == ("dbInstanceIdentifier" in inputs):
        yield "dbClusterIdentifier", "a proxy leads to one cluster or to one instance"


BOUNDS: Mapping[str, Table] = {
    "aws:rds/cluster:Cluster": {
        "engine": one_of(*_ENGINES),
        "engineMode": one_of("", "provisioned", "serverless", "parallelquery", "global"),
        "engineVersion": _VERSION,
        "backupRetentionPeriod": number(1, 35),
        "port": number(1_150, 65_535),
        "preferredBackupWindow": _WINDOW,
        "preferredMaintenanceWindow": _WEEK,
        "dbSubnetGroupName": text(r"[a-zA-Z0-9 ._-]+", "a subnet group's name", most=255),
        "dbClusterParameterGroupName": text(
            r"(default\.)?[a-zA-Z](-?[a-zA-Z0-9.])*", "a parameter group's name", most=255),
        "finalSnapshotIdentifier": text(
            r"[a-zA-Z](-?[a-zA-Z0-9])*", "a snapshot's name: letters, digits, single '-'",
            most=255),
        "kmsKeyId": _KEY,
        "masterUserSecretKmsKeyId": _KEY,
        "networkType": one_of("IPV4", "DUAL"),
        "storageType": one_of("", "aurora", "aurora-iopt1", "io1", "io2", "gp3"),
        "databaseInsightsMode": one_of("standard", "advanced"),
        "performanceInsightsRetentionPeriod": _INSIGHT_DAYS,
        "backtrackWindow": number(0, 259_200),
        "vpcSecurityGroupIds[]": drawn("sg"),
        "serverlessv2ScalingConfiguration.minCapacity": number(0, 256, step=0.5),
        "serverlessv2ScalingConfiguration.maxCapacity": number(1, 256, step=0.5),
        "serverlessv2ScalingConfiguration.secondsUntilAutoPause": number(300, 86_400),
        "globalClusterIdentifier": DATABASE,
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        "clusterIdentifier": DATABASE,
        "engine": one_of(*_ENGINES),
        "engineVersion": _VERSION,
        "instanceClass": text(
            r"db\.(serverless|[a-z0-9-]+\.([0-9]*x?large|medium|small|micro|[0-9]+xlarge[\w.-]*))",
            "a class such as 'db.serverless' or 'db.r8g.large'",
        ),
        "promotionTier": number(0, 15),
        "monitoringInterval": one_of(0, 1, 5, 10, 15, 30, 60),
        "monitoringRoleArn": arn("iam", resource=r"role/.+"),
        "performanceInsightsRetentionPeriod": _INSIGHT_DAYS,
        "performanceInsightsKmsKeyId": _KEY,
        "preferredBackupWindow": _WINDOW,
        "preferredMaintenanceWindow": _WEEK,
        "dbSubnetGroupName": text(r"[a-zA-Z0-9 ._-]+", "a subnet group's name", most=255),
        "availabilityZone": text(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "a zone such as 'eu-west-2a'"),
        "caCertIdentifier": text(r"rds-ca-[\w-]+", "an authority such as 'rds-ca-rsa2048-g1'"),
    },
    "aws:rds/proxy:Proxy": {
        "engineFamily": one_of("MYSQL", "POSTGRESQL", "SQLSERVER"),
        "defaultAuthScheme": one_of("NONE", "IAM_AUTH"),
        "idleClientTimeout": number(1, 28_800),
        "roleArn": arn("iam", resource=r"role/.+"),
        "vpcSubnetIds": all_of(count(2, 20, "subnets")),
        "vpcSubnetIds[]": drawn("subnet"),
        "vpcSecurityGroupIds[]": drawn("sg"),
    },
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {
        "connectionPoolConfig.maxConnectionsPercent": number(1, 100),
        "connectionPoolConfig.maxIdleConnectionsPercent": number(0, 100),
        "connectionPoolConfig.connectionBorrowTimeout": number(0, 300),
    },
    "aws:rds/proxyTarget:ProxyTarget": {
        "targetGroupName": one_of("default"),
        "dbClusterIdentifier": DATABASE,
        "dbInstanceIdentifier": DATABASE,
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
        "family": text(
            r"aurora-postgresql\d{2}|aurora-mysql(5\.7|8\.\d)|aurora5\.6|postgres\d{2}|"
            r"mysql\d\.\d|neptune[\d.]+|docdb[\d.]+",
            "a family such as 'aurora-postgresql17'",
        ),
        "description": text(r".+", "a description", most=255),
        "parameters[].name": text(r"[a-zA-Z][\w.-]*", "a parameter's name", most=255),
        "parameters[].applyMethod": one_of("immediate", "pending-reboot"),
        "parameters[].value": text(r".+", "a value", least=1),
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        "subnetIds": all_of(count(2, 20, "subnets")),
        "subnetIds[]": drawn("subnet"),
        "description": text(r".+", "a description", most=255),
    },
}  # fmt: skip

RULES = {
    "aws:rds/cluster:Cluster": (_identity, _scaling, _exports, _encryption),
    "aws:rds/clusterInstance:ClusterInstance": (_watched,),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (_twice, _values),
    "aws:rds/proxy:Proxy": (_proxy,),
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": (_pool,),
    "aws:rds/proxyTarget:ProxyTarget": (_target,),
}
