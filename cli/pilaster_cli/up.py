"""`pilaster up`: starts the platform on this machine and deploys the project's program to it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.engine.plan import Outcome
from pilaster_local.providers.aws.provider import RECORDED
from pilaster_local.services import platform
from rich.console import Console
from rich.markup import escape

from pilaster_cli import azure, google, policy, project, status
from pilaster_cli.errors import CommandError
from pilaster_cli.screen import Screen


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "up", help="deploy this project to this machine; run again, it changes nothing"
    )
    parser.add_argument("--stack", default=project.LOCAL)
    parser.add_argument(
        "--refresh",
        action="store_true",
        help="look at what is there first; repair what drifted",
    )
    parser.add_argument(
        "--platform-only",
        action="store_true",
        help="start what the system runs on and deploy nothing, as `pulumi up` wants it",
    )
    policy.add_pack(parser, "--policy-pack", "what breaks this pack's policies is not made")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    project.check_stack(root, args.stack)
    if not project.is_here(root, args.stack):
        raise CommandError(
            f"`pilaster up` deploys to this machine only, and {args.stack!r} is not for it "
            f"(pilaster:target: machine): `pulumi up -s {args.stack}` deploys it, "
            f"`pilaster preview --stack {args.stack}` shows what it would make"
        )
    if project.is_google(root, args.stack):
        return google.up(root, args.stack, policy.packs(args))
    if project.is_azure(root, args.stack):
        return azure.up(root, args.stack, policy.packs(args))
    with Screen() as screen:
        start = time.monotonic()
        here = platform.start(root, say=screen.say)
        screen.say(f"platform ready at {here.endpoint} in {time.monotonic() - start:.1f} s")
        if args.platform_only:
            return 0
        settled = _Settled(root, args.stack)
        former = settled.instance()
        if here.isolation != "namespaces":
            screen.say(f"isolation is {here.isolation!r} only: {status.ISOLATION[here.isolation]}")
        if former not in (None, here.instance):
            screen.say("the local cloud lost its state: what is gone is made again")
        outcome = engine.up(
            root,
            args.stack,
            provider=project.provider(root, args.stack, here.endpoint),
            on_event=screen,
            refresh=args.refresh or former != here.instance,
            policy_packs=policy.packs(args),
        )
        settled.note(here.instance)
        if outcome.changes:
            platform.snapshot(here)  # so that even a crash of the emulator loses nothing deployed
    _show(Console(stderr=True), outcome)
    return 0


class _Settled:
    """Which life of the emulator the state belongs to: another one may know nothing of it."""

    def __init__(self, root: Path, stack: str) -> None:
        name = "deployed" if stack == project.LOCAL else f"deployed-{stack}"
        self._file = root / ".pilaster" / "local" / name

    def instance(self) -> str | None:
        return self._file.read_text() if self._file.exists() else None

    def note(self, instance: str) -> None:
        if self.instance() != instance:
            self._file.write_text(instance)


def _show(out: Console, outcome: Outcome) -> None:
    counts = ", ".join(f"{count} {op}" for op, count in outcome.counts.items())
    out.print(f"[bold]Deployed[/bold] in {outcome.seconds:.1f} s: {counts}", highlight=False)
    recorded = sorted({step.type for step in outcome.steps if step.type in RECORDED})
    if recorded:
        out.print(f"Recorded only, nothing here evaluates them: {', '.join(recorded)}")
    for name, value in outcome.outputs.items():
        out.print(f"  {escape(name)}: {escape(str(value))}", highlight=False, soft_wrap=True)
    status.show_site(out, outcome.outputs)
