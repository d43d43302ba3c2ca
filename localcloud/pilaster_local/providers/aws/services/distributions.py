"""CloudFront: distributions, their functions and their policies. The edge serves them.

CloudFront counts its lists (`Quantity` beside `Items`) and asks which version of a thing is changed
(`IfMatch`); pulumi_aws has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws import shapes, tagging
from pilaster_local.providers.aws.calls import Scope, tags_of
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_TAGS = frozenset({"tags", "tagsAll"})


class Versioned(Kind):
    """What is changed and deleted by the version that was read last."""

    def translate(self, inputs: Plain) -> Plain:
        return counted(self._config, inputs, self.row.rename)

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        self._tag(scope, thing_id, {}, inputs)

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        """The thing; its version, which stands beside it; and what it was told, which is inside."""
        known = {**scope.facts(), **state, "id": thing_id}
        try:
            asked = self.key(self.row.read, known)
            answer = scope.call("cloudfront", self.row.read, asked)
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        thing = answer[self.row.at]
        return {**thing, **thing.get(self.row.within, {}), "ETag": answer.get("ETag", "")}

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed - _TAGS:
            key = self._version(scope, thing_id, {**state, **inputs})
            sent = {**key, **self.changing(scope, inputs)}
            scope.call("cloudfront", self.row.update, sent)
        self._tag(scope, thing_id, state, inputs)

    def changing(self, scope: Scope, inputs: Plain) -> Plain:
        """What an update sends: all there is, for what is left out is unset."""
        return self.parameters(self.row.update, inputs)

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if self.describe(scope, thing_id, state) is not None:
            self.forget(scope, self.row.delete, self._version(scope, thing_id, state))

    def _version(self, scope: Scope, thing_id: str, state: Plain) -> Plain:
        """The parameters that name the thing as it is now."""
        found = self.describe(scope, thing_id, state) or {}
        known = {**state, "id": thing_id, "version": found.get("ETag", "")}
        return self.key(self.row.update, known)

    def _tag(self, scope: Scope, thing_id: str, state: Plain, inputs: Plain) -> None:
        old, new = tags_of(state), tags_of(inputs)
        if self.row.tagged and old != new:
            tagging.change(
                lambda operation, sent: scope.call("cloudfront", operation, sent),
                self.tag_style,
                self.read(scope, thing_id, inputs) or {},
                old,
                new,
            )

    @property
    def _config(self) -> Any:
        return input_shape("cloudfront", self.row.create).members[self.row.within]


class Distribution(Versioned):
    """Methods, places and origins are nested otherwise."""

    def translate(self, inputs: Plain) -> Plain:
        said = dict(inputs)
        for name, nested in (("origins", _origin), ("orderedCacheBehaviors", _behavior)):
            if isinstance(said.get(name), list):
                said[name] = [nested(each) for each in said[name]]
        for name, nested in (("defaultCacheBehavior", _behavior), ("restrictions", _places)):
            if isinstance(said.get(name), Mapping):
                said[name] = nested(said[name])
        return super().translate(said)

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return self._whole(scope, super().creation(scope, inputs))

    def changing(self, scope: Scope, inputs: Plain) -> Plain:
        return self._whole(scope, super().changing(scope, inputs))

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        """The one that was made for this resource: by its reference."""
        listed = scope.call("cloudfront", "ListDistributions", {})["DistributionList"]
        for each in listed.get("Items") or []:
            found = self.describe(scope, each["Id"], {})
            if found is not None and found["CallerReference"] == scope.urn:
                return each["Id"]
        return None

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        """One that serves is stopped first."""
        if state.get("retainOnDelete"):
            return
        found = self.describe(scope, thing_id, state)
        if found is not None and found["Enabled"]:
            config = {**found["DistributionConfig"], "Enabled": False}
            key = self._version(scope, thing_id, state)
            scope.call("cloudfront", "UpdateDistribution", {**key, "DistributionConfig": config})
        super().delete(scope, thing_id, state)

    @staticmethod
    def _whole(scope: Scope, sent: Plain) -> Plain:
        config = {"Comment": "", "CallerReference": scope.urn, **sent["DistributionConfig"]}
        return {**sent, "DistributionConfig": config}


class Function(Versioned):
    """Its code is text, and what is published is what runs."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        if found is None:
            return None
        asked = {"Name": thing_id, "Stage": "DEVELOPMENT"}
        code = scope.call("cloudfront", "GetFunction", asked)["FunctionCode"].read()
        return {**found, "Code": code.decode()}

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return {"Name": inputs["name"], **self.changing(scope, inputs)}

    def changing(self, scope: Scope, inputs: Plain) -> Plain:
        sent = super().changing(scope, {"comment": "", **inputs})
        return {**sent, "FunctionCode": inputs["code"].encode()}

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        self._publish(scope, thing_id, inputs)
        super().finish(scope, thing_id, inputs)

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        super().update(scope, thing_id, state, inputs, changed)
        if changed - _TAGS:
            self._publish(scope, thing_id, inputs)

    def _publish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        if inputs.get("publish", True):
            key = self._version(scope, thing_id, inputs)
            scope.call("cloudfront", "PublishFunction", key)


def counted(shape: Any, value: Any, rename: Mapping[str, str], path: str = "") -> Any:
    """The value with its lists counted, wherever the shape counts them."""
    if value is UNKNOWN or value is None or shape.type_name not in ("structure", "list"):
        return value
    if shape.type_name == "list":
        if not isinstance(value, list):
            return value
        return [counted(shape.member, each, rename, path) for each in value]
    if {"Quantity", "Items"} <= shape.members.keys():
        value = _with_quantity(value)
    if not isinstance(value, Mapping):
        return value
    found: Plain = {}
    for name, item in value.items():
        here = f"{path}.{name}".lstrip(".")
        member = shapes.member_for(shape, name, rename.get(here))
        found[name] = counted(shape.members[member], item, rename, here) if member else item
    return found


def _with_quantity(value: Any) -> Any:
    if isinstance(value, list):
        return {"quantity": len(value), "items": value}
    if isinstance(value, Mapping) and isinstance(value.get("items"), list):
        return {**value, "quantity": len(value["items"])}
    return value


def _origin(given: Plain) -> Plain:
    """An origin is one of S3's where it is no other; with an access control it has no identity."""
    if {"customOriginConfig", "s3OriginConfig", "vpcOriginConfig"} & given.keys():
        return given
    return {**given, "s3OriginConfig": {"originAccessIdentity": ""}}


def _behavior(given: Plain) -> Plain:
    """Which methods are cached stands inside those that are allowed."""
    rest = {name: value for name, value in given.items() if name != "cachedMethods"}
    methods = {"items": given.get("allowedMethods"), "cachedMethods": given.get("cachedMethods")}
    return {**rest, "allowedMethods": methods}


def _places(given: Plain) -> Plain:
    """The list of countries is that of the restriction itself."""
    where = given.get("geoRestriction")
    if not isinstance(where, Mapping):
        return given
    rest = {name: value for name, value in where.items() if name != "locations"}
    return {**given, "geoRestriction": {**rest, "items": where.get("locations") or []}}


def _policy(what: str, found: str, limit: int = 128) -> Row:
    """A policy: one object with a name, by which it is `found` in a list."""
    return Row(
        service="cloudfront", create=f"Create{what}", read=f"Get{what}", update=f"Update{what}",
        delete=f"Delete{what}", id="Id", key="Id={id} IfMatch={version}", at=what,
        within=f"{what}Config", kind=Versioned, named=Named(limit=limit, prefix=""),
        find=f"{found}=='{{name}}'].Id | [0]", outputs="etag=ETag",
    )  # fmt: skip


# fmt: off
TYPES = {
    "aws:cloudfront/distribution:Distribution": Row(
        service="cloudfront", create="CreateDistribution", read="GetDistribution",
        update="UpdateDistribution", delete="DeleteDistribution", id="Id",
        key="Id={id} IfMatch={version}", at="Distribution", within="DistributionConfig",
        rename={
            "orderedCacheBehaviors": "CacheBehaviors", "loggingConfig": "Logging",
            "origins.items.originId": "Id", "tags": "-",
            "origins.items.customHeaders.items.name": "HeaderName",
            "origins.items.customHeaders.items.value": "HeaderValue",
            "defaultCacheBehavior.lambdaFunctionAssociations.items.lambdaArn": "LambdaFunctionARN",
            "orderedCacheBehaviors.items.lambdaFunctionAssociations.items.lambdaArn":
                "LambdaFunctionARN",
        },
        aside="retainOnDelete waitForDeployment", replace="staging", tagged=True, identity="-",
        required="origins defaultCacheBehavior enabled restrictions viewerCertificate",
        kind=Distribution,
        outputs="arn=ARN domainName=DomainName status=Status etag=ETag "
        "callerReference=CallerReference lastModifiedTime=LastModifiedTime "
        "hostedZoneId='Z2FDTNDATAQYW2'",
    ),
    "aws:cloudfront/function:Function": Row(
        service="cloudfront", create="CreateFunction", read="DescribeFunction",
        update="UpdateFunction", delete="DeleteFunction", id="{name}",
        key="Name={name} IfMatch={version} Stage=DEVELOPMENT", at="FunctionSummary",
        within="FunctionConfig", aside="publish code", tagged=True, kind=Function,
        named=Named(limit=64, prefix=""), required="code runtime",
        outputs="arn=FunctionMetadata.FunctionARN etag=ETag status=Status",
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": _policy(
        "OriginAccessControl",
        "ListOriginAccessControls OriginAccessControlList.Items[?Name", limit=64),
    "aws:cloudfront/cachePolicy:CachePolicy": _policy(
        "CachePolicy",
        "ListCachePolicies CachePolicyList.Items[].CachePolicy | [?CachePolicyConfig.Name"),
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": _policy(
        "OriginRequestPolicy", "ListOriginRequestPolicies "
        "OriginRequestPolicyList.Items[].OriginRequestPolicy | [?OriginRequestPolicyConfig.Name"),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": _policy(
        "ResponseHeadersPolicy", "ListResponseHeadersPolicies ResponseHeadersPolicyList.Items[]"
        ".ResponseHeadersPolicy | [?ResponseHeadersPolicyConfig.Name"),
}
