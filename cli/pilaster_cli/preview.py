"""`pilaster preview --stack NAME`: what a stack would make, without an account."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pilaster_local import engine
from pilaster_local.services import platform
from rich.console import Console
from rich.markup import escape

from pilaster_cli import project
from pilaster_cli.screen import COLOURS, Screen, label


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "preview", help="show what a stack would make; no account is needed"
    )
    parser.add_argument("--stack", default=project.LOCAL)
    parser.add_argument(
        "--json", action="store_true", help="print what `pulumi preview --json` prints"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    here = platform.running(root) if args.stack == project.LOCAL else None
    provider = project.provider(root, args.stack, here.endpoint if here else None)
    with Screen() as screen:
        # What would change is listed below, in one piece; only what the program says is shown now.
        plan = engine.preview(root, args.stack, provider=provider, on_event=screen.diagnostics)
    if args.json:
        print(json.dumps(plan.to_json(), indent=4))
        return 0
    out = Console()
    for step in plan.steps:
        if step.op != "same":
            changed = f" [dim]{', '.join(step.changed)}[/dim]" if step.changed else ""
            line = f"  [{COLOURS[step.op]}]{step.op:8}[/] {escape(label(step.urn))}{changed}"
            out.print(line, highlight=False, soft_wrap=True)
    counts = ", ".join(f"{count} {op}" for op, count in plan.counts.items())
    out.print(f"[bold]{args.stack}[/bold] would be: {counts}", highlight=False)
    return 0
