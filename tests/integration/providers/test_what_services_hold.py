"""What a service holds after the provider made or changed something, asked of the service."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from pilaster_local.engine.capabilities import NoAnswerError, ResourceInitError
from pilaster_local.providers.aws.cloud import Cloud, NotRunningError
from pilaster_local.providers.aws.configuration import LOCAL_ACCOUNT
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import wrap

from tests.integration.providers.desk import Desk, Thing
from tests.integration.providers.lives import Neighbours, allow, trust

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

FUNCTION = "aws:lambda/function:Function"


@pytest.fixture
def near(desk: Desk, tmp_path: Path) -> Neighbours:
    return Neighbours(desk, tmp_path)


@pytest.fixture
def ask(endpoint: str) -> Any:
    """A client beside the provider."""
    return Cloud(endpoint, "eu-central-1", LOCAL_ACCOUNT).call


def test_new_code_is_what_runs_and_the_rest_stays(desk: Desk, near: Neighbours, ask: Any):
    inputs = near.function_inputs("one", memorySize=256, environment={"variables": {"A": "1"}})
    function = desk.create(FUNCTION, "f", inputs)
    assert _answer(ask, function.id) == {"answer": "one"}
    desk.update(function, {**inputs, **near.function_inputs("two")})
    assert _answer(ask, function.id) == {"answer": "two"}
    held = ask("lambda", "GetFunctionConfiguration", {"FunctionName": function.id})
    assert held["MemorySize"] == 256
    assert held["Environment"] == {"Variables": {"A": "1"}}


def test_an_input_taken_away_goes_back_to_what_aws_has(desk: Desk, near: Neighbours, ask: Any):
    more = {
        "memorySize": 256,
        "timeout": 30,
        "environment": {"variables": {"A": "1"}},
        "reservedConcurrentExecutions": 1,
    }
    inputs = near.function_inputs("one")
    function = desk.create(FUNCTION, "f", {**inputs, **more})
    kept = ask("lambda", "GetFunctionConcurrency", {"FunctionName": function.id})
    assert kept["ReservedConcurrentExecutions"] == 1
    desk.update(function, inputs)
    held = ask("lambda", "GetFunctionConfiguration", {"FunctionName": function.id})
    assert (held["MemorySize"], held["Timeout"]) == (128, 3)
    assert held.get("Environment", {}).get("Variables", {}) == {}
    kept = ask("lambda", "GetFunctionConcurrency", {"FunctionName": function.id})
    assert "ReservedConcurrentExecutions" not in kept


def _answer(ask: Any, function: str) -> Any:
    return json.loads(ask("lambda", "Invoke", {"FunctionName": function})["Payload"].read())


def test_a_call_that_fails_is_a_create_that_fails_and_says_why(desk: Desk, near: Neighbours):
    inputs = near.function_inputs("one", handler="app.missing")
    function = desk.create(FUNCTION, "broken", inputs)
    with pytest.raises(Exception, match=f"{function.id} failed when invoked"):
        desk.create(
            "aws:lambda/invocation:Invocation", "call", {"functionName": function.id, "input": "{}"}
        )


def test_a_thing_that_is_made_and_not_finished_is_reported_with_its_id(desk: Desk):
    inputs = {"retentionInDays": 7, "kmsKeyId": "no key", "name": f"/half/{desk.project}"}
    token = "aws:cloudwatch/logGroup:LogGroup"
    checked = desk.check(token, "half", inputs)
    checked["retentionInDays"] = wrap(8)  # what `check` refuses, and the service too
    with pytest.raises(ResourceInitError) as caught:
        desk.create_checked(token, "half", checked)
    assert caught.value.resource_id == inputs["name"]
    assert "PutRetentionPolicy" in caught.value.reasons[0]
    half = Thing(desk.urn(token, "half"), inputs["name"], checked, caught.value.properties)
    assert desk.is_there(half), "the engine keeps it, and finishes it the next time"
    desk.update(half, {**inputs, "retentionInDays": 5}, incomplete=True)
    assert half["arn"]
    desk.delete(half)


def test_a_table_gains_and_loses_an_index_and_its_expiry(desk: Desk, ask: Any):
    table = "aws:dynamodb/table:Table"
    plain = {
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "pk",
        "attributes": [{"name": "pk", "type": "S"}],
    }
    more = {
        "attributes": [*plain["attributes"], {"name": "owner", "type": "S"}],
        "globalSecondaryIndexes": [
            {"name": "by-owner", "hashKey": "owner", "projectionType": "KEYS_ONLY"}
        ],
        "ttl": {"attributeName": "expires", "enabled": True},
        "pointInTimeRecovery": {"enabled": True},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
    }
    thing = desk.create(table, "t", plain)
    desk.update(thing, {**plain, **more})
    held = ask("dynamodb", "DescribeTable", {"TableName": thing.id})["Table"]
    assert [index["IndexName"] for index in held["GlobalSecondaryIndexes"]] == ["by-owner"]
    assert held["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert thing["streamArn"] == held["LatestStreamArn"]
    expiry = ask("dynamodb", "DescribeTimeToLive", {"TableName": thing.id})
    assert expiry["TimeToLiveDescription"]["AttributeName"] == "expires"
    desk.update(thing, plain)
    held = ask("dynamodb", "DescribeTable", {"TableName": thing.id})["Table"]
    assert not held.get("GlobalSecondaryIndexes")
    expiry = ask("dynamodb", "DescribeTimeToLive", {"TableName": thing.id})
    assert expiry["TimeToLiveDescription"]["TimeToLiveStatus"] in {"DISABLED", "DISABLING"}


def test_what_is_to_be_left_there_is_left_there(desk: Desk, ask: Any):
    inputs = {"name": f"/kept/{desk.project}", "skipDestroy": True}
    group = desk.create("aws:cloudwatch/logGroup:LogGroup", "kept", inputs)
    desk.delete(group)
    assert desk.is_there(group)
    ask("logs", "DeleteLogGroup", {"logGroupName": group.id})


def test_a_new_security_group_lets_nothing_out(desk: Desk, near: Neighbours, ask: Any):
    held = ask("ec2", "DescribeSecurityGroups", {"GroupIds": [near.group.id]})
    assert not held["SecurityGroups"][0].get("IpPermissionsEgress")


def test_the_rules_of_a_group_are_exactly_those_it_lists(desk: Desk, near: Neighbours, ask: Any):
    group = "aws:ec2/securityGroup:SecurityGroup"
    web = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
    inputs = {"vpcId": near.vpc.id, "ingress": [web], "egress": [web]}
    thing = desk.create(group, "g", inputs)
    desk.update(thing, {**inputs, "ingress": [{**web, "fromPort": 80, "toPort": 80}]})
    held = ask("ec2", "DescribeSecurityGroups", {"GroupIds": [thing.id]})["SecurityGroups"][0]
    assert [p["FromPort"] for p in held["IpPermissions"]] == [80]
    assert [p["FromPort"] for p in held["IpPermissionsEgress"]] == [443]


def test_a_role_holds_what_its_inputs_say(desk: Desk, ask: Any):
    role = "aws:iam/role:Role"
    inputs = {
        "assumeRolePolicy": trust(),
        "inlinePolicies": [{"name": "a", "policy": allow("s3:GetObject")}],
    }
    thing = desk.create(role, "r", inputs)
    other = [{"name": "b", "policy": allow("s3:PutObject")}]
    desk.update(thing, {"assumeRolePolicy": trust("states"), "inlinePolicies": other})
    held = ask("iam", "GetRole", {"RoleName": thing.id})["Role"]["AssumeRolePolicyDocument"]
    assert held["Statement"][0]["Principal"] == {"Service": "states.amazonaws.com"}
    assert ask("iam", "ListRolePolicies", {"RoleName": thing.id})["PolicyNames"] == ["b"]


def test_tags_are_added_changed_and_taken_away(desk: Desk, ask: Any):
    queue = desk.create("aws:sqs/queue:Queue", "q", {"tags": {"a": "1", "b": "1"}})
    desk.update(queue, {"tags": {"b": "2", "c": "3"}})
    assert ask("sqs", "ListQueueTags", {"QueueUrl": queue.id})["Tags"] == {"b": "2", "c": "3"}
    assert queue["tagsAll"] == {"b": "2", "c": "3"}


def test_a_queues_settings_go_back_to_the_services_own(desk: Desk, ask: Any):
    queue = desk.create("aws:sqs/queue:Queue", "q", {"visibilityTimeoutSeconds": 77})
    desk.update(queue, {})
    asked = {"QueueUrl": queue.id, "AttributeNames": ["All"]}
    assert ask("sqs", "GetQueueAttributes", asked)["Attributes"]["VisibilityTimeout"] == "30"


def test_an_endpoint_serves_the_route_tables_it_names(desk: Desk, near: Neighbours, ask: Any):
    inputs = {"vpcId": near.vpc.id, "serviceName": "com.amazonaws.eu-central-1.s3"}
    one, two = near.table("one").id, near.table("two").id
    thing = desk.create("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {**inputs, "routeTableIds": [one]})
    desk.update(thing, {**inputs, "routeTableIds": [two]})
    held = ask("ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": [thing.id]})["VpcEndpoints"][0]
    assert held["RouteTableIds"] == [two]


def test_a_secret_value_is_put_once_however_often_it_is_asked(desk: Desk, near: Neighbours):
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    inputs = {"secretId": near.secret.id, "secretString": "s3cret"}
    checked = desk.check(version, "v", inputs)
    first = desk.create_checked(version, "v", checked)
    assert desk.create_checked(version, "v", checked).id == first.id
    assert first.state["secretString"].is_secret


def test_things_of_one_name_are_told_apart_by_their_mark(desk: Desk):
    pool = "aws:cognito/userPool:UserPool"
    one = desk.create(pool, "one", {"name": "teachers"})
    two = desk.create(pool, "two", {"name": "teachers"})
    assert desk.find(pool, "one", one.inputs) == one.id
    assert desk.find(pool, "two", two.inputs) == two.id
    assert desk.find(pool, "three", two.inputs) is None


def test_a_thing_is_found_by_a_name_with_a_quote_in_it(desk: Desk):
    vpc = "aws:ec2/vpc:Vpc"
    thing = desk.create(vpc, "teacher's", {"cidrBlock": "10.3.0.0/16"})
    assert desk.find(vpc, "teacher's", thing.inputs) == thing.id


def test_nobody_at_the_endpoint_is_a_refusal_and_not_a_doubt():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        desk = Desk(AwsProvider(f"http://127.0.0.1:{taken.getsockname()[1]}"))
        with pytest.raises(NotRunningError, match="start the platform"):
            desk.create("aws:sqs/queue:Queue", "q", {})


def test_an_answer_that_does_not_come_is_a_doubt():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(65536)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        desk = Desk(AwsProvider(f"http://127.0.0.1:{server.getsockname()[1]}"))
        with pytest.raises(NoAnswerError):
            desk.create("aws:sqs/queue:Queue", "q", {})


def test_a_stage_throttles_the_routes_it_is_told_to_and_no_longer_than_it_is(
    desk: Desk, near: Neighbours, ask: Any
):
    inputs: dict[str, Any] = {"apiId": near.api.id, "name": "$default"}
    throttle = {"throttlingBurstLimit": 2, "throttlingRateLimit": 0.5}
    desk.create("aws:apigatewayv2/route:Route", "r", {"apiId": near.api.id, "routeKey": "$default"})
    settings = [{"routeKey": near.route, **throttle}, {"routeKey": "$default", **throttle}]
    stage = desk.create("aws:apigatewayv2/stage:Stage", "s", {**inputs, "routeSettings": settings})

    def held() -> dict[str, Any]:
        key = {"ApiId": near.api.id, "StageName": "$default"}
        return ask("apigatewayv2", "GetStage", key)["RouteSettings"]

    wanted = {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.5}
    assert held() == {"GET /a": wanted, "$default": wanted}
    desk.update(stage, {**inputs, "routeSettings": settings[1:]})
    assert held() == {"$default": wanted}
    desk.update(stage, inputs)
    assert held() == {}
