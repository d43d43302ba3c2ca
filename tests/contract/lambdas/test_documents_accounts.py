"""What is said twice of accounts: passwords in the pool and in the domain, limits in the docs."""

from __future__ import annotations

import re
from pathlib import Path

from pilaster.aws import users

from lambdas.documents.model import attempts
from lambdas.documents.model.account import PASSWORD_RULES
from systems.documents.aws import accounts

PAGE = " ".join((Path(__file__).parents[3] / "docs/api.md").read_text().split())
WORDS = {5: "five"}


def keeps(password: str) -> bool:
    return all(re.match(rule, password, re.DOTALL) for rule in PASSWORD_RULES.values())


def test_the_domain_asks_for_as_long_a_password_as_the_pool():
    shortest = "aA1" + "x" * (users.PASSWORD_LENGTH - 3)
    assert keeps(shortest)
    assert not keeps(shortest[:-1])


def test_the_domain_asks_for_the_kinds_of_characters_the_pool_does():
    # Asking for less would tell who has an account: the pool looks at the address first.
    for password in ("NO-LOWER-CASE-1", "no-upper-case-1", "No-digit-at-all"):
        assert not keeps(password), password


def test_access_tokens_live_as_long_as_the_api_s_page_says():
    assert f"answers an access token ({WORDS[accounts.ACCESS_TOKEN_MINUTES]} minutes)" in PAGE


def test_the_limits_are_those_the_api_s_page_tells():
    assert f"{attempts.FROM_ONE_ADDRESS} at one account from one address" in PAGE
    assert f"{attempts.AT_ONE_ACCOUNT} at one account from anywhere" in PAGE
    assert f"{attempts.OF_ONE_ADDRESS} of one address at any account" in PAGE
    assert (attempts.WINDOW_SECONDS, "windows of a quarter of an hour" in PAGE) == (900, True)


def test_only_what_comes_without_a_token_is_public():
    assert set(accounts.THROTTLES) - set(accounts.PUBLIC) == {"POST /api/v1/auth/logout"}
