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
