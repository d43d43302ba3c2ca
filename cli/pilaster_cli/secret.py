"""`pilaster secret set`: stores a secret's value where a stack of Google's or Azure's is here."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.services.azure import vaults
from pilaster_local.services.azure.places import Places as AzurePlaces
from pilaster_local.services.google import secrets as google
from pilaster_local.services.google.places import Places as GooglePlaces
from pilaster_local.services.stand_ins.record import Places
from pilaster_local.services.stand_ins.secrets import LONGEST_BYTES, Store

from pilaster_cli import project
from pilaster_cli.errors import CommandError


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "secret", help="a secret of a stack of Google's or Azure's on this machine: store its value"
    )
    doing = parser.add_subparsers(dest="doing", required=True, metavar="set")
    setting = doing.add_parser(
        "set",
        help="ask for the value, or read it from standard input (but for a line break at its "
        "end), and store it as the newest version",
    )
    setting.add_argument(
        "name", help="the secret's own name; on Azure VAULT/NAME. `up` says it where one is missing"
    )
    setting.add_argument("--stack", required=True)
    setting.set_defaults(run=set_value)


def set_value(args: argparse.Namespace) -> int:
    """The value comes from a terminal, unseen, or from a pipe: on the command line every process
    of this machine could read it, and the shell would remember it."""
    root = project.find()
    places, known = _known(root, args.stack)
    name = args.name.lower() if isinstance(places, AzurePlaces) else args.name
    if name not in known:
        raise CommandError(
            f"stack {args.stack!r} has no secret {args.name!r}; it has "
            f"{', '.join(known) or 'none: `pilaster up` makes those the program declares'}"
        )
    value = _read()
    places.make()
    Store(places.secrets).put(name, value)
    print(
        f"Stored as {name!r} for {args.stack!r} on this machine. `pilaster up --stack {args.stack}`"
        " starts what reads it with the new value.",
        file=sys.stderr,
    )
    return 0


def _known(root: Path, stack: str) -> tuple[Places, list[str]]:
    google_stack, azure_stack = project.is_google(root, stack), project.is_azure(root, stack)
    if not project.is_here(root, stack) or not (google_stack or azure_stack):
        raise CommandError(
            f"{stack!r} is no stack of Google's or Azure's on this machine: there, "
            "`gcloud secrets versions add`, `az keyvault secret set` or "
            "`aws secretsmanager put-secret-value` stores a value"
        )
    state = engine.export_state(root, stack, show_secrets=True)["deployment"] or {}
    resources = state.get("resources", [])
    if google_stack:
        return GooglePlaces(root, stack), google.names(resources)
    return AzurePlaces(root, stack), vaults.names(resources)


def _read() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Value: ")
    try:
        value = sys.stdin.buffer.read(LONGEST_BYTES + 3).decode()
    except UnicodeDecodeError:
        raise CommandError("that is no value: text in UTF-8 is taken") from None
    return value.removesuffix("\n").removesuffix("\r")
