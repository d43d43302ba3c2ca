"""WAF: web ACLs. The edge counts and compares by them and passes over what AWS manages."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain


class WebAcl(Kind):
    """What is changed and deleted by the token that was read last."""

    def translate(self, inputs: Plain) -> Plain:
        return {**inputs, "rules": _rules(inputs["rules"])} if "rules" in inputs else inputs

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        """The ACL, with the token that stands beside it."""
        known = {**scope.facts(), **state, "id": thing_id}
        try:
            answer = scope.call("wafv2", self.row.read, self.key(self.row.read, known))
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        return {**answer["WebACL"], "LockToken": answer["LockToken"]}

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        # A repeated update's state may be what is known of the thing itself, and no more.
        token = self._token(scope, thing_id, {**state, **inputs})
        super().update(scope, thing_id, {**state, **token}, inputs, changed)

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        token = self._token(scope, thing_id, state)
        if token["lockToken"]:
            super().delete(scope, thing_id, {**state, **token})

    def _token(self, scope: Scope, thing_id: str, state: Plain) -> Plain:
        """Of the ACL as it is now; empty where it is gone."""
        found = self.describe(scope, thing_id, state) or {}
        return {"lockToken": found.get("LockToken", "")}


def _rules(given: Any) -> Any:
    """As WAF takes them: text that is looked for is bytes, and a rate is by address unless it says
    otherwise."""
    if isinstance(given, list):
        return [_rules(each) for each in given]
    if not isinstance(given, Mapping):
        return given
    said = {name: _rules(value) for name, value in given.items()}
    if isinstance(text := said.get("searchString"), str):
        said["searchString"] = base64.b64encode(text.encode()).decode()
    if isinstance(rate := said.get("rateBasedStatement"), Mapping):
        said["rateBasedStatement"] = {"aggregateKeyType": "IP", **rate}
    return said


TYPES = {
    "aws:wafv2/webAcl:WebAcl": Row(
        service="wafv2",
        create="CreateWebACL",
        read="GetWebACL",
        update="UpdateWebACL",
        delete="DeleteWebACL",
        id="Id",
        key="Name={name} Scope={scope} Id={id} LockToken={lockToken}",
        at="WebACL",
        created="Summary",
        find="ListWebACLs WebACLs[?Name=='{name}'].Id | [0]",
        named=Named(limit=128),
        replace="scope",
        required="defaultAction scope visibilityConfig",
        tagged=True,
        kind=WebAcl,
        recorded="rates by address and statements on path, method and headers are evaluated, "
        "before a distribution; AWS's managed groups and all other statements are kept",
        outputs="arn=ARN capacity=Capacity lockToken=LockToken",
    ),
}
