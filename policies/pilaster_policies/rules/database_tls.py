"""A database takes no connection in plain text: by its parameters, or by its engine's own default.

Defaults as AWS documents them (2026-11): RDS for PostgreSQL requires TLS from 15 on; Aurora
PostgreSQL, MySQL, MariaDB and SQL Server offer it and require it where a parameter says so;
DocumentDB and Redshift's default groups require it; Neptune speaks nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule
from pilaster_policies.rules.in_transit import ID, WHY
from pilaster_policies.values import Unknown, Value, inside, is_unknown, shown

_CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
_INSTANCE_GROUP = "aws:rds/parameterGroup:ParameterGroup"
_ON = ("1", "on", "true", "enabled", "tls1.2+", "tls1.3+", "fips-140-3")
"""`tls1.2+` and what follows are DocumentDB's."""


@dataclass(frozen=True)
class Kind:
    """Where a database's parameters stand."""

    key: str
    group: str


DATABASES = {
    "aws:rds/cluster:Cluster": Kind("dbClusterParameterGroupName", _CLUSTER_GROUP),
    "aws:rds/instance:Instance": Kind("parameterGroupName", _INSTANCE_GROUP),
    "aws:docdb/cluster:Cluster": Kind(
        "dbClusterParameterGroupName", "aws:docdb/clusterParameterGroup:ClusterParameterGroup"
    ),
    "aws:redshift/cluster:Cluster": Kind(
        "clusterParameterGroupName", "aws:redshift/parameterGroup:ParameterGroup"
    ),
}


_RDS = ("rds.force_ssl", "require_secure_transport")
PARAMETERS = {
    _CLUSTER_GROUP: _RDS,
    _INSTANCE_GROUP: _RDS,
    DATABASES["aws:docdb/cluster:Cluster"].group: ("tls",),
    DATABASES["aws:redshift/cluster:Cluster"].group: ("require_ssl",),
}


@graph_rule(ID, why=WHY)
def required(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    judged: set[str] = set()
    for database in stack.of(*DATABASES):
        kind = DATABASES[database.type]
        groups = stack.references(database, kind.key, types=(kind.group,)).found
        judged |= {group.urn for group in groups}
        for finding in _findings(stack, database):
            yield database, finding
    # What another stack's database may be started with. Those of this one have been judged with it.
    for group in stack.of(*PARAMETERS):
        if group.urn not in judged:
            for finding in _alone(group):
                yield group, finding


def _alone(group: Resource) -> Iterator[Finding]:
    for parameter in PARAMETERS[group.type]:
        said = _value(group, parameter)
        if is_unknown(said):
            yield NotKnown(f"the parameter {parameter}, and with it whether TLS is required")
        elif said is not None and str(said).lower() not in _ON:
            yield _off(parameter, str(said).lower())


def _off(parameter: str, value: str) -> Violation:
    return Violation(
        f"{parameter} is {shown(value)}: clients may talk to it in plain text",
        f"set {parameter} to 1" if parameter != "tls" else "set tls to enabled",
    )


def _findings(stack: Stack, database: Resource) -> Iterator[Finding]:
    kind = DATABASES[database.type]
    parameter = _parameter(database)
    if isinstance(parameter, Unknown):
        yield NotKnown("engine, and with it whether connections may be in plain text")
        return
    if parameter is None:
        return
    groups = stack.references(database, kind.key, types=(kind.group,))
    said = [_value(group, parameter) for group in groups.found]
    if any(map(is_unknown, said)):
        yield NotKnown(f"the parameter {parameter}, and with it whether TLS is required")
        return
    values = [str(each).lower() for each in said if each is not None]
    if values:
        if values[-1] not in _ON:
            yield _off(parameter, values[-1])
    elif groups.unknown or (groups.strangers and not groups.strangers[0].startswith("default.")):
        yield NotKnown(f"{kind.key} ({parameter} in it), which is not in this stack")
    elif not _by_default(database):
        yield Violation(
            f"no parameter group sets {parameter}, and its default lets clients talk to it in "
            "plain text",
            f"give it a parameter group with {parameter} set to 1",
        )


def _parameter(database: Resource) -> str | Unknown | None:
    """What its engine calls it; None where there is nothing to require."""
    if database.type.startswith("aws:docdb/"):
        return "tls"
    if database.type.startswith("aws:redshift/"):
        return "require_ssl"
    engine = database.get("engine")
    if isinstance(engine, Unknown):
        return engine
    spoken = str(engine).lower()
    if "postgres" in spoken or spoken.startswith("sqlserver"):
        return "rds.force_ssl"
    return "require_secure_transport" if spoken.endswith("mysql") or spoken == "mariadb" else None


def _by_default(database: Resource) -> bool:
    if not database.type.startswith("aws:rds/"):
        return True
    version = re.match(r"\d+", str(database.get("engineVersion") or ""))
    return database.get("engine") == "postgres" and version is not None and int(version[0]) >= 15


def _value(group: Resource, parameter: str) -> Value:
    parameters = group.get("parameters")
    if is_unknown(parameters):
        return parameters
    for each in parameters if isinstance(parameters, list) else []:
        if is_unknown(each) or is_unknown(inside(each, "name")):
            return Unknown()  # which one it sets, this one or another
        if isinstance(each, dict) and each.get("name") == parameter:
            return each.get("value")
    return None
