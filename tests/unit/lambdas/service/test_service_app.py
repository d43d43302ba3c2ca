"""The notes API, from a request to a response, on notes in memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.service.app import NOTES, App
from lambdas.service.http import Request, Response
from lambdas.service.model.note import MAX_TAGS, MAX_TEXT, MAX_TITLE
from lambdas.service.wire import MAX_BODY
from tests.support.drawer import Drawer, asleep

ANNA, BERT = "11111111-1111-4111-8111-111111111111", "auth0|bert"
NOBODYS = "00000000-0000-4000-8000-000000000000"


class Desk:
    """A client: `ask` is one request."""

    def __init__(self) -> None:
        self.drawer = Drawer()
        self.clock = datetime(2026, 1, 1, tzinfo=UTC)
        self.app = App(self.drawer, self._now)

    def _now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str | None = ANNA,
        query: str = "",
        deadline: float | None = None,
        **headers: str,
    ) -> Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) else b"" if body is None else _bytes(body)
        if body is not None:
            given = {"content-type": "application/json", **given}
        return self.app.respond(
            Request(
                method=method,
                path=path,
                query=query,
                headers=given,
                body=raw,
                user=user,
                request_id="r-1",
                deadline=deadline,
            )
        )

    def note(self, title: str = "a title", *, user: str = ANNA, **more: Any) -> dict[str, Any]:
        answer = self.ask("POST", NOTES, {"title": title, **more}, user=user)
        assert answer.status == 201, answer
        return json.loads(answer.body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def _bytes(body: object) -> bytes:
    return json.dumps(body).encode()


def read(answer: Response) -> dict[str, Any]:
    return json.loads(answer.body)


def faults(answer: Response) -> list[str]:
    return [error["field"] for error in read(answer)["errors"]]


def at(note: dict[str, Any]) -> str:
    return f"{NOTES}/{note['id']}"


def test_a_note_comes_back_as_it_was_written(desk: Desk):
    made = desk.ask(
        "POST", NOTES, {"title": " Milk ", "body": "two\nlitres ☕", "tags": ["B", "a"]}
    )
    note = read(made)
    assert made.status == 201
    assert made.headers["location"] == at(note)
    assert made.headers["etag"] == '"1"'
    found = desk.ask("GET", at(note))
    assert read(found) == note
    assert (note["title"], note["body"], note["tags"]) == ("Milk", "two\nlitres ☕", ["a", "b"])
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-request-id"] == "r-1"


def test_an_unchanged_note_is_not_sent_again(desk: Desk):
    note = desk.note()
    answer = desk.ask("GET", at(note), if_none_match='"1"')
    assert (answer.status, answer.body) == (304, b"")


def test_nobody_sees_anothers_notes(desk: Desk):
    note = desk.note("secret", tags=["t"])
    for method, body in (("GET", None), ("PUT", {"title": "mine"}), ("DELETE", None)):
        answer = desk.ask(method, at(note), body, user=BERT)
        assert (answer.status, read(answer)["type"]) == (404, "/problems/not-found")
    for query in ("", "q=secret", "tag=t"):
        assert read(desk.ask("GET", NOTES, query=query, user=BERT))["items"] == []
    assert read(desk.ask("GET", at(note)))["title"] == "secret"


def test_a_page_goes_on_where_the_last_one_ended(desk: Desk):
    for number in range(5):
        desk.note(f"note {number}")
    titles: list[str] = []
    query, pages = "limit=2", 0
    while query:
        answer = read(desk.ask("GET", NOTES, query=query))
        titles += [note["title"] for note in answer["items"]]
        query, pages = (f"limit=2&cursor={answer['next']}" if answer["next"] else ""), pages + 1
    assert titles == [f"note {number}" for number in reversed(range(5))]
    assert pages == 3


def test_a_list_leaves_the_text_out(desk: Desk):
    desk.note(body="long")
    [item] = read(desk.ask("GET", NOTES))["items"]
    assert "body" not in item


def test_notes_are_found_by_words_and_tags(desk: Desk):
    desk.note("shopping", body="two litres of milk", tags=["home"])
    desk.note("work", tags=["office"])
    assert [n["title"] for n in read(desk.ask("GET", NOTES, query="q=milk"))["items"]] == [
        "shopping"
    ]
    assert [n["title"] for n in read(desk.ask("GET", NOTES, query="tag=OFFICE"))["items"]] == [
        "work"
    ]
    assert read(desk.ask("GET", NOTES, query="q=milk&tag=office"))["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%C2%B2", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=", "cursor"),
        ("page=2", "page"),
        ("tag=a&tag=b", "tag"),
        ("tag=", "tag"),
        ("q=" + "x" * 201, "q"),
        ("q=%00", "q"),
        ("q=%FF", ""),
        ("x=" + "x" * 5000, ""),
        ("&".join(f"a{n}=1" for n in range(11)), ""),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused(desk: Desk, query: str, field: str):
    answer = desk.ask("GET", NOTES, query=query)
    assert answer.status == 400
    assert field in faults(answer)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["title"]),
        ({"title": ""}, ["title"]),
        ({"title": 3}, ["title"]),
        ({"title": "x" * (MAX_TITLE + 1)}, ["title"]),
        ({"title": "a\nb"}, ["title"]),
        ({"title": "a", "body": "\u0000"}, ["body"]),
        ({"title": "a", "body": "\ud800"}, ["body"]),
        ({"title": "a", "body": None}, ["body"]),
        ({"title": "a", "body": "é" * (MAX_TEXT // 2) + "x"}, ["body"]),
        ({"title": "a", "tags": "b"}, ["tags"]),
        ({"title": "a", "tags": ["x"] * (MAX_TAGS + 1)}, ["tags"]),
        ({"title": "a", "tags": ["ok", " ", 4]}, ["tags[1]", "tags[2]"]),
        ({"title": "a", "owner": "me"}, ["owner"]),
        ({"\ud800": 1, "body": 1}, ["?", "title", "body"]),
    ],
)
def test_what_breaks_a_rule_is_refused_with_every_fault(
    desk: Desk, body: dict[str, Any], fields: list[str]
):
    answer = desk.ask("POST", NOTES, body)
    assert (answer.status, faults(answer)) == (422, fields)
    assert desk.drawer.notes == {}


def test_the_largest_note_fits(desk: Desk):
    text = "é" * (MAX_TEXT // 2)
    note = desk.note("x" * MAX_TITLE, body=text, tags=[f"t{n}" for n in range(MAX_TAGS)])
    assert read(desk.ask("GET", at(note)))["body"] == text


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b'{"title": NaN}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"title":' + b"9" * 5000 + b"}", 400, "malformed"),
        (b" " * (MAX_BODY + 1), 413, "too-large"),
    ],
)
def test_a_body_that_cannot_be_understood_is_refused(
    desk: Desk, body: bytes, status: int, kind: str
):
    answer = desk.ask("POST", NOTES, body)
    assert (answer.status, read(answer)["type"]) == (status, f"/problems/{kind}")


def test_a_body_must_be_declared_as_json(desk: Desk):
    answer = desk.ask("POST", NOTES, {"title": "a"}, content_type="text/plain")
    assert answer.status == 415


def test_of_two_who_change_the_same_version_the_second_is_told(desk: Desk):
    note = desk.note("first")
    won = desk.ask("PUT", at(note), {"title": "second"}, if_match='"1"')
    lost = desk.ask("PUT", at(note), {"title": "third"}, if_match='"1"')
    assert (won.status, won.headers["etag"]) == (200, '"2"')
    assert (lost.status, read(lost)["type"]) == (412, "/problems/changed")
    assert desk.ask("DELETE", at(note), if_match='"1"').status == 412
    assert read(desk.ask("GET", at(note)))["title"] == "second"


@pytest.mark.parametrize("tag", ['W/"1"', '"0"', '"01"', "1", '"1", "2"', '"' + "9" * 30 + '"'])
def test_a_tag_that_is_none_of_ours_matches_nothing(desk: Desk, tag: str):
    note = desk.note()
    assert desk.ask("PUT", at(note), {"title": "b"}, if_match=tag).status == 412


def test_a_change_without_a_version_takes_any(desk: Desk):
    note = desk.note("first", body="old", tags=["old"])
    answer = desk.ask("PUT", at(note), {"title": "second"})
    changed = read(answer)
    assert (changed["title"], changed["body"], changed["tags"]) == ("second", "", [])
    assert changed["created_at"] == note["created_at"] < changed["updated_at"]
    assert desk.ask("DELETE", at(note), if_match="*").status == 204
    assert desk.ask("DELETE", at(note)).status == 404


@pytest.mark.parametrize("id", [NOBODYS, "1", "%2e%2e", "é", "x" * 5000])
def test_an_id_of_no_note_is_not_found(desk: Desk, id: str):
    assert desk.ask("GET", f"{NOTES}/{id}").status == 404


@pytest.mark.parametrize("path", ["/", "", NOTES + "/", NOTES + "s", f"{NOTES}/a/b", "//"])
def test_an_unknown_address_is_a_problem_document(desk: Desk, path: str):
    answer = desk.ask("GET", path)
    assert (answer.status, read(answer)["type"]) == (404, "/problems/unknown-route")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        (NOTES, "DELETE", "GET, POST"),
        (f"{NOTES}/{NOBODYS}", "POST", "DELETE, GET, PUT"),
        (NOTES, "OPTIONS", "GET, POST"),
        (NOTES, "", "GET, POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(desk: Desk, path: str, method: str, allowed: str):
    answer = desk.ask(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("user", [None, "", " ", "a b", "é", "x" * 256, "a\nb"])
def test_who_is_nobody_is_let_in_nowhere(desk: Desk, user: str | None):
    for path in (NOTES, f"{NOTES}/{NOBODYS}", "/elsewhere"):
        answer = desk.ask("GET", path, user=user)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_database_that_is_full_or_asleep_is_a_503_that_says_when(desk: Desk, capsys: Any):
    desk.drawer.stuck = asleep()
    answer = desk.ask("GET", NOTES)
    assert (answer.status, answer.headers["retry-after"]) == (503, "15")
    assert "'db'" not in answer.body.decode()
    assert "DatabaseUnavailableError" in capsys.readouterr().out


def test_whatever_else_goes_wrong_says_nothing_of_the_inside(desk: Desk, capsys: Any):
    desk.drawer.stuck = RuntimeError("password=hunter2")
    answer = desk.ask("GET", NOTES)
    assert (answer.status, read(answer)["type"]) == (500, "/problems/internal")
    assert "hunter2" not in answer.body.decode() + capsys.readouterr().out


def test_no_time_left_is_said_while_there_is_time(desk: Desk):
    answer = desk.ask("POST", NOTES, {"title": "a"}, deadline=time.monotonic() + 0.5)
    assert (answer.status, read(answer)["type"]) == (503, "/problems/out-of-time")
    assert desk.drawer.notes == {}


def test_the_application_needs_no_framework_and_no_driver():
    code = (
        "import sys, lambdas.service.app; "
        "print({'fastapi', 'starlette', 'pydantic', 'psycopg', 'asyncio', 'lambdas.service.aws'}"
        " & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
