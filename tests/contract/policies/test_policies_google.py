"""Our stack on Google Cloud obeys its rules, no mistake in it survives, strangers' are seen.

One preview is made for all.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli import grants
from pilaster_policies.registry import RULES, Graph, NotKnown, Resource, Violation
from pilaster_policies.rules.gcp import bindings
from pilaster_policies.testing import SIGNATURE

from tests.support.google import needs_types, plan
from tests.support.judging import UNKNOWN, broken, waiting

GOOGLE = {id_: rule for id_, rule in RULES.items() if id_.startswith("gcp-")}
ROOT = Path(__file__).parents[3]
MEMBER = "serviceAccount:api@notes-4711.iam.gserviceaccount.com"
DEFAULT = "123456789-compute@developer.gserviceaccount.com"
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
FUNCTION = "gcp:cloudfunctionsv2/function:Function"
KEY = "AKIAQ3EGRWXK5ZLB7C4N"


@cache
def stack() -> Graph:
    return grants.graph(plan("dev-gcp"))


def found(resource: Resource) -> list[tuple[str, Violation | NotKnown]]:
    return [(id_, each) for id_, rule in GOOGLE.items() for each in rule.findings(resource)]


@needs_types
def test_our_stack_obeys_and_what_it_cannot_tell_is_what_google_draws():
    said = {(id_, each.what) for resource in stack() for id_, each in found(resource)}
    assert said == set()


def changed(props: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """With another value at that place; None takes it out."""
    made = copy.deepcopy(props)
    holder = made
    for key in path[:-1]:
        holder = holder.setdefault(key, {}) if isinstance(holder, dict) else holder[key]
    if value is None:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return made


IP = ("settings", "ipConfiguration")
BACKUP = ("settings", "backupConfiguration")
MISTAKES: dict[str, list[tuple[tuple[Any, ...], Any]]] = {
    INSTANCE: [
        ((*IP, "ipv4Enabled"), True),
        ((*IP, "ipv4Enabled"), None),
        ((*IP, "authorizedNetworks"), [{"value": "0.0.0.0/0"}]),
        ((*IP, "authorizedNetworks"), [{"value": "203.0.113.7/32"}]),
        ((*IP, "sslMode"), "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
        ((*IP, "sslMode"), None),
        (IP, None),
        ((*BACKUP, "enabled"), False),
        ((*BACKUP, "pointInTimeRecoveryEnabled"), False),
        (BACKUP, None),
        (("rootPassword",), "x"),
    ],
    "gcp:sql/user:User": [(("type",), "BUILT_IN"), (("type",), None)],
    "gcp:storage/bucket:Bucket": [
        (("publicAccessPrevention",), "inherited"),
        (("publicAccessPrevention",), None),
        (("uniformBucketLevelAccess",), False),
        (("uniformBucketLevelAccess",), None),
    ],
    FUNCTION: [
        (("serviceConfig", "serviceAccountEmail"), None),
        (("serviceConfig", "serviceAccountEmail"), DEFAULT),
        (("serviceConfig", "serviceAccountEmail"), "notes-4711@appspot.gserviceaccount.com"),
        (("buildConfig", "serviceAccount"), None),
        (("buildConfig", "serviceAccount"), f"projects/p/serviceAccounts/{DEFAULT}"),
        (("serviceConfig", "environmentVariables", "DATABASE_PASSWORD"), "hunter2"),
        (("serviceConfig", "environmentVariables", "WHATEVER"), KEY),
        (("buildConfig", "environmentVariables"), {"PYPI_TOKEN": "pypi-AgEIcHlwaS5vcmcCJGI"}),
    ],
    "gcp:apigateway/apiConfig:ApiConfig": [(("gatewayConfig",), None)],
    "gcp:compute/firewall:Firewall": [
        (("direction",), "INGRESS"),
    ],
}
BOUND: list[tuple[tuple[Any, ...], Any]] = [
    *((("role",), f"roles/{role}") for role in ("owner", "editor", "viewer")),
    (("role",), "roles/iam.serviceAccountKeyAdmin"),
    (("member",), "allUsers"),
    (("member",), "allAuthenticatedUsers"),
    (("member",), f"serviceAccount:{DEFAULT}"),
]
ADDED: dict[str, dict[str, Any]] = {
    "gcp:serviceaccount/key:Key": {"serviceAccountId": "api"},
    "gcp:storage/hmacKey:HmacKey": {"serviceAccountEmail": "api"},
    "gcp:projects/iAMBinding:IAMBinding": {"role": "roles/owner", "members": ["user:a@b.c"]},
    "gcp:projects/iAMMember:IAMMember": {"role": "roles/cloudsql.client", "member": MEMBER},
    "gcp:projects/iAMPolicy:IAMPolicy": {
        "policyData": json.dumps({"bindings": [{"role": "roles/editor", "members": [MEMBER]}]})
    },
    "gcp:cloudfunctionsv2/functionIamBinding:FunctionIamBinding": {
        "role": "roles/cloudfunctions.invoker",
        "members": [MEMBER, "allUsers"],
    },
    "gcp:storage/bucketACL:BucketACL": {"bucket": "b", "roleEntities": ["READER:allUsers"]},
    "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl": {
        "bucket": "b",
        "entity": "allAuthenticatedUsers",
        "role": "READER",
    },
    "gcp:compute/firewall:Firewall": {
        "network": "n",
        "allows": [{"protocol": "tcp", "ports": ["5432"]}],
        "sourceRanges": ["0.0.0.0/0"],
    },
}


def weaker(expression: str) -> Iterator[str]:
    """Conditions that let more through. To drop the test of a type is no mistake: the role is of
    one service, and things of that type are all that the name in the other test fits."""
    tests = expression.split(" && ")
    for at, test in enumerate(tests):
        if not test.startswith("resource.type =="):
            yield " && ".join([*tests[:at], *tests[at + 1 :]]) or "true"
            negated = test.replace("==", "!=") if "==" in test else f"!{test}"
            yield " && ".join([*tests[:at], negated, *tests[at + 1 :]])
    yield f"{expression} || true"
    yield f"!({expression})"
    yield 'resource.name.startsWith("projects/")'


def mutants() -> Iterator[Resource]:
    for resource in stack():
        wrong = list(MISTAKES.get(resource.type, []))
        wrong += BOUND if resource.type in bindings.TYPES else []
        if resource.type in bindings.WHOLE and "condition" in resource.props:
            at = ("condition", "expression")
            wrong += [(("condition",), None), (at, "true")]
            wrong += [(at, each) for each in weaker(resource.props["condition"]["expression"])]
        for path, value in wrong:
            props = changed(resource.props, path, value)
            if resource.type.endswith(":Firewall") and "denies" in props:
                continue  # what refuses lets nobody in, whichever way
            yield Resource(
                type=resource.type,
                name=f"{resource.name}: {'.'.join(path)} = {value}",
                urn=resource.urn,
                props=props,
            )
    for type_, props in ADDED.items():
        yield Resource(
            type=type_, name=f"added {type_}", urn="urn:pulumi:dev-gcp::p::t::n", props=props
        )


@needs_types
def test_no_mistake_made_mechanically_in_dev_gcp_survives():
    made = list(mutants())
    survivors = [
        each.name
        for each in made
        if not any(isinstance(finding, Violation) for _, finding in found(each))
    ]
    assert len(made) > 90, "the stack is read, and its bindings are known"
    assert survivors == []


BUCKET = 'resource.name.startsWith("projects/_/buckets/files-")'
ONE = 'resource.name == "projects/p/secrets/key"'
TYPE = 'resource.type == "cloudresourcemanager.googleapis.com/Project"'


@pytest.mark.parametrize(
    ("expression", "narrows"),
    [
        (ONE, True),
        ("'projects/p/secrets/key' == resource.name", True),
        (f"{BUCKET} && {TYPE}", True),
        (f"(({ONE}) || {BUCKET}) && request.time < timestamp('2027-01-01T00:00:00Z')", True),
        (f"{TYPE} || {BUCKET}", True),
        ('resource.matchTag("1/env", "dev")', True),
        ('resource.name.extract("secrets/{name}/") == "key"', True),
        (ONE.replace("==", "!="), False),
        (f"!({ONE})", False),
        (f"{ONE} || true", False),
        (f"{ONE} || request.time < timestamp('2027-01-01T00:00:00Z')", False),
        (TYPE, False),
        ('resource.name.startsWith("projects/_/buckets/")', False),
        ('resource.name.startsWith("")', False),
        ('"resource.name" == "resource.name"', False),
        ("(" * 3000 + ONE + ")" * 3000, True),
        ("(" * 3000 + f"{ONE} || true" + ")" * 3000, False),
    ],
)
def test_a_condition_counts_for_what_it_narrows(expression: str, narrows: bool):
    said = broken(
        "gcp:projects/iAMMember:IAMMember",
        role="roles/secretmanager.secretAccessor",
        member=MEMBER,
        condition={"title": "t", "expression": expression},
    )
    assert said == ([] if narrows else ["gcp-broad-binding"])


def test_a_condition_on_the_time_narrows_nothing():
    assert broken(
        "gcp:projects/iAMMember:IAMMember",
        role="roles/cloudsql.client",
        member=MEMBER,
        condition={"title": "t", "expression": 'request.time < timestamp("2027-01-01T00:00:00Z")'},
    ) == ["gcp-broad-binding"]


PUBLIC = "gcp-public-member"
RUN = {"template": {"serviceAccount": "api@notes-4711.iam.gserviceaccount.com"}}
IMPERSONATED = "gcp:serviceaccount/iAMMember:IAMMember"
ACTING = "roles/iam.workloadIdentityUser"
POOL = "iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/github"


@pytest.mark.parametrize(
    ("type_", "props"),
    [
        (
            "gcp:cloudrunv2/service:Service",
            {**RUN, "invokerIamDisabled": True, "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"},
        ),
        ("gcp:cloudrunv2/service:Service", {**RUN, "invokerIamDisabled": True, "iapEnabled": True}),
        ("gcp:cloudrunv2/service:Service", {**RUN, "invokerIamDisabled": False}),
        ("gcp:bigquery/dataset:Dataset", {"accesses": [{"iamMember": MEMBER}]}),
        ("gcp:bigquery/dataset:Dataset", {}),
        (IMPERSONATED, {"role": ACTING, "member": f"principal://{POOL}/subject/repo:us/shop"}),
        (
            IMPERSONATED,
            {"role": ACTING, "member": f"principalSet://{POOL}/attribute.repository/us/*"},
        ),
    ],
)
def test_who_is_let_in_by_name_is_nobody_else(type_: str, props: dict[str, Any]):
    assert broken(type_, **props) == []


def test_what_strangers_write_and_is_right_is_left_alone():
    policy = {"bindings": [{"role": "roles/run.invoker", "members": [MEMBER]}]}
    for type_, props in {
        "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy": {"policyData": json.dumps(policy)},
        "gcp:cloudrunv2/service:Service": {
            "template": {
                "serviceAccount": "api@notes-4711.iam.gserviceaccount.com",
                "containers": [{"envs": [{"name": "REGION", "value": "europe-west2"}]}],
            }
        },
        "gcp:alloydb/instance:Instance": {"networkConfig": {"enablePublicIp": False}},
        "gcp:compute/firewall:Firewall": {
            "network": "n",
            "allows": [{"protocol": "tcp"}],
            "sourceTags": ["web"],
        },
    }.items():
        assert broken(type_, **props) == [], type_


@pytest.mark.parametrize(
    ("type_", "props", "rule"),
    [
        (
            "gcp:cloudrunv2/service:Service",
            {
                "template": {
                    "serviceAccount": "a@b.iam.gserviceaccount.com",
                    "containers": [{"envs": [{"name": "API_KEY", "value": "s3cr3tvalue99"}]}],
                }
            },
            "gcp-plain-secret",
        ),
        (
            "gcp:cloudrunv2/service:Service",
            {"template": {"containers": [{"image": "i"}]}},
            "gcp-default-account",
        ),
        (
            "gcp:alloydb/instance:Instance",
            {"networkConfig": {"enablePublicIp": True}},
            "gcp-public-database",
        ),
        (
            "gcp:alloydb/instance:Instance",
            {
                "clientConnectionConfig": {
                    "sslConfig": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}
                }
            },
            "gcp-database-tls",
        ),
        (
            "gcp:compute/firewall:Firewall",
            {"network": "n", "allows": [{"protocol": "all"}]},
            "gcp-open-firewall",
        ),
        ("gcp:cloudrunv2/service:Service", {**RUN, "invokerIamDisabled": True}, PUBLIC),
        (
            "gcp:cloudrun/service:Service",
            {"metadata": {"annotations": {"run.googleapis.com/invoker-iam-disabled": "true"}}},
            PUBLIC,
        ),
        (
            "gcp:bigquery/dataset:Dataset",
            {"accesses": [{"specialGroup": "projectOwners"}, {"iamMember": "allUsers"}]},
            PUBLIC,
        ),
        (
            "gcp:bigquery/datasetAccess:DatasetAccess",
            {"role": "READER", "specialGroup": "allAuthenticatedUsers"},
            PUBLIC,
        ),
        (IMPERSONATED, {"role": ACTING, "member": f"principalSet://{POOL}/*"}, PUBLIC),
    ],
)
def test_strangers_mistakes_are_seen(type_: str, props: dict[str, Any], rule: str):
    assert broken(type_, **props) == [rule]


def test_a_marked_secret_in_a_variable_is_told_by_its_name_and_never_by_its_value():
    marked = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "zQ9xV7"}
    said = broken(
        FUNCTION,
        buildConfig={"serviceAccount": "b"},
        serviceConfig={"serviceAccountEmail": "a", "environmentVariables": {"X": marked}},
    )
    assert said == ["gcp-plain-secret"]


def test_what_is_not_known_yet_is_said():
    assert waiting(
        "gcp:secretmanager/secretIamMember:SecretIamMember", role=UNKNOWN, member=MEMBER
    ) == ["gcp-account-key", "gcp-default-account", "gcp-primitive-role", "gcp-public-member"]


def test_the_list_of_bindings_is_of_types_there_are():
    from pilaster_local.providers.gcp.provider import SDK

    if SDK.types:
        assert SDK.types >= bindings.TYPES
