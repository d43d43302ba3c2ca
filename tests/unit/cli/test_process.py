"""`pilaster process` against an API in memory."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest
from pilaster_cli.account import sign_in
from pilaster_cli.api import Api, Problem
from pilaster_cli.errors import CommandError
from pilaster_cli.process import _gathered, _process
from pilaster_cli.push import Listener

from tests.support.clerk import Clerk


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


@pytest.fixture
def api(clerk: Clerk) -> Api:
    return Api("http://clerk/stage", transport=clerk.transport)


def test_a_user_is_registered_once_and_remembered_for_this_user_only(
    clerk: Clerk, api: Api, tmp_path: Path
):
    kept = tmp_path / "local" / "account.json"
    first = sign_in(api, kept)
    assert sign_in(api, kept) == first
    assert list(clerk.accounts) == [first.email]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_user_the_platform_has_lost_is_registered_anew(clerk: Clerk, api: Api, tmp_path: Path):
    kept = tmp_path / "account.json"
    first = sign_in(api, kept)
    clerk.accounts.clear()
    assert sign_in(api, kept) != first


def test_what_is_remembered_and_cannot_be_read_costs_a_new_user_and_nothing_else(
    api: Api, tmp_path: Path
):
    kept = tmp_path / "account.json"
    kept.write_text('{"email": 1}')
    sign_in(api, kept)
    assert '"password"' in kept.read_text()


def test_a_document_comes_back_with_its_blocks(clerk: Clerk, api: Api, tmp_path: Path):
    sign_in(api, tmp_path / "account.json")
    scan = tmp_path / "week.png"
    scan.write_bytes(b"\x89PNG" + bytes(300_000))
    seen: list[str] = []
    answer = _process(api, Listener(api), scan, seen.append)
    assert answer["status"] == "completed"
    assert answer["title"] == "Week"
    assert answer["blocks"][0]["title"] == "Maths"
    assert seen == ["processing", "completed"]
    assert clerk.uploads["/put"] == scan.read_bytes()


def test_what_the_api_refuses_before_the_upload_is_a_rejected_answer_that_names_the_field(
    clerk: Clerk, api: Api, tmp_path: Path
):
    sign_in(api, tmp_path / "account.json")
    clerk.refuse = {"errors": [{"field": "content_type", "message": "is not one we read"}]}
    letter = tmp_path / "letter.svg"
    letter.write_text("<svg/>")
    answer = _process(api, Listener(api), letter, lambda _: None)
    assert answer["status"] == "rejected"
    assert answer["reason"] == "the document cannot be taken (content_type: is not one we read)"
    assert answer["document_id"] is None


def test_a_document_that_never_ends_is_an_error_that_says_what_to_do(
    clerk: Clerk, api: Api, tmp_path: Path
):
    sign_in(api, tmp_path / "account.json")
    clerk.statuses = ["processing"]
    with pytest.raises(CommandError, match="still processing after 0 s; `pilaster status`"):
        api.wait("d1", timeout_seconds=0, seen=lambda _: None)


def test_an_answer_that_is_no_problem_document_is_shown_as_it_came():
    api = Api(
        "http://x", transport=httpx.MockTransport(lambda _: httpx.Response(502, text="bad gateway"))
    )
    with pytest.raises(Problem, match="HTTP 502: bad gateway"):
        api.document("d1")


def answering(*answers: httpx.Response) -> Api:
    given = iter(answers)
    return Api("http://x", transport=httpx.MockTransport(lambda _: next(given)))


def throttled(**headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, json={"message": "Too Many Requests"}, headers=named)


def test_a_request_the_gateway_turned_away_comes_again(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    monkeypatch.setattr("pilaster_cli.api.time.sleep", slept.append)
    api = answering(throttled(), throttled(), httpx.Response(201, json={"id": "d1"}))
    assert api.announce("a.png", "image/png", 1) == {"id": "d1"}
    assert slept == [0.3, 0.7]


def test_a_file_the_api_has_no_room_for_is_not_a_rejected_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("pilaster_cli.api.time.sleep", lambda _: None)
    scan = tmp_path / "week.png"
    scan.write_bytes(b"x")
    api = answering(*(throttled() for _ in range(5)))
    deaf = Listener(Api("http://clerk", transport=Clerk().transport))
    with pytest.raises(Problem, match="Too Many Requests"):
        _process(api, deaf, scan, print)


def test_an_answer_that_says_when_to_come_back_is_not_repeated():
    with pytest.raises(Problem) as refused:
        answering(throttled(retry_after="60")).login("a@b.example", "x")
    assert refused.value.status == 429


def test_an_error_of_the_api_names_the_request_for_who_reads_its_logs():
    failed = httpx.Response(500, json={"message": "no"}, headers={"apigw-requestid": "Mc7U="})
    with pytest.raises(Problem, match=r"^no \(request Mc7U=\)$"):
        answering(failed).document("d1")
    ours = httpx.Response(
        503, json={"detail": "later"}, headers={"x-request-id": "r1", "apigw-requestid": "r1"}
    )
    with pytest.raises(Problem, match=r"^later \(request r1\)$"):
        answering(ours).document("d1")


def test_a_hiccup_while_waiting_loses_no_document():
    answers = iter(
        [
            httpx.Response(503, text="busy"),
            httpx.ConnectError("refused"),
            httpx.Response(200, json={"status": "completed"}),
        ]
    )

    def answer(_: httpx.Request) -> httpx.Response:
        given = next(answers)
        if isinstance(given, Exception):
            raise given
        return given

    api = Api("http://x", transport=httpx.MockTransport(answer))
    assert api.wait("d", timeout_seconds=9, seen=lambda _: None) == {"status": "completed"}


def test_a_file_without_an_answer_costs_the_others_nothing():
    from concurrent.futures import Future

    good: Future[dict[str, object]] = Future()
    good.set_result({"file": "a.png"})
    bad: Future[dict[str, object]] = Future()
    bad.set_exception(CommandError("'b.png' got no answer: busy"))
    assert _gathered([bad, good]) == ([{"file": "a.png"}], ["'b.png' got no answer: busy"])


def test_who_is_not_told_asks_as_often_as_before(api: Api):
    deaf = Listener(api)
    with deaf:
        assert not deaf.open
        assert not deaf.told("d1", 0.01)


def test_what_was_told_counts_once_and_for_its_document(api: Api):
    listener = Listener(api)
    listener._told["d1"].set()
    assert [listener.told("d1", 0.01), listener.told("d1", 0.01)] == [True, False]
    assert not listener.told("d2", 0.01)
