"""Roles and their policies."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws import tagging
from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.documents import (
    check_identity_policy,
    check_trust_policy,
)
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Part, Row
from pilaster_local.providers.aws.values import Plain


class Role(Kind):
    """A role is deleted with what hangs on it; AWS refuses that of a role which still has
    policies.
    """

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        try:
            self._let_go(scope, thing_id)
        except ServiceError as error:
            if not error.is_gone:
                raise
        super().delete(scope, thing_id, state)

    def _let_go(self, scope: Scope, name: str) -> None:
        role = {"RoleName": name}
        for policy in scope.call("iam", "ListAttachedRolePolicies", role)["AttachedPolicies"]:
            attached = {**role, "PolicyArn": policy["PolicyArn"]}
            self.forget(scope, "DetachRolePolicy", attached)
        for policy in scope.call("iam", "ListRolePolicies", role)["PolicyNames"]:
            self.forget(scope, "DeleteRolePolicy", {**role, "PolicyName": policy})


def _inline(kind: Kind, scope: Scope, role: str, _state: Plain, inputs: Plain) -> None:
    """The role has exactly these inline policies: what else is there goes, as the real provider
    does it.
    """
    wanted = {policy["name"]: policy["policy"] for policy in inputs.get("inlinePolicies") or []}
    there = scope.call("iam", "ListRolePolicies", {"RoleName": role})["PolicyNames"]
    for name in set(there) - wanted.keys():
        kind.forget(scope, "DeleteRolePolicy", {"RoleName": role, "PolicyName": name})
    for name, document in sorted(wanted.items()):
        named = {"RoleName": role, "PolicyName": name, "PolicyDocument": document}
        scope.call("iam", "PutRolePolicy", named)


def _managed(kind: Kind, scope: Scope, role: str, _state: Plain, inputs: Plain) -> None:
    wanted = set(inputs.get("managedPolicyArns") or [])
    there = scope.call("iam", "ListAttachedRolePolicies", {"RoleName": role})["AttachedPolicies"]
    arns = {policy["PolicyArn"] for policy in there}
    for arn in sorted(arns - wanted):
        kind.forget(scope, "DetachRolePolicy", {"RoleName": role, "PolicyArn": arn})
    for arn in sorted(wanted - arns):
        scope.call("iam", "AttachRolePolicy", {"RoleName": role, "PolicyArn": arn})


class Policy(Kind):
    """A managed policy has versions, five at most: an update makes a new default and drops the old
    ones.
    """

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        if found is None:
            return None
        newest = {"PolicyArn": thing_id, "VersionId": found["DefaultVersionId"]}
        version = scope.call("iam", "GetPolicyVersion", newest)["PolicyVersion"]
        return {**found, "PolicyDocument": version["Document"]}

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        _drop_old_versions(self, scope, thing_id)
        super().delete(scope, thing_id, state)

    @property
    def tag_style(self) -> tagging.Style:
        return tagging.STYLES["iam:policy"]


def _new_version(kind: Kind, scope: Scope, arn: str, _state: Plain, inputs: Plain) -> None:
    document = {"PolicyArn": arn, "PolicyDocument": inputs["policy"], "SetAsDefault": True}
    scope.call("iam", "CreatePolicyVersion", document)
    _drop_old_versions(kind, scope, arn)


def _drop_old_versions(kind: Kind, scope: Scope, arn: str) -> None:
    try:
        versions = scope.call("iam", "ListPolicyVersions", {"PolicyArn": arn})["Versions"]
    except ServiceError as error:
        if error.is_gone:
            return
        raise
    for version in versions:
        if not version["IsDefaultVersion"]:
            old = {"PolicyArn": arn, "VersionId": version["VersionId"]}
            kind.forget(scope, "DeletePolicyVersion", old)


# fmt: off
TYPES = {
    "aws:iam/role:Role": Row(
        service="iam", create="CreateRole", read="GetRole", update="UpdateRole",
        delete="DeleteRole", id="{name}", key="RoleName={id}", at="Role",
        rename={"assumeRolePolicy": "AssumeRolePolicyDocument", "name": "RoleName"},
        replace="path", aside="forceDetachPolicies", required="assumeRolePolicy",
        outputs="arn=Arn createDate=CreateDate uniqueId=RoleId path=Path "
        "maxSessionDuration=MaxSessionDuration",
        named=Named(limit=64), documents="assumeRolePolicy policy", tagged=True, kind=Role,
        unset={"maxSessionDuration": 3600},
        parts=(
            Part(inputs="assumeRolePolicy", put="UpdateAssumeRolePolicy",
                 rename={"assumeRolePolicy": "PolicyDocument"}),
            Part(inputs="permissionsBoundary", put="PutRolePermissionsBoundary",
                 drop="DeleteRolePermissionsBoundary"),
            Part(inputs="inlinePolicies", inside="name policy", apply=_inline),
            Part(inputs="managedPolicyArns", apply=_managed),
        ),
        checks=(check_trust_policy,),
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        service="iam", create="PutRolePolicy", update="PutRolePolicy", read="GetRolePolicy",
        delete="DeleteRolePolicy", id="{role}:{name}", key="RoleName={role} PolicyName={name}",
        rename={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        replace="role", required="role policy", named=Named(limit=128), identity="role name",
        checks=(check_identity_policy,),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Row(
        service="iam", create="AttachRolePolicy", read="ListAttachedRolePolicies",
        delete="DetachRolePolicy", id="{role}/{policyArn}",
        key="RoleName={role} PolicyArn={policyArn}",
        at="AttachedPolicies[?PolicyArn=='{policyArn}'] | [0]",
        rename={"role": "RoleName"}, replace="role policyArn", required="role policyArn",
    ),
    "aws:iam/policy:Policy": Row(
        service="iam", create="CreatePolicy", read="GetPolicy", delete="DeletePolicy",
        id="arn:aws:iam::{account}:policy{path}{name}", key="PolicyArn={id}", at="Policy",
        rename={"name": "PolicyName", "policy": "PolicyDocument"}, replace="path description",
        outputs="arn=Arn policyId=PolicyId attachmentCount=AttachmentCount path=Path",
        aside="delayAfterPolicyCreationInMs", defaults={"path": "/"}, required="policy",
        named=Named(limit=128), tagged=True, kind=Policy,
        parts=(Part(inputs="policy", apply=_new_version),), checks=(check_identity_policy,),
    ),
}
