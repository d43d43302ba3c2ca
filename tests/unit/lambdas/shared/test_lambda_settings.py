"""A function's settings: exactly its fields, from the environment, or nothing starts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lambdas.shared.settings import SettingsError, load, variables


@dataclass(frozen=True, kw_only=True)
class Database:
    database_port: int


@dataclass(frozen=True, kw_only=True)
class Settings(Database):
    documents_bucket: str
    confirm_at_once: bool
    complete_at: float


GOOD = {
    "DATABASE_PORT": "5432",
    "DOCUMENTS_BUCKET": "files",
    "CONFIRM_AT_ONCE": "false",
    "COMPLETE_AT": "98",
    "UNRELATED": "x",
}


def test_fields_are_read_from_variables_of_their_name():
    settings = load(Settings, GOOD)
    assert settings == Settings(
        database_port=5432, documents_bucket="files", confirm_at_once=False, complete_at=98.0
    )


def test_the_variables_are_the_fields_inherited_ones_included():
    assert set(variables(Settings).values()) == set(GOOD) - {"UNRELATED"}


@pytest.mark.parametrize("missing", sorted(set(GOOD) - {"UNRELATED"}))
def test_a_variable_that_is_missing_or_empty_is_named(missing: str):
    for environ in ({k: v for k, v in GOOD.items() if k != missing}, {**GOOD, missing: ""}):
        with pytest.raises(SettingsError, match=f"{missing} is not set"):
            load(Settings, environ)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DATABASE_PORT", "five"), ("CONFIRM_AT_ONCE", "yes"), ("COMPLETE_AT", "9_8x")],
)
def test_a_value_of_the_wrong_kind_is_named_and_not_repeated(variable: str, value: str):
    with pytest.raises(SettingsError, match=variable) as refused:
        load(Settings, {**GOOD, variable: value})
    assert value not in str(refused.value)
