"""A function's settings: a frozen dataclass whose fields are the variables it reads, no others."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

_Settings = TypeVar("_Settings")


class SettingsError(Exception):
    """A variable is missing or cannot be understood. Raised at init: nothing runs half set up."""


def load(settings: type[_Settings], environ: Mapping[str, str] = os.environ) -> _Settings:
    """`database_host: str` is read from `DATABASE_HOST`; all must be there and not empty."""
    hints = get_type_hints(settings)
    values = {
        name: _read(variable, hints[name], environ)
        for name, variable in variables(settings).items()
    }
    return settings(**values)


def variables(settings: type[Any]) -> dict[str, str]:
    """Field -> variable, as the page has to pass them."""
    return {field.name: field.name.upper() for field in dataclasses.fields(settings)}


def _read(variable: str, kind: type, environ: Mapping[str, str]) -> object:
    text = environ.get(variable, "")
    if not text:
        raise SettingsError(
            f"{variable} is not set: pass it in this function's environment, where its system's "
            "page declares it (systems/)"
        )
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError):
        # Not the value: a variable may hold what must not reach a log.
        raise SettingsError(f"{variable} is not a {kind.__name__}: set one") from None
