"""How a plan is read: unknown values, secrets, models, neighbours, names, and nonsense."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pilaster.naming import BUCKET_LIMIT, LIMITS
from pilaster_local.engine import values
from pilaster_local.providers.aws import declared, plan
from pilaster_local.providers.aws.models import Shape
from pilaster_local.providers.aws.plan import exceptions, expressions
from pilaster_local.providers.aws.plan.names import NAMES
from pilaster_local.providers.aws.plan.parameters import wrong
from pilaster_local.providers.aws.table import TYPES
from pilaster_local.providers.aws.values import UNKNOWN

from tests.support.plan_mistakes import LAMBDA, QUEUE, ROLE, ROLE_POLICY, SOURCE, made
from tests.support.plan_mistakes_elsewhere import GOOD, OTHERS

REGION, ACCOUNT = "eu-west-2", "222222222222"
SECRET = "hush-hush-quite-secret"


@dataclass(frozen=True)
class Planned:
    type: str
    inputs: dict[str, Any]
    name: str = "thing"
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    provider: str = ""

    @property
    def urn(self) -> str:
        return f"urn:pulumi:prod::p::pilaster:aws:Part${self.type}::{self.name}"


def found(*resources: Planned) -> list[tuple[str, str, str]]:
    findings = plan.check(resources, region=REGION, account=ACCOUNT)
    return [(f.urn.rsplit("::", 1)[-1], f.property, f.message) for f in findings]


def said(*resources: Planned) -> dict[str, str]:
    return {f"{name}.{path}": message for name, path, message in found(*resources)}


# -- what is not known --------------------------------------------------------------------------


@pytest.mark.parametrize("token", sorted(GOOD))
def test_what_is_not_known_yet_is_no_mistake(token: str):
    inputs = dict.fromkeys(GOOD[token], values.UNKNOWN)
    assert found(Planned(token, inputs)) == []


def _all_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _all_unknown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_all_unknown(item) for item in value]
    return values.UNKNOWN


@pytest.mark.parametrize("token", sorted(GOOD))
def test_what_is_not_known_yet_at_depth_is_no_mistake(token: str):
    assert found(Planned(token, _all_unknown(GOOD[token]))) == []


# -- nonsense -----------------------------------------------------------------------------------

NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from([values.UNKNOWN, "arn:aws:iam::1:role/x", "{}", "[]", "10.0.0.0/8"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize("token", sorted(TYPES))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_inputs_get_an_answer(token: str, data: st.DataObject):
    known = declared.inputs(token)
    inputs = data.draw(st.dictionaries(st.sampled_from(known), NONSENSE, max_size=8))
    grown = {**GOOD.get(token, {}), **inputs}
    resources = [Planned(token, inputs), Planned(token, grown, "grown")]
    assert all(isinstance(message, str) for _, _, message in found(*resources))
    plan.account(resources, region=REGION)


# -- secrets ------------------------------------------------------------------------------------


def _sealed(value: Any) -> Any:
    return {values.SIGNATURE: values.SECRET, "value": value}


@pytest.mark.parametrize("mistake", OTHERS, ids=str)
def test_a_secret_is_never_shown_whatever_is_wrong_with_it(mistake: Any):
    inputs = made(GOOD[mistake.token], mistake)
    top = mistake.path.split(".")[0].split("[")[0]
    if top not in inputs:
        return
    hidden = json.dumps(inputs[top])
    findings = found(Planned(mistake.token, {**inputs, top: _sealed(inputs[top])}))
    about = [message for _, path, message in findings if path == top]
    assert findings
    assert all("secret" in message for message in about)
    assert not [path for _, path, _ in findings if path.startswith((f"{top}.", f"{top}["))]
    for _, _, message in findings:
        assert not any(word in message for word in hidden.split('"') if len(word) > 12)


def test_a_secret_is_not_shown_by_a_complaint_about_its_neighbour():
    inputs = {
        **GOOD[LAMBDA],
        "environment": {"variables": {"TOKEN": _sealed(SECRET), "AWS_REGION": "x", "A": SECRET}},
    }
    findings = found(Planned(LAMBDA, inputs))
    assert {path for _, path, _ in findings} >= {"environment.variables.AWS_REGION"}
    assert SECRET not in str(findings)


def test_a_secret_in_a_message_is_masked():
    inputs = {**GOOD[LAMBDA], "handler": SECRET, "description": _sealed(SECRET),
              "runtime": "python3.13"}  # fmt: skip
    [(_, path, message)] = found(Planned(LAMBDA, inputs))
    assert path == "handler"
    assert "[secret]" in message
    assert SECRET not in message


# -- models -------------------------------------------------------------------------------------


def shape(**traits: Any) -> Shape:
    return Shape({"type": "string", "shape": "Text", **traits}, {})


@pytest.mark.parametrize(
    ("traits", "value", "complaint"),
    [
        ({"enum": ["a", "b"]}, "c", "which are all that botocore"),
        ({"min": 2}, "a", "too few"),
        ({"max": 2}, "abc", "too many"),
        ({"pattern": "[a-z]+"}, "A", "does not have the form"),
        ({"pattern": r"[\p{L}\p{N}]+"}, "no!", "does not have the form"),
        ({}, 5, "is not a string"),
        ({"type": "integer"}, True, "is not a whole number"),
        ({"type": "integer", "max": 5}, 6, "too large"),
        ({"type": "boolean"}, "true", "is not true or false"),
        ({"type": "structure", "required": ["Name"], "members": {}}, {}, "AWS needs it"),
        ({"type": "structure", "members": {}}, {"X": 1}, "knows no 'X'"),
    ],
)
def test_a_parameter_is_held_against_its_shape(traits: dict[str, Any], value: Any, complaint: str):
    [(_, message)] = wrong("service", shape(**traits), value)
    assert complaint in message


@pytest.mark.parametrize("value", ["ä", "5", "Grüße"])
def test_letters_of_every_language_are_letters_where_the_pattern_says_so(value: str):
    assert list(wrong("service", shape(pattern=r"[\p{L}\p{N}]+"), value)) == []
    assert list(wrong("service", shape(pattern=r"\w+"), "ä"))


def test_a_pattern_python_cannot_read_is_not_held_against_anything():
    assert expressions.compiled(r"(?<a>x)\k<a>") is None
    assert list(wrong("service", shape(pattern=r"(?<a>x)\k<a>"), "y")) == []


def test_what_is_not_known_is_never_wrong():
    assert list(wrong("service", shape(pattern="x", min=9), UNKNOWN)) == []


def test_an_exception_has_a_date_and_a_reason():
    for listed in (exceptions.PATTERNS, exceptions.ENUMS, exceptions.LIMITS):
        for reason in listed.values():
            assert reason.startswith("20"), reason


# -- names --------------------------------------------------------------------------------------

KINDS = {
    "api": "aws:apigatewayv2/api:Api",
    "archive": "aws:cloudwatch/eventArchive:EventArchive",
    "bus": "aws:cloudwatch/eventBus:EventBus",
    "cache": "aws:elasticache/serverlessCache:ServerlessCache",
    "cache-user": "aws:elasticache/user:User",
    "catalog": "aws:glue/catalogDatabase:CatalogDatabase",
    "cluster": "aws:rds/cluster:Cluster",
    "configuration-set": "aws:sesv2/configurationSet:ConfigurationSet",
    "delivery": "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "edge-control": "aws:cloudfront/originAccessControl:OriginAccessControl",
    "edge-function": "aws:cloudfront/function:Function",
    "edge-policy": "aws:cloudfront/cachePolicy:CachePolicy",
    "firewall": "aws:wafv2/webAcl:WebAcl",
    "function": LAMBDA,
    "log-group": "aws:cloudwatch/logGroup:LogGroup",
    "parameter-group": "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "pool": "aws:cognito/userPool:UserPool",
    "proxy": "aws:rds/proxy:Proxy",
    "queue": QUEUE,
    "role": ROLE,
    "rule": "aws:cloudwatch/eventRule:EventRule",
    "secret": "aws:secretsmanager/secret:Secret",
    "security-group": "aws:ec2/securityGroup:SecurityGroup",
    "state-machine": "aws:sfn/stateMachine:StateMachine",
    "subnet-group": "aws:rds/subnetGroup:SubnetGroup",
    "table": "aws:dynamodb/table:Table",
    "workgroup": "aws:athena/workgroup:Workgroup",
}


def test_every_kind_of_name_our_components_derive_is_checked():
    assert set(KINDS) == set(LIMITS)


@pytest.mark.parametrize("kind", sorted(LIMITS))
def test_the_components_and_the_checks_know_the_same_limit(kind: str):
    _, test = NAMES[KINDS[kind]]
    assert list(test("n" * LIMITS[kind])) == []
    assert list(test("n" * (LIMITS[kind] + 1)))


def test_a_bucket_has_the_limit_the_components_know():
    _, test = NAMES["aws:s3/bucket:Bucket"]
    assert list(test("b" * BUCKET_LIMIT)) == []
    assert list(test("b" * (BUCKET_LIMIT + 1)))


@pytest.mark.parametrize(
    "name", ["10.0.0.1", "xn--b", "a..b", "-a-", "a_b", "ab", "Files", "files-s3alias"]
)
def test_a_name_that_s3_refuses_is_found(name: str):
    assert list(NAMES["aws:s3/bucket:Bucket"][1](name))


def test_a_type_with_an_automatic_name_has_its_limit_in_the_table():
    named = {token for token, row in TYPES.items() if row.named}
    assert named - set(NAMES) == set()
    for token in named:
        row = TYPES[token].named
        assert row is not None
        assert NAMES[token][0] == row.property


# -- neighbours ---------------------------------------------------------------------------------


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:{{}}".format
FUNCTION = {**GOOD[LAMBDA], "name": "reader", "role": f"arn:aws:iam::{ACCOUNT}:role/reader"}


def reader(**more: Any) -> list[Planned]:
    return [
        Planned(
            ROLE, {"name": "reader", "assumeRolePolicy": trust("lambda.amazonaws.com")}, "role"
        ),
        Planned(ROLE_POLICY, {"role": "reader", "name": "p", "policy": allow("sqs:*")}, "policy"),
        Planned(LAMBDA, {**FUNCTION, **more}, "function"),
    ]


def test_a_message_stays_hidden_as_long_as_its_function_works():
    source = {"functionName": "reader", "eventSourceArn": ARN("sqs", "uploads")}
    queue = Planned(QUEUE, {"name": "uploads", "visibilityTimeoutSeconds": 30}, "queue")
    parts = [*reader(timeout=60), queue, Planned(SOURCE, source, "source")]
    assert "less than the 60 s" in said(*parts)["queue.visibilityTimeoutSeconds"]


def test_a_function_that_is_known_by_its_dependency_only_is_known():
    parts = reader(timeout=60)
    source = Planned(
        SOURCE,
        {"functionName": values.UNKNOWN, "eventSourceArn": ARN("sqs", "uploads")},
        "source",
        {"functionName": [parts[2].urn]},
    )
    queue = Planned(QUEUE, {"name": "uploads", "visibilityTimeoutSeconds": 30}, "queue")
    assert "queue.visibilityTimeoutSeconds" in said(*parts, queue, source)


def test_a_role_must_be_one_its_service_may_take_on():
    parts = reader()
    other = Planned(ROLE, {**parts[0].inputs, "assumeRolePolicy": trust("states.amazonaws.com")},
                    "role")  # fmt: skip
    assert "may not assume it" in said(other, *parts[1:])["role.assumeRolePolicy"]


def test_a_function_in_a_network_may_make_network_interfaces():
    place = {"subnetIds": ["subnet-0a1b2c3d"], "securityGroupIds": ["sg-0a1b2c3d"]}
    assert "ec2:" in said(*reader(vpcConfig=place))["function.vpcConfig"]


def test_a_policy_that_is_not_known_may_allow_it():
    place = {"subnetIds": ["subnet-0a1b2c3d"], "securityGroupIds": ["sg-0a1b2c3d"]}
    unknown = Planned(
        ROLE_POLICY, {"role": "reader", "name": "q", "policy": values.UNKNOWN}, "more"
    )
    assert said(*reader(vpcConfig=place), unknown) == {}


def test_two_of_one_name_are_found():
    twice = [Planned(QUEUE, {"name": "uploads"}, name) for name in ("first", "second")]
    assert said(*twice) == {"second.name": "'first' has the same name already"}


def test_subnets_do_not_overlap():
    vpc = Planned("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "vpc")
    subnets = [
        Planned("aws:ec2/subnet:Subnet", {"vpcId": values.UNKNOWN, "cidrBlock": block}, name,
                {"vpcId": [vpc.urn]})
        for name, block in (("a", "10.0.0.0/20"), ("b", "10.0.8.0/21"))
    ]  # fmt: skip
    assert "overlaps" in said(vpc, *subnets)["b.cidrBlock"]


def test_what_lies_in_another_region_or_account_is_found():
    role = "arn:aws:iam::333333333333:role/reader"
    letters = {"targetArn": "arn:aws:sqs:eu-west-1:222222222222:letters"}
    inputs = {**FUNCTION, "role": role, "deadLetterConfig": letters}
    findings = said(Planned(LAMBDA, inputs, "function"))
    assert "333333333333" in findings["function.role"]
    assert "'eu-west-1'" in findings["function.deadLetterConfig.targetArn"]


def test_a_provider_of_its_own_has_a_region_and_names_of_its_own():
    west = Planned("pulumi:providers:aws", {"region": "eu-west-1"}, "west")
    there = f"{west.urn}::an-id"
    letters = {"targetArn": "arn:aws:sqs:eu-west-1:222222222222:letters"}
    function = {**FUNCTION, "role": "arn:aws:iam::333333333333:role/r", "deadLetterConfig": letters}
    here, other = (
        Planned(QUEUE, {"name": "a"}, "here"),
        Planned(QUEUE, {"name": "a"}, "there", provider=there),
    )
    assert said(west, here, other, Planned(LAMBDA, function, "f", provider=there)) == {}


# -- the account --------------------------------------------------------------------------------


def test_what_a_plan_names_and_does_not_make_is_a_matter_of_the_account():
    demands = {each.what for each in plan.account([Planned(LAMBDA, FUNCTION)], region=REGION)}
    assert "the role 'reader', which this plan does not make" in demands


def test_reserved_concurrency_needs_a_quota():
    demands = plan.account(reader(reservedConcurrentExecutions=30), region=REGION)
    assert [each.what for each in demands] == ["a concurrency quota of 130 or more in eu-west-2"]
