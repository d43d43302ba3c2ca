"""Tickets, sockets and who hears what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import (
    CONNECTION_LIVES,
    MOST_SOCKETS,
    TICKET_LIVES,
    ConnectionId,
    digest,
)
from lambdas.documents.use_cases.push import admit, broadcast, connect, hang_up, issue
from tests.support.documents_examples import NOON, a_user
from tests.support.documents_switchboard import Switchboard

ANN, BEN = UserId(a_user()), UserId(a_user())
MONDAY, TUESDAY = SessionId("monday"), SessionId("tuesday")


def opened(board: Switchboard, name: str, user: UserId = ANN, session: SessionId = MONDAY) -> bool:
    return connect(ConnectionId(name), user, session, now=NOON, connections=board, sessions=board)


def said(board: Switchboard, user: UserId, message: str) -> int:
    return broadcast(user, message, connections=board, sockets=board)


def test_a_ticket_lets_its_owner_in():
    tickets = Switchboard().tickets_port
    words, ticket = issue(ANN, MONDAY, now=NOON, tickets=tickets)
    assert ticket.expires_at == NOON + timedelta(seconds=60)
    assert admit(words, now=NOON, tickets=tickets) == ticket


def test_a_ticket_used_twice_lets_in_once():
    tickets = Switchboard().tickets_port
    words, _ = issue(ANN, MONDAY, now=NOON, tickets=tickets)
    assert admit(words, now=NOON, tickets=tickets) is not None
    assert admit(words, now=NOON, tickets=tickets) is None


@pytest.mark.parametrize(
    ("at", "lets_in"),
    [(NOON + TICKET_LIVES - timedelta(seconds=1), True), (NOON + TICKET_LIVES, False)],
)
def test_an_expired_ticket_lets_nobody_in(at: datetime, lets_in: bool):
    tickets = Switchboard().tickets_port
    words, _ = issue(ANN, MONDAY, now=NOON, tickets=tickets)
    assert (admit(words, now=at, tickets=tickets) is not None) == lets_in


@pytest.mark.parametrize("words", ["", "x", "a" * 42, "a" * 44, "a" * 42 + "/", "a" * 100_000])
def test_what_is_no_ticket_is_not_looked_for(words: str):
    assert digest(words) is None
    assert admit(words, now=NOON, tickets=Switchboard().tickets_port) is None


def test_what_is_kept_of_a_ticket_opens_nothing():
    board = Switchboard()
    words, _ = issue(ANN, MONDAY, now=NOON, tickets=board.tickets_port)
    (kept,) = board.tickets
    assert words not in kept
    assert admit(kept, now=NOON, tickets=board.tickets_port) is None


def test_all_sockets_of_a_user_hear_it_and_no_other_user_does():
    board = Switchboard()
    assert all([opened(board, "a1"), opened(board, "a2", session=TUESDAY), opened(board, "b", BEN)])
    assert said(board, ANN, "for ann") == 2
    assert board.heard == {"a1": ["for ann"], "a2": ["for ann"], "b": []}


def test_a_row_lives_for_a_day():
    board = Switchboard()
    opened(board, "a")
    assert board.connections[ConnectionId("a")].expires_at == NOON + CONNECTION_LIVES


def test_a_client_that_vanished_is_taken_out_and_the_others_hear_it():
    board = Switchboard()
    opened(board, "a1")
    opened(board, "a2")
    board.vanish(ConnectionId("a1"))
    assert said(board, ANN, "one") == 1
    assert list(board.connections) == ["a2"]


def test_a_logout_ends_the_sockets_of_its_session_and_of_no_other():
    board = Switchboard()
    opened(board, "mine")
    opened(board, "other", session=TUESDAY)
    opened(board, "bens", BEN, SessionId("his"))
    ended = hang_up(ANN, MONDAY, now=NOON, connections=board, sessions=board, sockets=board)
    assert (ended, board.closed) == (1, ["mine"])
    assert list(board.connections) == ["other", "bens"]


def test_after_a_logout_a_ticket_of_that_session_opens_nothing():
    board = Switchboard()
    hang_up(ANN, MONDAY, now=NOON, connections=board, sessions=board, sockets=board)
    assert not opened(board, "late")
    assert board.connections == {}
    assert opened(board, "again", session=TUESDAY)


def test_a_socket_whose_closing_fails_hears_nothing_more():
    board = Switchboard()
    opened(board, "a")

    def fails(connection: ConnectionId) -> None:
        raise ConnectionError(connection)

    board.close = fails  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        hang_up(ANN, MONDAY, now=NOON, connections=board, sessions=board, sockets=board)
    assert said(board, ANN, "secret") == 0


def test_a_user_holds_only_so_many_sockets():
    board = Switchboard()
    assert all(opened(board, f"{each}") for each in range(MOST_SOCKETS))
    assert not opened(board, "one more")
    assert opened(board, "bens", BEN)
