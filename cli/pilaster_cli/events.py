"""`pilaster events replay|redrive`: says events again, and gives queues back what was put aside."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from pilaster_local.services import dead_letters, replays
from pilaster_local.services.dead_letters import PutAside

from pilaster_cli import project
from pilaster_cli.errors import CommandError

_ARCHIVE = "event_archive_arn"
_AGO = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WHEN = "a time such as 2026-11-20T08:00 (UTC), or so long ago: 30m, 24h, 7d"


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "events", help="say events again, or give queues back what was put aside"
    )
    doing = parser.add_subparsers(dest="doing", required=True, metavar="replay|redrive")
    again = doing.add_parser("replay", help="say again what was said on the bus in a stretch")
    again.add_argument("--since", required=True, metavar="WHEN", help=_WHEN)
    again.add_argument("--until", metavar="WHEN", help="now, if it is not given")
    again.set_defaults(run=replay)
    back = doing.add_parser(
        "redrive", help="give a queue back the messages that failed, once what failed is mended"
    )
    back.add_argument(
        "queue", nargs="?", metavar="QUEUE", help="without, every queue is listed with its number"
    )
    back.set_defaults(run=redrive)


def replay(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    since = moment(args.since, now)
    until = moment(args.until, now) if args.until else now
    if since >= until:
        raise CommandError(f"--since {since:%F %T} is not before --until {until:%F %T} (UTC)")
    root = project.find()
    archive = project.outputs(root).get(_ARCHIVE)
    if not archive:
        raise CommandError(
            "nothing that was said is kept: set pilaster:events.keep_days in "
            f"Pulumi.{project.LOCAL}.yaml and run `pilaster up`"
        )
    running, region = project.running(root)
    name = replays.replay(running, archive, since=since, until=until, region=region)
    print(f"Said again ({name}): what was said from {since:%F %T} to {until:%F %T} UTC.",
          file=sys.stderr)  # fmt: skip
    return 0


def redrive(args: argparse.Namespace) -> int:
    running, region = project.running(project.find())
    found = dead_letters.queues(running, region=region)
    if args.queue is None:
        for each in found:
            print(f"{each.messages:6}  {each.queue}")
        return 0
    queue = named(args.queue, found)
    moved = dead_letters.redrive(running, queue, region=region)
    print(f"{moved} of {queue.messages} messages went back to {queue.queue}.", file=sys.stderr)
    return 0


def moment(text: str, now: datetime) -> datetime:
    """A time, or so long before `now`. Raises CommandError for anything else."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no time: give {_WHEN}") from None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def named(wanted: str, found: list[PutAside]) -> PutAside:
    """The queue of that name, or the one whose name ends so: `record` is enough."""
    exact = [each for each in found if each.queue == wanted]
    likely = exact or [each for each in found if each.queue.endswith(f"-{wanted}")]
    if len(likely) != 1:
        names = ", ".join(each.queue for each in found) or "none"
        what = "no queue is" if not likely else "more than one queue is"
        raise CommandError(f"{what} called {wanted!r}: there are {names}")
    return likely[0]
