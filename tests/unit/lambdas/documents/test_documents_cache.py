"""The cache's adapters: what they say to Valkey, and that nothing is wrong without it."""

from __future__ import annotations

import socket
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from lambdas.documents.aws.adapters.known import CachedReadings
from lambdas.documents.aws.adapters.limits import CachedLimits
from lambdas.documents.aws.adapters.valkey import (
    PAUSE_SECONDS,
    CacheLogin,
    CacheSettings,
    CacheUnavailableError,
    Valkey,
)
from lambdas.documents.aws.problems import problem_of
from lambdas.documents.model.errors import TooManyRequestsError
from lambdas.documents.model.identity import UserId
from lambdas.documents.reading.page import Reading
from lambdas.shared.aws.signing import Keys

CONTENT = "ab" * 32
READING = Reading(kind="picture", route="ocr", pages=())
USER = UserId("00000000-0000-4000-8000-000000000001")
SETTINGS = CacheSettings(cache_name="c", cache_host="h", cache_port=1, cache_user="u")


class Line:
    """A socket whose other end says what it was told to."""

    def __init__(self, *answers: bytes) -> None:
        self.sent: list[bytes] = []
        self._answers = b"".join(answers)

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def makefile(self, mode: str) -> Any:
        import io

        return io.BufferedReader(io.BytesIO(self._answers))  # pyright: ignore[reportArgumentType]

    def settimeout(self, seconds: float) -> None:
        assert 0 < seconds <= 1

    def close(self) -> None: ...


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def valkey(*lines: Line, clock: Clock | None = None) -> Valkey:
    waiting = list(lines)

    def connect(host: str, port: int) -> socket.socket:
        if not waiting:
            raise ConnectionRefusedError
        return waiting.pop(0)  # pyright: ignore[reportReturnType]

    return Valkey(SETTINGS, lambda: "token", connect=connect, clock=clock or Clock())


def test_a_token_is_what_botocore_makes_of_the_same_request():
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    ours = CacheLogin(
        keys=Keys("AKIA", "secret", "session"), region="eu-central-1", cache="the-cache", user="u"
    ).token(now)
    asked = AWSRequest(
        "GET",
        "https://the-cache/",
        params={"Action": "connect", "User": "u", "ResourceType": "ServerlessCache"},
    )
    signer = SigV4QueryAuth(
        Credentials("AKIA", "secret", "session"), "elasticache", "eu-central-1", expires=900
    )
    asked.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(asked)
    text = signer.string_to_sign(asked, signer.canonical_request(asked))
    theirs = signer.signature(text, asked)
    assert ours.startswith("the-cache/?Action=connect&ResourceType=ServerlessCache&User=u&")
    assert ours.endswith(f"&X-Amz-Signature={theirs}")


def test_it_logs_in_once_and_sends_every_word_with_its_length():
    line = Line(b"+OK\r\n", b"$3\r\nabc\r\n", b"$-1\r\n", b":7\r\n")
    there = valkey(line)
    assert [there.ask("GET", "k"), there.ask("GET", "ä"), there.ask("INCR", b"n")] == [
        b"abc",
        None,
        7,
    ]
    assert line.sent == [
        b"*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$5\r\ntoken\r\n",
        b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
        b"*2\r\n$3\r\nGET\r\n$2\r\n\xc3\xa4\r\n",
        b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n",
    ]


def test_a_kept_connection_that_died_is_made_anew():
    there = valkey(Line(b"+OK\r\n", b"+PONG\r\n"), Line(b"+OK\r\n", b"+PONG\r\n"))
    assert there.ask("PING") == b"PONG"
    assert there.ask("PING") == b"PONG", "the second is asked on a new one"


@pytest.mark.parametrize(
    "said",
    [
        b"-NOPERM no such key\r\n",
        b"$9\r\nabc",
        b"!what\r\n",
        b"$99999999999\r\n",
        b"$-5\r\n",
        b"+O",
    ],
)
def test_what_is_no_answer_closes_the_cache_for_a_while(said: bytes, capfd: Any):
    clock = Clock()
    there = valkey(Line(b"+OK\r\n", said), Line(b"+OK\r\n", b"+PONG\r\n"), clock=clock)
    with pytest.raises(CacheUnavailableError, match="does not answer"):
        there.ask("GET", "a key of somebody")
    with pytest.raises(CacheUnavailableError, match="a moment ago"):
        there.ask("PING")
    clock.now += PAUSE_SECONDS
    assert there.ask("PING") == b"PONG"
    assert "key" not in capfd.readouterr().out, "an error's words may quote a key"


class Kept:
    """A cache of one value, or none."""

    def __init__(self, value: Any = None, *, away: bool = False) -> None:
        self.value, self.away = value, away
        self.asked: list[tuple[Any, ...]] = []

    def ask(self, *words: Any) -> Any:
        if self.away:
            raise CacheUnavailableError
        self.asked.append(words)
        if words[0] == "SET":
            self.value = words[2]
        return self.value


def readings(kept: Kept, version: str = "1") -> CachedReadings:
    return CachedReadings(kept, version=version, days=30)  # pyright: ignore[reportArgumentType]


def test_a_reading_is_found_by_its_bytes_and_the_reader_that_made_it():
    kept = Kept()
    readings(kept).remember(CONTENT, READING)
    assert kept.asked[0][:2] == ("SET", f"reading:{CONTENT}")
    assert kept.asked[0][3:] == ("EX", 30 * 24 * 3600)
    assert readings(kept).find(CONTENT) == READING
    assert readings(kept, version="2").find(CONTENT) is None, "another reader reads for itself"


@pytest.mark.parametrize(
    "value", [None, b"", b"1\n", b"1\nnot packed", b"1\n" + zlib.compress(b"{}"), 7]
)
def test_what_is_no_reading_is_not_found(value: Any):
    assert readings(Kept(value)).find(CONTENT) is None


def test_a_reading_with_something_unread_is_not_kept():
    kept = Kept()
    unsure = Reading(kind="picture", route="ocr", pages=(), remarks=("Page 2 was not read.",))
    readings(kept).remember(CONTENT, unsure)
    assert kept.asked == []


def test_without_a_cache_nothing_is_known_and_everybody_is_let_through():
    away = Kept(away=True)
    readings(away).remember(CONTENT, READING)
    assert readings(away).find(CONTENT) is None
    CachedLimits(away, kind="read", per_minute=1).take(USER)  # pyright: ignore[reportArgumentType]


def test_one_request_too_many_says_when_the_next_is_let_through():
    limits = CachedLimits(Kept(1500), kind="read", per_minute=60)  # pyright: ignore[reportArgumentType]
    with pytest.raises(TooManyRequestsError) as raised:
        limits.take(USER)
    problem = problem_of(raised.value)
    assert (problem.status, problem.kind) == (429, "too-many-requests")
    assert problem.headers == {"retry-after": "2"}, "a client that waits so long is let through"
