"""Sockets and letters at the edge: what the gateway and the queue hand over, and the answers."""

from __future__ import annotations

import importlib
import json
from typing import Any
from uuid import UUID

import pytest

from lambdas.documents.aws.adapters.deliveries import DynamoDeliveries
from lambdas.documents.aws.adapters.post import CognitoAddresses, SesPost
from lambdas.documents.aws.adapters.wishes import DynamoWishes
from lambdas.documents.aws.entries import entry
from lambdas.documents.aws.push.message import answer_to
from lambdas.documents.model.errors import BusyError, MailRefusedError, MailUnavailableError
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.letter import Letter, letter
from lambdas.documents.use_cases.notify import mail, push
from tests.support.documents_aws import LAMBDA, Context, Service, body_of, client_error, http_event
from tests.support.documents_examples import NOON, a_document, a_run, a_user
from tests.support.documents_switchboard import Switchboard
from tests.support.edge import HOST, through

ANN = a_user()
ARN = "arn:aws:execute-api:eu:0:api/live/$connect"
ID = UUID("5f0a4c1e-6c0b-5f0e-9b1e-2d9f7a3c8e11")
LETTER = Letter("s", "t")
DONE = client_error("ConditionalCheckFailedException")


def told(type: EventType = EventType.JOB_COMPLETED, **facts: Any) -> Event:
    return event(a_run(a_document()), type, at=NOON, **facts)


def edge(name: str, monkeypatch: pytest.MonkeyPatch, **own: str) -> Any:
    for variable, value in {**LAMBDA, **own}.items():
        monkeypatch.setenv(variable, value)
    return importlib.import_module(f"lambdas.documents.aws.{name}")


# --- tickets and the gateway's routes ------------------------------------------------------------


def test_a_token_becomes_a_ticket_for_the_address_it_was_asked_at(monkeypatch: pytest.MonkeyPatch):
    module = edge("push.tickets", monkeypatch, TICKETS_TABLE="t", PUSH_SCHEME="wss")
    table = Service()
    monkeypatch.setattr(module.tickets, "_dynamodb", table)
    answer = module.handler(http_event(user=ANN), Context())
    assert answer["statusCode"] == 201
    said = body_of(answer)
    assert said["url"] == f"wss://{HOST}/ws"
    [(_, put)] = table.calls
    assert said["ticket"] not in json.dumps(put), "what is kept opens nothing"


def test_the_authorizer_lets_in_whom_the_ticket_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    module = edge("push.authorize", monkeypatch, TICKETS_TABLE="t")
    good = {"user": {"S": ANN}, "session": {"S": "monday"}, "expires_at": {"N": "99999999999"}}
    monkeypatch.setattr(
        module.tickets, "_dynamodb", Service(delete_item=[{"Attributes": good}, {}])
    )
    asked = through({"methodArn": ARN, "queryStringParameters": {"ticket": "t" * 43}})
    answers = [module.handler(asked, Context()), module.handler(asked, Context())]
    effects = [each["policyDocument"]["Statement"][0]["Effect"] for each in answers]
    assert effects == ["Allow", "Deny"]
    assert answers[0]["context"] == {"user": ANN, "session": "monday"}
    assert answers[0]["policyDocument"]["Statement"][0]["Resource"] == ARN
    assert "ttt" not in capsys.readouterr().out, "a ticket stands in no log"


@pytest.mark.parametrize("query", [None, {}, {"ticket": ""}, {"ticket": "../../"}])
def test_without_a_ticket_nobody_is_looked_for(
    query: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
):
    module = edge("push.authorize", monkeypatch, TICKETS_TABLE="t")
    table = Service()
    monkeypatch.setattr(module.tickets, "_dynamodb", table)
    asked = through({"methodArn": ARN, "queryStringParameters": query})
    answer = module.handler(asked, Context())
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert table.calls == []


@pytest.mark.parametrize("headers", [None, {}, {"X-Origin-Secret": "guessed"}])
def test_a_socket_past_the_edge_is_refused_and_its_ticket_stays_good(
    headers: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
):
    module = edge("push.authorize", monkeypatch, TICKETS_TABLE="t")
    table = Service()
    monkeypatch.setattr(module.tickets, "_dynamodb", table)
    asked = {"methodArn": ARN, "queryStringParameters": {"ticket": "t" * 43}, "headers": headers}
    answer = module.handler(asked, Context())
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert table.calls == []


def opening(**more: Any) -> dict[str, Any]:
    who = {"user": ANN, "session": "monday"}
    return {"requestContext": {"connectionId": "c1", "authorizer": who, **more}}


@pytest.mark.parametrize(("ended", "status"), [({}, 200), ({"Item": {}}, 403)])
def test_a_socket_opens_unless_its_session_has_ended(
    ended: dict[str, Any], status: int, monkeypatch: pytest.MonkeyPatch
):
    module = edge("push.connect", monkeypatch, CONNECTIONS_TABLE="c")
    table = Service(query={"Items": []}, get_item=ended)
    monkeypatch.setattr(module.connections, "_dynamodb", table)
    monkeypatch.setattr(module.sessions, "_dynamodb", table)
    assert module.handler(opening(), Context()) == {"statusCode": status}
    done = [operation for operation, _ in table.calls]
    assert done == ["query", "put_item", "get_item", *(["delete_item"] if ended else [])]


def test_a_table_that_is_away_refuses_the_socket_without_a_word(monkeypatch: pytest.MonkeyPatch):
    module = edge("push.connect", monkeypatch, CONNECTIONS_TABLE="c")
    away = Service(query=client_error("ThrottlingException"))
    monkeypatch.setattr(module.connections, "_dynamodb", away)
    assert module.handler(opening(), Context()) == {"statusCode": 500}


def test_a_closed_socket_loses_its_row(monkeypatch: pytest.MonkeyPatch):
    module = edge("push.disconnect", monkeypatch, CONNECTIONS_TABLE="c")
    table = Service()
    monkeypatch.setattr(module.connections, "_dynamodb", table)
    assert module.handler(opening(), Context()) == {"statusCode": 200}
    assert table.calls == [("delete_item", {"TableName": "c", "Key": {"connection": {"S": "c1"}}})]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ('{"action": "ping"}', "pong"),
        ("", "malformed"),
        ("hello", "malformed"),
        ("[" * 1000, "malformed"),
        ("[]", "unknown"),
        ('{"action": "sudo"}', "unknown"),
        ("é" * 513, "too-large"),
    ],
)
def test_a_client_may_ask_whether_somebody_is_there(said: str, answer: str):
    answered = answer_to(said)
    assert answer in (answered["type"], answered.get("code"))


# --- telling, once -------------------------------------------------------------------------------


class Notebook:
    """Deliveries in memory."""

    def __init__(self) -> None:
        self.told: dict[UUID, bool] = {}

    def begin(self, event: UUID) -> bool:
        if self.told.get(event) is False:
            raise BusyError(event)
        return self.told.setdefault(event, False) is False

    def done(self, event: UUID) -> None:
        self.told[event] = True

    def give_back(self, event: UUID) -> None:
        del self.told[event]


class Mailbox:
    """A post that keeps letters, wishes and addresses."""

    def __init__(self, *, refuses: int = 0, wants: bool = True, known: bool = True) -> None:
        self.refuses = refuses
        self.wants = wants
        self.known = known
        self.letters: list[tuple[str, Letter]] = []

    def send(self, to: str, letter: Letter) -> None:
        if self.refuses:
            self.refuses -= 1
            raise MailRefusedError("MessageRejected")
        self.letters.append((to, letter))

    def of(self, user: UserId) -> str | None:
        return "ann@example.com" if self.known else None

    def wants_mail(self, user: UserId) -> bool:
        return self.wants

    def set(self, user: UserId, *, mail: bool) -> None:
        self.wants = mail


def written(box: Mailbox, notes: Notebook, about: Event) -> int | None:
    return mail(about, deliveries=notes, addresses=box, wishes=box, post=box)


def test_the_same_event_five_times_is_one_letter():
    box, notes, about = Mailbox(), Notebook(), told(status="completed")
    assert [written(box, notes, about) for _ in range(5)] == [1, None, None, None, None]
    assert len(box.letters) == 1


def test_a_mailbox_that_refuses_is_tried_again():
    box, notes, about = Mailbox(refuses=1), Notebook(), told(status="completed")
    with pytest.raises(MailRefusedError):
        written(box, notes, about)
    assert written(box, notes, about) == 1


@pytest.mark.parametrize("box", [Mailbox(wants=False), Mailbox(known=False)])
def test_who_wants_no_mail_or_is_gone_gets_none(box: Mailbox):
    assert written(box, Notebook(), told(status="completed")) == 0
    assert box.letters == []


def test_sockets_hear_an_event_once_and_a_vanished_one_is_taken_out():
    from lambdas.documents.model.identity import SessionId
    from lambdas.documents.model.push import Connection, ConnectionId

    board, notes, about = Switchboard(), Notebook(), told(status="completed")
    for name in ("a", "gone"):
        board.put(Connection(ConnectionId(name), about.user, SessionId("s"), NOON))
    board.vanish(ConnectionId("gone"))

    def tell() -> int | None:
        return push(about, "news", deliveries=notes, connections=board, sockets=board)

    assert [tell(), tell()] == [1, None]
    assert (board.heard, list(board.connections)) == ({"a": ["news"]}, ["a"])


@pytest.mark.parametrize("status", ["completed", "rejected", "expired", "failed"])
def test_a_letter_holds_the_documents_id_and_nothing_of_it(status: str):
    type = EventType.JOB_FAILED if status == "failed" else EventType.JOB_COMPLETED
    about = told(type, status=status)
    found = letter(about)
    assert found is not None
    assert about.document in found.text
    assert about.user not in found.text


def test_what_is_no_answer_is_not_worth_a_letter():
    assert letter(told(EventType.HITL_REQUESTED, escalation=0)) is None


def batch(*events: Event) -> dict[str, Any]:
    notices = [entry(each, "bus") for each in events]
    bodies = [
        json.dumps({"source": n["Source"], "detail-type": n["DetailType"], "detail": n["Detail"]})
        for n in notices
    ]
    return {"Records": [{"messageId": str(n), "body": b} for n, b in enumerate(bodies)]}


def test_what_is_told_is_the_users_business_and_names_no_reviewer(monkeypatch: pytest.MonkeyPatch):
    own = {"CONNECTIONS_TABLE": "c", "DELIVERIES_TABLE": "d", "SOCKETS_URL": "https://s"}
    module = edge("push.broadcast", monkeypatch, **own)
    about = told(EventType.HITL_COMPLETED, decision="approve", reviewer=a_user(), seconds=3.5)
    said = json.loads(module.message(about))
    assert said == {
        "type": "hitl.completed",
        "id": str(about.id),
        "at": "2026-11-20T12:00:00Z" if NOON.day == 20 else said["at"],
        "document": about.document,
        "decision": "approve",
        "seconds": 3.5,
    }


def test_one_event_that_fails_comes_again_alone(monkeypatch: pytest.MonkeyPatch):
    own = {"CONNECTIONS_TABLE": "c", "DELIVERIES_TABLE": "d", "SOCKETS_URL": "https://s"}
    module = edge("push.broadcast", monkeypatch, **own)
    throttled = client_error("ThrottlingException")
    monkeypatch.setattr(module.deliveries, "_dynamodb", Service(put_item=[throttled, {}, {}]))
    monkeypatch.setattr(module.connections, "_dynamodb", Service(query={"Items": []}))
    two = batch(told(status="completed"), told(status="completed"))
    assert module.handler(two, Context()) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


# --- adapters ------------------------------------------------------------------------------------


def deliveries(**answers: Any) -> tuple[DynamoDeliveries, Service]:
    table = Service(**answers)
    return DynamoDeliveries("d", "mail", table, clock=lambda: 1000.0), table


def test_a_delivery_is_leased_and_then_kept_longer_than_an_archive():
    notes, table = deliveries()
    assert notes.begin(ID)
    notes.done(ID)
    (_, lease), (_, done) = table.calls
    assert lease["Item"]["delivery"] == {"S": f"mail {ID}"}
    assert lease["Item"]["leased_until"] == {"N": "1060"}
    assert "leased_until" not in done["Item"]
    assert int(done["Item"]["expires_at"]["N"]) == 1000 + 400 * 86_400


def test_what_is_done_is_not_begun_again_and_what_is_leased_is_waited_for():
    notes, _ = deliveries(put_item=DONE)
    assert not notes.begin(ID)
    leased = client_error("ConditionalCheckFailedException")
    leased.response["Item"] = {"leased_until": {"N": "1060"}}  # type: ignore[typeddict-unknown-key]
    notes, _ = deliveries(put_item=leased)
    with pytest.raises(BusyError):
        notes.begin(ID)


def person(**more: Any) -> dict[str, Any]:
    said = {"email": "ann@example.com", "email_verified": "true", **more}
    return {"Enabled": True, "UserAttributes": [{"Name": n, "Value": v} for n, v in said.items()]}


@pytest.mark.parametrize(
    ("found", "unverified", "to"),
    [
        (person(), False, "ann@example.com"),
        (person(email_verified="false"), False, None),
        (person(email_verified="false"), True, "ann@example.com"),
        ({**person(), "Enabled": False}, True, None),
        (client_error("UserNotFoundException"), True, None),
    ],
)
def test_letters_go_to_addresses_somebody_has_shown_to_be_theirs(
    found: Any, unverified: bool, to: str | None
):
    cognito = Service(admin_get_user=found)
    assert CognitoAddresses("pool", unverified=unverified, cognito=cognito).of(ANN) == to


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client_error("MessageRejected"), MailRefusedError),
        (client_error("TooManyRequestsException"), MailUnavailableError),
        (client_error("InternalFailure", status=500), MailUnavailableError),
    ],
)
def test_a_letter_that_is_not_taken_is_said_without_its_address(error: Exception, kind: type):
    with pytest.raises(kind) as raised:
        SesPost("us@example.com", "set", Service(send_email=error)).send("ann@b.org", LETTER)
    assert "ann" not in str(raised.value)


def test_a_wish_stands_and_nobodys_silence_is_one():
    assert DynamoWishes("w", Service(get_item={})).wants_mail(ANN)
    no = {"Item": {"mail": {"BOOL": False}}}
    assert not DynamoWishes("w", Service(get_item=no)).wants_mail(ANN)
