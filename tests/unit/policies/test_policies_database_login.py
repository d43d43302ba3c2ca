"""Who enters a database: IAM, or a password that the service keeps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import judging
from tests.support.judging import SECRET, UNKNOWN, judged, secret

RULE = "aws-database-login"


def broken(type_: str, **props: Any) -> list[str]:
    return [rule for rule in judging.broken(type_, **props) if rule == RULE]


def waiting(type_: str, **props: Any) -> list[str]:
    return [rule for rule in judging.waiting(type_, **props) if rule == RULE]


RDS, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/instance:Instance"
GIVEN = [
    (RDS, "masterPassword", "manageMasterUserPassword"),
    (INSTANCE, "password", "manageMasterUserPassword"),
    ("aws:docdb/cluster:Cluster", "masterPassword", "manageMasterUserPassword"),
    ("aws:redshift/cluster:Cluster", "masterPassword", "manageMasterPassword"),
    (
        "aws:redshiftserverless/namespace:Namespace",
        "adminUserPassword",
        "manageAdminPassword",
    ),
]


@pytest.mark.parametrize(("type_", "password", "managed"), GIVEN)
def test_a_password_of_the_programs_breaks_the_rule(
    type_: str, password: str, managed: str
) -> None:
    assert broken(type_, **{password: "correct-horse"}) == [RULE]
    assert broken(type_, **{password: secret("correct-horse")}) == [RULE]
    assert broken(type_, **{password: UNKNOWN}) == [RULE], "made of something, it is given too"
    assert broken(type_, **{password: "correct-horse", managed: True}) == [RULE]
    assert broken(type_, **{managed: True}) == []
    assert broken(type_, **{managed: "true"}) == []


@pytest.mark.parametrize(("type_", "password", "managed"), GIVEN)
def test_no_password_is_ever_repeated(type_: str, password: str, managed: str) -> None:
    said = judged(type_, **{password: "correct-horse"})
    assert said
    assert "correct-horse" not in "".join(each.text for each in said)


@pytest.mark.parametrize("type_", [RDS, INSTANCE, "aws:neptune/cluster:Cluster"])
def test_iam_login_will_do_and_nothing_will_not(type_: str) -> None:
    assert broken(type_, iamDatabaseAuthenticationEnabled=True) == []
    assert broken(type_) == [RULE]
    assert broken(type_, iamDatabaseAuthenticationEnabled=False) == [RULE]
    assert waiting(type_, iamDatabaseAuthenticationEnabled=UNKNOWN) == [RULE]


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (RDS, "snapshotIdentifier"),
        (RDS, "replicationSourceIdentifier"),
        (RDS, "globalClusterIdentifier"),
        (INSTANCE, "replicateSourceDb"),
        (INSTANCE, "snapshotIdentifier"),
        (INSTANCE, "passwordWo"),
        ("aws:redshift/cluster:Cluster", "snapshotArn"),
    ],
)
def test_a_copy_brings_its_users(type_: str, name: str) -> None:
    assert broken(type_, **{name: "other"}) == []
    assert broken(type_, **{name: UNKNOWN}) == []


def test_a_cache_has_users() -> None:
    group, serverless = (
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/serverlessCache:ServerlessCache",
    )
    assert broken(group) == [RULE]
    assert broken(group, authToken=secret("x" * 32)) == [RULE]
    assert broken(group, userGroupIds=["users"]) == []
    assert waiting(group, userGroupIds=UNKNOWN) == [RULE]
    assert broken(group, userGroupIds=[UNKNOWN]) == [], "one is named, whatever it is called"
    assert broken(serverless, engine="valkey") == [RULE]
    assert broken(serverless, engine="memcached") == [], "it knows no users"
    assert broken(serverless, engine="valkey", userGroupId="users") == []


@pytest.mark.parametrize("type_", ["aws:elasticache/user:User", "aws:memorydb/user:User"])
def test_a_caches_user_logs_in_by_iam(type_: str) -> None:
    assert broken(type_, authenticationMode={"type": "iam"}) == []
    assert broken(type_, authenticationMode={"type": "password", "passwords": ["x" * 16]}) == [RULE]
    assert broken(type_, authenticationMode={"type": "no-password-required"}) == [RULE]
    assert broken(type_, noPasswordRequired=True, accessString="on ~* +@all") == [RULE]
    assert broken(type_, noPasswordRequired=True, accessString="off ~* -@all") == []
    assert waiting(type_, authenticationMode={"type": UNKNOWN}) == [RULE]


def test_memory_and_brokers_are_open_to_nobody_unnamed() -> None:
    memory, msk = "aws:memorydb/cluster:Cluster", "aws:msk/cluster:Cluster"
    assert broken(memory, aclName="open-access") == [RULE]
    assert broken(memory, aclName="mine") == []
    assert broken(msk) == [RULE]
    assert broken(msk, clientAuthentication={"sasl": {"iam": True}}) == []
    assert broken(msk, clientAuthentication={"unauthenticated": True}) == [RULE]
    assert waiting(msk, clientAuthentication=UNKNOWN) == [RULE]


def test_what_else_writes_a_password_down() -> None:
    domain, dms = "aws:opensearch/domain:Domain", "aws:dms/endpoint:Endpoint"
    options = {"masterUserName": "admin", "masterUserPassword": SECRET}
    assert broken(domain, advancedSecurityOptions={"masterUserOptions": options}) == [RULE]
    named = {"masterUserArn": "arn:aws:iam::111111111111:role/admin"}
    assert broken(domain, advancedSecurityOptions={"masterUserOptions": named}) == []
    assert broken(dms, password="correct-horse") == [RULE]
    assert broken(dms, secretsManagerArn="arn:aws:secretsmanager:x") == []
    elastic = "aws:docdb/elasticCluster:ElasticCluster"
    assert broken(elastic, authType="PLAIN_TEXT") == [RULE]
    assert broken(elastic, authType="SECRET_ARN", adminUserPassword="arn:aws:x") == []
