"""`pilaster status`: what runs, where, and how far functions are kept apart from the machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from pilaster_local import engine
from pilaster_local.services import platform
from rich.console import Console
from rich.markup import escape

from pilaster_cli import project, stand_ins

ISOLATION = {
    "namespaces": "functions see their archive, their environment and nothing else of this machine",
    "landlock": "functions are kept from this machine's files, TCP ports and Unix sockets, not "
    "from UDP or signals: install bubblewrap for the rest",
    "none": "functions are NOT kept apart from this machine, and any is root of the local cloud: "
    "install bubblewrap",
}


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "status", help="what runs on this machine, and where"
    )
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    here = platform.running(root)
    state: dict[str, Any] = {
        "running": here is not None,
        "endpoint": here.endpoint if here else None,
        "database_port": here.database_port if here else None,
        "isolation": here.isolation if here else None,
        "memory_limited": here.memory_limited if here else None,
        "processes": here.processes if here else {},
        "outputs": engine.outputs(root, project.LOCAL),
        "stand_ins": stand_ins.running(root),
    }
    if args.json:
        print(json.dumps(state, indent=1))
        return 0
    out = Console()
    stand_ins.show_running(out, state["stand_ins"])
    if here is None and state["stand_ins"]:
        return 0
    if here is None:
        out.print("Not running: `pilaster up` starts it.")
        return 0
    out.print(f"[bold]Running[/bold] at {here.endpoint}", highlight=False)
    for name, value in state["outputs"].items():
        out.print(f"  {escape(name)}: {escape(str(value))}", highlight=False, soft_wrap=True)
    running = ", ".join(f"{name} ({pid})" for name, pid in here.processes.items())
    out.print(f"  processes: {running}", highlight=False)
    out.print(f"  isolation: {here.isolation}; {ISOLATION[here.isolation]}", highlight=False)
    if not here.memory_limited:
        out.print("  memory: not limited; this needs control groups, so root")
    out.print("  logs: .pilaster/local/logs", highlight=False)
    show_site(out, state["outputs"])
    return 0


def show_site(out: Console, outputs: Mapping[str, Any]) -> None:
    """Where a person goes, and what for; nothing where the stack has no site."""
    if site := outputs.get("site_url"):
        out.print(
            f"\nOpen [bold]{escape(str(site))}[/bold] in a browser:\n"
            "make an account, drop in a timetable from samples/timetables, watch it arrive.",
            highlight=False,
            soft_wrap=True,
        )
