"""Google Cloud's part of the catalog: an example of each verdict, for each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pilaster_policies.testing import UNKNOWN, Thing


class Example(NamedTuple):
    """Stacks that break a rule, keep it, and cannot be told yet."""

    broken: Sequence[Thing]
    kept: Sequence[Thing]
    unknown: Sequence[Thing]


def _one(type_: str, **props: Any) -> list[Thing]:
    return [Thing(type_, "it", props)]


_MEMBER = "serviceAccount:api@notes-4711.iam.gserviceaccount.com"
_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
_FUNCTION = "gcp:cloudfunctionsv2/function:Function"


def _bound(role: str, member: str = _MEMBER, **more: Any) -> list[Thing]:
    return _one(
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        secretId="key",
        role=role,
        member=member,
        **more,
    )


def _on_project(**more: Any) -> list[Thing]:
    said = {"project": "notes-4711", "role": "roles/cloudsql.instanceUser", "member": _MEMBER}
    return _one("gcp:projects/iAMMember:IAMMember", **{**said, **more})


def _instance(**changed: Any) -> list[Thing]:
    settings: dict[str, Any] = {
        "tier": "db-f1-micro",
        "deletionProtectionEnabled": True,
        "ipConfiguration": {"ipv4Enabled": False, "sslMode": "ENCRYPTED_ONLY"},
        "backupConfiguration": {"enabled": True, "pointInTimeRecoveryEnabled": True},
    }
    return _one(_INSTANCE, databaseVersion="POSTGRES_17", settings={**settings, **changed})


def _function(service: Mapping[str, Any]) -> list[Thing]:
    builder = "projects/notes-4711/serviceAccounts/builder@notes-4711.iam.gserviceaccount.com"
    return _one(_FUNCTION, buildConfig={"serviceAccount": builder}, serviceConfig=dict(service))


_ACCESSOR = "roles/secretmanager.secretAccessor"
_SELF = {"serviceAccountEmail": "api@notes-4711.iam.gserviceaccount.com"}
_BUCKET = "gcp:storage/bucket:Bucket"
_FIREWALL = "gcp:compute/firewall:Firewall"
_CONDITION = {"title": "one", "expression": 'resource.name == "projects/notes-4711/instances/a"'}

EXAMPLES: Mapping[str, Example] = {
    "gcp-primitive-role": Example(
        broken=_bound("roles/editor"),
        kept=_bound(_ACCESSOR),
        unknown=_bound(UNKNOWN),
    ),
    "gcp-public-member": Example(
        broken=_bound(_ACCESSOR, "allUsers"),
        kept=_bound(_ACCESSOR),
        unknown=_bound(_ACCESSOR, UNKNOWN),
    ),
    "gcp-broad-binding": Example(
        broken=_on_project(),
        kept=_on_project(condition=_CONDITION),
        unknown=_on_project(condition=UNKNOWN),
    ),
    "gcp-account-key": Example(
        broken=_one("gcp:serviceaccount/key:Key", serviceAccountId="api"),
        kept=_bound(_ACCESSOR),
        unknown=_bound(UNKNOWN),
    ),
    "gcp-public-database": Example(
        broken=_instance(ipConfiguration={"ipv4Enabled": True, "sslMode": "ENCRYPTED_ONLY"}),
        kept=_instance(),
        unknown=_instance(ipConfiguration=UNKNOWN),
    ),
    "gcp-database-tls": Example(
        broken=_instance(ipConfiguration={"ipv4Enabled": False}),
        kept=_instance(),
        unknown=_instance(ipConfiguration=UNKNOWN),
    ),
    "gcp-database-login": Example(
        broken=_one("gcp:sql/user:User", instance="data", name="app", password="x"),
        kept=_one(
            "gcp:sql/user:User", instance="data", name="app", type="CLOUD_IAM_SERVICE_ACCOUNT"
        ),
        unknown=_one("gcp:sql/user:User", instance="data", name="app", type=UNKNOWN),
    ),
    "gcp-production-data": Example(
        broken=_instance(deletionProtectionEnabled=False),
        kept=_instance(),
        unknown=_instance(backupConfiguration=UNKNOWN),
    ),
    "gcp-default-account": Example(
        broken=_function({}),
        kept=_function(_SELF),
        unknown=_function({"serviceAccountEmail": UNKNOWN}),
    ),
    "gcp-public-bucket": Example(
        broken=_one(_BUCKET, location="EU", uniformBucketLevelAccess=True),
        kept=_one(
            _BUCKET,
            location="EU",
            uniformBucketLevelAccess=True,
            publicAccessPrevention="enforced",
        ),
        unknown=_one(
            _BUCKET, location="EU", uniformBucketLevelAccess=True, publicAccessPrevention=UNKNOWN
        ),
    ),
    "gcp-plain-secret": Example(
        broken=_function({**_SELF, "environmentVariables": {"DATABASE_PASSWORD": "hunter2"}}),
        kept=_function({**_SELF, "environmentVariables": {"DATABASE_NAME": "notes"}}),
        unknown=_function({**_SELF, "environmentVariables": UNKNOWN}),
    ),
    "gcp-open-firewall": Example(
        broken=_one(
            _FIREWALL, network="n", allows=[{"protocol": "tcp"}], sourceRanges=["0.0.0.0/0"]
        ),
        kept=_one(
            _FIREWALL, network="n", allows=[{"protocol": "tcp"}], sourceRanges=["10.0.0.0/16"]
        ),
        unknown=_one(_FIREWALL, network="n", allows=[{"protocol": "tcp"}], sourceRanges=UNKNOWN),
    ),
}
