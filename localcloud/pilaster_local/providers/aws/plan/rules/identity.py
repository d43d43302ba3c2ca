"""IAM: roles, policies, attachments. KMS: keys and aliases.

Sources: IAM user guide, "IAM and AWS STS quotas"; KMS developer guide, "Key policies", "Rotating
keys"; API references.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, count, number, policy, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.grammars import policies

_POLICY = arn("iam", resource=r"policy/.+", example="arn:aws:iam::aws:policy/Name")
_ROLE = text(r"[\w+=,.@-]+", "a role's name, not its ARN", most=64)
_PATH = text(r"/|/[\x21-\x7e]+/", "a path: '/' or '/name/'", most=512)


def _inline(inputs: Mapping[str, Any]) -> Said:
    """The inline policies of a role share one limit."""
    listed = inputs.get("inlinePolicies") or []
    names = [entry.get("name") for entry in listed]
    if len(names) > len(set(names)):
        yield "inlinePolicies", "a policy's name stands twice"
    total = sum(len("".join(str(entry.get("policy", "")).split())) for entry in listed)
    if total > policies.INLINE.most:
        yield "inlinePolicies", f"together they have {total:,} characters: {policies.INLINE.most:,}"


def _prefix(inputs: Mapping[str, Any]) -> Said:
    if (
        "name" in inputs
        and isinstance(inputs.get("namePrefix"), str)
        and "__defaults" not in inputs
    ):
        prefix, name = inputs["namePrefix"], inputs["name"]
        if isinstance(name, str) and not name.startswith(prefix):
            yield "namePrefix", "either a name or a prefix of one"


def _key(inputs: Mapping[str, Any]) -> Said:
    spec = inputs.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT")
    usage = inputs.get("keyUsage", "ENCRYPT_DECRYPT")
    if isinstance(spec, str) and spec != "SYMMETRIC_DEFAULT":
        if inputs.get("enableKeyRotation") is True:
            yield "enableKeyRotation", f"a key of spec {spec} does not rotate"
        if spec.startswith("HMAC") and usage != "GENERATE_VERIFY_MAC":
            yield "keyUsage", f"a key of spec {spec} is for GENERATE_VERIFY_MAC"
        if spec.startswith("ECC") and usage == "ENCRYPT_DECRYPT":
            yield "keyUsage", f"a key of spec {spec} does not encrypt"
    elif usage in ("SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"):
        yield "keyUsage", f"a symmetric key is for ENCRYPT_DECRYPT, not {usage}"
    if "rotationPeriodInDays" in inputs and inputs.get("enableKeyRotation") is not True:
        yield "rotationPeriodInDays", "it needs enableKeyRotation"


BOUNDS: Mapping[str, Table] = {
    "aws:iam/role:Role": {
        "assumeRolePolicy": policy(policies.TRUST),
        "inlinePolicies[].policy": policy(policies.INLINE),
        "managedPolicyArns": count(0, 20, "managed policies"),
        "managedPolicyArns[]": _POLICY,
        "permissionsBoundary": _POLICY,
        "maxSessionDuration": number(3_600, 43_200),
        "path": _PATH,
    },
    "aws:iam/rolePolicy:RolePolicy": {"policy": policy(policies.INLINE), "role": _ROLE},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"policyArn": _POLICY, "role": _ROLE},
    "aws:iam/policy:Policy": {
        "policy": policy(policies.MANAGED),
        "path": _PATH,
        "description": text(r".*", "a description", most=1_000),
    },
    "aws:kms/key:Key": {
        "policy": policy(policies.KEY),
        "deletionWindowInDays": number(7, 30),
        "rotationPeriodInDays": number(90, 2_560),
        "description": text(r".*", "a description", most=8_192),
    },
    "aws:kms/alias:Alias": {
        "targetKeyId": arn(
            "kms",
            resource=r"key/.+",
            also=r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}",
        ),
    },
}  # fmt: skip

RULES = {
    "aws:iam/role:Role": (_inline, _prefix),
    "aws:kms/key:Key": (_key,),
}
