"""`pilaster down`: stops everything and keeps the data, or purges the stack and its data."""

from __future__ import annotations

import argparse
from typing import Any

from pilaster_local import engine
from pilaster_local.services import platform
from rich.console import Console

from pilaster_cli import project, stand_ins


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "down", help="stop everything on this machine and keep the data"
    )
    parser.add_argument(
        "--purge", action="store_true", help="destroy the stack on this machine and its data"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    out = Console()
    elsewhere = stand_ins.down(root, purge=args.purge)
    if args.purge:
        # All there is of the stack is in these two places: nothing of it is anywhere else.
        platform.purge(root)
        for stack in project.here(root):
            engine.forget(root, stack)
        out.print("Destroyed: the stack on this machine and its data.")
        return 0
    stopped = [*platform.stop(root), *elsewhere]
    out.print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    if stopped:
        out.print("The data stays; `pilaster up` starts again, `pilaster down --purge` deletes it.")
    return 0
