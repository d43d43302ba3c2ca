"""Pulumi.yaml and Pulumi.<stack>.yaml, read as the official command reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pilaster_local.engine.errors import ConfigError, PassphraseError
from pilaster_local.engine.secrets import Vault, passphrase_of


@dataclass(frozen=True, kw_only=True)
class Project:
    """What Pulumi.yaml says."""

    name: str
    folder: Path
    """Where Pulumi.yaml is; the program runs here."""
    program: Path
    defaults: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Project:
        folder = folder.resolve()
        path = folder / "Pulumi.yaml"
        text = _mapping(path, yaml.SafeLoader)
        name, runtime = text.get("name"), text.get("runtime")
        if not isinstance(name, str):
            raise ConfigError(f"{path} has no name; add a line such as `name: pilaster`")
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        if language != "python":
            raise ConfigError(
                f"{path}: the runtime is {language!r}; this engine runs python programs only"
            )
        program = folder / (text.get("main") or ".")
        if program.is_dir():
            program /= "__main__.py"
        if not program.is_file():
            raise ConfigError(f"{path}: there is no program at {program}")
        defaults = _settings(path, text)
        return cls(name=name, folder=folder, program=program, defaults=defaults)


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """The settings of one stack, decrypted, and where its secrets are kept."""

    values: dict[str, str]
    secret_keys: frozenset[str] = frozenset()
    vault: Vault = field(repr=False)
    salt: str | None = None

    def of_package(self, package: str) -> dict[str, str]:
        """What the default provider of a package is configured with: `aws:region` -> region."""
        prefix = f"{package}:"
        return {k[len(prefix) :]: v for k, v in self.values.items() if k.startswith(prefix)}

    def is_secret(self, package: str, name: str) -> bool:
        return f"{package}:{name}" in self.secret_keys


def load_stack(project: Project, stack: str) -> StackConfig:
    """Read Pulumi.<stack>.yaml. A stack without one has the defaults of Pulumi.yaml."""
    path = project.folder / f"Pulumi.{stack}.yaml"
    # Scalars are wanted as they are written ("010" is no number), what is nested as YAML means it.
    raw = _mapping(path, yaml.BaseLoader) if path.exists() else {}
    typed = _mapping(path, yaml.SafeLoader) if path.exists() else {}
    provider = raw.get("secretsprovider")
    if provider not in (None, "", "passphrase", "default"):
        raise ConfigError(
            f"{path}: the secrets provider is {provider!r}; this engine knows `passphrase` only"
        )
    salt = raw.get("encryptionsalt") or None
    vault = open_vault(project, stack, salt)

    values: dict[str, str] = {}
    secret_keys: set[str] = set()
    for key, value in _declared(project):
        values[key] = value
    meant = _settings(path, typed)
    written = raw.get("config", {}) if meant else {}
    for key, value in written.items():
        full = key if ":" in key else f"{project.name}:{key}"
        if key not in meant:
            raise ConfigError(f"{path}: the key {key!r} is no text to YAML; put it in quotes")
        try:
            values[full], is_secret = _value(value, meant[key], vault, salted=bool(salt))
        except (ConfigError, PassphraseError) as error:
            raise type(error)(f"{path}, {full}: {error}") from error
        if is_secret:
            secret_keys.add(full)
    return StackConfig(values=values, secret_keys=frozenset(secret_keys), vault=vault, salt=salt)


def open_vault(project: Project, stack: str, salt: str | None) -> Vault:
    """The vault of a stack under one salt; without one, under a new one."""
    return Vault(salt, lambda: passphrase_of(stack, folder=project.folder / ".pilaster"))


def _declared(project: Project) -> list[tuple[str, str]]:
    """The defaults in Pulumi.yaml: `key: value`, `key: {value: …}` or `key: {default: …}`."""
    found = []
    for key, declared in project.defaults.items():
        full = key if ":" in key else f"{project.name}:{key}"
        if isinstance(declared, dict):
            declared = declared.get("value", declared.get("default"))
        if declared is not None:
            found.append((full, declared if isinstance(declared, str) else json.dumps(declared)))
    return found


def _value(written: Any, meant: Any, vault: Vault, *, salted: bool) -> tuple[str, bool]:
    if isinstance(written, str):
        return written, False
    if isinstance(written, dict) and set(written) == {"secure"}:
        return _decrypt(written["secure"], vault, salted=salted), True
    found: list[str] = []

    def open_inside(value: Any) -> Any:
        if isinstance(value, list):
            return [open_inside(item) for item in value]
        if isinstance(value, dict):
            if set(value) == {"secure"}:
                found.append("secure")
                return _decrypt(value["secure"], vault, salted=salted)
            return {key: open_inside(item) for key, item in value.items()}
        return value

    opened = open_inside(meant)
    return json.dumps(opened, separators=(",", ":")), bool(found)


def _decrypt(sealed: Any, vault: Vault, *, salted: bool) -> str:
    if not isinstance(sealed, str):
        raise ConfigError("what is `secure` must be a text; set it again with `--secret`")
    if not salted:
        raise ConfigError(
            "a value is `secure` but there is no `encryptionsalt` to open it with; "
            "set it again with `pulumi config set --secret`"
        )
    return vault.decrypt(sealed)


def _settings(path: Path, text: dict[str, Any]) -> dict[str, Any]:
    """What is under `config`: nothing, or a mapping."""
    found = text.get("config")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ConfigError(
            f"{path}: `config` must be a mapping of keys to values, such as "
            f"`aws:region: eu-central-1`, and is {found!r}"
        )
    return found


def _mapping(path: Path, loader: Any) -> dict[str, Any]:
    try:
        text = yaml.load(path.read_text(encoding="utf-8"), loader)
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no {path.name} in {path.parent}; run this in the project's folder"
        ) from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not valid YAML: save it as UTF-8 ({error})") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {error}") from error
    if text is None:
        return {}
    if not isinstance(text, dict):
        raise ConfigError(
            f"{path} must be a mapping of keys to values, such as `config:` with lines below it, "
            f"and is {text!r}"
        )
    return text
