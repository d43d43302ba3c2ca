"""Aurora clusters, as the provider makes them and as a program reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.providers.desk import Desk
from tests.integration.providers.lives import Neighbours

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


def test_a_cluster_lives(desk: Desk, tmp_path: Path):
    near = Neighbours(desk, tmp_path)
    subnets = desk.create(
        "aws:rds/subnetGroup:SubnetGroup",
        "db",
        {"subnetIds": [near.subnet(0).id, near.subnet(1).id]},
    )
    parameters = desk.create(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "db",
        {
            "family": "aurora-postgresql16",
            "parameters": [{"name": "idle_session_timeout", "value": "60000"}],
        },
    )
    first = {
        "engine": "aurora-postgresql",
        "engineMode": "provisioned",
        "engineVersion": "16.8",
        "databaseName": "documents",
        "masterUsername": "pilaster",
        "manageMasterUserPassword": True,
        "storageEncrypted": True,
        "iamDatabaseAuthenticationEnabled": True,
        "enableHttpEndpoint": True,
        "skipFinalSnapshot": True,
        "dbSubnetGroupName": subnets["name"],
        "dbClusterParameterGroupName": parameters["name"],
        "vpcSecurityGroupIds": [near.group.id],
        "serverlessv2ScalingConfiguration": {
            "minCapacity": 0,
            "maxCapacity": 1,
            "secondsUntilAutoPause": 300,
        },
    }
    cluster = desk.create(CLUSTER, "db", first)
    for output in ("arn", "endpoint", "port", "clusterResourceId", "readerEndpoint"):
        assert cluster[output], output
    assert cluster["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:")
    assert cluster["databaseName"] == "documents"
    assert not desk.diff(cluster, first).changes
    assert desk.find(CLUSTER, "db", cluster.inputs) == cluster.id

    made = {
        "clusterIdentifier": cluster.id,
        "engine": "aurora-postgresql",
        "instanceClass": "db.serverless",
        "publiclyAccessible": False,
    }
    instance = desk.create(INSTANCE, "db-1", made)
    assert instance["endpoint"]
    assert instance["dbiResourceId"]
    assert not desk.diff(instance, made).changes
    desk.update(instance, {**made, "promotionTier": 1})
    assert desk.diff(instance, {**made, "engine": "aurora-mysql"}).replaces == ["engine"]

    grown = {
        **first,
        "deletionProtection": True,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2},
    }
    diff = desk.diff(cluster, grown)
    assert diff.diffs == ["deletionProtection", "serverlessv2ScalingConfiguration"]
    assert not diff.replaces
    desk.update(cluster, grown)
    with pytest.raises(Exception, match=r"(?i)protect"):
        desk.delete(cluster)
    desk.made.append(cluster) if cluster not in desk.made else None
    desk.update(cluster, first)
    assert desk.diff(cluster, {**first, "databaseName": "other"}).replaces == ["databaseName"]

    desk.delete(instance)
    assert not desk.is_there(instance)
    desk.delete(cluster)
    assert not desk.is_there(cluster)
    desk.delete(cluster)
    assert desk.find(CLUSTER, "db", cluster.inputs) is None


PROXY = "aws:rds/proxy:Proxy"
SESSIONS = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
TARGET = "aws:rds/proxyTarget:ProxyTarget"


def test_a_proxy_its_sessions_and_its_target_live(desk: Desk, tmp_path: Path):
    near = Neighbours(desk, tmp_path)
    cluster = desk.create(
        CLUSTER,
        "behind",
        {
            "engine": "aurora-postgresql",
            "masterUsername": "pilaster",
            "manageMasterUserPassword": True,
            "iamDatabaseAuthenticationEnabled": True,
            "skipFinalSnapshot": True,
        },
    )
    first = {
        "name": f"proxy-{desk.project}",
        "engineFamily": "POSTGRESQL",
        "defaultAuthScheme": "IAM_AUTH",
        "requireTls": True,
        "idleClientTimeout": 240,
        "roleArn": near.role["arn"],
        "vpcSubnetIds": [near.subnet(0).id, near.subnet(1).id],
        "vpcSecurityGroupIds": [near.group.id],
    }
    proxy = desk.create(PROXY, "proxy", first)
    assert proxy["arn"].rpartition(":")[2].startswith("prx-")
    assert proxy["endpoint"] == cluster["endpoint"], "both are answered at one door here"
    assert desk.find(PROXY, "proxy", proxy.inputs) == proxy.id
    assert not desk.diff(proxy, first).changes
    assert not desk.seen(proxy, proxy.inputs).diffs
    changed = {**first, "idleClientTimeout": 600, "tags": {"a": "b"}}
    assert not desk.diff(proxy, changed).replaces
    desk.update(proxy, changed)
    assert desk.read(proxy)["idleClientTimeout"] == 600
    assert desk.diff(proxy, {**changed, "engineFamily": "MYSQL"}).replaces == ["engineFamily"]

    pool = {"maxConnectionsPercent": 80, "maxIdleConnectionsPercent": 20}
    given = {"dbProxyName": proxy.id, "connectionPoolConfig": pool}
    sessions = desk.create(SESSIONS, "sessions", given)
    assert sessions["name"] == "default"
    fewer = {**given, "connectionPoolConfig": {**pool, "maxConnectionsPercent": 50}}
    assert not desk.diff(sessions, fewer).replaces
    desk.update(sessions, fewer)
    assert desk.read(sessions)["connectionPoolConfig"]["maxConnectionsPercent"] == 50

    leads = {
        "dbProxyName": proxy.id,
        "targetGroupName": sessions["name"],
        "dbClusterIdentifier": cluster.id,
    }
    target = desk.create(TARGET, "target", leads)
    assert target.id == f"{proxy.id}/default/TRACKED_CLUSTER/{cluster.id}"
    assert desk.find(TARGET, "target", target.inputs) == target.id
    assert not desk.diff(target, leads).changes
    assert desk.diff(target, {**leads, "dbClusterIdentifier": "other"}).replaces

    desk.delete(target)
    assert not desk.is_there(target)
    desk.delete(target)
    desk.delete(sessions)
    desk.delete(proxy)
    assert not desk.is_there(proxy)
    assert not desk.is_there(sessions), "it goes with its proxy"
    desk.delete(proxy)


def test_a_cluster_without_a_last_snapshot_is_not_deleted_by_accident(desk: Desk, tmp_path: Path):
    inputs = {
        "engine": "aurora-postgresql",
        "masterUsername": "pilaster",
        "manageMasterUserPassword": True,
    }
    cluster = desk.create(CLUSTER, "kept", inputs)
    with pytest.raises(ValueError, match="finalSnapshotIdentifier"):
        desk.delete(cluster)
    desk.update(cluster, {**inputs, "skipFinalSnapshot": True})
