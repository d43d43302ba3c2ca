"""`pilaster policy --stack NAME`: what a stack would break of the policies, without an account."""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.services import platform
from rich.console import Console
from rich.markup import escape

from pilaster_cli import deployer, grants, project
from pilaster_cli.errors import CommandError
from pilaster_cli.screen import Screen, label

PACK = "policies"
"""The project's own pack, a folder beside its program."""
_RULE = re.compile(r"\A\[([\w-]+(?:, [\w-]+)*)\] ")
"""Rules that share a policy say in front which of them speaks."""


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "policy", help="say what a stack would break of the policies; no account is needed"
    )
    parser.add_argument("--stack", default=project.LOCAL)
    add_pack(parser, "--pack", f"the policy pack (default: the project's own, {PACK}/)")
    parser.add_argument("--json", action="store_true", help="print a list of what was found")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="what is not known yet breaks its rule, but what the settings expect to be unknown",
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--report",
        action="store_true",
        help="say per function what it is granted, what was seen to be called, and what is spare",
    )
    instead.add_argument(
        "--deployer",
        action="store_true",
        help="print the narrowest policy with which `pulumi up` of the stack works, as JSON",
    )
    instead.add_argument(
        "--record",
        action="store_true",
        help=f"add what functions called on this machine to {grants.CALLS}, and what deploying "
        f"them did to {deployer.SEEN}",
    )
    parser.set_defaults(run=run)


def add_pack(parser: argparse.ArgumentParser, flag: str, what: str) -> None:
    """The pack of a command, and the file that configures it."""
    parser.add_argument(flag, dest="pack", type=Path, metavar="FOLDER", help=what)
    parser.add_argument(
        f"{flag}-config",
        dest="pack_config",
        type=Path,
        metavar="FILE",
        help="its settings (default: FOLDER.json beside it, if both are in this project, or "
        "FOLDER-SYSTEM-CLOUD.json where the stack names a system that has one)",
    )


def packs(args: argparse.Namespace, default: Path | None = None) -> list[engine.PolicyPack]:
    """The pack the command line asks for, if any. Raises CommandError where there is none.

    What stands beside another project's pack are that project's exceptions: of this one they would
    all be unneeded, which is an error.
    """
    folder: Path | None = args.pack or default
    if folder is None:
        if args.pack_config is not None:
            raise CommandError("settings of a policy pack are given, and no pack")
        return []
    if not (folder / "PulumiPolicy.yaml").is_file():
        raise CommandError(f"no policy pack in {str(folder)!r}: it holds no PulumiPolicy.yaml")
    pack = engine.PolicyPack.at(folder)
    if args.pack_config is not None:
        return [engine.PolicyPack(folder=pack.folder, settings=args.pack_config.resolve())]
    root = project.find()
    if not pack.folder.is_relative_to(root):
        return [engine.PolicyPack(folder=pack.folder)]
    own = pack.folder.with_name(f"{pack.folder.name}-{project.system(root, args.stack)}.json")
    return [engine.PolicyPack(folder=pack.folder, settings=own) if own.is_file() else pack]


def run(args: argparse.Namespace) -> int:
    root = project.find()
    chosen = packs(args, root / PACK)
    here = platform.running(root) if project.is_here(root, args.stack) else None
    if args.record:
        answer, out = grants.called(here), Console()
        grants.record(root, answer, project.prefix(root, args.stack), out)
        count = deployer.record(root, answer.get("deployer", {}))
        out.print(f"{deployer.SEEN}: {count} actions of deploying", highlight=False)
        return 0
    provider = project.provider(root, args.stack, here.endpoint if here else None)
    with Screen() as screen, _strict(chosen) if args.strict else nullcontext(chosen) as asked:
        plan = engine.preview(root, args.stack, provider=provider, policy_packs=asked)
        said = {str(violation) for violation in plan.violations}
        for diagnostic in plan.diagnostics:
            if diagnostic.severity in ("warning", "error") and diagnostic.message not in said:
                screen(diagnostic)
    if args.report:
        grants.show(plan, root, as_json=args.json, out=Console())
        return 0
    if args.deployer:
        deployer.show(plan, root, args.stack, Console(stderr=True))
        return 0
    broken = [violation for violation in plan.violations if violation.mandatory]
    if args.json:
        print(json.dumps([e for each in plan.violations for e in _entries(each)], indent=2))
    else:
        _show(Console(), args.stack, len(plan.steps), plan.violations)
    return 1 if broken else 0


@contextmanager
def _strict(packs: Sequence[engine.PolicyPack]) -> Iterator[list[engine.PolicyPack]]:
    """The packs with settings that say `strict` beside what they said before."""
    with tempfile.TemporaryDirectory() as folder:
        made: list[engine.PolicyPack] = []
        for number, pack in enumerate(packs):
            try:
                said = json.loads(pack.settings.read_text()) if pack.settings else {}
                said["not-known-yet"] = {**said.get("not-known-yet", {}), "strict": True}
            except (OSError, ValueError, TypeError):
                made.append(pack)  # the engine says what is wrong with them
                continue
            settings = Path(folder, f"{number}.json")
            settings.write_text(json.dumps(said))
            made.append(engine.PolicyPack(folder=pack.folder, settings=settings))
        yield made


def rule_of(violation: engine.Violation) -> str:
    named = _RULE.match(_text(violation))
    return named[1] if named else violation.policy


def _text(violation: engine.Violation) -> str:
    """Without the first line: it repeats the policy's description."""
    first, _, rest = violation.message.partition("\n")
    return rest or first


def _what(violation: engine.Violation) -> str:
    return _RULE.sub("", _text(violation), count=1)


def _entries(violation: engine.Violation) -> list[dict[str, Any]]:
    """One for each of the rules it speaks for."""
    return [_entry(violation, rule) for rule in rule_of(violation).split(", ")]


def _entry(violation: engine.Violation, rule: str) -> dict[str, Any]:
    what, _, fix = _what(violation).partition(". Fix: ")
    return {
        "rule": rule,
        "level": "mandatory" if violation.mandatory else "advisory",
        "resource": violation.urn,
        "message": what,
        "fix": fix or None,
        "policy": violation.policy,
        "pack": violation.pack,
    }


def _heading(violation: engine.Violation) -> str:
    """What is not known yet is said once, for however many rules."""
    unknown = _what(violation).startswith("not known yet: ")
    return "not known yet" if unknown and not violation.mandatory else rule_of(violation)


def _show(out: Console, stack: str, count: int, found: Sequence[engine.Violation]) -> None:
    for rule in sorted({_heading(violation) for violation in found}):
        out.print(f"[bold]{escape(rule)}[/bold]", highlight=False)
        of_rule = {
            (each.urn, _what(each)): each for each in found if _heading(each) == rule
        }.values()
        for violation in sorted(of_rule, key=lambda v: (not v.mandatory, v.urn, v.message)):
            what, _, fix = _what(violation).partition(". Fix: ")
            level = "[red]broken[/red]  " if violation.mandatory else "[yellow]advisory[/yellow]"
            line = f"  {level} {escape(label(violation.urn))}: {escape(what)}"
            out.print(line, highlight=False, soft_wrap=True)
            if fix:
                line = f"           [dim]fix:[/dim] {escape(fix)}"
                out.print(line, highlight=False, soft_wrap=True)
    mandatory = sum(violation.mandatory for violation in found)
    # As shown: many a rule has the same to say of what is not known yet.
    advice = len({(each.urn, _what(each)) for each in found if not each.mandatory})
    out.print(
        f"[bold]{escape(stack)}[/bold], {count} resources: {mandatory} broken, {advice} advisory",
        highlight=False,
    )
