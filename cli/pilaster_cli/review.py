"""`pilaster review`: what waits for a person, and the decision on it, as a reviewer's client."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pilaster_local import engine
from pilaster_local.services import groups, platform
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pilaster_cli import project
from pilaster_cli.account import sign_in
from pilaster_cli.api import Api, Problem
from pilaster_cli.errors import CommandError
from pilaster_cli.week import week

GROUP = "reviewers"
"""Whose members may see and decide."""
LARGEST_FILE = 128 * 1024
"""Bytes; the API takes no more."""


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "review", help="documents that wait for a person: list, show, approve, correct, refuse"
    )
    doing = parser.add_subparsers(dest="doing", required=True, metavar="WHAT")

    def say(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> Any:
        word = doing.add_parser(name, help=text)
        if name != "list":
            word.add_argument("id", metavar="ID", help="the document's id")
        word.set_defaults(run=run)
        return word

    listing = say("list", "what waits, longest waiting first", list_)
    showing = say("show", "what is proposed, what is doubted, and where the scan is", show)
    for each in (listing, showing):
        each.add_argument("--json", action="store_true", help="print JSON and nothing else")
    showing.add_argument(
        "--proposal",
        action="store_true",
        help="print the proposed timetable alone, as the JSON that `correct` takes",
    )
    say("approve", "the proposed timetable is right", approve)
    correcting = say("correct", "the timetable is what stands in FILE", correct)
    correcting.add_argument(
        "file", type=Path, metavar="FILE", help='JSON: {"title", "blocks": [{"day", "start", ...}]}'
    )
    refusing = say("refuse", "it cannot be made a timetable", refuse)
    refusing.add_argument("reason", metavar="REASON", help="why, for the document's owner")


def list_(args: argparse.Namespace) -> int:
    with _reviewer() as api:
        waiting = list(api.reviews())
    if args.json:
        print(json.dumps(waiting, indent=1))
        return 0
    out = Console()
    if not waiting:
        out.print("Nothing waits for a person.")
        return 0
    table = Table()
    for name in ("document", "waits since", "until", "sure", "taken"):
        table.add_column(name, no_wrap=name == "document")
    for each in waiting:
        table.add_row(
            each["id"],
            _when(each["requested_at"]),
            _when(each["until"]),
            "" if each["confidence"] is None else f"{each['confidence']:g} %",
            _taken(each),
        )
    out.print(table)
    return 0


def show(args: argparse.Namespace) -> int:
    with _reviewer() as api:
        review = api.review(args.id)
    proposal = review["proposal"]
    if args.proposal:
        if proposal is None:
            raise CommandError(f"document {args.id} has no proposal: nothing whole was made out")
        print(json.dumps(proposal, indent=1, ensure_ascii=False))
        return 0
    if args.json:
        print(json.dumps(review, indent=1, ensure_ascii=False))
        return 0
    out = Console()
    if proposal is not None:
        out.print(week(proposal))
    status, taken = review["status"].replace("_", " "), _taken(review)
    out.print(
        f"[bold]{escape(review['id'])}[/bold]: {status}, "
        f"until {_when(review['until'])}{f', taken {taken}' if taken else ''}",
        highlight=False,
    )
    for doubt in review["doubts"]:
        out.print(f"  - {escape(doubt['why'])}", highlight=False)
    out.print(f"  the scan: {review['scan']['url']}", highlight=False, soft_wrap=True, markup=False)
    return 0


def approve(args: argparse.Namespace) -> int:
    return _decide(args.id, "approve")


def correct(args: argparse.Namespace) -> int:
    return _decide(args.id, "correct", timetable=_timetable(args.file))


def refuse(args: argparse.Namespace) -> int:
    return _decide(args.id, "refuse", reason=args.reason)


def _decide(document: str, decision: str, **more: Any) -> int:
    """Takes the review where it is free. The same decision, sent again, is no error."""
    with _reviewer() as api:
        try:
            decided = api.decide(document, decision, **more)
        except Problem as problem:
            if problem.kind != "review-not-claimed":
                raise
            api.claim(document)
            decided = api.decide(document, decision, **more)
    out = Console()
    if decided["timetable"] is not None:
        out.print(week(decided["timetable"]))
    out.print(f"[bold]{escape(document)}[/bold]: {decided['status']}", highlight=False)
    return 0


@contextmanager
def _reviewer() -> Iterator[Api]:
    """This machine's own account, which is made a reviewer where it is none yet."""
    root = project.find()
    outputs = project.outputs(root)
    url = outputs["api_url"]
    with Api(url) as api:
        try:
            account = sign_in(api, root / ".pilaster" / "local" / "account.json")
            try:
                api.review_page(limit=1)
            except Problem as problem:
                if problem.kind != "forbidden":
                    raise
                _join(root, outputs["user_pool_id"], account.email)
                api.login(account.email, account.password)  # the new token names the group
            yield api
        except httpx.TransportError as error:
            raise CommandError(
                f"nothing answers at {url} ({error}): `pilaster up` starts it again"
            ) from None
        except Problem as problem:
            raise CommandError(f"the API refused: {problem}") from None


def _join(root: Path, pool: str, email: str) -> None:
    running = platform.running(root)
    if running is None:
        raise CommandError("the local cloud does not run: `pilaster up` starts it")
    region = engine.settings(root, project.LOCAL).get("aws:region", "us-east-1")
    groups.join(running, pool, GROUP, email, region=region)


def _timetable(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        raise CommandError(f"{str(file)!r} has more than {LARGEST_FILE} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{str(file)!r} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise CommandError(
            f"{str(file)!r} is no timetable: `pilaster review show ID --proposal` prints one"
        )
    return found


def _when(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _taken(review: dict[str, Any]) -> str:
    if review["claimed_until"] is None:
        return ""
    who = "by you" if review["claimed_by_me"] else "by another"
    return f"{who} until {_when(review['claimed_until'])}"
