"""WebSocket APIs as API Gateway has them: who gets in, who is answered, who may send."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from socket import SHUT_RDWR
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, Function, allow, eventually
from tests.support.sdk import sdk_files

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

CODE = """
    import json

    def handler(event, context):
        if event.get("type") == "REQUEST":
            ticket = event["queryStringParameters"]["ticket"]
            if ticket == "broken":
                raise RuntimeError("row (secret)")
            effect = "Allow" if ticket.startswith("good") else "Deny"
            policy = {"Version": "2012-10-17", "Statement": [{
                "Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}]}
            return {"principalId": "ann", "policyDocument": policy, "context": {"user": "ann"}}
        asked = event["requestContext"]
        if asked["eventType"] == "CONNECT":
            refused = event["queryStringParameters"]["ticket"] == "good-but-refused"
            return {"statusCode": 403 if refused else 200}
        if event["body"] == "fail":
            raise RuntimeError("row (secret)")
        told = {"id": asked["connectionId"], "user": asked["authorizer"]["user"],
                "event": asked["eventType"], "said": event["body"]}
        print(json.dumps(told))
        return {"statusCode": 200, "body": json.dumps(told)}
"""


@dataclass
class Push:
    cloud: Cloud
    api: str
    function: Function
    message_route: str

    def address(self, ticket: str | None, stage: str = "live") -> str:
        base = "ws" + self.cloud.platform.endpoint.removeprefix("http")
        query = "" if ticket is None else f"?ticket={ticket}"
        return f"{base}/_aws/execute-api/{self.api}/{stage}{query}"

    def open(self, ticket: str | None = "good", stage: str = "live") -> ClientConnection:
        return connect(self.address(ticket, stage), proxy=None, open_timeout=20)

    def refused(self, ticket: str | None, stage: str = "live") -> int:
        with pytest.raises(InvalidStatus) as error:
            self.open(ticket, stage)
        return error.value.response.status_code

    def answers(self) -> None:
        client = self.cloud.client("apigatewayv2")
        client.update_route(
            ApiId=self.api, RouteId=self.message_route, RouteResponseSelectionExpression="$default"
        )
        client.create_route_response(
            ApiId=self.api, RouteId=self.message_route, RouteResponseKey="$default"
        )

    def management(self, **options: Any) -> Any:
        url = f"{self.cloud.platform.endpoint}/_aws/execute-api/{self.api}/live"
        return self.cloud.client("apigatewaymanagementapi", endpoint_url=url, **options)


@pytest.fixture
def push(cloud: Cloud) -> Push:
    return made(cloud)


def made(cloud: Cloud, *, permitted: str = "/*") -> Push:
    function = cloud.function(CODE)
    client = cloud.client("apigatewayv2")
    api = client.create_api(
        Name=cloud.name("push"),
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
    )["ApiId"]
    call = (
        f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function.arn}/invocations"
    )
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationMethod="POST", IntegrationUri=call
    )["IntegrationId"]
    authorizer = client.create_authorizer(
        ApiId=api,
        Name="tickets",
        AuthorizerType="REQUEST",
        AuthorizerUri=call,
        IdentitySource=["route.request.querystring.ticket"],
    )["AuthorizerId"]
    routes = {}
    for key in ("$connect", "$disconnect", "$default"):
        guarded = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
        routes[key] = client.create_route(
            ApiId=api,
            RouteKey=key,
            Target=f"integrations/{integration}",
            **(guarded if key == "$connect" else {}),
        )["RouteId"]
    client.create_stage(ApiId=api, StageName="live", AutoDeploy=True)
    cloud.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}{permitted}",
    )
    return Push(cloud, api, function, routes["$default"])


def heard(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=15))


def test_a_ticket_opens_a_socket_and_says_whose_it_is(push: Push):
    push.answers()
    with push.open() as socket:
        socket.send("hello")
        answer = heard(socket)
    assert (answer["user"], answer["event"], answer["said"]) == ("ann", "MESSAGE", "hello")


@pytest.mark.parametrize(
    ("ticket", "status"), [(None, 401), ("bad", 403), ("broken", 500), ("good-but-refused", 403)]
)
def test_who_has_no_good_ticket_stays_out(push: Push, ticket: str | None, status: int):
    assert push.refused(ticket) == status


def test_a_stage_that_is_not_there_lets_nobody_in(push: Push):
    assert push.refused("good", stage="beta") == 403


def test_functions_are_called_with_permission_only(cloud: Cloud):
    assert made(cloud, permitted="/live/$connect").refused("good") == 500, "the authorizer's"
    assert made(cloud, permitted="/authorizers/*").refused("good") == 403, "the route's"


def test_a_route_without_a_response_tells_the_client_nothing(push: Push):
    with push.open() as socket:
        socket.send("hello")
        with pytest.raises(TimeoutError):
            socket.recv(timeout=1)


def test_what_goes_wrong_in_a_function_is_not_told(push: Push):
    push.answers()
    with push.open() as socket:
        socket.send("fail")
        answer = heard(socket)
    assert answer.keys() == {"message", "connectionId", "requestId"}
    assert answer["message"] == "Internal server error"


@contextlib.contextmanager
def named(push: Push) -> Iterator[tuple[ClientConnection, str]]:
    """A socket and what the gateway calls it."""
    push.answers()
    with push.open() as socket:
        socket.send("who am I")
        yield socket, heard(socket)["id"]


def test_what_is_posted_arrives_and_after_the_end_there_is_nobody(push: Push):
    with named(push) as (socket, id):
        push.management().post_to_connection(ConnectionId=id, Data=b"news")
        assert socket.recv(timeout=15) == "news"

    def refused_with() -> str:
        try:
            push.management().post_to_connection(ConnectionId=id, Data=b"news")
        except ClientError as error:
            return error.response["Error"]["Code"]
        return ""

    assert eventually(refused_with) == "GoneException"


def test_a_client_that_vanishes_is_told_of(push: Push):
    with named(push) as (socket, id):
        socket.socket.shutdown(SHUT_RDWR)  # no goodbye
    logs = push.cloud.client("logs")
    group = f"/aws/lambda/{push.function.name}"

    def told() -> bool:
        events = logs.filter_log_events(logGroupName=group)["events"]
        return any('"DISCONNECT"' in each["message"] and id in each["message"] for each in events)

    assert eventually(told)


def test_a_socket_is_closed_from_outside(push: Push):
    with named(push) as (socket, id):
        push.management().delete_connection(ConnectionId=id)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=15)


def test_a_message_is_bounded_both_ways(push: Push):
    with named(push) as (socket, id):
        with pytest.raises(ClientError) as error:
            push.management().post_to_connection(ConnectionId=id, Data=b"x" * (128 * 1024 + 1))
        assert error.value.response["Error"]["Code"] == "PayloadTooLargeException"
        push.management().post_to_connection(ConnectionId=id, Data=b"x" * 128 * 1024)
        assert len(socket.recv(timeout=15)) == 128 * 1024
        socket.send("x" * (128 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=15)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


SEND = """
    import os, boto3

    def handler(event, context):
        client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["SOCKETS"])
        client.post_to_connection(ConnectionId=event["id"], Data=b"from a function")
"""


def test_a_function_sends_with_the_permission_and_not_without(push: Push):
    source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{push.api}/live"
    # The port of another day: a function finds the sockets where its own door is.
    address = f"http://127.0.0.1:1/_aws/execute-api/{push.api}/live"
    given = {"Environment": {"Variables": {"SOCKETS": address}}, "Timeout": 30}
    files = sdk_files("apigatewaymanagementapi")
    send = allow("execute-api:ManageConnections", f"{source}/POST/@connections/*")
    close = allow("execute-api:ManageConnections", f"{source}/DELETE/@connections/*")
    with named(push) as (socket, id):
        may_not = push.cloud.function(SEND, grants=[close], files=files, **given)
        assert "execute-api:ManageConnections" in may_not.fail({"id": id})["errorMessage"]
        may = push.cloud.function(SEND, grants=[send], files=files, **given)
        may.call({"id": id})
        assert socket.recv(timeout=15) == "from a function"


def test_a_stage_takes_only_so_many_messages(push: Push):
    push.answers()
    push.cloud.client("apigatewayv2").update_stage(
        ApiId=push.api,
        StageName="live",
        DefaultRouteSettings={"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 1},
    )
    with push.open() as socket:
        socket.send("one")
        socket.send("two")
        answers = [heard(socket), heard(socket)]
    assert [each.get("said") for each in answers] == ["one", None]
    assert answers[1]["message"] == "Too Many Requests"
    assert push.refused("good") == 403, "ministack tells every refusal of a route as 403"


def test_a_ticket_stands_in_no_log(push: Push):
    word = uuid.uuid4().hex
    with push.open(f"good-{word}") as socket:
        socket.send("hello")
    push.refused(f"bad-{word}")
    folder = push.cloud.platform.root / ".pilaster"
    for log in folder.rglob("*.log"):
        assert word not in log.read_text(errors="replace"), log
    for group in push.cloud.client("logs").describe_log_groups()["logGroups"]:
        found = push.cloud.client("logs").filter_log_events(logGroupName=group["logGroupName"])
        assert word not in json.dumps(found["events"])
