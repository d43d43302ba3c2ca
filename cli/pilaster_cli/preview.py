"""`pilaster preview --stack NAME`: what a stack would make, without an account; with `--check` what
AWS would refuse of it too."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.services import platform
from rich.console import Console
from rich.markup import escape

from pilaster_cli import google, policy, project
from pilaster_cli.screen import COLOURS, Screen, label


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "preview", help="show what a stack would make; no account is needed"
    )
    parser.add_argument("--stack", default=project.LOCAL)
    parser.add_argument(
        "--json", action="store_true", help="print what `pulumi preview --json` prints"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="say what the cloud would refuse; exit 1 then",
    )
    policy.add_pack(parser, "--policy-pack", "say what breaks this pack's policies; exit 1 then")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = project.find()
    here = platform.running(root) if project.is_here(root, args.stack) else None
    endpoint = here.endpoint if here else None
    # Google's and Azure's providers say what is refused while they preview.
    by_aws = args.check and not (
        project.is_google(root, args.stack) or project.is_azure(root, args.stack)
    )
    if by_aws:
        from pilaster_local.providers.aws.plan.collecting import CollectingProvider

        provider = project.provider(root, args.stack, endpoint, CollectingProvider)
    else:
        provider = project.provider(root, args.stack, endpoint)
    with Screen() as screen:
        # What would change is listed below, in one piece; only what the program says is shown now.
        plan = engine.preview(
            root,
            args.stack,
            provider=provider,
            on_event=screen.diagnostics,
            policy_packs=policy.packs(args),
        )
    checked = _checked(root, args.stack, plan) if by_aws else None
    if args.json:
        print(json.dumps({**plan.to_json(), **(checked.to_json() if checked else {})}, indent=4))
    else:
        _show(args.stack, plan, checked)
        if args.check and project.is_google(root, args.stack):
            google.show_coverage(plan, Console())
    broken = any(violation.mandatory for violation in plan.violations)
    return 1 if broken or (checked and checked.findings) else 0


@dataclass(frozen=True)
class _Checked:
    """What the checks of a plan say; Any since their module is loaded only if it is asked for."""

    findings: list[Any]
    demands: list[Any]
    schema_only: list[str]

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "account": [demand.to_json() for demand in self.demands],
            "schemaOnly": self.schema_only,
        }


def _checked(root: Path, stack: str, plan: engine.Plan) -> _Checked:
    from pilaster_local.providers.aws import plan as checks

    settings = engine.settings(root, stack)
    region, account = settings.get("aws:region", ""), settings.get("pilaster:account", "")
    resources = checks.of_plan(plan.steps)
    return _Checked(
        checks.check(resources, region=region, account=account),
        checks.account(resources, region=region),
        checks.schema_only(resources),
    )


def _show(stack: str, plan: engine.Plan, checked: _Checked | None) -> None:
    out = Console()
    for step in plan.steps:
        if step.op != "same":
            changed = f" [dim]{', '.join(step.changed)}[/dim]" if step.changed else ""
            line = f"  [{COLOURS[step.op]}]{step.op:8}[/] {escape(label(step.urn))}{changed}"
            out.print(line, highlight=False, soft_wrap=True)
    counts = ", ".join(f"{count} {op}" for op, count in plan.counts.items())
    out.print(f"[bold]{stack}[/bold] would be: {counts}", highlight=False)
    if checked is None:
        return
    for finding in checked.findings:
        where = (
            f"{label(finding.urn)} . {finding.property}" if finding.property else label(finding.urn)
        )
        line = f"  [red]refused[/]  {escape(where)}: {escape(finding.message)}"
        out.print(line, highlight=False, soft_wrap=True)
    found = len(checked.findings)
    said = "nothing that is known" if not found else f"{found} thing{'s' if found > 1 else ''}"
    out.print(f"AWS would refuse: [bold]{said}[/bold]", highlight=False)
    if checked.schema_only:
        types = ", ".join(checked.schema_only)
        line = f"Held against pulumi_aws's schema only, and no rule of the service: {types}"
        out.print(escape(line), highlight=False, soft_wrap=True)
    if checked.demands:
        out.print("The account must have:", highlight=False)
    for demand in checked.demands:
        line = f"  {escape(demand.what)} [dim]({escape(demand.why)})[/dim]"
        out.print(line, highlight=False, soft_wrap=True)
