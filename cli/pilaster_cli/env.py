"""`pilaster env`: what to set so that the official `pulumi` works with the local provider."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pilaster_local.engine import PassphraseError, secrets
from pilaster_local.engine.config import Project, load_stack
from pilaster_local.providers.aws import executable
from pilaster_local.providers.aws.executable import ExecutableError
from pilaster_local.providers.aws.plugin import PREVIEW_ONLY
from pilaster_local.services import platform

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
    for line in _hints(root, args.stack, variables):
        print(f"pilaster: {line}", file=sys.stderr)  # what is printed above goes into a shell
    return 0


def _hints(root: Path, stack: str, variables: Mapping[str, str | None]) -> Iterator[str]:
    """What is still to be done before `pulumi` works."""
    loaded = Project.load(root)
    states = root / ".pilaster" / "pulumi" / ".pulumi" / "stacks" / loaded.name
    if "PULUMI_BACKEND_URL" in variables and not (states / f"{stack}.json").exists():
        yield f"once, before the first run: `pulumi stack init {stack}`"
    if shutil.which("pulumi") is None:
        yield "there is no `pulumi` on this PATH"
    if stack != project.LOCAL:
        yield "for previews only: the local provider makes nothing of this stack"
        return
    config = load_stack(loaded, stack)
    try:
        if config.salt is not None:
            config.vault.encrypt("")
    except PassphraseError:
        yield (
            f"Pulumi.{stack}.yaml has an encryptionsalt that this machine's passphrase does not "
            "open: `pulumi` left it there on another one; remove that line"
        )
    if platform.running(root) is None:
        yield "the local cloud does not run: `pilaster up --platform-only` starts it"


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
