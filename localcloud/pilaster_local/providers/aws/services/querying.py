"""Glue's catalog and Athena: tables over files in S3, and the queries that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_BESIDE = frozenset({"tags", "catalogId", "databaseName"})
_UPDATES = {
    "configuration": "ConfigurationUpdates",
    "configuration.resultConfiguration": "ResultConfigurationUpdates",
}
_REMOVED = "RemoveBytesScannedCutoffPerQuery"


class Catalogued(Kind):
    """What the catalog keeps of a thing is one structure, its name included, which an update gives
    beside it once more."""

    def placed(
        self, operation: str, inputs: Plain, rename: Mapping[str, str], within: str
    ) -> Plain:
        shape = input_shape(self.row.service, operation)
        outer = {name: value for name, value in inputs.items() if name in _BESIDE}
        parameters = shapes.match(shape, outer, rename).parameters
        if within not in shape.members:
            return parameters
        inner = {name: value for name, value in inputs.items() if name not in _BESIDE}
        return {**parameters, within: shapes.match(shape.members[within], inner, rename).parameters}


class Workgroup(Kind):
    """Made with one structure and changed with another; whether it is on is only a change."""

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        if inputs.get("state", "ENABLED") != "ENABLED":
            scope.call("athena", "UpdateWorkGroup", {"WorkGroup": thing_id, "State": "DISABLED"})

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed & {"configuration", "description", "state"}:
            whole = {"state": "ENABLED", "description": "", "configuration": {}, **inputs}
            parameters = self.placed("UpdateWorkGroup", whole, {**self.row.rename, **_UPDATES}, "")
            updates = parameters["ConfigurationUpdates"]
            if "BytesScannedCutoffPerQuery" not in updates:
                updates[_REMOVED] = True
            scope.call("athena", "UpdateWorkGroup", {**parameters, "WorkGroup": thing_id})
        super().update(scope, thing_id, state, inputs, changed & {"tags", "tagsAll"})

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        return _unless_gone(lambda: super(Workgroup, self).describe(scope, thing_id, state))

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        parameters = {
            "WorkGroup": thing_id,
            "RecursiveDeleteOption": bool(state.get("forceDestroy")),
        }
        _unless_gone(lambda: scope.call("athena", "DeleteWorkGroup", parameters))


class NamedQuery(Kind):
    """Many may have one name: the id is drawn."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        return _unless_gone(lambda: super(NamedQuery, self).describe(scope, thing_id, state))

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        _unless_gone(lambda: super(NamedQuery, self).delete(scope, thing_id, state))

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        place: Plain = {"WorkGroup": inputs.get("workgroup", "primary")}
        while True:
            page = scope.call("athena", "ListNamedQueries", place)
            for each in page.get("NamedQueryIds", []):
                found = self.describe(scope, each, inputs) or {}
                if (found.get("Name"), found.get("QueryString")) == (
                    inputs.get("name"),
                    inputs.get("query"),
                ):
                    return str(each)
            if not page.get("NextToken"):
                return None
            place = {**place, "NextToken": page["NextToken"]}


def _unless_gone(call: Any) -> Any:
    """Athena says of what is not there that the request is invalid."""
    try:
        return call()
    except ServiceError as error:
        if error.is_gone or "not found" in error.reason or "does not exist" in error.reason:
            return None
        raise


def _projection(inputs: Mapping[str, Any]) -> Any:
    """A table with projection has to say of each of its partitions what there is of it."""
    parameters = inputs.get("parameters")
    keys = inputs.get("partitionKeys")
    if not isinstance(parameters, Mapping) or not isinstance(keys, list):
        return
    if str(parameters.get("projection.enabled", "")).lower() != "true":
        return
    for key in keys:
        name = key.get("name", UNKNOWN) if isinstance(key, Mapping) else UNKNOWN
        if name is UNKNOWN or UNKNOWN in (parameters.get(f"projection.{name}.type"),):
            continue
        if f"projection.{name}.type" not in parameters:
            yield (
                "parameters",
                f"projection is enabled, and projection.{name}.type is not given: a query fails",
            )


# fmt: off
TYPES = {
    "aws:glue/catalogDatabase:CatalogDatabase": Row(
        service="glue", create="CreateDatabase", read="GetDatabase", update="UpdateDatabase",
        delete="DeleteDatabase", id="{account}:{name}", key="Name={name}", at="Database",
        within="DatabaseInput", replace="catalogId", identity="name",
        outputs="arn=arn:aws:glue:{region}:{account}:database/{name} catalogId={account}",
        named=Named(limit=255, prefix="", lower=True), tagged=True, kind=Catalogued,
    ),
    "aws:glue/catalogTable:CatalogTable": Row(
        service="glue", create="CreateTable", read="GetTable", update="UpdateTable",
        delete="DeleteTable", id="{account}:{databaseName}:{name}",
        key="DatabaseName={databaseName} Name={name}", at="Table", within="TableInput",
        replace="catalogId databaseName openTableFormatInput", required="databaseName",
        identity="databaseName name",
        outputs="arn=arn:aws:glue:{region}:{account}:table/{databaseName}/{name} "
        "catalogId={account}", unset={"partitionKeys": [], "parameters": {}},
        named=Named(limit=255, prefix="", lower=True), kind=Catalogued, checks=(_projection,),
    ),
    "aws:athena/workgroup:Workgroup": Row(
        service="athena", create="CreateWorkGroup", read="GetWorkGroup", update="UpdateWorkGroup",
        delete="DeleteWorkGroup", id="{name}", key="WorkGroup={id}", at="WorkGroup",
        aside="forceDestroy", named=Named(limit=128, prefix=""), tagged=True, kind=Workgroup,
        outputs="arn=arn:aws:athena:{region}:{account}:workgroup/{name}",
        defaults={"state": "ENABLED"},
    ),
    "aws:athena/namedQuery:NamedQuery": Row(
        service="athena", create="CreateNamedQuery", read="GetNamedQuery",
        delete="DeleteNamedQuery", id="NamedQueryId", key="NamedQueryId={id}", at="NamedQuery",
        created="@", replace="database description query workgroup",
        rename={"query": "QueryString", "workgroup": "WorkGroup"}, required="database query",
        named=Named(limit=128, prefix=""), kind=NamedQuery, defaults={"workgroup": "primary"},
    ),
}
