"""A pack's settings, put together as the official engine does: the pack's own, then the file's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from jsonschema import Draft7Validator, SchemaError
from pulumi.runtime.proto import analyzer_pb2

from pilaster_local.engine.errors import ConfigError

Levels = dict[str, tuple[int, dict[str, Any]]]
"""By policy: the level, a number of the protocol, and the properties."""

_LEVELS = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
    "disabled": analyzer_pb2.DISABLED,
}


def settled(info: Any, file: Path | None) -> Levels:
    """Every policy's level and properties. Raises ConfigError for settings that name none."""
    levels: Levels = {
        policy.name: (policy.enforcementLevel, _defaults(policy)) for policy in info.policies
    }
    for name, config in info.initialConfig.items():
        properties = json_format.MessageToDict(config.properties)
        levels[name] = (config.enforcementLevel, {**levels[name][1], **properties})
    given = read(file) if file else {}
    if "all" in given:
        level, _ = given.pop("all")
        if level is not None:
            levels = {name: (level, properties) for name, (_, properties) in levels.items()}
    for name, (level, properties) in given.items():
        if name not in levels:
            raise ConfigError(
                f"{file}: there is no policy {name!r} in this pack; there are "
                f"{', '.join(sorted(levels))}"
            )
        was, defaults = levels[name]
        levels[name] = (was if level is None else level, {**defaults, **properties})
    _fit(info, levels, file)
    return levels


def _fit(info: Any, levels: Levels, file: Path | None) -> None:
    """The official engine holds settings against their schemas, also those nobody gave."""
    wrong: list[str] = []
    for policy in info.policies:
        if not policy.HasField("configSchema"):
            continue
        schema = {
            "type": "object",
            "properties": json_format.MessageToDict(policy.configSchema.properties),
            "required": list(policy.configSchema.required),
        }
        try:
            for error in Draft7Validator(schema).iter_errors(levels[policy.name][1]):
                where = ".".join([policy.name, *map(str, error.absolute_path)])
                wrong.append(f"{where}: {error.message}")
        except SchemaError as error:
            wrong.append(f"the schema of {policy.name} is none: {error.message}")
    if wrong:
        said = f"{file}" if file else "the policy pack has no settings, and needs some"
        raise ConfigError(f"{said}: " + "; ".join(wrong))


def _defaults(policy: Any) -> dict[str, Any]:
    schema = json_format.MessageToDict(policy.configSchema.properties)
    return {
        name: described["default"]
        for name, described in schema.items()
        if isinstance(described, dict) and "default" in described
    }


def read(file: Path) -> dict[str, tuple[int | None, dict[str, Any]]]:
    """The file `pulumi ... --policy-pack-config` takes: a level, or an object with one, by name."""
    try:
        text = file.read_text()
        given = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"the policy pack's settings in {file} cannot be read: {error}") from None
    if not isinstance(given, dict):
        raise ConfigError(f"{file}: the settings are not an object of policies by name")
    given.pop("environments", None)  # of Pulumi's own service
    return {name: _entry(file, name, value) for name, value in given.items()}


def _entry(file: Path, name: str, value: Any) -> tuple[int | None, dict[str, Any]]:
    if isinstance(value, str):
        return _level(file, name, value), {}
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: {name!r} must be a level or an object")
    properties = dict(value)
    said = properties.pop("enforcementLevel", None)
    return (None if said is None else _level(file, name, said)), properties


def _level(file: Path, name: str, said: Any) -> int:
    try:
        return _LEVELS[said]
    except (KeyError, TypeError):
        raise ConfigError(
            f"{file}: {said!r} is no level for {name!r}; there are {', '.join(_LEVELS)}"
        ) from None
