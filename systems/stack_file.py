"""A stack's file, as a system's settings: whichever system's, typed by a class of its own.

A key nobody knows, a value of the wrong kind or out of its range is refused before any resource
is made; the message names the key as it stands in the file, the rule and the fix.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast, get_args, get_origin

import msgspec
import pulumi
from pulumi.runtime import config as pulumi_config

NAMESPACE = "pilaster"


class SettingsError(pulumi.RunError):
    """A setting that cannot be used; a `RunError` reaches the user without a traceback."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys that belong together; one that nobody knows is an error."""


_S = TypeVar("_S", bound=Section)


def of_stack() -> dict[str, Any]:
    """The configuration of the stack that is being deployed, from either engine."""
    return {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}


@dataclass(frozen=True)
class Reader(Generic[_S]):
    """Reads one kind of settings."""

    kind: type[_S]
    from_the_provider: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings that stand under a provider's own key, once, because it reads them too."""

    def read(self, config: Mapping[str, Any]) -> _S:
        """Settings from Pulumi's flat configuration, where lists and sections are JSON in text."""
        given = {
            key.removeprefix(f"{NAMESPACE}:"): _parsed(value)
            for key, value in config.items()
            if key.startswith(f"{NAMESPACE}:")
        }
        for name, key in self.from_the_provider.items():
            if name in given:
                raise SettingsError(
                    f"{NAMESPACE}:{name} is not a setting: say {key}, which the provider reads too"
                )
            if key in config:
                given[name] = _parsed(config[key])
        try:
            # Pulumi hands every value over as text.
            return msgspec.convert(given, self.kind, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(self._explained(str(error), given)) from None

    def refused(self, key: str, value: Any, rule: str, fix: str) -> SettingsError:
        return SettingsError(
            f"{self.as_written(key)} {value!r} {rule}: {fix} (in Pulumi.<stack>.yaml)"
        )

    def as_written(self, key: str) -> str:
        """A key as it stands in the file."""
        return self.from_the_provider.get(key, f"{NAMESPACE}:{key}")

    def _explained(self, message: str, given: Mapping[str, Any]) -> str:
        """msgspec's `Object contains unknown field `x` - at `$.data`` as key, rule and fix."""
        rule, _, place = message.partition(" - at ")
        path = place.strip("`").removeprefix("$").removeprefix(".")
        if match := re.search(r"unknown field `(.+?)`", rule):
            known = self._sections()[path]
            near = difflib.get_close_matches(match[1], known, n=1, cutoff=0.5)
            fix = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            key = self.as_written(_join(path, match[1]))
            return f"{key} is not a setting: {fix} (in Pulumi.<stack>.yaml)"
        if match := re.search(r"missing required field `(.+?)`", rule):
            key = self.as_written(_join(path, match[1]))
            return f"{key} is missing: set it in Pulumi.<stack>.yaml"
        value: Any = given
        for part in re.findall(r"[^.\[\]]+", path):
            value = cast(dict[str, Any], value).get(part) if isinstance(value, dict) else value
        fix = rule[:1].lower() + rule[1:]
        if allowed := self._choices(path):
            fix = f"it is one of {', '.join(map(str, allowed))}"
        return f"{self.as_written(path)} {value!r} cannot be used: {fix} (in Pulumi.<stack>.yaml)"

    def _sections(self) -> dict[str, list[str]]:
        """The keys of the file, by section; the file's own top level is ""."""
        keys = {
            "": [key for key in self.kind.__struct_fields__ if key not in self.from_the_provider]
        }
        for each in msgspec.structs.fields(self.kind):
            if isinstance(each.type, type) and issubclass(each.type, Section):
                keys[each.name] = list(each.type.__struct_fields__)
        return keys

    def _choices(self, path: str) -> tuple[Any, ...]:
        kind: Any = self.kind
        for part in path.split("."):
            fields = {each.name: each.type for each in msgspec.structs.fields(kind)}
            kind = fields.get(part)
            if not (isinstance(kind, type) and issubclass(kind, Section)):
                break
        return get_args(kind) if get_origin(kind) is Literal else ()


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):  # lists and sections arrive as JSON
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value
