"""`pilaster policy --deployer`: the narrowest policy with which `pulumi up` of a stack works."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pilaster_local import engine
from pilaster_local.providers.aws.configuration import LOCAL_ACCOUNT
from pilaster_policies.deployer import schemas, state
from pilaster_policies.deployer.policy import Deployer, deployer
from rich.console import Console
from rich.markup import escape

from pilaster_cli import grants, project
from pilaster_cli.errors import CommandError

SEEN = "deployer.json"
"""The actions that making a stack was seen to take, beside the program; kept with the code."""


def record(root: Path, called: Mapping[str, Any]) -> int:
    """Adds the actions the provider asked for on this machine to the list; how many it holds."""
    actions = sorted(_seen(root) | set(called))
    (root / SEEN).write_text(json.dumps(actions, indent=1) + "\n", encoding="utf-8")
    return len(actions)


def show(plan: engine.Plan, root: Path, stack: str, notes: Console) -> None:
    """Prints JSON on standard output; what a person should know goes to `notes`."""
    found, region, account = of_stack(plan, root, stack)
    backend, secrets = _state(root, stack)
    kept = state.statements(backend, secrets, region=region, account=account)
    seen = _seen(root)
    services = {action.partition(":")[0] for action in found.actions}
    also = {each for each in seen - set(found.actions) if each.partition(":")[0] in services}
    print(
        json.dumps(
            {
                "policies": found.policies,
                "state": {"Version": "2012-10-17", "Statement": kept} if kept else None,
                "seen": sorted(set(found.actions) & seen),
                "from_the_schema_not_seen_here": sorted(set(found.actions) - seen),
                "seen_here_and_not_in_these": sorted(also),
                "types_without_a_schema": found.unknown_types,
                "left_out": found.left_out,
                "source": schemas.as_of(),
            },
            indent=2,
        )
    )
    count = len(found.policies)
    if count > 1:
        notes.print(f"{count} policies: one managed policy holds 6,144 characters; attach them all")
    if found.unknown_types:
        said = ", ".join(found.unknown_types)
        notes.print(f"nothing is known of what these take: {escape(said)}", soft_wrap=True)
    if not kept:
        where = f"the state lies at {backend}" if backend else "the backend is not set here"
        notes.print(f"{escape(where)}: what it takes is not in these policies", highlight=False)


def of_stack(plan: engine.Plan, root: Path, stack: str) -> tuple[Deployer, str, str]:
    """What its deployer needs, and the region and account it is for."""
    settings = engine.settings(root, stack)
    region = settings.get("aws:region")
    if not isinstance(region, str):
        raise CommandError(f"Pulumi.{stack}.yaml names no aws:region")
    account = str(settings.get("pilaster:account", LOCAL_ACCOUNT))
    prefix = project.prefix(root, stack)
    found = deployer(grants.graph(plan), prefix=prefix, region=region, account=account)
    return found, region, account


def _state(root: Path, stack: str) -> tuple[str, str]:
    """Where the state lies, and who keeps its secrets."""
    program = _read(root / "Pulumi.yaml").get("backend")
    backend = program.get("url", "") if isinstance(program, dict) else ""
    return str(backend), str(_read(root / f"Pulumi.{stack}.yaml").get("secretsprovider", ""))


def _read(file: Path) -> dict[str, Any]:
    read = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return read if isinstance(read, dict) else {}


def _seen(root: Path) -> set[str]:
    try:
        return set(json.loads((root / SEEN).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()
