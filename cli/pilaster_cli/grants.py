"""What functions are granted and were seen to call: `pilaster policy --report`, `--record`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.engine.values import SECRET, SIGNATURE, UNKNOWN
from pilaster_local.services import health
from pilaster_local.services.platform import Platform
from pilaster_policies.calls import recorded, report
from pilaster_policies.registry import Graph, Resource
from pilaster_policies.values import SecretText, Unknown
from rich.console import Console
from rich.markup import escape

from pilaster_cli.errors import CommandError

CALLS = "calls.json"
"""The list of calls that were seen, beside the program; it is kept with the code."""


def called(here: Platform | None) -> dict[str, Any]:
    """What functions called on this machine (`calls`), and what deploying them did (`deployer`).

    Raises CommandError where nothing runs.
    """
    if here is None:
        raise CommandError("nothing runs here, so nothing was called: `pilaster up` first")
    return health.ask(int(here.endpoint.rpartition(":")[2]), "/_pilaster/calls") or {}


def record(root: Path, answer: dict[str, Any], prefix: str, out: Console) -> None:
    """Adds what functions called on this machine to the list."""
    file = root / CALLS
    calls = recorded.merged(recorded.read(file) if file.exists() else {}, answer["calls"], prefix)
    recorded.write(file, calls)
    count = sum(len(actions) for actions in calls.values())
    out.print(f"{escape(CALLS)}: {count} actions of {len(calls)} functions", highlight=False)


def show(plan: engine.Plan, root: Path, *, as_json: bool, out: Console) -> None:
    """Per function: granted, seen, never seen, without a call site, and what hides some of it."""
    found = graph(plan)
    found.source = root
    file = root / CALLS
    found.calls = recorded.read(file) if file.exists() else {}
    rows = report.rows(found)
    if as_json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
        return
    for row in rows:
        out.print(f"[bold]{escape(row.function)}[/bold]", highlight=False)
        for what, actions in (
            ("used", row.used),
            ("untested", row.untested),
            ("spare", row.spare),
            ("not known", row.hidden),
        ):
            if actions:
                out.print(f"  {what:9} {', '.join(actions)}", highlight=False, soft_wrap=True)
        if not row.granted and not row.hidden:
            out.print("  nothing is granted", highlight=False)
    granted = sum(len(row.granted) for row in rows)
    out.print(
        f"{len(rows)} functions: {granted} granted, {sum(len(r.used) for r in rows)} seen to be "
        f"called, {sum(len(r.untested) for r in rows)} untested, "
        f"{sum(len(r.spare) for r in rows)} spare; "
        f"{sum(len(r.hidden) for r in rows)} policies are not known before they are made",
        highlight=False,
        soft_wrap=True,
    )


def graph(plan: engine.Plan) -> Graph:
    """The resources of a plan as the policies see them."""
    made: dict[str, Resource] = {}
    needs: dict[str, dict[str, list[str]]] = {}
    for step in plan.steps:
        if step.new is not None:
            name = step.urn.rpartition("::")[2]
            props = _known({**step.new.inputs, **(step.new.outputs or {})})
            made[step.urn] = Resource(type=step.type, name=name, urn=step.urn, props=props)
            needs[step.urn] = step.new.property_dependencies
    for urn, resource in made.items():
        resource.needs = {
            key: [made[each] for each in urns if each in made] for key, urns in needs[urn].items()
        }
    return Graph(made[urn] for urn in sorted(made))


def _known(value: Any, *, secret: bool = False) -> Any:
    """What is unknown, and what is secret, marked as the policies' own values mark it."""
    if value == UNKNOWN:
        return Unknown(secret=secret)
    if isinstance(value, str):
        return SecretText(value) if secret else value
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _known(value["value"], secret=True)
        return {key: _known(each, secret=secret) for key, each in value.items()}
    if isinstance(value, list):
        return [_known(each, secret=secret) for each in value]
    return value
