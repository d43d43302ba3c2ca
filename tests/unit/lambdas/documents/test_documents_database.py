"""The kept connection: renewed when it is dead, never when it is busy, and verified always."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import errors

from lambdas.documents.model.errors import DatabaseUnavailableError
from lambdas.shared import postgres
from lambdas.shared.aws.database import DatabaseSettings, server_of
from lambdas.shared.certificates import RDS_BUNDLE
from lambdas.shared.deadline import OutOfTimeError
from lambdas.shared.postgres import Database, DatabaseRefusedError

SETTINGS = DatabaseSettings(
    database_host="db.example",
    database_port=5432,
    database_name="documents",
    database_user="documents_api",
    database_proxied=False,
    database_idle_seconds=240,
)


class Line:
    """A connection: what goes wrong on it is said beforehand."""

    def __init__(self, *, breaks: Exception | None = None, dies: bool = False) -> None:
        self.breaks = breaks
        self.dies = dies
        self.closed = False

    def close(self) -> None:
        self.closed = True

    @contextmanager
    def transaction(self):
        if self.breaks is not None:
            self.closed = self.dies
            error, self.breaks = self.breaks, None
            raise error
        yield


class Exchange:
    """Hands out the lines in order; an exception among them is raised instead."""

    def __init__(self, *lines: Line | Exception) -> None:
        self.lines = list(lines)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, **options: Any) -> Any:
        self.asked.append(options)
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            raise line
        return line


def database(*lines: Line | Exception) -> tuple[Database, Exchange]:
    exchange = Exchange(*lines)
    tokens = iter(f"token-{n}" for n in range(1, 99))
    return Database(server_of(SETTINGS), lambda: next(tokens), exchange), exchange


def same(connection: Any) -> Any:
    return connection


def lost(text: str = "server closed the connection unexpectedly") -> Exception:
    return psycopg.OperationalError(text)


def test_one_connection_is_kept():
    line = Line()
    found, exchange = database(line)
    assert found.run(same) is found.run(same) is line
    assert len(exchange.asked) == 1


def test_a_connection_made_at_init_is_the_first_calls():
    line = Line()
    found, exchange = database(line)
    found.warm()
    assert found.run(same) is line
    assert len(exchange.asked) == 1


def test_a_database_that_sleeps_at_init_is_asked_again_by_the_first_call():
    found, exchange = database(lost("timeout expired"), Line())
    found.warm()
    found.run(same)
    assert len(exchange.asked) == 2


def test_a_dead_connection_is_replaced_once_and_with_a_new_token():
    second = Line()
    found, exchange = database(Line(breaks=lost(), dies=True), second)
    found.warm()
    assert found.run(same) is second
    assert [options["password"] for options in exchange.asked] == ["token-1", "token-2"]


def test_a_connection_that_was_closed_is_not_even_tried():
    first, second = Line(), Line()
    found, _ = database(first, second)
    found.warm()
    first.closed = True
    assert found.run(same) is second


def test_a_new_connection_that_dies_as_well_is_an_error_that_passes():
    found, exchange = database(
        Line(breaks=lost(), dies=True), Line(breaks=lost(), dies=True), Line()
    )
    found.warm()
    with pytest.raises(DatabaseUnavailableError):
        found.run(same)
    assert len(exchange.asked) == 2
    found.run(same)


@pytest.mark.parametrize(
    "error", [errors.QueryCanceled, errors.DeadlockDetected, errors.SerializationFailure]
)
def test_a_busy_database_is_not_asked_twice_and_its_connection_is_kept(error: type[Exception]):
    line = Line(breaks=error("busy"))
    found, exchange = database(line)
    found.warm()
    with pytest.raises(DatabaseUnavailableError):
        found.run(same)
    assert found.run(same) is line
    assert len(exchange.asked) == 1


def test_a_mistake_of_ours_stays_what_it_is():
    found, _ = database(Line(breaks=errors.CheckViolation("Failing row contains ...")))
    with pytest.raises(errors.CheckViolation):
        found.run(same)


@pytest.mark.parametrize(
    "said",
    [
        "connection timeout expired",
        "connection refused",
        "FATAL: the database system is starting up",
        "FATAL: remaining connection slots are reserved",
    ],
)
def test_a_database_that_does_not_answer_is_unavailable(said: str):
    found, _ = database(lost(said))
    with pytest.raises(DatabaseUnavailableError, match=r"db\.example"):
        found.run(same)


@pytest.mark.parametrize(
    "said",
    [
        'FATAL: PAM authentication failed for user "documents_api"',
        'FATAL: password authentication failed for user "documents_api"',
        "SSL error: certificate verify failed",
        'server certificate for "x" does not match host name "db.example"',
        'FATAL: role "documents_api" does not exist',
    ],
)
def test_a_database_that_refuses_us_does_not_pass_by_waiting(said: str):
    found, _ = database(lost(said))
    with pytest.raises(DatabaseRefusedError, match="documents_api"):
        found.run(same)


def test_a_login_is_verified_against_the_certificates_in_the_package(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    found, exchange = database(Line())
    found.run(same)
    options = exchange.asked[0]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", RDS_BUNDLE)
    assert options["user"] == "documents_api"
    assert "options" not in options, "a proxy refuses who brings settings; the server has them"


def test_a_proxy_is_verified_against_what_every_system_trusts(monkeypatch: pytest.MonkeyPatch):
    """Its certificate is Amazon's, which the bundle of RDS does not have."""
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    exchange = Exchange(Line())
    Database(server_of(replace(SETTINGS, database_proxied=True)), lambda: "token", exchange).run(
        same
    )
    [options] = exchange.asked
    assert options["sslmode"] == "verify-full"
    assert options["sslrootcert"] in (ssl.get_default_verify_paths().cafile, "system")


def test_a_connection_the_server_has_closed_by_now_is_not_tried():
    first, second = Line(), Line()
    now = [1000.0]
    found = Database(server_of(SETTINGS), lambda: "token", Exchange(first, second), lambda: now[0])
    assert found.run(same) is first
    now[0] += 239
    assert found.run(same) is first
    now[0] += 240
    assert found.run(same) is second
    assert first.closed


def test_a_platform_with_an_authority_of_its_own_says_so_to_libpq(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("PGSSLROOTCERT", "/etc/local-ca.pem")
    found, exchange = database(Line())
    found.run(same)
    assert "sslrootcert" not in exchange.asked[0]
    assert exchange.asked[0]["sslmode"] == "verify-full"


def test_a_connection_whose_call_ran_out_of_time_is_not_kept():
    """A statement may still run on it: the next call would wait for that, or read its answer."""
    busy, fresh = Line(), Line()
    books, _ = database(busy, fresh)
    assert books.run(same) is busy

    def too_long(connection: Any) -> None:
        raise OutOfTimeError

    with pytest.raises(OutOfTimeError):
        books.run(too_long)
    assert busy.closed
    assert books.run(same) is fresh


def test_calls_at_once_get_a_connection_each_and_no_more_than_the_process_may_have(monkeypatch):
    monkeypatch.setattr(postgres, "QUEUE_SECONDS", 0)
    server = replace(server_of(SETTINGS), at_once=2)
    found = Database(server, lambda: "token", Exchange(Line(), Line()))

    def within(connection: Any) -> tuple[Any, Any]:
        with pytest.raises(DatabaseUnavailableError):  # a third
            found.run(lambda second: found.run(same))
        return connection, found.run(same)

    first, second = found.run(within)
    assert first is not second
    assert {found.run(same) for _ in range(3)} <= {first, second}
