"""The notes service behaves alike behind every cloud's edge: one suite, over HTTP."""

from __future__ import annotations

import gzip
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.service_client import NOTES, Client
from tests.support.service_hosts import Host

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

APPLICATION = {
    "lambdas.service.app",
    "lambdas.service.use_cases",
    "lambdas.service.postgres.notes",
    "lambdas.shared.postgres",
    "psycopg",
}


def test_health_is_answered_without_a_token_and_without_the_application(host: Host, nobody: Client):
    answer = nobody.ask("GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    loaded = host.loaded_by_health()
    assert "lambdas.service.health" in loaded
    assert loaded & APPLICATION == set()


def test_a_note_lives_from_its_writing_to_its_deletion(anna: Client):
    sent = {"title": "Einkauf ☕", "body": "zwei\nLiter \U0001f95b", "tags": ["Home", "ü"]}
    made = anna.ask("POST", NOTES, sent)
    note = made.json
    assert (made.status, made.headers["etag"]) == (201, '"1"')
    assert made.headers["content-type"] == "application/json"
    assert (note["title"], note["body"], note["tags"]) == (
        sent["title"],
        sent["body"],
        ["home", "ü"],
    )
    at = made.headers["location"]
    found = anna.ask("GET", at)
    assert found.json == note
    assert found.headers["cache-control"] == "no-store"
    changed = anna.ask("PUT", at, {"title": "Markt"}, if_match='"1"')
    assert (changed.status, changed.headers["etag"], changed.json["body"]) == (200, '"2"', "")
    late = anna.ask("PUT", at, {"title": "zu spät"}, if_match='"1"')
    assert (late.status, late.kind) == (412, "changed")
    gone = anna.ask("DELETE", at, if_match='"2"')
    assert (gone.status, gone.body) == (204, b"")
    again = anna.ask("GET", at)
    assert (again.status, again.kind) == (404, "not-found")


def test_an_unchanged_note_is_not_sent_again(anna: Client):
    at = f"{NOTES}/{anna.note('kept')['id']}"
    answer = anna.ask("GET", at, if_none_match='"1"')
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", '"1"')


def test_nobody_sees_changes_or_deletes_anothers_note(anna: Client, bert: Client):
    word = f"w{uuid.uuid4().hex}"
    at = f"{NOTES}/{anna.note(word, tags=[word[:40]])['id']}"
    for method, body in (("GET", None), ("PUT", {"title": "mine"}), ("DELETE", None)):
        answer = bert.ask(method, at, body)
        assert (answer.status, answer.kind) == (404, "not-found")
    assert bert.titles(f"q={word}") == bert.titles(f"tag={word[:40]}") == []
    assert word not in bert.titles("limit=100")
    assert anna.titles(f"q={word}") == [word]


def test_who_brings_no_token_or_a_forged_one_is_let_in_nowhere(host: Host, nobody: Client):
    for client in (nobody, Client(host.url, host.forged)):
        for method, path in (("GET", NOTES), ("POST", NOTES), ("GET", f"{NOTES}/{uuid.uuid4()}")):
            answer = client.ask(method, path, {"title": "x"} if method == "POST" else None)
            assert answer.status == 401, (method, path, answer)


def test_words_and_tags_arrive_as_they_were_asked_for(anna: Client):
    mark = uuid.uuid4().hex
    anna.note(f"{mark} a+b & c", tags=["Größe/XL", mark])
    anna.note(f"{mark} other", tags=[mark])
    assert anna.titles(f"q={mark}%20a%2Bb&tag={mark}") == [f"{mark} a+b & c"]
    assert anna.titles(f"q={mark}+other") == [f"{mark} other"]
    assert anna.titles("tag=gr%C3%B6%C3%9Fe%2Fxl&q=" + mark) == [f"{mark} a+b & c"]


def test_pages_walk_the_whole_list(anna: Client):
    tag = uuid.uuid4().hex
    for number in range(5):
        anna.note(f"{number}", tags=[tag])
    titles: list[str] = []
    query = f"tag={tag}&limit=2"
    while query:
        page = anna.ask("GET", f"{NOTES}?{query}").json
        titles += [note["title"] for note in page["items"]]
        query = f"tag={tag}&limit=2&cursor={page['next']}" if page["next"] else ""
    assert titles == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("tag=a&tag=b", "tag"), ("cursor=x", "cursor"), ("q=%00", "q")],
)
def test_a_question_that_cannot_be_understood_is_a_400(anna: Client, query: str, field: str):
    answer = anna.ask("GET", f"{NOTES}?{query}")
    assert (answer.status, answer.kind) == (400, "invalid")
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_what_breaks_a_rule_is_a_422_with_every_fault(anna: Client):
    answer = anna.ask("POST", NOTES, {"title": "", "tags": [1], "colour": "red"})
    assert (answer.status, answer.kind) == (422, "invalid")
    assert [e["field"] for e in answer.json["errors"]] == ["colour", "title", "tags[0]"]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00\x01",
        b"\x00" * 64,
        gzip.compress(b'{"title": "a"}', mtime=0),
        b"{",
        b"[1]",
        b"",
    ],
)
def test_bytes_that_are_no_json_are_a_400(anna: Client, body: bytes):
    answer = anna.ask("POST", NOTES, body)
    assert (answer.status, answer.kind) == (400, "malformed")


def test_a_body_that_is_not_said_to_be_json_is_a_415(anna: Client):
    answer = anna.ask("POST", NOTES, b'{"title": "a"}', content_type="application/octet-stream")
    assert (answer.status, answer.kind) == (415, "unsupported-media-type")


def test_the_largest_note_arrives_whole_and_a_larger_one_is_refused(anna: Client):
    text = "é" * (32 * 1024)
    note = anna.note("large", body=text)
    assert anna.ask("GET", f"{NOTES}/{note['id']}").json["body"] == text
    over = anna.ask("POST", NOTES, {"title": "larger", "body": text + "x"})
    assert (over.status, over.kind) == (422, "invalid")


def test_a_huge_body_is_a_413(anna: Client):
    answer = anna.ask("POST", NOTES, b'{"title": "' + b"x" * (1024 * 1024) + b'"}')
    assert (answer.status, answer.kind) == (413, "too-large")


@pytest.mark.parametrize("path", ["/api/v1/nothing", f"{NOTES}/a/b", f"{NOTES}/", "/api/v1/"])
def test_an_unknown_path_is_a_404(anna: Client, path: str):
    answer = anna.ask("GET", path)
    assert (answer.status, answer.kind) == (404, "unknown-route")


def test_an_id_that_can_be_none_is_a_404(anna: Client):
    for id in ("1", "x" * 300, "%2e%2e", "%00"):
        answer = anna.ask("GET", f"{NOTES}/{id}")
        assert (answer.status, answer.kind) == (404, "not-found"), id


@pytest.mark.parametrize(
    ("method", "one", "allowed"),
    [
        ("DELETE", False, "GET, POST"),
        ("PATCH", False, "GET, POST"),
        ("POST", True, "DELETE, GET, PUT"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(anna: Client, method: str, one: bool, allowed: str):
    answer = anna.ask(method, f"{NOTES}/{uuid.uuid4()}" if one else NOTES, {"title": "x"})
    assert (answer.status, answer.kind, answer.headers["allow"]) == (
        405,
        "method-not-allowed",
        allowed,
    )


def test_a_statement_that_does_not_end_is_a_503_that_says_when_to_come_back(
    host: Host, anna: Client
):
    with host.stuck():
        begun = time.monotonic()
        answer = anna.ask("GET", NOTES)
        took = time.monotonic() - begun
    assert (answer.status, answer.kind) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert took >= host.statement_seconds * 0.9, "it waited for the server to end it"
    assert anna.ask("GET", NOTES).status == 200


def test_many_at_once_are_all_answered(anna: Client):
    tag = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: anna.note(f"{number}", tags=[tag]), range(16)))
    assert len({note["id"] for note in made}) == 16
    assert sorted(anna.titles(f"tag={tag}"), key=int) == [str(number) for number in range(16)]
