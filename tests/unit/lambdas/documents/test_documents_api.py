"""The API's handlers from event to answer, over books in memory."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.documents.aws.health.routes import methods_at
from lambdas.documents.model.attempts import FROM_ONE_ADDRESS
from lambdas.documents.model.document import Status, StepDone
from lambdas.documents.model.errors import DatabaseUnavailableError
from lambdas.documents.model.keys import upload_key
from tests.support.documents_aws import LAMBDA, Context, body_of, http_event, no_cache
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_directory import Directory
from tests.support.documents_examples import NOON, TIMETABLE, a_document, a_user
from tests.support.documents_pillar_box import PillarBox
from tests.support.switchboard import Switchboard
from tests.support.tally import Tally

OWNER = a_user()
GOOD = {"name": "week.png", "content_type": "image/png", "size": 1000}
ACCOUNT = {"email": "Ann@Example.com", "password": "Correct-horse-9"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The edge modules over `api.books`, `api.cabinet` and `api.directory`."""
    own = {
        "DOCUMENTS_BUCKET": "documents",
        "UPLOAD_LIMIT_MIB": "20",
        "UPLOAD_MINUTES": "15",
        "DATABASE_HOST": "127.0.0.1",
        "CACHE_NAME": "cache",
        "CACHE_HOST": "127.0.0.1",
        "CACHE_PORT": "1",
        "CACHE_USER": "user",
        "REQUESTS_PER_MINUTE": "60",
        "DATABASE_PORT": "1",
        "DATABASE_NAME": "documents",
        "DATABASE_USER": "documents_api",
        "DATABASE_PROXIED": "false",
        "DATABASE_IDLE_SECONDS": "240",
        "USER_POOL_ID": "pool",
        "USER_POOL_CLIENT_ID": "client",
        "CONFIRM_AT_ONCE": "true",
        "ATTEMPTS_TABLE": "attempts",
        "CONNECTIONS_TABLE": "connections",
        "SOCKETS_URL": "https://sockets.example",
        "OUTBOX_TABLE": "outbox",
        "ROUTES": "GET /health,GET /api/v1/documents/{id},DELETE /api/v1/documents/{id}",
    }
    for name, value in {**LAMBDA, **own}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("lambdas.documents.aws.adapters.valkey._tls", no_cache)
    from lambdas.documents.aws.api import create, delete, list, show
    from lambdas.documents.aws.auth import confirm, login, logout, refresh, register
    from lambdas.documents.aws.health import show as health
    from lambdas.documents.aws.health import unknown

    books, cabinet, directory = Books(), Cabinet(), Directory()
    for module in (create, delete, list, show):
        monkeypatch.setattr(module, "documents", books)
    outbox = PillarBox()
    monkeypatch.setattr(delete, "outbox", outbox)
    for module in (confirm, login, logout, refresh, register):
        monkeypatch.setattr(module, "accounts", directory)
    tally = Tally()
    for module in (confirm, login, register):
        monkeypatch.setattr(module, "attempts", tally)
    board = Switchboard()
    for name in ("connections", "sessions", "sockets"):
        monkeypatch.setattr(logout, name, board)
    return SimpleNamespace(
        books=books,
        cabinet=cabinet,
        outbox=outbox,
        directory=directory,
        create=create,
        delete=delete,
        list=list,
        show=show,
        confirm=confirm,
        login=login,
        logout=logout,
        refresh=refresh,
        board=board,
        register=register,
        health=health,
        unknown=unknown,
    )


def call(module: Any, body: object = None, **event: Any) -> tuple[int, dict[str, Any]]:
    answer = module.handler(http_event(body, **event), Context())
    return answer["statusCode"], body_of(answer) if "body" in answer else {}


def test_a_document_is_announced_and_its_upload_signed(api: SimpleNamespace):
    status, body = call(api.create, GOOD, user=OWNER)
    (document,) = api.books.documents.values()
    assert status == 201
    assert body["id"] == document.id
    assert body["status"] == "pending"
    assert body["upload"]["method"] == "PUT"
    assert body["upload"]["headers"] == {
        "Content-Type": "image/png",
        "Content-Length": "1000",
        "If-None-Match": "*",
    }
    assert upload_key(OWNER, document.id, "image/png") in body["upload"]["url"]
    until = datetime.fromisoformat(body["upload"]["expires_at"])
    assert abs(until - datetime.now(UTC) - timedelta(minutes=15)) < timedelta(seconds=5)


def test_a_name_is_in_no_part_of_the_link(api: SimpleNamespace):
    _, body = call(api.create, {**GOOD, "name": "../../secret-name.png"}, user=OWNER)
    assert "secret-name" not in json.dumps(body)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "timetable\u202egnp.exe"}, "name"),
        ({"name": "nul\x00byte.png"}, "name"),
        ({"name": "a" * 300 + ".png"}, "name"),
        ({"name": ""}, "name"),
        ({"content_type": "image/heic"}, "content_type"),
        ({"size": 0}, "size"),
        ({"size": 20 * 2**20 + 1}, "size"),
    ],
)
def test_what_the_api_can_see_is_refused_by_field_and_makes_no_document(
    api: SimpleNamespace, change: dict[str, Any], field: str
):
    status, body = call(api.create, {**GOOD, **change}, user=OWNER)
    assert status == 422
    assert [each["field"] for each in body["errors"]] == [field]
    assert api.books.documents == {}


def test_missing_fields_are_named_all_at_once(api: SimpleNamespace):
    _, body = call(api.create, {}, user=OWNER)
    assert [each["field"] for each in body["errors"]] == ["name", "content_type", "size"]


@pytest.mark.parametrize("module", ["create", "list", "show", "delete"])
def test_nobody_is_served_without_a_token(api: SimpleNamespace, module: str):
    document = a_document(OWNER)
    api.books.documents[document.id] = document
    status, _ = call(getattr(api, module), GOOD, path={"id": document.id})
    assert status == 401
    assert list(api.books.documents) == [document.id]


def test_a_completed_document_is_shown_with_its_timetable(api: SimpleNamespace):
    document = a_document(
        OWNER,
        status=Status.COMPLETED,
        route=("ocr",),
        confidence=99.5,
        finished_at=NOON,
        timetable=TIMETABLE,
        steps=(StepDone(name="read", seconds=1.25, cached=True),),
    )
    api.books.documents[document.id] = document
    status, body = call(api.show, user=OWNER, path={"id": document.id.upper()})
    assert status == 200
    assert body == {
        "id": document.id,
        "name": "week.pdf",
        "status": "completed",
        "reason": None,
        "route": ["ocr"],
        "confidence": 99.5,
        "created_at": "2026-11-21T12:00:00Z",
        "finished_at": "2026-11-21T12:00:00Z",
        "steps": [{"name": "read", "seconds": 1.25, "cached": True}],
        "timetable": {
            "title": "Class 4b",
            "blocks": [
                {
                    "day": block.day,
                    "start": block.start,
                    "end": block.end,
                    "title": block.title,
                    "notes": block.notes,
                }
                for block in TIMETABLE.blocks
            ],
        },
    }


def test_a_document_without_a_timetable_says_so(api: SimpleNamespace):
    document = a_document(OWNER, upload_until=datetime.now(UTC) + timedelta(hours=1))
    api.books.documents[document.id] = document
    status, body = call(api.show, user=OWNER, path={"id": document.id})
    assert (status, body["status"], body["timetable"]) == (200, "pending", None)


@pytest.mark.parametrize("id", ["", "x", "../other", "6f1c0a3e", "%00", "' or 1=1 --"])
@pytest.mark.parametrize("module", ["show", "delete"])
def test_an_id_that_is_none_is_not_found(api: SimpleNamespace, module: str, id: str):
    status, body = call(getattr(api, module), user=OWNER, path={"id": id})
    assert (status, body["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("module", ["show", "delete"])
def test_somebody_elses_document_looks_like_none(api: SimpleNamespace, module: str):
    document, nothing = a_document(a_user()), a_document()
    api.books.documents[document.id] = document
    foreign = call(getattr(api, module), user=OWNER, path={"id": document.id})
    assert foreign == call(getattr(api, module), user=OWNER, path={"id": nothing.id})
    assert foreign[0] == 404
    assert document.id in api.books.documents


def test_a_list_is_paged_by_its_own_cursor(api: SimpleNamespace):
    for n in range(3):
        document = a_document(OWNER, created_at=NOON + timedelta(hours=n))
        api.books.documents[document.id] = document
    _, first = call(api.list, user=OWNER, query={"limit": "2"})
    _, second = call(api.list, user=OWNER, query={"limit": "2", "cursor": first["next"]})
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    assert "timetable" not in first["items"][0]


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": ""}, {"limit": "0"}, {"limit": "x"}])
def test_a_bad_question_is_named(api: SimpleNamespace, query: dict[str, str]):
    status, body = call(api.list, user=OWNER, query=query)
    assert (status, [each["field"] for each in body["errors"]]) == (400, list(query))


def test_a_deleted_document_is_gone_at_once_and_erased_afterwards(api: SimpleNamespace):
    document = a_document(OWNER)
    api.books.documents[document.id] = document
    assert call(api.delete, user=OWNER, path={"id": document.id}) == (202, {})
    assert call(api.show, user=OWNER, path={"id": document.id})[0] == 404
    (said,) = api.outbox.left()
    assert (said.type, said.document) == ("document.deleted", document.id)


def test_a_document_is_deleted_once(api: SimpleNamespace):
    document = a_document(OWNER)
    api.books.documents[document.id] = document
    answers = [call(api.delete, user=OWNER, path={"id": document.id})[0] for _ in range(2)]
    assert answers == [202, 404]
    assert len(api.outbox.waiting) == 1


def test_a_database_that_wakes_up_is_a_503_with_a_time_to_come_back(
    api: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    def asleep(user: str) -> None:
        raise DatabaseUnavailableError("paused")

    monkeypatch.setattr(api.books, "welcome", asleep)
    answer = api.list.handler(http_event(user=OWNER), Context())
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "15")


def test_an_account_is_made_and_logged_in_to(api: SimpleNamespace):
    status, body = call(api.register, ACCOUNT)
    assert (status, body["confirmed"]) == (201, True)
    status, body = call(api.login, {**ACCOUNT, "email": " ann@example.com "})
    assert status == 200
    assert body == {
        "access_token": "access",
        "id_token": "id",
        "refresh_token": "refresh-1",
        "expires_in": 300,
        "token_type": "Bearer",
    }


def test_a_refresh_token_is_good_once(api: SimpleNamespace):
    call(api.register, ACCOUNT)
    first = call(api.login, ACCOUNT)[1]["refresh_token"]
    status, body = call(api.refresh, {"refresh_token": first})
    assert (status, body["refresh_token"], body["expires_in"]) == (200, "refresh-2", 300)
    status, body = call(api.refresh, {"refresh_token": first})
    assert (status, body["type"]) == (401, "/problems/session-ended")


@pytest.mark.parametrize("token", [None, 7, "", "x" * 9000])
def test_what_cannot_be_a_refresh_token_is_not_asked_about(api: SimpleNamespace, token: object):
    assert call(api.refresh, {"refresh_token": token})[0] == 422
    assert call(api.logout, {"refresh_token": token}, user=OWNER)[0] == 422


def test_a_logout_ends_the_refresh_token_and_hangs_up(api: SimpleNamespace):
    call(api.register, ACCOUNT)
    token = call(api.login, ACCOUNT)[1]["refresh_token"]
    api.board.lines = {"mine": "session-1", "other": "session-2"}
    claims = {"sub": OWNER, "token_use": "access", "origin_jti": "session-1"}
    context = {"requestId": "request-1", "authorizer": {"jwt": {"claims": claims}}}
    for _ in range(2):  # asked again, because the answer was lost
        answer = call(api.logout, {"refresh_token": token}, requestContext=context)
        assert answer == (204, {})
    assert api.board.lines == {"other": "session-2"}
    assert api.board.over == {"session-1"}, "and no socket opens for it any more"
    assert call(api.refresh, {"refresh_token": token})[0] == 401


def test_a_logout_wants_an_access_token(api: SimpleNamespace):
    assert call(api.logout, {"refresh_token": "refresh-1"})[0] == 401


def test_who_guesses_is_told_when_to_come_back(api: SimpleNamespace):
    wrong = {**ACCOUNT, "password": "Wrong-horse-999"}
    for _ in range(FROM_ONE_ADDRESS):
        assert call(api.login, wrong)[0] == 401
    answer = api.login.handler(http_event(wrong), Context())
    assert (answer["statusCode"], body_of(answer)["type"]) == (429, "/problems/too-many-attempts")
    assert 1 <= int(answer["headers"]["retry-after"]) <= 900


def test_an_account_is_confirmed_by_its_code(api: SimpleNamespace):
    api.directory.at_once = False
    assert call(api.register, ACCOUNT)[1]["confirmed"] is False
    assert call(api.login, ACCOUNT)[0] == 401
    assert call(api.confirm, {"email": ACCOUNT["email"], "code": "000000"})[0] == 422
    assert call(api.confirm, {"email": ACCOUNT["email"], "code": "123456"}) == (204, {})
    assert call(api.login, ACCOUNT)[0] == 200


@pytest.mark.parametrize("password", ["Correct-horse-9", "Another-horse-9", "weak", ""])
def test_registering_does_not_tell_whether_an_address_has_an_account(
    api: SimpleNamespace, password: str
):
    call(api.register, ACCOUNT)
    taken = call(api.register, {**ACCOUNT, "password": password})
    fresh = call(api.register, {"email": "bob@example.com", "password": password})
    for body in (taken[1], fresh[1]):
        body.pop("user", None)
    assert taken == fresh


def test_registering_again_does_not_change_the_password(api: SimpleNamespace):
    call(api.register, ACCOUNT)
    call(api.register, {**ACCOUNT, "password": "Stolen-horse-99"})
    assert call(api.login, {**ACCOUNT, "password": "Stolen-horse-99"})[0] == 401
    assert call(api.login, ACCOUNT)[0] == 200


def test_a_login_does_not_tell_what_was_wrong(api: SimpleNamespace):
    call(api.register, ACCOUNT)
    wrong = call(api.login, {**ACCOUNT, "password": "Wrong-horse-999"})
    assert wrong == call(api.login, {**ACCOUNT, "email": "nobody@example.com"})
    assert wrong[0] == 401


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["email", "password"]),
        ({"email": "ann", "password": "Correct-horse-9"}, ["email"]),
        ({"email": "ann@localhost", "password": "Correct-horse-9"}, ["email"]),
        ({"email": "a\nb@example.com", "password": "Correct-horse-9"}, ["email"]),
        ({"email": f"{'a' * 300}@example.com", "password": "Correct-horse-9"}, ["email"]),
        ({"email": "ann@example.com", "password": "short"}, ["password"]),
        ({"email": "ann@example.com", "password": "a" * 300}, ["password"]),
        ({"email": 7, "password": ["x"]}, ["email", "password"]),
    ],
)
def test_a_registration_that_breaks_a_rule_names_the_field(
    api: SimpleNamespace, body: dict[str, Any], fields: list[str]
):
    status, answer = call(api.register, body)
    assert (status, [each["field"] for each in answer["errors"]]) == (422, fields)
    assert api.directory.passwords == {}


def test_no_password_and_no_token_reaches_a_log(
    api: SimpleNamespace, capsys: pytest.CaptureFixture[str]
):
    call(api.register, ACCOUNT)
    call(api.login, ACCOUNT)
    call(api.login, {**ACCOUNT, "password": "Wrong-horse-999"})
    call(api.register, {**ACCOUNT, "password": "weak"})
    logged = capsys.readouterr().out
    assert logged
    for secret in ("horse", "weak", '"access"', "refresh", "example.com"):
        assert secret not in logged


def test_health_answers(api: SimpleNamespace):
    assert call(api.health) == (200, {"status": "ok"})
    headers = api.health.handler(http_event(), Context())["headers"]
    assert headers["x-request-id"] == "request-1"


def asked(api: SimpleNamespace, method: str, path: str, **headers: str) -> dict[str, Any]:
    """The answer of what takes all that no route takes."""
    context = {"requestId": "request-1", "http": {"method": method, "path": path}}
    event = http_event(rawPath=path, requestContext=context, headers=headers)
    return api.unknown.handler(event, Context())


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/health/", "/api/v1/documents/1/2", ""])
def test_an_unknown_address_is_a_problem_document(api: SimpleNamespace, path: str):
    answer = asked(api, "GET", path)
    assert (answer["statusCode"], body_of(answer)["status"]) == (404, 404)
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert body_of(answer)["request_id"] == answer["headers"]["x-request-id"] == "request-1"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/health", "GET"), ("//health", "GET"), ("/api/v1/documents/42", "DELETE, GET")],
)
def test_a_method_an_address_does_not_take_is_told_the_ones_it_takes(
    api: SimpleNamespace, path: str, allowed: str
):
    answer = asked(api, "PUT", path)
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, allowed)
    assert body_of(answer)["type"] == "/problems/method-not-allowed"
    options = asked(api, "OPTIONS", path)
    assert (options["statusCode"], options["headers"]["allow"]) == (204, allowed)


@pytest.mark.parametrize("path", ["/health", "/api/v1/nothing"])
def test_a_browser_that_asks_beforehand_is_let_through(api: SimpleNamespace, path: str):
    """Whether a page may call is the gateway's to say, in the headers it adds to this."""
    headers = {"origin": "https://app.example", "access-control-request-method": "PUT"}
    answer = asked(api, "OPTIONS", path, **headers)
    assert (answer["statusCode"], "body" in answer) == (204, False)
    assert not [name for name in answer["headers"] if name.startswith("access-control")]


def test_an_unknown_address_has_no_options_either(api: SimpleNamespace):
    assert asked(api, "OPTIONS", "/nothing")["statusCode"] == 404


def test_a_route_may_take_all_that_is_left_of_a_path():
    routes = ["GET /files/{path+}", "PUT /files/a.txt"]
    assert methods_at("/files/a/b", routes) == ["GET"]
    assert methods_at("/files/a.txt", routes) == ["GET", "PUT"]
    assert methods_at("/files/a-txt", routes) == ["GET"]
    assert methods_at("/files/", routes) == []
