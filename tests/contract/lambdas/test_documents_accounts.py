"""The rules for passwords stand twice: in the pool, and in the domain that asks them first."""

from __future__ import annotations

import re

from pilaster.aws import users

from lambdas.documents.model.account import PASSWORD_RULES


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
