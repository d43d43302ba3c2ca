"""Where the project is, what its local stack exports, and the provider it is deployed with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pilaster_local import engine

from pilaster_cli.errors import CommandError

LOCAL = "local"


def find(start: Path | None = None) -> Path:
    """The nearest folder upwards that holds a Pulumi.yaml."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise CommandError(f"no Pulumi.yaml in {str(here)!r} or above it: run this inside a project")


def outputs(root: Path) -> dict[str, Any]:
    """What the stack on this machine exports. Raises CommandError where it is not deployed."""
    exported = engine.outputs(root, LOCAL)
    if not exported:
        raise CommandError("nothing is deployed on this machine yet: `pilaster up` deploys it")
    return exported
