"""What is asked of DynamoDB and of `@connections`, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.documents.aws.adapters.connections import DynamoConnections, DynamoSessions
from lambdas.documents.aws.adapters.sockets import GatewaySockets
from lambdas.documents.aws.adapters.tickets import DynamoTickets
from lambdas.documents.model.errors import PushUnavailableError
from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import Connection, ConnectionId, Ticket
from tests.support.documents_aws import Service, client_error

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN, MONDAY, SOCKET = UserId("ann"), SessionId("monday"), ConnectionId("L0SM9cOFvHcCIhw=")
ROW = {
    "connection": {"S": SOCKET},
    "user": {"S": "ann"},
    "session": {"S": "monday"},
    "expires_at": {"N": "1795262400"},
}


def test_a_ticket_is_kept_under_its_digest_until_it_expires():
    table = Service()
    DynamoTickets("tickets", table).put("d1", Ticket(ANN, MONDAY, AT))
    item = {**ROW, "ticket": {"S": "d1"}}
    del item["connection"]
    assert table.calls == [("put_item", {"TableName": "tickets", "Item": item})]


def test_taking_a_ticket_deletes_it_and_answers_with_what_it_was():
    table = Service(delete_item={"Attributes": {**ROW, "ticket": {"S": "d1"}}})
    assert DynamoTickets("tickets", table).take("d1") == Ticket(ANN, MONDAY, AT)
    asked = {"TableName": "tickets", "Key": {"ticket": {"S": "d1"}}, "ReturnValues": "ALL_OLD"}
    assert table.calls == [("delete_item", asked)]


def test_a_ticket_that_is_not_there_is_none():
    assert DynamoTickets("tickets", Service(delete_item={})).take("d1") is None


def test_a_connection_is_kept_with_its_user_and_session():
    table = Service()
    DynamoConnections("sockets", table).put(Connection(SOCKET, ANN, MONDAY, AT))
    assert table.calls == [("put_item", {"TableName": "sockets", "Item": ROW})]


def test_connections_are_found_by_the_index_of_users_and_sessions():
    table = Service(query={"Items": [{"connection": {"S": SOCKET}}]})
    connections = DynamoConnections("sockets", table)
    assert connections.of_user(ANN) == connections.of_session(ANN, MONDAY) == [SOCKET]
    (_, of_user), (_, of_session) = table.calls
    assert of_user["IndexName"] == of_session["IndexName"] == "by-user-session"
    assert of_user["ExpressionAttributeValues"] == {":user": {"S": "ann"}}
    assert of_session["ExpressionAttributeValues"] == {
        ":user": {"S": "ann"},
        ":session": {"S": "monday"},
    }


def test_an_ended_session_is_no_socket_of_anybody_and_is_read_as_it_is_now():
    table = Service(get_item={"Item": {}})
    sessions = DynamoSessions("sockets", table)
    sessions.end(MONDAY, until=AT)
    assert sessions.ended(MONDAY)
    (_, put), (_, got) = table.calls
    assert put["Item"] == {
        "connection": {"S": "ended monday"},
        "expires_at": {"N": "1795262400"},
    }
    assert got["ConsistentRead"] is True
    assert not DynamoSessions("sockets", Service(get_item={})).ended(MONDAY)


def test_a_message_goes_to_one_socket():
    management = Service()
    assert GatewaySockets("https://x", management).send(SOCKET, "hé")
    assert management.calls == [
        ("post_to_connection", {"ConnectionId": SOCKET, "Data": b"h\xc3\xa9"})
    ]


def test_a_socket_nobody_holds_is_gone_and_closing_it_is_done_already():
    gone = client_error("GoneException", status=410)
    sockets = GatewaySockets("https://x", Service(post_to_connection=gone, delete_connection=gone))
    assert not sockets.send(SOCKET, "hello")
    sockets.close(SOCKET)


CALLS: list[Callable[[Any], object]] = [
    lambda service: DynamoTickets("t", service).put("d", Ticket(ANN, MONDAY, AT)),
    lambda service: DynamoTickets("t", service).take("d"),
    lambda service: DynamoConnections("t", service).put(Connection(SOCKET, ANN, MONDAY, AT)),
    lambda service: DynamoConnections("t", service).remove(SOCKET),
    lambda service: DynamoConnections("t", service).of_user(ANN),
    lambda service: DynamoSessions("t", service).end(MONDAY, until=AT),
    lambda service: DynamoSessions("t", service).ended(MONDAY),
    lambda service: GatewaySockets("https://x", service).send(SOCKET, "hello"),
    lambda service: GatewaySockets("https://x", service).close(SOCKET),
]


class Broken(Service):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**_: Any) -> Any:
            raise self._error

        return call


@pytest.mark.parametrize("call", CALLS)
def test_what_passes_is_said_so_and_what_does_not_stays_what_it_is(call: Callable[[Any], object]):
    with pytest.raises(PushUnavailableError):
        call(Broken(client_error("ThrottlingException")))
    forbidden = client_error("AccessDeniedException", status=403)
    with pytest.raises(type(forbidden)):
        call(Broken(forbidden))
