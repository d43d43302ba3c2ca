"""Guessing is slow, for everybody alike, and nobody is locked out by who knows an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.aws.adapters.attempts import DynamoAttempts
from lambdas.documents.model.account import Credentials
from lambdas.documents.model.attempts import (
    AT_ONE_ACCOUNT,
    FROM_ONE_ADDRESS,
    OF_ONE_ADDRESS,
    WINDOW_SECONDS,
    Counter,
    at_account,
    network,
    seconds_left,
    window,
)
from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    InvalidInputError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from lambdas.documents.use_cases.accounts import confirm, login, register
from tests.support.documents_aws import Service, client_error
from tests.support.documents_directory import Directory
from tests.support.tally import Tally

ANN = Credentials("ann@example.com", "Correct-horse-9")
WRONG = Credentials("ann@example.com", "Wrong-horse-999")
HERE, THERE = "192.0.2.1", "198.51.100.7"
NOW = 1_000_000 * WINDOW_SECONDS + 100.0


class Office:
    def __init__(self) -> None:
        self.directory, self.tally, self.now = Directory(), Tally(), NOW
        self.directory.register(ANN)

    def login(self, credentials: Credentials, address: str = HERE) -> str:
        try:
            login(
                credentials,
                address=address,
                now=self.now,
                accounts=self.directory,
                attempts=self.tally,
            )
        except WrongCredentialsError:
            return "wrong"
        except TooManyAttemptsError as error:
            return f"wait {error.seconds}"
        return "in"


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait():
    office = Office()
    said = [office.login(WRONG) for _ in range(FROM_ONE_ADDRESS + 1)]
    assert said == ["wrong"] * FROM_ONE_ADDRESS + [f"wait {WINDOW_SECONDS - 100}"]
    assert office.login(ANN) == f"wait {WINDOW_SECONDS - 100}"
    office.now += WINDOW_SECONDS - 100
    assert office.login(ANN) == "in"


def test_who_guesses_from_elsewhere_does_not_lock_the_owner_out():
    office = Office()
    for _ in range(AT_ONE_ACCOUNT + 1):
        office.login(WRONG, THERE)
    assert office.login(ANN, HERE) == "in"


def test_guesses_at_one_account_from_many_places_come_to_an_end():
    office = Office()
    places = [f"192.0.2.{n}" for n in range(200)]
    said = [office.login(WRONG, each) for each in places for _ in range(2)]
    assert said.count("wrong") == AT_ONE_ACCOUNT


def test_guesses_at_many_accounts_from_one_place_come_to_an_end():
    office = Office()
    said = [office.login(Credentials(f"p{n}@example.com", "Password-1234")) for n in range(500)]
    assert said.count("wrong") == OF_ONE_ADDRESS


def test_the_right_password_uses_nothing_up():
    office = Office()
    assert {office.login(ANN) for _ in range(AT_ONE_ACCOUNT + OF_ONE_ADDRESS)} == {"in"}
    assert set(office.tally.stands.values()) == {0}


def test_whether_there_is_an_account_makes_no_difference():
    office = Office()
    nobody = Credentials("nobody@example.com", "Wrong-horse-999")
    tries = range(FROM_ONE_ADDRESS + 3)
    assert [office.login(WRONG) for _ in tries] == [office.login(nobody) for _ in tries]


def test_a_wait_gives_back_what_it_had_counted_before_it_was_refused():
    office = Office()
    for _ in range(FROM_ONE_ADDRESS):
        office.login(WRONG)
    before = dict(office.tally.stands)
    office.login(WRONG)
    assert dict(office.tally.stands) == before


def test_a_directory_that_does_not_answer_was_no_attempt():
    office = Office()

    def silent(credentials: Credentials) -> None:
        raise AccountsUnavailableError

    office.directory.login = silent  # type: ignore[method-assign]
    for _ in range(2 * AT_ONE_ACCOUNT):
        with pytest.raises(AccountsUnavailableError):
            office.login(ANN)
    assert set(office.tally.stands.values()) == {0}


def test_codes_are_guessed_as_slowly_as_passwords_and_counted_apart():
    office = Office()
    given_ = {"address": HERE, "now": NOW, "accounts": office.directory, "attempts": office.tally}
    for _ in range(FROM_ONE_ADDRESS):
        with pytest.raises(InvalidInputError):
            confirm(ANN.email, "000000", **given_)
    with pytest.raises(TooManyAttemptsError):
        confirm(ANN.email, "123456", **given_)
    assert office.login(ANN) == "in"


def test_registrations_of_one_address_come_to_an_end():
    office = Office()

    def new(n: int) -> None:
        register(
            Credentials(f"n{n}@example.com", "Correct-horse-9"),
            at_once=True,
            address=HERE,
            now=NOW,
            accounts=office.directory,
            attempts=office.tally,
        )

    for n in range(OF_ONE_ADDRESS):
        new(n)
    with pytest.raises(TooManyAttemptsError):
        new(OF_ONE_ADDRESS)


def test_no_counter_holds_an_e_mail_address_or_a_network_address():
    keys = " ".join(each.key for each in at_account("login", ANN.email, HERE))
    assert "ann" not in keys
    assert HERE not in keys


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "no address", True),
    ],
)
def test_what_one_customer_has_is_one_network(one: str, other: str, same: bool):
    assert (network(one) == network(other)) is same


@given(st.floats(0, 4e9))
def test_a_wait_ends_where_the_next_window_begins(now: float):
    left = seconds_left(now)
    assert 1 <= left <= WINDOW_SECONDS
    assert window(int(now) + left) == window(now) + 1


# The counters' table


def test_an_attempt_is_counted_by_one_conditional_write():
    service = Service()
    assert DynamoAttempts("attempts", service).count(Counter(key="k", most=3), 7)
    [(operation, asked)] = service.calls
    assert operation == "update_item"
    assert asked["Key"] == {"counter": {"S": "k#7"}}
    assert asked["ConditionExpression"] == "attribute_not_exists(tried) OR tried < :most"


def test_one_too_many_is_not_counted():
    refused = Service(update_item=client_error("ConditionalCheckFailedException"))
    assert not DynamoAttempts("attempts", refused).count(Counter(key="k", most=3), 7)


def test_without_counters_nobody_comes_in():
    down = Service(update_item=client_error("InternalServerError", status=500))
    with pytest.raises(AccountsUnavailableError):
        DynamoAttempts("attempts", down).count(Counter(key="k", most=3), 7)
