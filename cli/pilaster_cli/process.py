"""`pilaster process FILE...`: documents through the running system, as a client of its API."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pilaster_cli import project, resumed
from pilaster_cli.account import sign_in
from pilaster_cli.api import WAITS_FOR_A_PERSON, Api, Problem
from pilaster_cli.errors import CommandError
from pilaster_cli.push import Listener
from pilaster_cli.week import week

AT_ONCE = 4
"""Documents on the way at the same time; the machine, not the API, sets this."""
WAIT_SECONDS = 180
ASK_SECONDS = 5.0
"""How often is asked at the least while a socket would tell: news may be lost."""


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "process", help="send timetables through the running system and print what comes back"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--review-seconds",
        type=float,
        default=0,
        metavar="N",
        help="wait so long for the person a document waits for (0: say that it waits)",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exits 0 when every file got an answer, whichever it is."""
    for file in args.files:
        if not file.is_file():
            raise CommandError(f"{str(file)!r} is not a file: name scans or PDFs")
    here = project.find()
    url = project.outputs(here)["api_url"]
    err = Console(stderr=True)
    with Api(url) as api:
        try:
            sign_in(api, here / ".pilaster" / "local" / "account.json")
        except httpx.TransportError as error:
            raise CommandError(
                f"nothing answers at {url} ({error}): `pilaster up` starts it again"
            ) from None
        except Problem as problem:
            raise CommandError(f"signing in at {url} failed: {problem}") from None
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with (
            Listener(api) as listener,
            Progress(*columns, console=err, transient=True, disable=args.json) as progress,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            patience = max(args.review_seconds, 0)
            asked = [
                pool.submit(_answer, api, listener, file, progress, patience) for file in args.files
            ]
            answers, without = _gathered(asked)
    resumed.note(answers, resumed.interruptions(here))
    # What came back is shown, whatever became of the other files.
    if args.json:
        listed = [{key: answer[key] for key in answer if key != "told"} for answer in answers]
        print(json.dumps(listed, indent=1, ensure_ascii=False))
    else:
        for answer in answers:
            _show(Console(), answer)
    if without:
        raise CommandError("\n".join(without))
    return 0


def _gathered(asked: list[Future[dict[str, Any]]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The answers, and a sentence for each file that got none."""
    answers: list[dict[str, Any]] = []
    without: list[str] = []
    for each in asked:
        try:
            answers.append(each.result())
        except CommandError as error:
            without.append(str(error))
    return answers, without


def _answer(
    api: Api, listener: Listener, file: Path, progress: Progress, review_seconds: float
) -> dict[str, Any]:
    task = progress.add_task(f"{escape(file.name)}: uploading")

    def seen(status: str) -> None:
        progress.update(task, description=f"{escape(file.name)}: {status.replace('_', ' ')}")

    try:
        return _process(api, listener, file, seen, review_seconds)
    except (Problem, httpx.TransportError) as error:
        raise CommandError(f"{str(file)!r} got no answer: {error}") from error
    finally:
        progress.remove_task(task)


def _process(
    api: Api,
    listener: Listener,
    file: Path,
    seen: Callable[[str], None],
    review_seconds: float = 0,
) -> dict[str, Any]:
    """One entry of the list that `--json` prints; blocks and title only where there are some.

    Beside that, `told`: whether the answer was told and not asked for.
    """
    start = time.monotonic()
    answer: dict[str, Any] = {
        "file": str(file),
        "document_id": None,
        "status": "rejected",
        "reason": None,
        "route": [],
        "confidence": None,
        "title": None,
        "blocks": [],
        "steps": [],
        "told": False,
        "resumed": [],
    }
    try:
        answer["document_id"] = api.upload(file)
    except Problem as problem:  # what the API can see before the upload, it refuses at once
        if problem.status >= 500 or problem.status in (401, 429):
            raise
        answer["reason"] = str(problem)
    else:

        def pause(seconds: float) -> None:
            longest = ASK_SECONDS if listener.open else seconds
            answer["told"] = listener.told(answer["document_id"], longest)

        document = api.wait(
            answer["document_id"],
            timeout_seconds=WAIT_SECONDS,
            seen=seen,
            pause_until_told=pause,
        )
        if document["status"] == WAITS_FOR_A_PERSON and review_seconds:
            document = _decided(api, document, review_seconds, seen, pause)
        answer["steps"] = document.get("steps") or []
        timetable = document.get("timetable") or {}
        answer |= {key: document.get(key) for key in ("status", "reason", "route", "confidence")}
        answer |= {"title": timetable.get("title"), "blocks": timetable.get("blocks", [])}
    return answer | {"seconds": round(time.monotonic() - start, 2)}


def _decided(
    api: Api,
    document: dict[str, Any],
    seconds: float,
    seen: Callable[[str], None],
    pause: Callable[[float], None],
) -> dict[str, Any]:
    """The document once a person has decided on it; as it was where nobody does in time."""
    try:
        return api.wait(
            document["id"],
            timeout_seconds=seconds,
            seen=seen,
            pause_until_told=pause,
            reviewed=True,
        )
    except CommandError:
        return document


def _show(out: Console, answer: dict[str, Any]) -> None:
    colour = {"completed": "green", WAITS_FOR_A_PERSON: "yellow"}.get(answer["status"], "red")
    status = answer["status"].replace("_", " ")
    sure = "" if answer["confidence"] is None else f", confidence {answer['confidence']:g} %"
    route = f", by {' and '.join(answer['route'])}" if answer["route"] else ""
    if answer["blocks"]:
        out.print(week(answer))
    out.print(
        f"[bold]{escape(answer['file'])}[/bold]: [{colour}]{status}[/{colour}]"
        f"{route}{sure}, {answer['seconds']} s{', told by push' if answer['told'] else ''}",
        highlight=False,
    )
    if answer["steps"]:
        out.print(f"  {', '.join(map(_step, answer['steps']))}", highlight=False)
    for went_on in answer["resumed"]:
        out.print(f"  {escape(resumed.said(went_on))}", highlight=False, soft_wrap=True)
    if answer["reason"]:
        out.print(f"  {escape(answer['reason'])}", highlight=False)
    if answer["status"] == WAITS_FOR_A_PERSON:
        out.print(
            f"  a person is asked: `pilaster review show {answer['document_id']}`, then "
            "`review approve`, `correct` or `refuse`",
            highlight=False,
            soft_wrap=True,
        )


def _step(step: dict[str, Any]) -> str:
    """`read 1.2 s`; one whose result was there already says so, one that ran again how often."""
    cached = " (cached)" if step.get("cached") else ""
    return f"{escape(str(step['name']))} {step['seconds']:g} s{cached}"
