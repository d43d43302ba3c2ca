"""`pilaster env`: what to set so that the official `pulumi` works with the local provider."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pilaster_local.engine import secrets
from pilaster_local.providers.aws import executable
from pilaster_local.providers.aws.executable import ExecutableError
from pilaster_local.providers.aws.plugin import PREVIEW_ONLY

from pilaster_cli import project
from pilaster_cli.errors import CommandError

_PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "env", help='what to set for `pulumi`: eval "$(pilaster env)"'
    )
    parser.add_argument("--stack", default=project.LOCAL)
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    project.check_stack(root, args.stack)
    try:
        folder = executable.write(root)
    except ExecutableError as error:
        raise CommandError(str(error)) from None
    variables = _variables(root, args.stack, folder, os.environ)
    if args.json:
        print(json.dumps(variables, indent=1))
        return 0
    for name, value in variables.items():
        print(f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}")
    return 0


def _variables(
    root: Path, stack: str, folder: Path, now: Mapping[str, str]
) -> dict[str, str | None]:
    """What is to be set, or unset, in a shell that has `now`. What is set already stays."""
    there = [part for part in now.get("PATH", os.defpath).split(":") if part != str(folder)]
    found: dict[str, str | None] = {"PATH": ":".join([str(folder), *there])}
    if "PULUMI_BACKEND_URL" not in now:
        states = root / ".pilaster" / "pulumi"
        states.mkdir(mode=0o700, parents=True, exist_ok=True)
        found["PULUMI_BACKEND_URL"] = f"file://{states}"
    if stack == project.LOCAL:
        found[PREVIEW_ONLY] = None
        if not any(name in now for name in _PASSPHRASES):
            secrets.passphrase_of(stack, folder=root / ".pilaster")
            found["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(root / ".pilaster" / "passphrase")
    else:
        found[PREVIEW_ONLY] = "1"
    return found
