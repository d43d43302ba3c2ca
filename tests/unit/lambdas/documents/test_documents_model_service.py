"""The Messages API as its adapter meets it: patience, refusals, and what counts as an answer."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.model_service import (
    KEY_SECONDS,
    MOST_BYTES,
    MessagesModel,
    NoKey,
    SecretKey,
)
from lambdas.documents.extracting.answer import TOOL, tool
from lambdas.documents.ports.models import ModelRefusedError, ModelUnavailableError, Question

QUESTION = Question(
    system="rules", content=[{"type": "text", "text": "words"}], tool=tool(), most_tokens=100
)


def message(given: object = None, stop: str = "tool_use", **changes: Any) -> bytes:
    used = {"type": "tool_use", "id": "1", "name": TOOL, "input": given}
    whole = {
        "content": [used],
        "stop_reason": stop,
        "usage": {"input_tokens": 7, "output_tokens": 3},
    }
    return json.dumps({**whole, **changes}).encode()


class Line:
    """Answers in turn: a status and a body, or an exception; the last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []

    def request(self, method: str, url: str, **how: Any) -> Any:
        self.requests.append({"method": method, "url": url, **how})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        return SimpleNamespace(
            status=status,
            headers=headers[0] if headers else {},
            read=lambda most: body[:most],
            release_conn=lambda: None,
        )


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def model(line: Line, key: Any = None) -> tuple[MessagesModel, Clock]:
    clock = Clock()
    made = MessagesModel(
        "https://models.example",
        "claude-x",
        key or NoKey(),
        sleep=clock.sleep,
        clock=lambda: clock.now,
        chance=lambda: 1.0,
    )
    made._http = line  # type: ignore[assignment]
    return made, clock


def test_the_tool_is_forced_and_its_input_is_the_reply() -> None:
    line = Line((200, message({"blocks": []})))
    reply = model(line)[0].ask(QUESTION, seconds=60)
    assert (reply.given, reply.input_tokens, reply.output_tokens) == ({"blocks": []}, 7, 3)
    sent = json.loads(line.requests[0]["body"])
    assert sent["tool_choice"] == {"type": "tool", "name": TOOL}
    assert sent["tools"][0]["input_schema"]["required"] == ["blocks"]
    assert (sent["system"], sent["max_tokens"]) == ("rules", 100)
    assert line.requests[0]["headers"]["anthropic-version"] == "2023-06-01"


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_an_overloaded_service_is_asked_again_after_growing_pauses(status: int) -> None:
    line = Line((status, b""), (status, b""), (status, b""), (200, message({})))
    made, clock = model(line)
    assert made.ask(QUESTION, seconds=60).given == {}
    assert clock.pauses == [1.0, 2.0, 4.0]


def test_a_minute_of_529_is_outlasted_and_more_than_the_time_there_is_is_not() -> None:
    made, clock = model(Line((529, b"")))
    with pytest.raises(ModelUnavailableError) as error:
        made.ask(QUESTION, seconds=150)
    assert 60 < clock.now < 150
    assert not error.value.perhaps_charged


def test_a_service_that_says_how_long_is_believed_up_to_a_bound() -> None:
    line = Line((429, b"", {"retry-after": "7"}), (429, b"", {"retry-after": "9999"}),
                (429, b"", {"retry-after": "soon"}), (200, message({})))  # fmt: skip
    made, clock = model(line)
    made.ask(QUESTION, seconds=60)
    assert clock.pauses == [7.0, 20.0, 4.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 302])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    line = Line((status, b"your text was ..."))
    with pytest.raises(ModelRefusedError) as error:
        model(line)[0].ask(QUESTION, seconds=60)
    assert "your text" not in str(error.value)
    assert len(line.requests) == 1


def test_a_lost_answer_is_not_paid_for_twice() -> None:
    line = Line(urllib3.exceptions.ReadTimeoutError(None, "", "late"))  # type: ignore[arg-type]
    with pytest.raises(ModelUnavailableError) as error:
        model(line)[0].ask(QUESTION, seconds=60)
    assert error.value.perhaps_charged
    assert len(line.requests) == 1


def test_a_service_that_was_never_reached_is_asked_again() -> None:
    line = Line(urllib3.exceptions.ConnectTimeoutError("no"), (200, message({})))
    assert model(line)[0].ask(QUESTION, seconds=60).given == {}


@pytest.mark.parametrize(
    "body",
    [message({}, stop="max_tokens"), message({}, content=[{"type": "text", "text": "no"}]),
     message({}, content=[])],
)  # fmt: skip
def test_an_answer_cut_off_or_without_the_tool_says_nothing(body: bytes) -> None:
    assert model(Line((200, body)))[0].ask(QUESTION, seconds=60).given is None


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b"[]", b"null", message({}, usage={}), b" " * (MOST_BYTES + 1)]
)
def test_a_200_that_is_no_message_may_have_been_charged(body: bytes) -> None:
    with pytest.raises(ModelUnavailableError) as error:
        model(Line((200, body)))[0].ask(QUESTION, seconds=60)
    assert error.value.perhaps_charged


class Vault:
    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def get_secret_value(self, SecretId: str) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return {"SecretString": answer}
        raise ClientError({"Error": {"Code": answer[0]}}, "GetSecretValue")


def test_a_key_is_kept_for_minutes_and_a_wrong_one_is_forgotten_at_once() -> None:
    now = [0.0]
    key = SecretKey("secret", Vault("one\n", "two", "three"), clock=lambda: now[0])
    assert [key.get(), key.get()] == ["one", "one"]
    now[0] = KEY_SECONDS + 1
    assert key.get() == "two"
    with pytest.raises(ModelRefusedError):
        model(Line((401, b"")), key)[0].ask(QUESTION, seconds=60)
    assert key.get() == "three"


def test_a_secret_without_a_value_is_no_key_and_a_vault_that_is_down_is_no_answer() -> None:
    assert SecretKey("secret", Vault(["ResourceNotFoundException"])).get() is None
    with pytest.raises(ModelUnavailableError):
        SecretKey("secret", Vault(["InternalServiceError"])).get()
