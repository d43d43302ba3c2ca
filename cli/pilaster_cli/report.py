"""`pilaster report`: how many documents there were each day, by route, and how long they took."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pilaster_local.services import reports
from rich.console import Console
from rich.table import Table

from pilaster_cli import project
from pilaster_cli.errors import CommandError

DAYS = 30
_MOST_DAYS = 3650


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "report", help="documents by day and route, and how long they took"
    )
    parser.add_argument(
        "--days", type=_days, default=DAYS, metavar="N", help=f"today and N - 1 before it ({DAYS})"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    outputs = project.outputs(root)
    if "report_query_id" not in outputs:
        raise CommandError("this stack keeps no query of its records: `pilaster up` brings it")
    running, region = project.running(root)
    since = f"{datetime.now(UTC) - timedelta(days=args.days - 1):%Y-%m-%d}"
    found = reports.answers(
        running,
        outputs["report_query_id"],
        [f"'{since}'"],
        workgroup=outputs["report_workgroup"],
        region=region,
    )
    rows = [_row(each) for each in found]
    if args.json:
        print(json.dumps(rows, indent=1))
    elif rows:
        Console().print(table(rows))
    if not rows:
        print(f"No document was recorded since {since} (UTC).", file=sys.stderr)
    return 0


def table(rows: Iterable[dict[str, Any]]) -> Table:
    """A line for each day and route; the day stands where it changes."""
    shown = Table("day (UTC)", "route")
    for heading in ("documents", "mean s", "median s"):
        shown.add_column(heading, justify="right")
    before = None
    for row in rows:
        seconds = ("-" if s is None else f"{s:.1f}" for s in (row["mean"], row["median"]))
        day = row["day"] if row["day"] != before else ""
        shown.add_row(day, row["route"], str(row["documents"]), *seconds)
        before = row["day"]
    return shown


def _row(said: reports.Row) -> dict[str, Any]:
    return {
        "day": said["day"],
        "route": said["route"],
        "documents": int(said["documents"] or 0),
        "mean": _number(said["mean_seconds"]),
        "median": _number(said["median_seconds"]),
    }


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {_MOST_DAYS}")
    return int(text)
