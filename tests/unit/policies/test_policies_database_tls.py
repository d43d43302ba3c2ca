"""A database takes no connection in plain text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.judging import UNKNOWN, Court, Thing

RULE = "aws-encryption-in-transit"
CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/instance:Instance"
GROUPS = {
    CLUSTER: ("dbClusterParameterGroupName", "aws:rds/clusterParameterGroup:ClusterParameterGroup"),
    INSTANCE: ("parameterGroupName", "aws:rds/parameterGroup:ParameterGroup"),
    "aws:docdb/cluster:Cluster": (
        "dbClusterParameterGroupName",
        "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    ),
    "aws:redshift/cluster:Cluster": (
        "clusterParameterGroupName",
        "aws:redshift/parameterGroup:ParameterGroup",
    ),
}


def said(type_: str, parameters: Any = None, level: str = "mandatory", **props: Any) -> int:
    """How often the rule speaks of a database with these parameters in a group of its own."""
    key, group = GROUPS[type_]
    things = [Thing(type_, "database", props)]
    if parameters is not None:
        things = [
            Thing(group, "parameters", {"parameters": parameters}),
            Thing(type_, "database", {**props, key: UNKNOWN}, {key: ["parameters"]}),
        ]
    return len(
        [
            s
            for s in Court().on_stack(things)
            if s.rule.removesuffix("-unknown") == RULE and s.level == level
        ]
    )


def sets(name: str, value: Any) -> list[dict[str, Any]]:
    return [{"name": "other", "value": "x"}, {"name": name, "value": value}]


@pytest.mark.parametrize(
    ("type_", "engine", "name"),
    [
        (CLUSTER, "aurora-postgresql", "rds.force_ssl"),
        (CLUSTER, "aurora-mysql", "require_secure_transport"),
        (INSTANCE, "mysql", "require_secure_transport"),
        (INSTANCE, "mariadb", "require_secure_transport"),
        (INSTANCE, "sqlserver-ex", "rds.force_ssl"),
    ],
)
def test_an_engine_that_only_offers_tls_is_told_to_require_it(
    type_: str, engine: str, name: str
) -> None:
    assert said(type_, engine=engine) == 1
    assert said(type_, [], engine=engine) == 1
    assert said(type_, sets(name, "0"), engine=engine) == 1
    assert said(type_, sets(name, "1"), engine=engine) == 0
    assert said(type_, sets(name, "ON"), engine=engine) == 0
    assert said(type_, sets(name, UNKNOWN), engine=engine) == 0
    assert said(type_, sets(name, UNKNOWN), "advisory", engine=engine) == 1


def test_postgresql_requires_it_by_itself_from_15_on() -> None:
    assert said(INSTANCE, engine="postgres", engineVersion="16.4") == 0
    assert said(INSTANCE, engine="postgres", engineVersion="14.12") == 1
    assert said(INSTANCE, sets("rds.force_ssl", "0"), engine="postgres", engineVersion="17") == 1


def test_oracle_and_unknown_engines() -> None:
    assert said(INSTANCE, engine="oracle-ee") == 0, "an option group's business"
    assert said(INSTANCE, None, "advisory", engine=UNKNOWN) == 1


def test_what_is_required_by_itself_is_not_turned_off() -> None:
    for type_, name in (
        ("aws:docdb/cluster:Cluster", "tls"),
        ("aws:redshift/cluster:Cluster", "require_ssl"),
    ):
        assert said(type_) == 0
        assert said(type_, sets(name, "disabled")) == 1
        assert said(type_, sets(name, "true")) == 0


def test_a_group_of_another_stack_is_unknown_ground() -> None:
    props = {"engine": "aurora-mysql", "dbClusterParameterGroupName": "shared-parameters"}
    assert said(CLUSTER, None, "advisory", **props) == 1
    assert said(CLUSTER, None, **props) == 0
    assert (
        said(CLUSTER, engine="aurora-mysql", dbClusterParameterGroupName="default.aurora-mysql8.0")
        == 1
    )


def test_parameters_of_nobody_s_yet_are_judged_where_they_let_plain_text_in() -> None:
    def of(type_: str, *parameters: dict[str, Any]) -> list[tuple[str, str]]:
        found = Court().on_stack([Thing(type_, "g", {"parameters": list(parameters)})])
        return [(s.rule, s.level) for s in found if s.rule.startswith(RULE)]

    redshift, aurora = GROUPS["aws:redshift/cluster:Cluster"][1], GROUPS[CLUSTER][1]
    assert of(redshift, {"name": "require_ssl", "value": "false"}) == [(RULE, "mandatory")]
    assert of(aurora, {"name": "rds.force_ssl", "value": "0"}) == [(RULE, "mandatory")]
    assert of(aurora, {"name": "rds.force_ssl", "value": "1"}, {"name": "x", "value": "0"}) == []
    assert of(aurora, {"name": "rds.force_ssl", "value": UNKNOWN}) == [
        (f"{RULE}-unknown", "advisory")
    ]
    assert of(aurora) == [], "whether its engine's default will do is its database's"
