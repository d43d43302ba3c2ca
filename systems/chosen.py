"""The system a stack names, on the cloud it names.

That one's page alone is imported: each brings the SDK of its cloud, and no other need be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pulumi

from systems.stack_file import NAMESPACE, SettingsError, of_stack

Deploy = Callable[[Any], dict[str, pulumi.Input[Any]]]

SYSTEMS: Mapping[str, str] = {
    "documents": "systems.settings",
    "service": "systems.service.settings",
}
"""The module with a system's settings, whose `load` reads a stack's file."""


def deploy() -> dict[str, pulumi.Input[Any]]:
    """Declares the system; what the stack exports."""
    config = of_stack()
    name = str(config.get(f"{NAMESPACE}:system", ""))
    if name not in SYSTEMS:
        raise SettingsError(
            f"{NAMESPACE}:system {name!r} cannot be used: it is one of {', '.join(SYSTEMS)} "
            "(in Pulumi.<stack>.yaml)"
        )
    settings = import_module(SYSTEMS[name]).load(config)
    declare: Deploy = _page(name, getattr(settings, "cloud", "aws")).deploy
    return declare(settings)


def _page(system: str, cloud: str) -> Any:
    try:
        return import_module(f"systems.{system}.{cloud}.page")
    except ModuleNotFoundError as error:
        if error.name not in ("pulumi_azure_native", "pulumi_gcp"):
            raise
        raise SettingsError(
            f"{error.name} is not installed, which this stack's cloud is written with: "
            "`make clouds` installs it"
        ) from None
