"""`pilaster stack export|import`: hands a stack's state to `pulumi`, or takes it back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pilaster_local import engine

from pilaster_cli import project
from pilaster_cli.errors import CommandError


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "stack", help="hand a stack's state to `pulumi`, or take it from there"
    )
    doing = parser.add_subparsers(dest="doing", required=True, metavar="export|import")
    out = doing.add_parser("export", help="print what `pulumi stack export` prints")
    out.add_argument(
        "--show-secrets", action="store_true", help="secrets in plain text: do not keep the file"
    )
    into = doing.add_parser("import", help="take what `pulumi stack export` printed as the state")
    for each, run in ((out, export), (into, take)):
        each.add_argument("--stack", default=project.LOCAL)
        each.add_argument("--file", type=Path, help="instead of standard input or output")
        each.set_defaults(run=run)


def export(args: argparse.Namespace) -> int:
    root = project.find()
    project.check_stack(root, args.stack)
    text = json.dumps(engine.export_state(root, args.stack, args.show_secrets), indent=4) + "\n"
    if args.file is None:
        print(text, end="")
        return 0
    try:
        args.file.touch(mode=0o600)
        args.file.write_text(text)
    except OSError as error:
        raise CommandError(f"{str(args.file)!r} cannot be written: {error.strerror}") from None
    return 0


def take(args: argparse.Namespace) -> int:
    root = project.find()
    project.check_stack(root, args.stack)
    where = "standard input" if args.file is None else repr(str(args.file))
    try:
        text = sys.stdin.read() if args.file is None else args.file.read_text()
        deployment = json.loads(text)
    except OSError as error:
        raise CommandError(f"{where} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{where} is not what `pulumi stack export` prints: {error}") from None
    engine.import_state(root, args.stack, deployment)
    print(f"Taken as the state of {args.stack!r}.", file=sys.stderr)
    return 0
