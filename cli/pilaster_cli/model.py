"""`pilaster model set-key`: stores the key of the language model's service on this machine."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from typing import Any

from pilaster_local.services import secret_values

from pilaster_cli import project
from pilaster_cli.errors import CommandError

LONGEST = 500
_OUTPUT = "model_key_secret"


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "model", help="the language model: store its service's key"
    )
    doing = parser.add_subparsers(dest="doing", required=True, metavar="set-key")
    setting = doing.add_parser(
        "set-key", help="ask for the key, or read it from standard input, and store it"
    )
    setting.set_defaults(run=set_key)


def set_key(args: argparse.Namespace) -> int:
    """The key comes from a terminal, unseen, or from a pipe: on the command line every process of
    this machine could read it, and the shell would remember it."""
    root = project.find()
    name = project.outputs(root).get(_OUTPUT)
    if not name:
        raise CommandError(
            "no model's service is set: say `pilaster:model: {service: anthropic}` in "
            f"Pulumi.{project.LOCAL}.yaml and run `pilaster up`"
        )
    running, region = project.running(root)
    key = _read()
    secret_values.store(running, name, key, region=region)
    print(f"Stored in the secret {name!r} of this machine's cloud.", file=sys.stderr)
    return 0


def _read() -> str:
    key = getpass.getpass("Key: ") if sys.stdin.isatty() else sys.stdin.read(LONGEST + 2)
    key = key.strip()
    if not key or len(key) > LONGEST or re.search(r"\s", key):
        raise CommandError(f"that is no key: one word of up to {LONGEST} characters is")
    return key
