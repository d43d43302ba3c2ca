"""`pilaster up` of a stack of Azure's that is for this machine."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.providers.azure.provider import AzureProvider
from pilaster_local.services.azure import platform
from pilaster_local.services.azure.machine import Machine
from pilaster_local.services.ports import LOOPBACK
from rich.console import Console

from pilaster_cli import stand_ins
from pilaster_cli.errors import CommandError
from pilaster_cli.screen import Screen

STOOD_IN = (
    "Stood in for: the Functions host (Pilaster's own small one), App Service's authentication "
    "(its tokens are this machine's own, POST /_pilaster/tokens), PostgreSQL flexible server "
    "(PostgreSQL behind TLS), Entra's tokens, Key Vault (private files; `pilaster secret set` "
    "stores a value). Recorded only, nothing here enforces them: network rules, role assignments "
    "on anything but a secret, storage, logs"
)
MIGRATE = "migrate"
MIGRATE_SECONDS = 300


def up(root: Path, stack: str, policy_packs: list[engine.PolicyPack]) -> int:
    """Records what the program declares, and runs what of it can run."""
    with Screen() as screen:
        outcome = engine.up(
            root,
            stack,
            provider={"azure-native": AzureProvider(Machine(root, stack))},
            on_event=screen,
            policy_packs=policy_packs,
        )
        state = engine.export_state(root, stack, show_secrets=True)["deployment"]
        packages: Mapping[str, Any] = outcome.outputs["packages"]
        used = platform.start(root, stack, state["resources"], packages, say=screen.say)
        _migrate(used[f"app {packages['migrations']['app']}"])
        screen.say("the schema is up to date")
    stand_ins.show(Console(stderr=True), outcome, STOOD_IN)
    return 0


def _migrate(port: int) -> None:
    """As the host does by itself when an app's code is sent up: its timer runs at start."""
    there = http.client.HTTPConnection(LOOPBACK, port, timeout=MIGRATE_SECONDS)
    try:
        there.request("POST", f"/admin/functions/{MIGRATE}", body=b"{}")
        status = there.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"the migrations' app does not answer: {error}") from None
    finally:
        there.close()
    if status != 202:
        raise CommandError(
            f"the migrations failed ({status}): the end of azure.log below .pilaster/azure says why"
        )
