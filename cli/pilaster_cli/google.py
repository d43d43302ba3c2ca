"""`pilaster up` of a stack of Google Cloud's that is for this machine."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pilaster_local import engine
from pilaster_local.providers.gcp import descriptions
from pilaster_local.providers.gcp.provider import GcpProvider
from pilaster_local.services.google import platform
from pilaster_local.services.google.machine import Machine
from rich.console import Console
from rich.markup import escape

from pilaster_cli import project, stand_ins
from pilaster_cli.errors import CommandError
from pilaster_cli.screen import Screen

STOOD_IN = (
    "Stood in for: API Gateway (its tokens are this machine's own, POST /_pilaster/tokens), Cloud "
    "SQL (PostgreSQL behind TLS), the metadata server's tokens and Secret Manager (private files; "
    "`pilaster secret set` stores a value). Recorded only, nothing here enforces them: network and "
    "firewall, bindings on anything but a secret, buckets, repositories, builds"
)
MIGRATE_SECONDS = 300


def up(root: Path, stack: str, policy_packs: list[engine.PolicyPack]) -> int:
    """Records what the program declares, and runs what of it can run."""
    project.check_types("pulumi_gcp")
    with Screen() as screen:
        outcome = engine.up(
            root,
            stack,
            provider={"gcp": GcpProvider(Machine(root, stack))},
            on_event=screen,
            policy_packs=policy_packs,
        )
        state = engine.export_state(root, stack, show_secrets=True)["deployment"]
        platform.start(root, stack, state["resources"], say=screen.say)
        if address := outcome.outputs.get("migrate_url"):
            screen.say(f"migrations applied: {', '.join(_migrated(str(address))) or 'none'}")
    stand_ins.show(Console(stderr=True), outcome, STOOD_IN)
    return 0


def show_coverage(plan: engine.Plan, out: Console) -> None:
    """What a preview that passed was held against."""
    used = {step.type for step in plan.steps if step.type.startswith("gcp:")}
    described = used & descriptions.TYPES.keys()
    for what, types in (
        (f"Held against Google's own descriptions ({descriptions.source()})", described),
        ("Held against pulumi_gcp's names and types only", used - described),
    ):
        out.print(escape(f"{what}: {', '.join(sorted(types))}"), highlight=False, soft_wrap=True)


def _migrated(address: str) -> list[str]:
    where = urlsplit(address)
    there = http.client.HTTPConnection(where.netloc, timeout=MIGRATE_SECONDS)
    try:
        there.request("POST", where.path or "/", body=b"{}")
        answer = there.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"the migrations do not answer at {address}: {error}") from None
    finally:
        there.close()
    if answer.status != 200:
        raise CommandError(
            f"the migrations failed ({answer.status}): the end of google.log below "
            ".pilaster/google says why"
        )
    told: dict[str, Any] = json.loads(text)
    return list(told["applied"])
