"""Aurora clusters and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.values import Plain

_PARAMETERS_A_CALL = 20


class Cluster(Kind):
    """A last snapshot is made unless the program says that none is wanted, as the real provider
    has it.
    """

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        deletion: Plain = {"DBClusterIdentifier": thing_id, "SkipFinalSnapshot": True}
        if not state.get("skipFinalSnapshot"):
            deletion["SkipFinalSnapshot"] = False
            deletion["FinalDBSnapshotIdentifier"] = state.get("finalSnapshotIdentifier")
            if deletion["FinalDBSnapshotIdentifier"] is None:
                raise ValueError(
                    f"cluster {thing_id!r} is not deleted: finalSnapshotIdentifier is needed when "
                    "skipFinalSnapshot is false"
                )
        self.forget(scope, self.row.delete, deletion)
        self.wait_until_gone(scope, thing_id, state)


class DefaultTargetGroup(Kind):
    """AWS makes it and takes it away with its proxy; a program only sets it."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        given = self.parameters(self.row.create, inputs)
        return {**given, "TargetGroupName": "default"}

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        """It goes with its proxy."""


class ProxyTarget(Kind):
    """The one cluster a proxy leads to."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return self.key(self.row.create, inputs)


class Instance(Kind):
    """An instance of a cluster is deleted without a snapshot: the cluster has the data."""

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        deletion = {"DBInstanceIdentifier": thing_id, "SkipFinalSnapshot": True}
        self.forget(scope, self.row.delete, deletion)
        self.wait_until_gone(scope, thing_id, state)


def _parameters(_kind: Kind, scope: Scope, group: str, state: Plain, inputs: Plain) -> None:
    old, new = _named(state), _named(inputs)
    named = {"DBClusterParameterGroupName": group}
    dropped = [new_or_old for name, new_or_old in old.items() if name not in new]
    for part in _in_calls(dropped):
        reset = [{k: v for k, v in p.items() if k != "ParameterValue"} for p in part]
        scope.call("rds", "ResetDBClusterParameterGroup", {**named, "Parameters": reset})
    for part in _in_calls(list(new.values())):
        scope.call("rds", "ModifyDBClusterParameterGroup", {**named, "Parameters": part})


def _named(values: Plain) -> dict[str, Plain]:
    return {
        parameter["name"]: {
            "ParameterName": parameter["name"],
            "ParameterValue": str(parameter["value"]),
            "ApplyMethod": parameter.get("applyMethod", "immediate"),
        }
        for parameter in values.get("parameters") or []
    }


def _in_calls(parameters: list[Plain]) -> list[list[Plain]]:
    size = _PARAMETERS_A_CALL
    return [parameters[start : start + size] for start in range(0, len(parameters), size)]


def _proxy_groups(_kind: Kind, scope: Scope, proxy: str, state: Plain, inputs: Plain) -> None:
    change = {"DBProxyName": proxy, "SecurityGroups": inputs.get("vpcSecurityGroupIds") or []}
    scope.call("rds", "ModifyDBProxy", change)


def _of_a_cluster(inputs: Mapping[str, Any]) -> Failures:
    if "dbInstanceIdentifier" in inputs:
        yield "dbInstanceIdentifier", "this machine runs clusters: name dbClusterIdentifier"


def _log_exports(_kind: Kind, scope: Scope, cluster: str, state: Plain, inputs: Plain) -> None:
    old = set(state.get("enabledCloudwatchLogsExports") or [])
    new = set(inputs.get("enabledCloudwatchLogsExports") or [])
    change = {"EnableLogTypes": sorted(new - old), "DisableLogTypes": sorted(old - new)}
    exports = {"DBClusterIdentifier": cluster, "CloudwatchLogsExportConfiguration": change}
    scope.call("rds", "ModifyDBCluster", exports)


def _cluster(inputs: Mapping[str, Any]) -> Failures:
    if inputs.get("manageMasterUserPassword") is True and "masterPassword" in inputs:
        yield "masterPassword", "either a password or manageMasterUserPassword, not both"
    if "masterUsername" in inputs and not (
        {"masterPassword", "masterPasswordWo", "manageMasterUserPassword"} & inputs.keys()
    ):
        yield "manageMasterUserPassword", "the master user needs a password; let RDS manage it"
    scaling = inputs.get("serverlessv2ScalingConfiguration")
    if isinstance(scaling, Mapping):
        low, high = scaling.get("minCapacity"), scaling.get("maxCapacity")
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            return
        if low > high or high < 1:
            yield "serverlessv2ScalingConfiguration", f"{low} to {high} is no range of capacity"
        if "secondsUntilAutoPause" in scaling and low != 0:
            yield "serverlessv2ScalingConfiguration", "only a cluster with minCapacity 0 pauses"


_CLUSTER_NAMES = {
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "masterPassword": "MasterUserPassword",
    "clusterIdentifier": "DBClusterIdentifier",
    "finalSnapshotIdentifier": "-",
    "masterPasswordWo": "-",
}

# fmt: off
TYPES = {
    "aws:rds/subnetGroup:SubnetGroup": Row(
        service="rds", create="CreateDBSubnetGroup", read="DescribeDBSubnetGroups",
        update="ModifyDBSubnetGroup", delete="DeleteDBSubnetGroup", id="{name}",
        key="DBSubnetGroupName={id}", at="DBSubnetGroups[0]", required="subnetIds",
        rename={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        defaults={"description": "Managed by Pulumi"}, outputs="arn=DBSubnetGroupArn vpcId=VpcId "
        "supportedNetworkTypes=SupportedNetworkTypes", named=Named(limit=255, lower=True),
        tagged=True,
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Row(
        service="rds", create="CreateDBClusterParameterGroup",
        read="DescribeDBClusterParameterGroups",
        delete="DeleteDBClusterParameterGroup", id="{name}", key="DBClusterParameterGroupName={id}",
        at="DBClusterParameterGroups[0]", required="family",
        rename={"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"},
        replace="family description", defaults={"description": "Managed by Pulumi"},
        outputs="arn=DBClusterParameterGroupArn", named=Named(limit=255, lower=True), tagged=True,
        parts=(Part(inputs="parameters", inside="name value applyMethod", apply=_parameters),),
    ),
    "aws:rds/cluster:Cluster": Row(
        service="rds", create="CreateDBCluster", read="DescribeDBClusters",
        update="ModifyDBCluster",
        delete="DeleteDBCluster", id="{clusterIdentifier}", key="DBClusterIdentifier={id}",
        at="DBClusters[0]", rename=_CLUSTER_NAMES, required="engine", secrets="masterPassword",
        replace="engine engineMode databaseName masterUsername storageEncrypted kmsKeyId "
        "availabilityZones dbSubnetGroupName replicationSourceIdentifier sourceRegion dbSystemId "
        "clusterScalabilityType globalClusterIdentifier publiclyAccessible",
        aside="skipFinalSnapshot finalSnapshotIdentifier applyImmediately deleteAutomatedBackups",
        outputs="arn=DBClusterArn endpoint=Endpoint readerEndpoint=ReaderEndpoint port=Port "
        "clusterResourceId=DbClusterResourceId hostedZoneId=HostedZoneId "
        "engineVersion=EngineVersion engineVersionActual=EngineVersion databaseName=DatabaseName "
        "masterUsername=MasterUsername availabilityZones=AvailabilityZones "
        "clusterMembers=DBClusterMembers[].DBInstanceIdentifier "
        "masterUserSecrets=[MasterUserSecret][?@].{secretArn:SecretArn,secretStatus:SecretStatus,"
        "kmsKeyId:KmsKeyId} backupRetentionPeriod=BackupRetentionPeriod "
        "dbSubnetGroupName=DBSubnetGroup dbClusterParameterGroupName=DBClusterParameterGroup",
        named=Named(limit=63, property="clusterIdentifier", prefix="clusterIdentifierPrefix",
                    lower=True),
        tagged=True, ready="Status=='available'", kind=Cluster, checks=(_cluster,),
        parts=(Part(inputs="enabledCloudwatchLogsExports", apply=_log_exports),),
        unset={"deletionProtection": False, "iamDatabaseAuthenticationEnabled": False},
    ),
    "aws:rds/clusterInstance:ClusterInstance": Row(
        service="rds", create="CreateDBInstance", read="DescribeDBInstances",
        update="ModifyDBInstance", delete="DeleteDBInstance", id="{identifier}",
        key="DBInstanceIdentifier={id}", at="DBInstances[0]",
        rename={"identifier": "DBInstanceIdentifier", "instanceClass": "DBInstanceClass",
                "clusterIdentifier": "DBClusterIdentifier",
                "caCertIdentifier": "CACertificateIdentifier",
                "performanceInsightsEnabled": "EnablePerformanceInsights"},
        replace="clusterIdentifier engine engineVersion availabilityZone dbSubnetGroupName "
        "customIamInstanceProfile", aside="applyImmediately forceDestroy",
        required="clusterIdentifier engine instanceClass",
        outputs="arn=DBInstanceArn endpoint=Endpoint.Address port=Endpoint.Port "
        "dbiResourceId=DbiResourceId engineVersionActual=EngineVersion engineVersion=EngineVersion "
        "storageEncrypted=StorageEncrypted kmsKeyId=KmsKeyId availabilityZone=AvailabilityZone",
        named=Named(limit=63, property="identifier", prefix="identifierPrefix", lower=True),
        tagged=True, ready="DBInstanceStatus=='available'", kind=Instance,
    ),
    "aws:rds/proxy:Proxy": Row(
        service="rds", create="CreateDBProxy", read="DescribeDBProxies", update="ModifyDBProxy",
        delete="DeleteDBProxy", id="{name}", key="DBProxyName={id}", at="DBProxies[0]",
        rename={"name": "DBProxyName", "auths": "-"},
        required="engineFamily roleArn vpcSubnetIds",
        replace="engineFamily vpcSubnetIds endpointNetworkType targetConnectionNetworkType",
        outputs="arn=DBProxyArn endpoint=Endpoint requireTls=RequireTLS roleArn=RoleArn "
        "defaultAuthScheme=DefaultAuthScheme idleClientTimeout=IdleClientTimeout "
        "vpcSecurityGroupIds=VpcSecurityGroupIds",
        named=Named(limit=60, prefix=""), tagged=True, ready="Status=='available'",
        parts=(Part(inputs="vpcSecurityGroupIds", at_creation=False, apply=_proxy_groups),),
    ),
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": Row(
        service="rds", create="ModifyDBProxyTargetGroup", read="DescribeDBProxyTargetGroups",
        update="ModifyDBProxyTargetGroup", id="{dbProxyName}",
        key="DBProxyName={id} TargetGroupName=default", at="TargetGroups[0]",
        rename={"dbProxyName": "DBProxyName"}, required="dbProxyName", replace="dbProxyName",
        outputs="arn=TargetGroupArn name=TargetGroupName connectionPoolConfig=ConnectionPoolConfig."
        "{maxConnectionsPercent:MaxConnectionsPercent,"
        "maxIdleConnectionsPercent:MaxIdleConnectionsPercent,"
        "connectionBorrowTimeout:ConnectionBorrowTimeout}",
        identity="dbProxyName", kind=DefaultTargetGroup,
    ),
    "aws:rds/proxyTarget:ProxyTarget": Row(
        service="rds", create="RegisterDBProxyTargets", read="DescribeDBProxyTargets",
        delete="DeregisterDBProxyTargets",
        id="{dbProxyName}/{targetGroupName}/TRACKED_CLUSTER/{dbClusterIdentifier}",
        key="DBProxyName={dbProxyName} TargetGroupName={targetGroupName} "
        "DBClusterIdentifiers=[{dbClusterIdentifier}]",
        at="Targets[?TrackedClusterId=='{dbClusterIdentifier}'] | [0]",
        rename={"dbProxyName": "DBProxyName", "dbClusterIdentifier": "DBClusterIdentifiers",
                "dbInstanceIdentifier": "DBInstanceIdentifiers"},
        required="dbProxyName targetGroupName", here=(_of_a_cluster,),
        replace="dbProxyName targetGroupName dbClusterIdentifier dbInstanceIdentifier",
        outputs="endpoint=Endpoint port=Port rdsResourceId=RdsResourceId targetArn=TargetArn "
        "trackedClusterId=TrackedClusterId type=Type",
        identity="dbProxyName dbClusterIdentifier dbInstanceIdentifier", kind=ProxyTarget,
    ),
}
